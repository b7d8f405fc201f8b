"""The picture, as large as there is room, on a grey ground."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, tones_of

_ICON = 44


class PictureView(QFrame):
    """Show one image, never enlarged beyond its pixels, or a sentence where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="canvas")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 200))
        self._image = QImage()
        self._scaled = QPixmap()
        self._words, self._icon_name = "", "image"

    @property
    def image(self) -> QImage:
        """Give what is shown; null when nothing is."""
        return self._image

    def show_image(self, image: QImage, description: str) -> None:
        """Show another image."""
        self._image = image
        self._scaled = QPixmap()
        self.setAccessibleDescription(description)
        self.update()

    def show_words(self, icon_name: str, words: str) -> None:
        """Say something in place of a picture."""
        self._image, self._scaled = QImage(), QPixmap()
        self._words, self._icon_name = words, icon_name
        self.setAccessibleDescription(words)
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tones = tones_of(QGuiApplication.palette())
        painter.fillRect(self.rect(), QColor(tones.canvas))
        if self._image.isNull():
            self._paint_words(painter, QColor(tones.muted))
        else:
            picture = self._fitted()
            size = picture.deviceIndependentSize()
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawPixmap(round(left), round(top), picture)

    def _paint_words(self, painter: QPainter, colour: QColor) -> None:
        ratio = self.devicePixelRatioF()
        left, top = (self.width() - _ICON) // 2, self.height() // 2 - _ICON
        painter.drawPixmap(left, top, icons.pixmap(self._icon_name, "faint", _ICON, ratio))
        painter.setPen(colour)
        below = QRect(SPACE_L, top + _ICON + SPACE_L, self.width() - 2 * SPACE_L, self.height() // 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self._words)

    def _fitted(self) -> QPixmap:
        """Give the picture at its size on the screen; worked out once for each size."""
        ratio = self.devicePixelRatioF()
        room = QSize(round((self.width() - 2 * SPACE_L) * ratio), round((self.height() - 2 * SPACE_L) * ratio))
        wanted = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if wanted.width() > self._image.width():
            wanted = self._image.size()
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = QPixmap.fromImage(scaled)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

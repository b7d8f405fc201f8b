"""One picture of Try, large: the picture itself, or a card where there was no answer."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.texts import _, stored
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ActionButton, IconLabel, text_label
from segmind_studio.ui.parts.banners import diagnosis
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, tones_of

_LEAST = QSize(240, 200)  # logical pixels
_ICON = 44


class ResultView(QFrame):
    """Show one image, never enlarged beyond its pixels, or a sentence where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="canvas")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(_LEAST)
        self._image = QImage()
        self._scaled = QPixmap()
        self._text, self._icon_name = "", "image"

    @property
    def image(self) -> QImage:
        """Return what is shown; null when nothing is."""
        return self._image

    def picture(self) -> QPixmap:
        """Return the image at the size of the screen, as it was painted last."""
        return self._scaled

    def show_image(self, image: QImage, description: str) -> None:
        """Show another image."""
        self._image = image
        self._scaled = QPixmap()
        self.setAccessibleDescription(description)
        self.update()

    def show_text(self, icon_name: str, words: str) -> None:
        """Show a text in place of a picture."""
        self._image, self._scaled = QImage(), QPixmap()
        self._text, self._icon_name = words, icon_name
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
            self._paint_text(painter, QColor(tones.muted))
        else:
            generated = self._fitted()
            size = generated.deviceIndependentSize()
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawPixmap(round(left), round(top), generated)

    def _paint_text(self, painter: QPainter, colour: QColor) -> None:
        ratio = self.devicePixelRatioF()
        left, top = (self.width() - _ICON) // 2, self.height() // 2 - _ICON
        painter.drawPixmap(left, top, icons.pixmap(self._icon_name, "faint", _ICON, ratio))
        painter.setPen(colour)
        below = QRect(SPACE_L, top + _ICON + SPACE_L, self.width() - 2 * SPACE_L, self.height() // 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self._text)

    def _fitted(self) -> QPixmap:
        """Return the picture at its size on the screen; worked out once for each size."""
        ratio = self.devicePixelRatioF()
        room = QSize(round((self.width() - 2 * SPACE_L) * ratio), round((self.height() - 2 * SPACE_L) * ratio))
        wanted = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if wanted.width() > self._image.width() * ratio:  # a pixel of it as one logical pixel at most
            wanted = self._image.size() * ratio
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = QPixmap.fromImage(scaled)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled


_TEXT_WIDTH = 320
_ICON_LOST_CARD = 28


class LostCard(QFrame):
    """Show that there was no answer, with a button to request again; nothing happens without a click."""

    def __init__(self, again: QAction, look: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="canvas")
        self._why = text_label("", "small")
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._asked = text_label("")
        self._counts = text_label(_("It counts as paid in your budget."), "small")
        card = mark(QFrame(), surface="card")
        card.setObjectName("try.lost")
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        self._lines = (
            text_label(_("No answer"), "section"),
            self._asked, self._counts, self._why,
        )
        for label in self._lines:
            label.setFixedWidth(text_scaled(_TEXT_WIDTH))
            words.addWidget(label)
        button = ActionButton(again, "", card)
        button.setObjectName("try.again")
        copy = mark(QPushButton(icon("copy"), _("Copy error details")), kind="quiet")
        copy.setObjectName("try.copy_lost")
        copy.clicked.connect(self._copy_diagnosis)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(button)
        buttons.addWidget(_when_possible(look, card))
        buttons.addStretch()
        words.addSpacing(SPACE_S)
        words.addLayout(buttons)
        words.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)  # three in a line are too wide
        row = QHBoxLayout(card)
        row.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        row.setSpacing(SPACE_L)
        row.addWidget(IconLabel("circle-question-mark", "warn", _ICON_LOST_CARD), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(card)
        middle.addStretch()
        column.addLayout(middle)
        column.addStretch(3)

    def show_generated(self, generated: GeneratedImage, *, practice: bool) -> None:
        """Show why there is no answer to this one."""
        self._why.setText(stored(generated.error))
        self._why.setVisible(bool(generated.error))
        paid = _("It may have been paid. It is not requested again automatically.")
        self._asked.setText(_("Nothing is sent again automatically.") if practice else paid)
        self._counts.setVisible(not practice)
        for label in self._lines:  # the layout around the card does not ask its height for a width
            label.setMinimumHeight(max(0, label.heightForWidth(text_scaled(_TEXT_WIDTH))))

    def _copy_diagnosis(self) -> None:
        QGuiApplication.clipboard().setText(diagnosis(_("No answer"), self._why.text()))


def _when_possible(action: QAction, parent: QWidget) -> ActionButton:
    """Return a button that is only there while its action is possible."""
    button = ActionButton(action, "quiet", parent, words=_("Check again (free)"))
    button.setObjectName("try.look")
    action.enabledChanged.connect(button.setVisible)
    button.setVisible(action.isEnabled())
    return button

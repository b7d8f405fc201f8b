"""The veil over the whole window while files hover above it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.shell.drops import DropOffer
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import RADIUS, SPACE_L, SPACE_S, tones_of

_VEIL = 235  # of 255


class DropVeil(QWidget):
    """Say what would be added and where, before the button is let go."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon = IconLabel("images", "accent", 48)
        self._title = mark(text_label("", wrap=False), role="title")
        self._words = text_label("", "muted", wrap=False)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_S)
        column.addStretch()
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for widget in (self._icon, self._title, self._words):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.hide()

    @property
    def title(self) -> str:
        """Give the line in large."""
        return self._title.text()

    def offer(self, offer: DropOffer, dataset_name: str) -> None:
        """Cover the window."""
        if offer.useful:
            self._icon.set_icon("images", "accent")
            self._title.setText(self.tr("Drop to add to “{0}”").format(dataset_name))
        else:
            self._icon.set_icon("image-off", "warn")
            self._title.setText(self.tr("This cannot be used as it is"))
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self._words.setText("\n".join(line for line in (offer.words, *offer.refusals) if line))
        self.raise_()
        self.show()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones = tones_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(tones.window)
        ground.setAlpha(_VEIL)
        painter.fillRect(self.rect(), ground)
        painter.setPen(QPen(QColor(tones.accent), 2, Qt.PenStyle.DashLine))
        soft = QColor(tones.accent_soft)
        soft.setAlpha(_VEIL)
        painter.setBrush(soft)
        edge = QRectF(self.rect()).adjusted(SPACE_L, SPACE_L, -SPACE_L, -SPACE_L)
        painter.drawRoundedRect(edge, RADIUS * 1.5, RADIUS * 1.5)
        painter.end()

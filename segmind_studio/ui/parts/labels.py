"""Labels: wrapped text, text with an ellipsis, and pictures of one icon that follow the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import backwards, draw_own, draw_wrapped
from segmind_studio.ui.theme.style import mark


def text_label(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """Return a label that shows plain text, never markup, and can be read by a screen reader."""
    label = _BackwardsLabel(text) if wrap and backwards() else QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if backwards():  # by itself, a text that begins with Latin letters or digits stands at the left
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return mark(label, role=role)


class _BackwardsLabel(QLabel):
    """Wrapped plain text from right to left, of which Qt itself would cut the last letters of lines."""

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        selectable = self.textInteractionFlags() & (
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )  # it has a document, which draws its lines where they belong
        plain = self.textFormat() is Qt.TextFormat.PlainText
        if not plain or selectable or self.layoutDirection() is Qt.LayoutDirection.LeftToRight:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        self.drawFrame(painter)
        painter.setPen(self.palette().color(self.foregroundRole()))
        draw_wrapped(painter, QRectF(self.contentsRect()), self.alignment(), self.text())


class ElidedLabel(QLabel):
    """A line of plain text that ends in an ellipsis where it is too narrow; the whole is in its tooltip."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    @override
    def setText(self, text: str) -> None:
        super().setText(text)
        self._update_tip()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…") * 3, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tip()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        draw_own(painter, self.contentsRect(), self.alignment(), self._shown())

    def _shown(self) -> str:
        line = " ".join(self.text().split())
        return self.fontMetrics().elidedText(line, self._mode, self.contentsRect().width())

    def _update_tip(self) -> None:
        whole = self.text()
        tip = "" if self._shown() == whole else whole
        if plain_tip(tip) != self.toolTip():
            self.setToolTip(plain_tip(tip))


class IconLabel(QLabel):
    """One icon, `side` logical pixels square. It is decoration: the word beside it says the same."""

    def __init__(self, name: str, tone: str = "text", side: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._tone = tone
        self._side = side
        self.setFixedSize(side, side)

    def set_icon(self, name: str, tone: str = "text") -> None:
        """Show another icon."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    @property
    def icon_name(self) -> str:
        """Return the name of what is shown."""
        return self._name

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        drawn = icons.pixmap(self._name, self._tone, self._side, self.devicePixelRatioF())
        painter.drawPixmap(0, 0, drawn)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

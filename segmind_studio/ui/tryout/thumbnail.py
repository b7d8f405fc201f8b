"""The small squares of the strip: a picture, or a card in place of a missing one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.tokens import RADIUS, tones_of

SIDE = 88
_SHARP = 2
_ICON_PART = 0.34


def image_icon(image: QImage) -> QIcon:
    """Shrink in two steps, coarse, then smooth, into a square; less than a millisecond."""
    side = SIDE * _SHARP
    keep = Qt.AspectRatioMode.KeepAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(2 * side, 2 * side, keep).scaled(side, side, keep, smooth)
    square = QPixmap(side, side)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.drawImage((side - small.width()) // 2, (side - small.height()) // 2, small)
    painter.end()
    square.setDevicePixelRatio(_SHARP)
    generated = QIcon(square)
    generated.addPixmap(square, QIcon.Mode.Selected)  # else the style tints it
    return generated


def card_icon(name: str, tone: str) -> QIcon:
    """Return a card with a drawing in a tone, on the soft ground of that tone if it has one."""
    return QIcon(_CardEngine(name, tone))


class _CardEngine(icons.PaintedEngine):
    """Paint a card in the colours of the theme as it is then."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    @override
    @guarded(None)
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        tones = tones_of()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(tones, f"{self._tone}_soft", tones.canvas)))
        painter.drawRoundedRect(QRectF(rect), RADIUS, RADIUS)
        side = round(min(rect.width(), rect.height()) * _ICON_PART)
        drawn = icons.pixmap(self._name, self._tone, side, painter.device().devicePixelRatioF())
        painter.drawPixmap(QRectF(rect).center() - QPointF(side / 2, side / 2), drawn)
        painter.restore()

    @override
    def clone(self) -> icons.PaintedEngine:
        return _CardEngine(self._name, self._tone)

    @override
    def key(self) -> str:
        return "studio-card"

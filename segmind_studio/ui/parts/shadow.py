"""A soft shadow below what floats over the window, painted by the widget around it.

Kept apart: a graphics effect would paint all that floats through a picture, at the wrong resolution.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from segmind_studio.ui.theme.tokens import RADIUS, SHADOW, veil

REACH = 18  # logical pixels that it is wider than what throws it
_DROP = 4
_STRENGTH = {False: 3, True: 14}  # of 255, a layer; a dark window needs more


def paint_shadow(painter: QPainter, rect: QRect, *, dark: bool) -> None:
    """Paint the shadow of a rounded rectangle, before that itself."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil(SHADOW, _STRENGTH[dark]))
    for layer in range(REACH, 0, -2):
        spread = QRectF(rect).adjusted(-layer, -layer + _DROP, layer, layer + _DROP)
        painter.drawRoundedRect(spread, RADIUS + layer, RADIUS + layer)
    painter.restore()

"""Icons: Lucide's line drawings, tinted when they are painted, so that a new theme needs no new icons."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override

from segmind_studio.resources import resource
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.direction import backwards
from segmind_studio.ui.theme.tokens import tones_of

_LINE = "1.8"  # of 24; Lucide's own is 2
_DIRECTED = frozenset({  # they point forwards or back, or have lines of text: mirrored from right to left
    "arrow-right", "arrow-down-narrow-wide", "arrow-down-wide-narrow", "chevron-left", "chevron-right", "list",
    "log-out", "message-square", "redo-2", "send", "text-quote", "text-search", "undo-2",
})


def icon(name: str, tone: str = "text", on: str = "") -> QIcon:
    """Return a Lucide icon in a colour of `Tones`; `on` is the colour while its button is checked.

    "#rrggbb" stands for itself, for what has the same ground in every theme.

    FileNotFoundError when `resources/icons/<name>.svg` is not there.
    """
    _drawing(name)
    return QIcon(_TintedEngine(name, tone, on or tone))


def pixmap(name: str, tone: str, side: int, ratio: float) -> QPixmap:
    """Return an icon of `side` by `side` logical pixels for a screen with `ratio` device pixels to one."""
    colour = tone if tone.startswith("#") else getattr(tones_of(), tone)
    device = max(1, round(side * ratio))
    mirrored = name in _DIRECTED and backwards()
    key = f"studio-icon/{name}/{colour}/{device}/{mirrored}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        found = QPixmap(device, device)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        if mirrored:
            painter.translate(device, 0)
            painter.scale(-1, 1)
        data = _drawing(name).replace("currentColor", colour)
        QSvgRenderer(QByteArray(data.encode())).render(painter, QRectF(0, 0, device, device))
        painter.end()
        QPixmapCache.insert(key, found)
    found.setDevicePixelRatio(ratio)
    return found


@cache
def _drawing(name: str) -> str:
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    return text.replace('stroke-width="2"', f'stroke-width="{_LINE}"')


class PaintedEngine(QIconEngine):
    """Make every pixmap by painting, so that it has the colours of the theme at that time."""

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():
            return QPixmap()
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made


class _TintedEngine(PaintedEngine):
    """Paint one drawing in the colour that the current palette gives to a tone."""

    def __init__(self, name: str, tone: str, on: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone
        self._on = on

    @override
    @guarded(None)
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        drawn = pixmap(self._name, self._colour(mode, state), side, painter.device().devicePixelRatioF())
        left = rect.x() + (rect.width() - side) / 2
        top = rect.y() + (rect.height() - side) / 2
        painter.save()
        if mode is QIcon.Mode.Disabled:
            painter.setOpacity(painter.opacity() * 0.6)
        painter.drawPixmap(QRectF(left, top, side, side), drawn, QRectF(drawn.rect()))
        painter.restore()

    @override
    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._tone, self._on)

    @override
    def key(self) -> str:
        return "studio-tinted"

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode is QIcon.Mode.Disabled:
            return "faint"
        return self._on if state is QIcon.State.On else self._tone

"""A plot of photos, drawn from the data, with the pointer and the keyboard on its spots."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, sqrt

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.core.glance import GlancePlot, PlotSpot
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, Tones, tones_of

_DOT = 4.0  # logical pixels, the radius of a spot with one photo
_LARGEST = 12.0
_OPAQUE = 190  # of 255, so that dots over each other can be seen
_NEAR = 10.0  # logical pixels from a spot that still mean it
_STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
}
_CHOOSE = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class GlanceChart(QWidget):
    """Draw a plot. Arrow keys, Home and End go from spot to spot; Enter, Space and a click choose its photos.

    `words_of` returns what is said about a spot.

    Signals (GUI thread): pointed(PlotSpot or None), the spot under the pointer or the keyboard;
    chosen(frozenset[str]), the photos of the spot that was chosen, by their ids.
    """

    pointed = Signal(object)
    chosen = Signal(object)

    def __init__(self, words_of: Callable[[PlotSpot], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words_of = words_of
        self._plot: GlancePlot | None = None
        self._current = -1
        self._layer = QPixmap()
        self._drawn: object = None  # what the layer was drawn from
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def current(self) -> PlotSpot | None:
        """Return the marked spot."""
        spots = self._plot.spots if self._plot else ()
        return spots[self._current] if 0 <= self._current < len(spots) else None

    def set_plot(self, plot: GlancePlot) -> None:
        """Draw this plot; the mark stays at its photos."""
        marked = self.current
        self._plot = plot
        ids = {photo.photo_id for photo in marked.photos} if marked else set[str]()
        rows = (row for row, spot in enumerate(plot.spots) if any(photo.photo_id in ids for photo in spot.photos))
        self._current = next(rows, -1)
        if marked != self.current:
            self._say()
        self.update()

    def place_of(self, spot: PlotSpot) -> QPointF:
        """Return where a spot is drawn, in logical pixels of this widget."""
        area = self._area()
        return QPointF(area.left() + spot.x * area.width(), area.bottom() - spot.y * area.height())

    @override
    def sizeHint(self) -> QSize:
        return QSize(560, 360)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(320, 200)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        plot, tones = self._plot, tones_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.fillRect(area, QColor(tones.surface))
        if plot is not None:
            self._draw_axes(painter, plot, area, tones)
            self._draw_spots(painter, plot, tones)
        frame = tones.focus if self.hasFocus() else tones.line_strong
        painter.setPen(QPen(QColor(frame), 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.end()

    def _draw_axes(self, painter: QPainter, plot: GlancePlot, area: QRectF, tones: Tones) -> None:
        line, text = QPen(QColor(tones.line), 1), QPen(QColor(tones.muted))
        high, free = self.fontMetrics().height(), area.left() - SPACE_S
        for tick in plot.across:
            x = area.left() + tick.at * area.width()
            painter.setPen(line)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(text)
            label = QRectF(x - 40, area.bottom() + SPACE_S / 2, 80, high)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, tick.text)
        for tick in plot.upwards:
            y = area.bottom() - tick.at * area.height()
            painter.setPen(line)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(text)
            label = QRectF(0, y - high / 2, free, high)
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.text)
        if plot.line is not None:
            x1, y1, x2, y2 = plot.line
            painter.setPen(QPen(QColor(tones.warn), 2, Qt.PenStyle.DashLine))
            ends = (PlotSpot(x1, y1, ()), PlotSpot(x2, y2, ()))
            painter.drawLine(self.place_of(ends[0]), self.place_of(ends[1]))

    def _draw_spots(self, painter: QPainter, plot: GlancePlot, tones: Tones) -> None:
        wanted = (plot, self.size(), self.devicePixelRatioF(), tones)
        if self._drawn != wanted:  # else only the mark moved
            self._layer, self._drawn = self._layer_of(plot, tones), wanted
        painter.drawPixmap(0, 0, self._layer)
        if self.current is not None:
            painter.setPen(QPen(QColor(tones.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            radius = _radius(self.current) + 3
            painter.drawEllipse(self.place_of(self.current), radius, radius)

    def _layer_of(self, plot: GlancePlot, tones: Tones) -> QPixmap:
        """Draw all spots: each as a copy of a dot, which is far faster than an ellipse for each."""
        layer = self._clear(QSizeF(self.size()))
        dots: dict[tuple[float, bool], QPixmap] = {}
        area = self._area()
        left, bottom, width, height = area.left(), area.bottom(), area.width(), area.height()
        painter = QPainter(layer)
        for spot in plot.spots:
            radius, used = _radius(spot), spot.used
            dot = dots.get((radius, used))
            if dot is None:
                dot = dots[radius, used] = self._dot(radius, tones, used=used)
            half = radius + 1
            painter.drawPixmap(QPointF(left + spot.x * width - half, bottom - spot.y * height - half), dot)
        painter.end()
        return layer

    def _dot(self, radius: float, tones: Tones, *, used: bool) -> QPixmap:
        dot = self._clear(QSizeF(2 * radius + 2, 2 * radius + 2))
        painter = QPainter(dot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if used:
            filled = QColor(tones.accent)
            filled.setAlpha(_OPAQUE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(filled)
        else:
            painter.setPen(QPen(QColor(tones.faint), 1.5))
        painter.drawEllipse(QPointF(radius + 1, radius + 1), radius, radius)
        painter.end()
        return dot

    def _clear(self, size: QSizeF) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap((size * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mark(self._spot_at(event.position()))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._mark(self._spot_at(event.position()))
            self._choose()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._mark(-1)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current < 0 and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._mark(0)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), len(self._plot.spots) - 1 if self._plot else -1
        if key in _STEPS:
            self._mark(min(last, max(0, self._current + _STEPS[key])))
        elif key is Qt.Key.Key_Home:
            self._mark(min(last, 0))
        elif key is Qt.Key.Key_End:
            self._mark(last)
        elif key in _CHOOSE:
            self._choose()
        else:
            super().keyPressEvent(event)

    def _area(self) -> QRectF:
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("16384") + SPACE_M
        below = metrics.height() + SPACE_S
        return QRectF(self.rect()).adjusted(left, SPACE_M, -SPACE_L, -below)

    def _spot_at(self, at: QPointF) -> int:
        """Return the row of the spot nearest to the pointer, -1 where none is near."""
        best, row = _NEAR, -1
        area, spots = self._area(), self._plot.spots if self._plot else ()
        right, up = (at.x() - area.left()) / area.width(), (area.bottom() - at.y()) / area.height()
        for number, spot in enumerate(spots):
            away = hypot((spot.x - right) * area.width(), (spot.y - up) * area.height()) - _radius(spot) + _DOT
            if away < best:
                best, row = away, number
        return row

    def _mark(self, row: int) -> None:
        spots = self._plot.spots if self._plot else ()
        row = row if row < len(spots) else -1
        if row != self._current:
            self._current = row
            self._say()
            self.update()

    def _say(self) -> None:
        spot = self.current
        words = self._words_of(spot) if spot is not None else ""
        self.setAccessibleDescription(words)
        announce(self, words)
        self.pointed.emit(spot)

    def _choose(self) -> None:
        spot = self.current
        if spot is not None:
            self.chosen.emit(frozenset(photo.photo_id for photo in spot.photos))


def _radius(spot: PlotSpot) -> float:
    return min(_LARGEST, _DOT * sqrt(max(1, len(spot.photos))))

"""A plot of photos, drawn from the data, with the pointer and the keyboard on its spots."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from math import hypot

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.core.glance import GlancePlot, PlotKind, PlotSpot
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.data.glance.layer import DOT, LayerLook, SpotLayer
from segmind_studio.ui.data.glance.zoom import PlotZoom
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.tokens import RADIUS, RING, SPACE_L, SPACE_M, SPACE_S, SPACE_XS, Tones, tones_of

_UPWARDS, _ACROSS = "\u2191 ", "\u2192 "  # arrows in front of the names of the axes
_NEAR = 10.0  # logical pixels from a spot that still mean it
_STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
}
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}  # in a map
_DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}
_ZOOMS = {Qt.Key.Key_Plus: 1.5, Qt.Key.Key_Equal: 1.5, Qt.Key.Key_Minus: 1 / 1.5, Qt.Key.Key_0: 0.0}
_WHEEL = 1.25  # for each notch of the wheel
_NOTCH = 120
_MOST_ZOOM = 12.0
_WIDEST_CELL = 116.0  # logical pixels: of a map, zooming ends there
_DRAGGED = 5  # logical pixels: a press that moves less is a click
_CHOOSE = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class GlanceChart(QWidget):
    """Draw a plot. Arrow keys, Home and End go from spot to spot; Enter, Space and a click choose its photos.

    In a map, the arrow keys go to the next photo in their direction, Page Up and Page Down through all of them.
    The wheel, plus and minus zoom, 0 shows all again; a part is moved by dragging. `words_of` returns what is said
    about a spot.

    Signals (GUI thread): pointed(PlotSpot or None), the spot under the pointer or the keyboard;
    chosen(frozenset[str]), the photos of the spot that was chosen, by their ids.
    """

    pointed = Signal(object)
    chosen = Signal(object)

    def __init__(
        self, words_of: Callable[[PlotSpot], str], thumbnails: Thumbnails, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words_of = words_of
        self._plot: GlancePlot | None = None
        self._current = -1
        self._lefts: list[float] = []  # where the spots stand, in their order
        self._zoom = PlotZoom()
        self._pressed: tuple[QPointF, PlotZoom] | None = None
        self._dragged = False
        self._layer = SpotLayer(thumbnails, self)
        self._layer.changed.connect(self._redraw)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def current(self) -> PlotSpot | None:
        """Return the marked spot."""
        spots = self._plot.spots if self._plot else ()
        return spots[self._current] if 0 <= self._current < len(spots) else None

    @property
    def plot(self) -> GlancePlot | None:
        """Return what is drawn; None before the first plot."""
        return self._plot

    @property
    def zoom(self) -> PlotZoom:
        """Return which part is shown."""
        return self._zoom

    @property
    def complete(self) -> bool:
        """Return whether all is drawn, thumbnails too."""
        return self._plot is not None and self._layer.complete

    def set_plot(self, plot: GlancePlot) -> None:
        """Draw this plot; the mark stays at its photos."""
        marked = self.current
        if self._plot is not None and self._plot.cells != plot.cells:
            self._zoom = PlotZoom()
        self._plot = plot
        self._lefts = [spot.x for spot in plot.spots]
        ids = {photo.photo_id for photo in marked.photos} if marked else set[str]()
        rows = (row for row, spot in enumerate(plot.spots) if any(photo.photo_id in ids for photo in spot.photos))
        self._current = next(rows, -1)
        if marked != self.current:
            self._say()
        self.update()

    def place_of(self, spot: PlotSpot) -> QPointF:
        """Return where a spot is drawn, in logical pixels of this widget."""
        x, y = self._zoom.place(spot.x, spot.y)
        area = self._area()
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    def set_zoom(self, zoom: PlotZoom) -> None:
        """Show another part of the plot."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.update()

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
        ring = shows_ring(self)
        painter.setPen(QPen(QColor(tones.focus if ring else tones.line_button), RING if ring else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.end()

    def _draw_axes(self, painter: QPainter, plot: GlancePlot, area: QRectF, tones: Tones) -> None:
        line, text = QPen(QColor(tones.line), 1), QPen(QColor(tones.muted))
        high, free = self.fontMetrics().height(), area.left() - SPACE_S
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a diagram over numbers is not mirrored
        for tick in plot.across:
            at = self._zoom.place(tick.at, 0)[0]
            if not 0 <= at <= 1:
                continue
            x = area.left() + at * area.width()
            painter.setPen(line)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(text)
            label = QRectF(x - 40, area.bottom() + SPACE_S / 2, 80, high)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, tick.text)
        for tick in plot.upwards:
            at = self._zoom.place(0, tick.at)[1]
            if not 0 <= at <= 1:
                continue
            y = area.bottom() - at * area.height()
            painter.setPen(line)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(text)
            label = QRectF(0, y - high / 2, free, high)
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.text)
        self._name_axes(painter, plot, area.adjusted(SPACE_S, SPACE_XS, -SPACE_S, -SPACE_XS))
        if plot.line is not None:
            x1, y1, x2, y2 = plot.line
            painter.setPen(QPen(QColor(tones.warn), 2, Qt.PenStyle.DashLine))
            ends = (PlotSpot(x1, y1, ()), PlotSpot(x2, y2, ()))
            painter.save()
            painter.setClipRect(area)
            painter.drawLine(self.place_of(ends[0]), self.place_of(ends[1]))
            painter.restore()

    @staticmethod
    def _name_axes(painter: QPainter, plot: GlancePlot, inside: QRectF) -> None:
        """Write what the axes are, in the corner that has no photos; a row of photos counts them upwards."""
        if plot.kind is PlotKind.SIZES:
            names = _UPWARDS + _("Height") + "\n" + _ACROSS + _("Width")
            painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, names)
        elif plot.upwards:
            names = _UPWARDS + _("Photos")
            painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, names)

    def _draw_spots(self, painter: QPainter, plot: GlancePlot, tones: Tones) -> None:
        look = self._look_of(plot, tones)
        painter.drawPixmap(0, 0, self._layer.picture_of(look))
        spot = self.current
        if spot is None:
            return
        painter.save()
        painter.setClipRect(look.area)
        painter.setPen(QPen(QColor(tones.text), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = look.picture / 2
        if half:
            ring = QRectF(-half, -half, 2 * half, 2 * half).translated(look.place_of(spot))
            painter.drawRoundedRect(ring, RADIUS, RADIUS)
        else:
            radius = look.radius(spot) + 3
            painter.drawEllipse(look.place_of(spot), radius, radius)
        painter.restore()

    def _look_of(self, plot: GlancePlot, tones: Tones) -> LayerLook:
        return LayerLook(plot, QSizeF(self.size()), self._area(), self._zoom, self.devicePixelRatioF(), tones)

    @Slot()
    def _redraw(self) -> None:
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._mark(self._spot_at(event.position()))
            return
        start, zoom = self._pressed
        way, area = event.position() - start, self._area()
        if way.manhattanLength() > _DRAGGED and zoom.scale > 1:
            self._dragged = True
        if self._dragged:
            self.set_zoom(zoom.moved(-way.x() / area.width(), way.y() / area.height()))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = (event.position(), self._zoom), False
            self._mark(self._spot_at(event.position()))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._pressed is not None:
            self._pressed = None
            if not self._dragged:
                self._choose()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        area, at = self._area(), event.position()
        shown = (at.x() - area.left()) / area.width(), (area.bottom() - at.y()) / area.height()
        self._zoom_by(_WHEEL**notches, self._zoom.at(*shown))
        event.accept()

    def _zoom_by(self, factor: float, about: tuple[float, float]) -> None:
        plot, most = self._plot, _MOST_ZOOM
        if plot is not None and plot.cells is not None:
            area = self._area()
            cell = min(area.width() / plot.cells[0], area.height() / plot.cells[1])
            most = max(1.0, _WIDEST_CELL / cell)
        self.set_zoom(self._zoom.zoomed(factor, about, most))

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
        if key in _ZOOMS:
            spot = self.current
            self._zoom_by(_ZOOMS[key], (spot.x, spot.y) if spot is not None else self._zoom.at(0.5, 0.5))
            return
        if self._plot is not None and self._plot.cells is not None and self.current is not None:
            if key in _DIRECTIONS:
                self._mark(self._next_towards(*_DIRECTIONS[key]))
                self._follow()
                return
            if key in _PAGES:
                self._mark(min(last, max(0, self._current + _PAGES[key])))
                self._follow()
                return
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
        self._follow()

    def _follow(self) -> None:
        """Show the part with the marked spot."""
        if self.current is not None and self._plot is not None:
            look = self._look_of(self._plot, tones_of())
            room, area = look.picture / 2 + _NEAR, look.area
            self.set_zoom(self._zoom.following(self.current, (room / area.width(), room / area.height())))

    def _next_towards(self, right: int, up: int) -> int:
        """Return the row of the nearest spot in a direction, or the marked one where none is."""
        here, spots = self.current, self._plot.spots if self._plot else ()
        if here is None:
            return -1
        area = self._area()
        best, row = area.width() + area.height(), self._current
        for number, spot in enumerate(spots):
            x, y = (spot.x - here.x) * area.width(), (spot.y - here.y) * area.height()
            ahead, aside = x * right + y * up, abs(x * up) + abs(y * right)
            if ahead > 0 and aside <= ahead and ahead + aside < best:
                best, row = ahead + aside, number
        return row

    def _area(self) -> QRectF:
        if self._plot is not None and self._plot.cells is not None:  # it has no marks at its sides
            return QRectF(self.rect()).adjusted(SPACE_S, SPACE_M, -SPACE_S, -SPACE_S)
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("16384") + SPACE_M
        below = metrics.height() + SPACE_S
        return QRectF(self.rect()).adjusted(left, SPACE_M, -SPACE_L, -below)

    def _spot_at(self, at: QPointF) -> int:
        """Return the row of the spot nearest to the pointer, -1 where none is near."""
        plot, area = self._plot, self._area()
        if plot is None or not area.contains(at):
            return -1
        look = self._look_of(plot, tones_of())
        best = max(_NEAR, look.cell / 2) if plot.cells is not None else _NEAR
        x, y = self._zoom.at((at.x() - area.left()) / area.width(), (area.bottom() - at.y()) / area.height())
        across, upwards = area.width() * self._zoom.scale, area.height() * self._zoom.scale
        reach, row = 2 * _NEAR + best, -1  # a large dot reaches further
        first, last = bisect_left(self._lefts, x - reach / across), bisect_left(self._lefts, x + reach / across)
        for number in range(first, last):
            spot = plot.spots[number]
            away = hypot((spot.x - x) * across, (spot.y - y) * upwards) - look.radius(spot) + DOT
            if away < best:
                best, row = away, number
        return row

    def _mark(self, row: int) -> None:
        spots = self._plot.spots if self._plot else ()
        row = row if row < len(spots) else -1
        if row != self._current:
            self._current = row
            self._layer.ask_again()
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

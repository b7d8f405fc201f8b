"""A bar chart, drawn with Qt's own painting, with the pointer and the keyboard on its bars.

No library for charts: the smallest that fits (pyqtgraph, with numpy) adds some 30 MB to each package, and what
these charts need beyond rectangles, it does not have: the tones of the theme in four variants, a bar that is
announced to a screen reader, text of the window's size.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.runs.history.plots import BarPlot, HistoryKind, PlotBar
from segmind_studio.ui.theme.direction import draw_own, placed, placed_point, visual_key
from segmind_studio.ui.theme.focus import paint_ring, shows_ring
from segmind_studio.ui.theme.theme import line_height
from segmind_studio.ui.theme.tokens import LIGHT, RADIUS_S, SPACE_L, SPACE_M, SPACE_S, SPACE_XS, Tones, tones_of

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_WIDEST_BAR = 48.0
_THICKNESS = 0.62  # of a bar, of the room that it has
_LEAST = 3.0  # logical pixels: a bar of nothing is still seen
_LEGEND_SIDE = 10.0
_HEIGHT = 190  # of a chart with bars that stand
_LABEL_SHARE = 0.4  # of the width, at most
_EXPORT_WIDTH = 640


class BarPainter:
    """Draw a chart into an area. `font` is that of all texts."""

    def __init__(self, plot: BarPlot, area: QRectF, font: QFont, tones: Tones) -> None:
        self._plot = plot
        self._tones = tones
        self._font = font
        self._metrics = metrics = QFontMetricsF(font)
        self._line = line_height(font)
        top = self._line + SPACE_S if len(plot.series) > 1 else SPACE_XS
        self._ticks = plot.ticks
        self._longest = max((bar.end for bar in plot.bars), default=0.0)
        if plot.sideways:
            widest = max((metrics.horizontalAdvance(bar.label) for bar in plot.bars), default=0.0)
            left = min(widest, area.width() * _LABEL_SHARE) + SPACE_M
            right = max((metrics.horizontalAdvance(bar.short) for bar in plot.bars), default=0.0) + SPACE_M
            self._inside = area.adjusted(left, top, -right, 0)
        else:
            left = max((metrics.horizontalAdvance(plot.unit.text(tick)) for tick in self._ticks), default=0.0)
            self._inside = area.adjusted(left + SPACE_S, top, -SPACE_XS, -self._line - SPACE_XS)
        self._area = area

    @property
    def slots(self) -> tuple[QRectF, ...]:
        """Return the room of each bar, labels included, where the pointer means it."""
        inside, area, bars = self._inside, self._area, self._plot.bars
        if not bars:
            return ()
        if self._plot.sideways:
            high = inside.height() / len(bars)
            return tuple(
                placed(QRectF(area.left(), inside.top() + row * high, area.width(), high), area)
                for row in range(len(bars))
            )
        wide = inside.width() / len(bars)
        return tuple(
            placed(QRectF(inside.left() + row * wide, inside.top(), wide, area.bottom() - inside.top()), area)
            for row in range(len(bars))
        )

    def draw(self, painter: QPainter, marked: int = -1) -> None:
        """Draw all of it, and a frame round the marked bar."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        self._draw_legend(painter)
        if not self._plot.sideways:
            self._draw_axis(painter)
        for row, (bar, slot) in enumerate(zip(self._plot.bars, self.slots, strict=True)):
            if row == marked:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._tones.hover))
                painter.drawRoundedRect(slot, SPACE_XS, SPACE_XS)
            self._draw_bar(painter, bar, slot, strong=row == marked)
        self._draw_limit(painter)
        self._draw_labels(painter)
        painter.restore()

    def _share(self, value: float) -> float:
        end = self._longest if self._plot.sideways else self._ticks[-1]
        return value / end if end else 0.0

    def _draw_legend(self, painter: QPainter) -> None:
        if len(self._plot.series) < 2:  # noqa: PLR2004  # one needs no name
            return
        x, middle = self._area.left(), self._area.top() + self._line / 2
        for place, name in enumerate(self._plot.series):
            box = QRectF(x, middle - _LEGEND_SIDE / 2, _LEGEND_SIDE, _LEGEND_SIDE)
            self._fill(painter, placed(box, self._area), place)
            painter.setPen(QColor(self._tones.muted))
            x = box.right() + SPACE_S
            wide = self._metrics.horizontalAdvance(name)
            room = placed(QRectF(x, self._area.top(), wide + 1, self._line), self._area)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft, name)
            x += wide + SPACE_L
        if self._plot.limit is not None:
            painter.setPen(QPen(QColor(self._tones.warn), 2, Qt.PenStyle.DashLine))
            start, end = QPointF(x, middle), QPointF(x + 2 * _LEGEND_SIDE, middle)
            painter.drawLine(placed_point(start, self._area), placed_point(end, self._area))
            words = _("Monthly limit: {limit}").format(limit=self._plot.unit.text(self._plot.limit))
            painter.setPen(QColor(self._tones.muted))
            x += 2 * _LEGEND_SIDE + SPACE_S
            room = placed(QRectF(x, self._area.top(), self._area.right() - x, self._line), self._area)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft, words)

    def _draw_axis(self, painter: QPainter) -> None:
        inside = self._inside
        apart = inside.height() / max(1, len(self._ticks) - 1)
        every = max(1, ceil(self._line / max(1.0, apart)))  # a low chart has fewer lines
        for tick in self._ticks[::every]:
            y = inside.bottom() - self._share(tick) * inside.height()
            painter.setPen(QPen(QColor(self._tones.line), 1))
            ends = (QPointF(inside.left(), y), QPointF(inside.right(), y))
            painter.drawLine(*(placed_point(end, self._area) for end in ends))
            painter.setPen(QColor(self._tones.muted))
            wide = inside.left() - SPACE_S - self._area.left()
            room = placed(QRectF(self._area.left(), y - self._line / 2, wide, self._line), self._area)
            words = self._plot.unit.text(tick)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def _draw_bar(self, painter: QPainter, bar: PlotBar, slot: QRectF, *, strong: bool) -> None:
        inside, at = self._inside, bar.start
        only = sum(part > 0 for part in bar.parts) <= 1
        for place, part in enumerate(bar.parts):
            if part <= 0 and not (bar.mark is not None and only):
                continue
            begin, end = self._share(at), self._share(at + part)
            at += part
            if self._plot.sideways:
                thick = min(slot.height() * _THICKNESS, self._line * 1.1)
                box = placed(QRectF(
                    inside.left() + begin * inside.width(), slot.center().y() - thick / 2,
                    max(_LEAST, (end - begin) * inside.width()), thick,
                ), self._area)
            else:
                wide = min(slot.width() * _THICKNESS, _WIDEST_BAR)
                high = max(_LEAST, (end - begin) * inside.height())
                top = inside.bottom() - begin * inside.height() - high
                box = QRectF(slot.center().x() - wide / 2, top, wide, high)
            self._fill(painter, box, place, soft=bar.mark is not None)
        if bar.mark is not None:
            x = placed_point(QPointF(inside.left() + self._share(bar.mark) * inside.width(), 0), self._area).x()
            half = min(slot.height() * _THICKNESS, self._line * 1.1) / 2 + 2
            painter.setPen(QPen(QColor(self._tones.text), 2))
            painter.drawLine(QPointF(x, slot.center().y() - half), QPointF(x, slot.center().y() + half))
        if self._plot.sideways:
            painter.setPen(QColor(self._tones.text if strong else self._tones.muted))
            left = inside.right() + SPACE_M
            room = placed(QRectF(left, slot.top(), self._area.right() - left, slot.height()), self._area)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, bar.short)

    def _fill(self, painter: QPainter, box: QRectF, place: int, *, soft: bool = False) -> None:
        """Fill a part of a bar. The parts differ by more than their colour: full, hatched, an outline."""
        tones = self._tones
        if self._plot.kind is HistoryKind.RUNS:
            colours = ((tones.good, tones.good_soft), (tones.bad, tones.bad_soft), (tones.info, tones.info_soft))
        else:
            colours = ((tones.accent, tones.accent_soft), (tones.accent, tones.accent_soft))
        full, light = colours[min(place, len(colours) - 1)]
        painter.setPen(QPen(QColor(full), 1))
        painter.setBrush(QColor(light if soft or place else full))
        painter.drawRect(box)
        if place == 1:
            painter.setBrush(QBrush(QColor(full), Qt.BrushStyle.BDiagPattern))
            painter.drawRect(box)

    def _draw_limit(self, painter: QPainter) -> None:
        limit, inside = self._plot.limit, self._inside
        if limit is None or not self._plot.bars:
            return
        y = inside.bottom() - self._share(limit) * inside.height()
        painter.setPen(QPen(QColor(self._tones.warn), 2, Qt.PenStyle.DashLine))
        ends = (QPointF(inside.left(), y), QPointF(inside.right(), y))
        painter.drawLine(*(placed_point(end, self._area) for end in ends))

    def _draw_labels(self, painter: QPainter) -> None:
        bars, slots = self._plot.bars, self.slots
        if not bars:
            return
        painter.setPen(QColor(self._tones.text if self._plot.sideways else self._tones.muted))
        if self._plot.sideways:
            wide = self._inside.left() - self._area.left() - SPACE_M
            for bar, slot in zip(bars, slots, strict=True):
                room = placed(QRectF(self._area.left(), slot.top(), wide, slot.height()), self._area)
                words = self._metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, wide)
                draw_own(painter, room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
            return
        widest = max(self._metrics.horizontalAdvance(bar.label) for bar in bars) + SPACE_S
        every = max(1, -int(-widest // slots[0].width()))  # so that no label touches another
        for back, (bar, slot) in enumerate(zip(reversed(bars), reversed(slots), strict=True)):
            if back % every == 0:  # the current month always has its name
                x = min(slot.center().x() - widest / 2, self._area.right() - widest)
                room = QRectF(max(self._area.left(), x), self._inside.bottom() + SPACE_XS, widest, self._line)
                painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, bar.label)


class BarChart(QWidget):
    """Show a chart. Arrow keys, Home and End go from bar to bar, and each is announced.

    Signals (GUI thread): pointed(object), the PlotBar under the pointer or the keyboard, or None.
    """

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, height: int = _HEIGHT) -> None:
        super().__init__(parent)
        self._plot: BarPlot | None = None
        self._current = -1
        self._height = height
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def plot(self) -> BarPlot | None:
        """Return what is shown; None before the first plot."""
        return self._plot

    @property
    def current(self) -> PlotBar | None:
        """Return the marked bar."""
        bars = self._plot.bars if self._plot else ()
        return bars[self._current] if 0 <= self._current < len(bars) else None

    @property
    def slots(self) -> Sequence[QRectF]:
        """Return where the bars are, in logical pixels of the widget."""
        return self._painter(self._plot).slots if self._plot is not None else ()

    def set_plot(self, plot: BarPlot) -> None:
        """Show another chart; the mark stays at the bar with its label."""
        if plot == self._plot:
            return
        marked, self._plot = self.current, plot
        labels = [bar.label for bar in plot.bars]
        self._current = labels.index(marked.label) if marked is not None and marked.label in labels else -1
        self.setAccessibleName(plot.title)
        if marked != self.current:
            self._say()
        if self.hasFocus() and self._current < 0:
            self._mark_first()
        self.updateGeometry()
        self.update()

    def _painter(self, plot: BarPlot) -> BarPainter:
        room = QRectF(self.rect()).adjusted(SPACE_XS, SPACE_XS, -SPACE_XS, -SPACE_XS)
        return BarPainter(plot, room, self.font(), tones_of())

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, plot_height(self._plot, self.font(), self._height))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._plot is None:
            return
        painter = QPainter(self)
        self._painter(self._plot).draw(painter, self._current)
        if shows_ring(self):
            paint_ring(painter, QRectF(self.rect()), RADIUS_S)
        painter.end()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mark(next((row for row, slot in enumerate(self.slots) if slot.contains(event.position())), -1))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._mark(-1)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current < 0 and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._mark_first()

    def _mark_first(self) -> None:
        """Mark the current month, or the first row."""
        self._mark(self._last if self._plot is not None and not self._plot.sideways else min(0, self._last))

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark(-1)

    @property
    def _last(self) -> int:
        return len(self._plot.bars) - 1 if self._plot else -1

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = visual_key(event.key())
        if key in _STEPS:
            self._mark(min(self._last, max(0, self._current + _STEPS[key])))
        elif key is Qt.Key.Key_Home:
            self._mark(min(self._last, 0))
        elif key is Qt.Key.Key_End:
            self._mark(self._last)
        else:
            super().keyPressEvent(event)

    def _mark(self, row: int) -> None:
        if row != self._current:
            self._current = row
            self._say()
            self.update()

    def _say(self) -> None:
        bar = self.current
        words = bar.words if bar is not None else ""
        self.setAccessibleDescription(words)
        if self.hasFocus():
            announce(self, words)
        self.pointed.emit(bar)


def plot_height(plot: BarPlot | None, font: QFont, upright: int = _HEIGHT) -> int:
    """Return how high a chart is, in logical pixels; `upright` with bars that stand, else by its rows."""
    if plot is None or not plot.bars:
        return 0
    if not plot.sideways:
        return upright
    line = line_height(font)
    legend = line + SPACE_S if len(plot.series) > 1 else SPACE_XS
    return round(legend + len(plot.bars) * line * 1.7 + 2 * SPACE_XS)


def charts_image(plots: Sequence[BarPlot], heading: str, font: QFont) -> QImage:
    """Draw charts with titles and notes below each other, dark on white, at two pixels for each logical one."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    line, inner = line_height(font), _EXPORT_WIDTH - 2 * SPACE_L
    flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    room, metrics = QRectF(0, 0, inner, 10_000), QFontMetricsF(font)
    notes = [metrics.boundingRect(room, flags, plot.note).height() if plot.note else 0.0 for plot in plots]
    heights = [
        line + SPACE_S + plot_height(plot, font) + SPACE_XS + note + SPACE_L
        for plot, note in zip(plots, notes, strict=True)
    ]
    image = QImage(
        QSize(_EXPORT_WIDTH, round(sum(heights) + line + 3 * SPACE_L)) * 2, QImage.Format.Format_RGB32,
    )
    image.setDevicePixelRatio(2)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    y = float(SPACE_L)
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(bold)
    painter.drawText(QRectF(SPACE_L, y, inner, line), Qt.AlignmentFlag.AlignLeft, heading)
    y += line + SPACE_L
    for plot, note, height in zip(plots, notes, heights, strict=True):
        painter.setFont(bold)
        painter.setPen(QColor(LIGHT.text))
        painter.drawText(QRectF(SPACE_L, y, inner, line), Qt.AlignmentFlag.AlignLeft, plot.title)
        at = y + line + SPACE_S
        if plot.bars:
            high = plot_height(plot, font)
            BarPainter(plot, QRectF(SPACE_L, at, inner, high), font, LIGHT).draw(painter)
            at += high + SPACE_XS
        painter.setFont(font)
        painter.setPen(QColor(LIGHT.muted))
        painter.drawText(QRectF(SPACE_L, at, inner, note + 1), flags, plot.note)
        y += height
    painter.end()
    return image

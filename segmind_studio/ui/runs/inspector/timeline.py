"""The timeline of a run: a list of its states, each with a bar for how long it lasted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.run_timeline import StateBar, known_since, state_bars
from segmind_studio.core.runs import Phase, Run, Stage, TimelineEntry, stage_of_status
from segmind_studio.formats import clock_text, date_text, duration_text, exact_time
from segmind_studio.services.runs.watch_times import WatchTimes
from segmind_studio.texts import _, sentences, stored
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.inspector.page import Page
from segmind_studio.ui.runs.page_words import entry_word
from segmind_studio.ui.theme.direction import placed
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import line_height
from segmind_studio.ui.theme.tokens import HAIRLINE, RING, SPACE_S, SPACE_XS, tones_of

Index = QModelIndex | QPersistentModelIndex
_SHOWN_AT_MOST = 100
_ROWS_SEEN = 14  # of the list; more scroll, but those of a usual run do not
_BAR = 10  # logical pixels
_POINT = 3.0  # the least width of a bar
_HOUR = 3600


def lasted_text(bar: StateBar) -> str:
    """Return how long a state lasted, as far as that is known; "" for the final one."""
    if bar.final:
        return ""
    if bar.lasts:
        # Translators: {time} is a duration.
        return _("{time} so far").format(time=duration_text(max(0.0, bar.end - bar.begin)))
    least, most = duration_text(bar.least), duration_text(bar.most)
    # Translators: a range of durations.
    return most if least == most else _("{least} to {most}").format(least=least, most=most)


def clock_range(bar: StateBar) -> str:
    """Return from when until when a state was seen; the day of the end only where it is another one."""
    # Translators: a day and a time of the day.
    begin = _("{day}, {time}").format(day=date_text(bar.begin), time=clock_text(bar.begin))
    if bar.lasts:
        # Translators: {time} is a time of the day or a date.
        return _("since {time}").format(time=begin)
    end = clock_text(bar.end)
    if bar.final or (end == clock_text(bar.begin) and bar.end - bar.begin < _HOUR):
        return begin
    if date_text(bar.begin) != date_text(bar.end):
        end = _("{day}, {time}").format(day=date_text(bar.end), time=end)
    # Translators: two times.
    return _("{begin} to {end}").format(begin=begin, end=end)


def gaps_text(bar: StateBar) -> str:
    """Return the sentence on the times without a check within a state, "" without any."""
    gone = sum(end - begin for begin, end in bar.gaps)
    if not gone:
        return ""
    return _("Not observed for {time}.").format(time=duration_text(gone))


def spoken_text(bar: StateBar) -> str:
    """Return all that a row shows as one text."""
    lasted = lasted_text(bar)
    first = ", ".join(part for part in (entry_word(bar.entry.what), clock_range(bar), lasted) if part)
    return sentences(f"{first}.", gaps_text(bar))


class _BarsModel(QAbstractListModel):
    """The states, oldest first."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.bars: tuple[StateBar, ...] = ()

    def set_bars(self, bars: tuple[StateBar, ...]) -> None:
        """Show these; as many as before keep their rows, so the current one stays."""
        if len(bars) == len(self.bars):
            self.bars = bars
            self.dataChanged.emit(self.index(0, 0), self.index(len(bars) - 1, 0))
            return
        self.beginResetModel()
        self.bars = bars
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self.bars)

    @override
    @guarded(NOTHING)
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.bars):
            return None
        bar = self.bars[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return spoken_text(bar)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(part for part in (spoken_text(bar), stored(bar.entry.detail)) if part))
        return None


class _BarDelegate(QStyledItemDelegate):
    """Paint the name and the duration, the bar below them, and the clock times."""

    def __init__(self, view: StateList) -> None:
        super().__init__(view)
        self._view = view

    @override
    @guarded(QSize())
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self._view.row_height)

    @override
    @guarded(None)
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        room: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        painter.save()
        self._view.paint_row(painter, QRectF(room), index.row(), state)
        painter.restore()


class StateList(QListView):
    """List the states with bars on one axis of time; arrow keys go from one to the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = _BarsModel(self)
        self.setObjectName("runs.states")
        self.setAccessibleName(_("Timeline"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("border: none; background: transparent; padding: 0;")
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setItemDelegate(_BarDelegate(self))
        guard_scroll_areas(self)
        self.setModel(self._bars)

    @property
    def bars(self) -> tuple[StateBar, ...]:
        """Return what is shown, oldest first."""
        return self._bars.bars

    @property
    def row_height(self) -> int:
        """Return the height of a row in logical pixels."""
        return 2 * line_height(self.font()) + _BAR + 2 * SPACE_S + SPACE_XS

    def set_bars(self, bars: tuple[StateBar, ...]) -> None:
        """Show these bars; the same ones again change nothing."""
        if bars == self._bars.bars:
            return
        count = len(self._bars.bars)
        self._bars.set_bars(bars)
        if count != len(bars) and bars:
            self.setCurrentIndex(self._bars.index(len(bars) - 1, 0))
        self.setFixedHeight(self.row_height * min(len(bars), _ROWS_SEEN) + 2 * HAIRLINE)

    def paint_row(self, painter: QPainter, room: QRectF, row: int, state: QStyle.StateFlag) -> None:
        """Paint one row."""
        bar, tones = self._bars.bars[row], tones_of(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = room.adjusted(SPACE_S, SPACE_XS, -SPACE_S, -SPACE_XS)
        current = self.currentIndex().row() == row
        ground = QColor(tones.accent_soft) if current else QColor(tones.hover)
        if current or bool(state & QStyle.StateFlag.State_MouseOver):
            painter.setPen(QPen(QColor(tones.focus), RING) if current and shows_ring(self) else Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), SPACE_XS, SPACE_XS)
        line = line_height(self.font())
        lasted = lasted_text(bar)
        wide = self.fontMetrics().horizontalAdvance(lasted)
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tones.text))
        name = placed(QRectF(inside.left(), inside.top(), inside.width() - wide - SPACE_S, line), inside)
        word = painter.fontMetrics().elidedText(
            entry_word(bar.entry.what, raw=False), Qt.TextElideMode.ElideRight, int(name.width()),
        )
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, word)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        over = QRectF(inside.left(), inside.top(), inside.width(), line)
        painter.drawText(over, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, lasted)
        self._paint_bar(painter, QRectF(inside.left(), inside.top() + line + SPACE_XS, inside.width(), _BAR), bar)
        painter.setPen(QColor(tones.muted))
        below = QRectF(inside.left(), inside.top() + line + _BAR + SPACE_XS + 2, inside.width(), line)
        clock = self.fontMetrics().elidedText(clock_range(bar), Qt.TextElideMode.ElideRight, int(below.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, clock)

    def _paint_bar(self, painter: QPainter, track: QRectF, bar: StateBar) -> None:
        """Paint the whole time as a faint line, the state's own part over it, and hatch what nobody saw."""
        bars, tones = self._bars.bars, tones_of(self.palette())
        first, last = bars[0].begin, bars[-1].end
        scale = track.width() / (last - first) if last > first else 0.0

        def part(begin: float, end: float) -> QRectF:
            left = track.left() + (begin - first) * scale
            width = max(_POINT, (end - begin) * scale)
            own = QRectF(min(left, track.right() - width), track.top(), width, track.height())
            return placed(own, track)

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.line))
        painter.drawRect(QRectF(track.left(), track.center().y() - 1, track.width(), 2))
        own = part(bar.begin, bar.end)
        colour = QColor(getattr(tones, _tone(bar)))
        painter.setBrush(colour)
        painter.drawRoundedRect(own, 2, 2)
        for begin, end in bar.gaps:
            hatched = part(max(begin, bar.begin), min(end, bar.end))
            painter.fillRect(hatched, QColor(tones.surface))
            painter.fillRect(hatched, QBrush(colour, Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(colour, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(hatched.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(Qt.PenStyle.NoPen)


def _tone(bar: StateBar) -> str:
    what = bar.entry.what
    if what in {Phase.REFUSED.value, Phase.UNKNOWN.value} or (what and stage_of_status(what) is Stage.FAILED):
        return "bad"
    return "good" if stage_of_status(what) is Stage.READY else "accent"


class TimelinePage(Page):
    """Show the states as this app first saw them, and all that is known of the current one."""

    def __init__(self, watched: WatchTimes | None = None, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = _("Timeline")
        self.setAccessibleName(self.title)
        self._watched = watched
        self.states = StateList()
        self.states.selectionModel().currentChanged.connect(self._show_words)
        self._words = text_label("")
        self._note = mark(text_label(""), role="small")
        self._since = text_label("", "muted")
        flags = Qt.TextInteractionFlag
        for label in (self._words, self._note):
            label.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
            label.setMinimumWidth(1)
        self.column.addWidget(text_label(_(
            "Times when this app first saw each stage. The service does not state times. Hatched: the app was "
            "closed or offline, so a change may have happened earlier."
        ), "muted"))
        for widget in (self.states, self._words, self._note, self._since):
            self.column.addWidget(widget)
        self.column.addStretch()

    def show_entries(self, run: Run, entries: Sequence[TimelineEntry], now: float) -> None:
        """Show a run's entries, which come oldest first, at `now` (seconds since the epoch)."""
        spans = self._watched.spans if self._watched else ()
        bars = state_bars(entries[-_SHOWN_AT_MOST:], spans, run.account_id, now, active=run.active)
        self.states.set_bars(bars)
        since = known_since(spans, run.account_id)
        untold = bool(bars) and since is not None and bars[0].begin < since
        words = _("It is not known when the app was open before {time}.")
        self._since.setText(words.format(time=exact_time(since)) if untold and since is not None else "")
        self._since.setVisible(untold)
        self._show_words()

    @Slot()
    def _show_words(self) -> None:
        row = self.states.currentIndex().row()
        bar = self.states.bars[row] if 0 <= row < len(self.states.bars) else None
        first = _("First seen: {time}.").format(time=exact_time(bar.begin)) if bar else ""
        words = sentences(spoken_text(bar), first) if bar else ""
        note = stored(bar.entry.detail) if bar else ""
        for label, text in ((self._words, words), (self._note, note)):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))

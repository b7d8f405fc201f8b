"""The table's model: the runs in the order and choice that is shown, changed by difference only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from segmind_studio.core.runs import Run
from segmind_studio.ui.runs.cells import RUN_ROLE, Cells
from segmind_studio.ui.runs.columns import Column, heading
from segmind_studio.ui.runs.filters import Filter, wanted_words
from segmind_studio.ui.runs.rows import Entry, OrderedRows

_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
FEW_MOVES = 8  # above this, rows are moved together in one layout change


class RunsModel(QAbstractTableModel):
    """Show runs, sorted and filtered here in Python: a sorting proxy over it froze the window for a second.

    Signals:
        counts_changed(object): dict[Filter, int], of all runs, whatever the search.
    """

    counts_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cells = Cells()
        self._entries: dict[str, Entry] = {}
        self._rows = OrderedRows()
        self._visible: set[str] = set()
        self._kept: frozenset[str] = frozenset()
        self._counts: Counter[Filter] = Counter()
        self._filter = Filter.ALL
        self._words: tuple[str, ...] = ()
        self._column = Column.STARTED
        self._descending = True
        self._rows.fill((), descending=True)

    # -- what the rest of the place asks

    @property
    def counts(self) -> dict[Filter, int]:
        """Give how many runs are in each group."""
        return {which: self._counts[which] for which in Filter}

    def run_at(self, row: int) -> Run:
        """Give the run of a row."""
        return self._rows.at(row).run

    def row_of(self, run_id: str) -> int:
        """Give the row of a run, -1 when it is not shown."""
        return self._rows.row_of(self._entries[run_id]) if run_id in self._visible else -1

    def percent(self, run_id: str) -> int | None:
        """Give how much of a run's upload is done, as far as this session has seen it."""
        return self._cells.percent.get(run_id)

    # -- what changes

    def replace_all(self, runs: Sequence[Run]) -> None:
        """Show these runs instead. A reset only where nothing is shared, as with another account."""
        ids = {run.run_id for run in runs}
        gone = [entry for run_id, entry in self._entries.items() if run_id not in ids]
        if len(gone) == len(self._entries):
            if gone or ids:
                self._start_over(runs)
            return
        before = self.counts
        for entry in gone:
            self._hide(entry)
            del self._entries[entry.run.run_id]
            self._counts.subtract(entry.groups)
        self._take(runs)
        self._tell_counts(before)

    def apply(self, changed: Iterable[Run]) -> None:
        """Take in runs that changed or are new; runs that are as they were touch nothing."""
        before = self.counts
        self._take(changed)
        self._tell_counts(before)

    def set_progress(self, run_id: str, sent: int, total: int) -> None:
        """Show how far an upload is, in whole percents."""
        percent = min(100, sent * 100 // total) if total > 0 else 0
        if self._cells.percent.get(run_id) != percent:
            self._cells.percent[run_id] = percent
            row = self.row_of(run_id)
            if row >= 0:
                self._tell_row(row, Column.STATUS, Column.STATUS)

    def set_filter(self, which: Filter) -> None:
        """Show one group."""
        if which is not self._filter:
            self._filter = which
            self._choose_again()

    def set_search(self, text: str) -> None:
        """Show only runs that hold every word of `text`."""
        words = wanted_words(text)
        if words != self._words:
            self._words = words
            self._choose_again()

    def keep(self, run_ids: Iterable[str]) -> None:
        """Let these rows stay though they leave the filter: what a person looks at must not slip away."""
        left, self._kept = self._kept, frozenset(run_ids)
        for run_id in left - self._kept:
            entry = self._entries.get(run_id)
            if entry is not None and not self._wanted(entry):
                self._hide(entry)

    def tick(self, now: float) -> None:
        """Let relative times be read again; `now` is in seconds since the epoch."""
        self._cells.now = now
        if self._rows:
            self.dataChanged.emit(
                self.index(0, Column.STARTED), self.index(len(self._rows) - 1, Column.CHANGED),
                [Qt.ItemDataRole.DisplayRole],
            )

    # -- the model as Qt asks it

    @override
    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        run = self._rows.at(index.row()).run
        return run if role == RUN_ROLE else self._cells.data(run, Column(index.column()), role)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return heading(Column(section))
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; selection and current row stay with their runs."""
        descending = order is Qt.SortOrder.DescendingOrder
        if 0 <= column < len(Column) and (column, descending) != (self._column, self._descending):
            self._column, self._descending = Column(column), descending
            self._in_one_layout_change(self._sort_again)

    # -- differences

    def _take(self, changed: Iterable[Run]) -> None:
        moves: list[tuple[Entry, Entry]] = []
        for run in {run.run_id: run for run in changed}.values():
            old = self._entries.get(run.run_id)
            if old is not None and old.run == run:
                continue
            new = Entry.of(run, self._column, descending=self._descending)
            if old is not None:
                self._counts.subtract(old.groups)
            self._counts.update(new.groups)
            if old is None or run.run_id not in self._visible:
                self._entries[run.run_id] = new
                if self._wanted(new):
                    self._show(new)
            elif not self._wanted(new):
                self._hide(old)
                self._entries[run.run_id] = new
            elif self._rows.row_after_move(old, new) == self._rows.row_of(old):
                self._put(old, new)
            else:
                moves.append((old, new))
        if len(moves) > FEW_MOVES:
            self._in_one_layout_change(lambda: self._move_together(moves))
        else:
            for old, new in moves:
                self._move(old, new)

    def _show(self, entry: Entry) -> None:
        row = self._rows.row_for(entry)
        self.beginInsertRows(_TOP, row, row)
        self._rows.add(entry)
        self._visible.add(entry.run.run_id)
        self.endInsertRows()

    def _hide(self, entry: Entry) -> None:
        if entry.run.run_id in self._visible:
            row = self._rows.row_of(entry)
            self.beginRemoveRows(_TOP, row, row)
            self._rows.drop(entry)
            self._visible.discard(entry.run.run_id)
            self.endRemoveRows()

    def _put(self, old: Entry, new: Entry) -> None:
        self._rows.replace(old, new)
        self._entries[new.run.run_id] = new
        self._tell_row(self._rows.row_of(new), Column.STATUS, Column.PINNED)

    def _move(self, old: Entry, new: Entry) -> None:
        source, target = self._rows.row_of(old), self._rows.row_after_move(old, new)
        if source != target:
            self.beginMoveRows(_TOP, source, source, _TOP, target if target < source else target + 1)
            self._rows.drop(old)
            self._rows.add(new)
            self._entries[new.run.run_id] = new
            self.endMoveRows()
            self._tell_row(target, Column.STATUS, Column.PINNED)
        else:
            self._put(old, new)

    def _move_together(self, moves: Sequence[tuple[Entry, Entry]]) -> None:
        for old, new in moves:
            self._rows.drop(old)
            self._rows.add(new)
            self._entries[new.run.run_id] = new

    # -- all rows at once

    def _start_over(self, runs: Sequence[Run]) -> None:
        self.beginResetModel()
        self._entries = {
            run.run_id: Entry.of(run, self._column, descending=self._descending) for run in runs
        }
        self._kept = frozenset()
        self._counts = Counter(which for entry in self._entries.values() for which in entry.groups)
        self._fill()
        self.endResetModel()
        self.counts_changed.emit(self.counts)

    def _choose_again(self) -> None:
        """Fill the rows anew after the person chose another filter or search; the table selects again."""
        self.beginResetModel()
        self._kept = frozenset()
        self._fill()
        self.endResetModel()

    def _fill(self) -> None:
        self._visible.clear()
        shown = [entry for entry in self._entries.values() if self._wanted(entry)]
        self._visible.update(entry.run.run_id for entry in shown)
        self._rows.fill(shown, descending=self._descending)

    def _sort_again(self) -> None:
        self._entries = {
            run_id: Entry.of(entry.run, self._column, descending=self._descending)
            for run_id, entry in self._entries.items()
        }
        self._rows.fill((self._entries[run_id] for run_id in self._visible), descending=self._descending)

    def _in_one_layout_change(self, change: Callable[[], None]) -> None:
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        ids = [self._rows.at(index.row()).run.run_id for index in old]
        change()
        new = [self.index(self.row_of(run_id), index.column()) for run_id, index in zip(ids, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _wanted(self, entry: Entry) -> bool:
        run_id = entry.run.run_id
        return entry.matches(self._filter, self._words) or (run_id in self._kept and run_id in self._visible)

    def _tell_row(self, row: int, first: Column, last: Column) -> None:
        self.dataChanged.emit(self.index(row, first), self.index(row, last))

    def _tell_counts(self, before: dict[Filter, int]) -> None:
        if self.counts != before:
            self.counts_changed.emit(self.counts)

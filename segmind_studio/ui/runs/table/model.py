"""The runs as a Qt model: sorted and filtered, updated by differences only; rows are found by binary search."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from segmind_studio.core.accounts import Account
from segmind_studio.core.runs import Run
from segmind_studio.core.usual_times import UsualTimes
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.runs.table.cells import CELL_ROLES, RIGHT, RUN_ROLE, CellTexts
from segmind_studio.ui.runs.table.columns import COLUMNS, LAST, Column, Key, sort_key, sort_keys
from segmind_studio.ui.runs.table.row_filter import Filter, GroupCounts, RowChoice
from segmind_studio.ui.theme.icons import icon


class OrderedRows:
    """Runs kept ascending by their key, counted from the top as they are shown: reversed when descending.

    A run passed to a method must equal the one that was added; `put` another there when it changed.
    """

    def __init__(self) -> None:
        self._column = Column.STARTED
        self._descending = True
        self._runs: list[Run] = []
        self._keys: list[Key] = []
        self._ids: set[str] = set()
        self.accounts: dict[str, Account] = {}  # by id, for the order by their names

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._ids

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def order(self) -> tuple[Column, bool]:
        """Return the column, and whether it is descending."""
        return self._column, self._descending

    def at(self, row: int) -> Run:
        """Return the run of a row."""
        return self._runs[-1 - row if self._descending else row]

    def between(self, top: int, bottom: int) -> list[Run]:
        """Return the runs of these rows and all between them."""
        if not self._descending:
            return self._runs[top:bottom + 1]
        end = len(self._runs) - top
        return self._runs[end - 1 - bottom + top:end][::-1]

    def row_of(self, run: Run) -> int:
        """Return the row of a run that is there."""
        place = self._place(run)
        return len(self) - 1 - place if self._descending else place

    def row_for(self, run: Run) -> int:
        """Return the row that a run would have once it were added."""
        place = self._place(run)
        return len(self) - place if self._descending else place

    def row_after(self, old: Run, new: Run) -> int:
        """Return the row that `new` would have instead of `old`."""
        place = self._place(new)
        place -= place > self._place(old)
        return len(self) - 1 - place if self._descending else place

    def add(self, run: Run) -> None:
        """Put a run in its place."""
        key = self._key(run)
        place = bisect_left(self._keys, key)
        self._runs.insert(place, run)
        self._keys.insert(place, key)
        self._ids.add(run.run_id)

    def drop(self, run: Run) -> None:
        """Remove a run."""
        place = self._place(run)
        del self._runs[place]
        del self._keys[place]
        self._ids.discard(run.run_id)

    def put(self, old: Run, new: Run) -> int:
        """Put `new` where `old` stands and return the row; -1, and nothing is done, when its row is another."""
        before, key = self._key(old), self._key(new)
        place = bisect_left(self._keys, before)
        if key != before:
            target = bisect_left(self._keys, key)
            if target - (target > place) != place:
                return -1
            self._keys[place] = key
        self._runs[place] = new
        return len(self._runs) - 1 - place if self._descending else place

    def fill(self, runs: Iterable[Run]) -> None:
        """Start over with these."""
        given = runs if isinstance(runs, (list, tuple)) else list(runs)
        keys = sort_keys(given, self._column, descending=self._descending, accounts=self.accounts)
        places = sorted(range(len(keys)), key=keys.__getitem__)
        self._keys = [keys[place] for place in places]
        self._runs = [given[place] for place in places]
        self._ids = {run.run_id for run in self._runs}

    def sort(self, column: Column, *, descending: bool) -> None:
        """Order by another column."""
        self._column, self._descending = column, descending
        self.fill(self._runs)

    def _key(self, run: Run) -> Key:
        return sort_key(run, self._column, descending=self._descending, accounts=self.accounts)

    def _place(self, run: Run) -> int:
        return bisect_left(self._keys, self._key(run))


_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_COLUMN_OF = tuple(Column)
_COLUMNS = len(_COLUMN_OF)
FEW = 8  # more rows than this are moved in one layout change
MOST_SINGLE_ROWS = 200  # more rows than this are emitted as one range, which repaints all that is in view


class RunsModel(QAbstractTableModel):
    """Show runs, sorted and filtered here in Python: a sorting proxy froze the window for a second.

    Signals:
        counts_changed(object): dict[Filter, int], of all runs, whatever the search.
    """

    counts_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cells = CellTexts()
        self._runs: dict[str, Run] = {}
        self._rows = OrderedRows()
        self._choice = RowChoice()
        self._counts = GroupCounts()

    # -- what the rest of the place asks

    @property
    def counts(self) -> dict[Filter, int]:
        """Return how many runs are in each group."""
        return self._counts.counts

    @property
    def total(self) -> int:
        """Return how many runs there are, also those that are not shown."""
        return len(self._runs)

    def run_at(self, row: int) -> Run:
        """Return the run of a row."""
        return self._rows.at(row)

    def runs_between(self, top: int, bottom: int) -> list[Run]:
        """Return the runs of these rows and all between them."""
        return self._rows.between(top, bottom)

    def row_of(self, run_id: str) -> int:
        """Return the row of a run, -1 when it is not shown."""
        return self._rows.row_of(self._runs[run_id]) if run_id in self._rows else -1

    def percent(self, run_id: str) -> int | None:
        """Return how much of a run's upload is done, as far as this session has seen it."""
        return self._cells.percent.get(run_id)

    def late_text(self, run: Run) -> str:
        """Return the words for a run that stays in its state for unusually long, "" for another."""
        return self._cells.late_text(run)

    # -- what changes

    def replace_all(self, runs: Sequence[Run]) -> None:
        """Show these runs instead. A reset only where little is shared, as with another account."""
        ids = {run.run_id for run in runs}
        gone = [run for run_id, run in self._runs.items() if run_id not in ids]
        if len(gone) == len(self._runs) or len(gone) > MOST_SINGLE_ROWS:
            if gone or ids:
                self._start_over(runs)
            return
        before = self.counts
        for run in gone:
            self._hide(run)
            self._counts.change(run, None)
            del self._runs[run.run_id]
        self._take(runs)
        self._emit_counts(before)

    def apply(self, changed: Iterable[Run]) -> None:
        """Take in runs that changed or are new; runs that are as they were touch nothing."""
        before = self.counts
        self._take(changed)
        self._emit_counts(before)

    def set_progress(self, run_id: str, sent: int, total: int) -> None:
        """Show the progress of an upload, in whole percents."""
        percent = min(100, sent * 100 // total) if total > 0 else 0
        if self._cells.percent.get(run_id) != percent:
            self._cells.percent[run_id] = percent
            row = self.row_of(run_id)
            if row >= 0:
                self._emit_rows_changed(row, row, Column.STATUS)

    def set_filter(self, which: Filter) -> None:
        """Show one group."""
        if which is not self._choice.filter:
            self._choice.filter = which
            self._choose_again()

    def set_search(self, text: str) -> None:
        """Show only the runs that a query asks for; QueryError, and the rows stay, when it cannot be read."""
        if self._choice.search(text):
            self._choose_again()

    def keep(self, run_ids: Iterable[str]) -> None:
        """Keep these rows though they leave the filter: the run in view must not disappear."""
        kept = self._choice.kept = frozenset(run_ids)
        left, self._choice.left = self._choice.left, self._choice.left & kept
        for run_id in left - kept:
            run = self._runs.get(run_id)
            if run is not None and not self._wanted(run):
                self._hide(run)

    def tick(self, now: float) -> None:
        """Update relative times; `now` is in seconds since the epoch."""
        self._cells.now = now
        if self._rows:
            self.dataChanged.emit(
                self.index(0, Column.STARTED), self.index(len(self._rows) - 1, Column.CHANGED),
                [Qt.ItemDataRole.DisplayRole],
            )
        if self._cells.usual is not None:
            self._emit_status_changed()

    def set_usual_times(self, times: UsualTimes | None) -> bool:
        """Mark runs that stay in a state for longer than these, None marks none; False when they are the same."""
        if times == self._cells.usual:
            return False
        self._cells.usual = times
        self._emit_status_changed()
        return True

    def set_accounts(self, accounts: Sequence[Account], current_id: str) -> None:
        """Name these accounts in the rows; `current_id` is the one in use."""
        by_id = {account.account_id: account for account in accounts}
        if (by_id, current_id) == (self._cells.accounts, self._cells.account_id):
            return
        self._cells.accounts, self._cells.account_id = by_id, current_id
        self._in_one_layout_change(lambda: self._order_by(by_id))

    def _order_by(self, accounts: dict[str, Account]) -> None:
        column, descending = self._rows.order
        self._rows.accounts = accounts
        self._rows.sort(column, descending=descending)

    def _emit_status_changed(self) -> None:
        if self._rows:
            self._emit_rows_changed(0, len(self._rows) - 1, Column.STATUS)

    # -- the model as Qt asks it

    @override
    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else _COLUMNS

    @override
    @guarded(NOTHING)
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in CELL_ROLES or not index.isValid():
            return None
        run = self._rows.at(index.row())
        return run if role == RUN_ROLE else self._cells.data(run, _COLUMN_OF[index.column()], role)

    @override
    @guarded(NOTHING)
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if column is Column.PINNED and role == Qt.ItemDataRole.DecorationRole:
            return icon("pin", "muted")  # the word has no room above an icon
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if column is Column.PINNED else str(COLUMNS[column].heading)
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return str(COLUMNS[column].heading)
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[column].number:
            return RIGHT
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; selection and current row stay with their runs."""
        descending = order is Qt.SortOrder.DescendingOrder
        if 0 <= column < len(Column) and (column, descending) != self._rows.order:
            self._in_one_layout_change(lambda: self._rows.sort(Column(column), descending=descending))

    # -- differences

    def _take(self, changed: Iterable[Run]) -> None:
        put: list[Run] = []
        rows: list[int] = []  # of those that were put, until others come, go or move
        moves: list[tuple[Run, Run]] = []
        latest = {run.run_id: run for run in changed}
        leaving = {name for name, run in latest.items() if name in self._rows and not self._wanted(run)}
        if len(leaving) > FEW:
            self._take_in_one_reset(latest)
            return
        settled = not leaving
        for run_id, new in latest.items():
            old = self._runs.get(run_id)
            if old is new or old == new:
                continue
            self._counts.change(old, new)
            if old is None or run_id not in self._rows:
                settled = False
                self._runs[run_id] = new
                self._show(new)
            elif run_id in leaving:
                self._hide(old)
                self._runs[run_id] = new
            elif (row := self._rows.put(old, new)) >= 0:
                self._runs[run_id] = new
                put.append(new)
                rows.append(row)
            else:
                moves.append((old, new))
        if len(moves) > FEW:
            self._in_one_layout_change(lambda: self._move_together(moves))
        else:
            for old, new in moves:
                self._move(old, new)
                put.append(new)
        self._emit_runs_changed(rows if settled and not moves else [self._rows.row_of(run) for run in put])

    def _show(self, run: Run) -> None:
        if self._wanted(run):
            row = self._rows.row_for(run)
            self.beginInsertRows(_TOP, row, row)
            self._rows.add(run)
            self.endInsertRows()

    def _hide(self, run: Run) -> None:
        if run.run_id in self._rows:
            row = self._rows.row_of(run)
            self.beginRemoveRows(_TOP, row, row)
            self._rows.drop(run)
            self.endRemoveRows()

    def _move(self, old: Run, new: Run) -> None:
        if self._rows.put(old, new) >= 0:  # a move before this one has brought it there
            self._runs[new.run_id] = new
            return
        source, target = self._rows.row_of(old), self._rows.row_after(old, new)
        self.beginMoveRows(_TOP, source, source, _TOP, target if target < source else target + 1)
        self._move_together([(old, new)])
        self.endMoveRows()

    def _move_together(self, moves: Sequence[tuple[Run, Run]]) -> None:
        for old, new in moves:
            self._rows.drop(old)
            self._rows.add(new)
            self._runs[new.run_id] = new

    # -- all rows at once

    def _start_over(self, runs: Sequence[Run]) -> None:
        self.beginResetModel()
        self._runs = {run.run_id: run for run in runs}
        self._counts.fill(self._runs.values())
        self._fill()
        self.endResetModel()
        self.counts_changed.emit(self.counts)

    def _take_in_one_reset(self, changed: Mapping[str, Run]) -> None:
        """Take in runs of which many leave the rows: one by one, each would change the selection."""
        self.beginResetModel()
        for run_id, run in changed.items():
            self._counts.change(self._runs.get(run_id), run)
            self._runs[run_id] = run
        self._fill()
        self.endResetModel()

    def _choose_again(self) -> None:
        """Fill the rows again after the user chose another filter or search; the table selects again."""
        self.beginResetModel()
        self._fill()
        self.endResetModel()

    def _fill(self) -> None:
        self._choice.kept = frozenset()
        self._choice.left.clear()
        self._rows.fill(self._choice.chosen(self._runs.values()))

    def _in_one_layout_change(self, change: Callable[[], None]) -> None:
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        ids = [self._rows.at(index.row()).run_id for index in old]
        change()
        new = [self.index(self.row_of(run_id), index.column()) for run_id, index in zip(ids, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _wanted(self, run: Run) -> bool:
        return self._choice.wants(run, shown=run.run_id in self._rows)

    def _emit_runs_changed(self, rows: Sequence[int]) -> None:
        if len(rows) > MOST_SINGLE_ROWS:
            self._emit_rows_changed(min(rows), max(rows), Column.STATUS, LAST)
            return
        for row in rows:
            self._emit_rows_changed(row, row, Column.STATUS, LAST)

    def _emit_rows_changed(self, top: int, bottom: int, first: Column, last: Column | None = None) -> None:
        """Say that these rows changed; all are there, which `index` would ask for in four calls from Qt."""
        self.dataChanged.emit(
            self.createIndex(top, first), self.createIndex(bottom, first if last is None else last),
        )

    def _emit_counts(self, before: dict[Filter, int]) -> None:
        if self.counts != before:
            self.counts_changed.emit(self.counts)

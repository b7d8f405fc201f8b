"""The runs of the accounts that are not in use, for a list that shows all. They are only read.

What is paid, polled or settled goes by the rows of the account in use alone, which `run_service.py` holds.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal

_log = logging.getLogger(__name__)
SLICE = 250  # runs in one signal, as `run_service` has it


@record
class OtherRows:
    """The answer of the task pool: whether other accounts than `account_id` have runs, and the runs if wanted."""

    account_id: str
    there: bool
    runs: tuple[Run, ...] = ()


class OtherAccountRuns(QObject):
    """Hold the runs of all accounts but the one in use, once they are wanted. GUI thread; the pool reads them.

    Signals:
        replaced(): `runs` is another list, most often an empty one that is filled anew.
        added(object): tuple[Run, ...], new in `runs`; many come in several signals.
        there_changed(): `there` differs.
    """

    replaced = Signal()
    added = Signal(object)
    there_changed = Signal()

    def __init__(
        self, database: Database, tasks: TaskRunner, accounts: AccountService, live: LiveRuns | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._tasks = tasks
        self._accounts = accounts
        self._live = live or LiveRuns()
        self._account_id = accounts.state.current.account_id
        self._runs: dict[str, Run] = {}
        self._wanted = self._there = self._busy = self._again = False
        self._coming: deque[tuple[Run, ...]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._add_next)
        accounts.changed.connect(self._follow)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return the runs, in no order."""
        return tuple(self._runs.values())

    @property
    def there(self) -> bool:
        """Return whether an account that is not in use has runs, as far as was read."""
        return self._there

    def run(self, run_id: str) -> Run | None:
        """Find a run of another account."""
        return self._runs.get(run_id)

    def want(self, *, on: bool) -> None:
        """Read the runs, or drop them."""
        if on is not self._wanted:
            self._wanted = on
            self._clear()
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read again; of several calls meanwhile one is done."""
        if self._busy:
            self._again = True
            return
        self._busy = True
        work = partial(_read, self._database, self._account_id, wanted=self._wanted)
        self._tasks.run(work, self._take, self._failed)

    @Slot()
    def _follow(self) -> None:
        now = self._accounts.state.current.account_id
        if now != self._account_id:
            self._account_id = now
            self._clear()
            self.refresh()

    def _clear(self) -> None:
        self._coming.clear()
        self._timer.stop()
        if self._runs:
            self._runs = {}
            self.replaced.emit()

    @Slot(object)
    def _take(self, rows: OtherRows) -> None:
        if rows.account_id == self._account_id:
            if rows.there is not self._there:
                self._there = rows.there
                self.there_changed.emit()
            if self._wanted:
                self._show(self._with_live(rows.runs))
        self._end()

    def _with_live(self, runs: Iterable[Run]) -> dict[str, Run]:
        """Mark the runs that are still under way: they were started before the account was changed."""
        return {run.run_id: replace(run, live=run.run_id in self._live) for run in runs}

    def _show(self, runs: dict[str, Run]) -> None:
        if any(run_id not in runs for run_id in self._runs):
            self._clear()
        new = tuple(run for run_id, run in runs.items() if self._runs.get(run_id) != run)
        self._coming = deque(new[at:at + SLICE] for at in range(0, len(new), SLICE))
        self._timer.start()

    @Slot()
    def _add_next(self) -> None:
        if self._coming:
            some = self._coming.popleft()
            self._runs.update((run.run_id, run) for run in some)
            self.added.emit(some)
        if not self._coming:
            self._timer.stop()

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        _log.warning("The runs of other accounts could not be read: %s", error.title)
        self._end()

    def _end(self) -> None:
        self._busy, again = False, self._again
        self._again = False
        if again:
            self.refresh()


def _read(database: Database, account_id: str, *, wanted: bool) -> OtherRows:
    journal = Journal(database)
    others = [other for other in journal.account_ids() if other != account_id]
    runs = tuple(run for other in others for run in journal.runs(other)) if wanted else ()
    return OtherRows(account_id, bool(others), runs)

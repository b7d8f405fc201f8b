"""The runs as the window sees them: a snapshot that is always there, and signals for what changes."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from segmind_studio.core.accounts import Connection, Kinship
from segmind_studio.core.runs import Run
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_values import AccessChange, RunEdit, RunFailure, RunTimeline, WatchState
from segmind_studio.services.runs.send_again import Patience, SendAgainWaits

if TYPE_CHECKING:
    from segmind_studio.services.runs.run_poller import RunPoller
    from segmind_studio.store.database import Database

__all__ = ["RunFailure", "RunService", "RunTimeline", "WatchState"]

SLICE = 250  # runs that are told of at once: what the window does with as many takes less than a blink


class RunService(QObject):
    """Hold the current account's runs. GUI thread; the asking and the disk are `RunPoller`'s.

    Signals:
        replaced(object): tuple[Run, ...], the whole list: first load, another account.
        changed(object): tuple[Run, ...], only rows that changed or are new; of many some at a time, while
            `runs` has them all.
        watch_changed(object): WatchState.
        timeline_ready(object): RunTimeline.
        failed(object): RunFailure.
        kin_found(object): Kinship, when the account's list holds runs that another account has as its own.
        accounts_joined(object): JoinEnd, once for each `join`.
    """

    replaced = Signal(object)
    changed = Signal(object)
    watch_changed = Signal(object)
    timeline_ready = Signal(object)
    failed = Signal(object)
    kin_found = Signal(object)
    accounts_joined = Signal(object)
    _join = Signal(object)
    _connection_set = Signal(object)
    _polling_set = Signal(bool)
    _check = Signal()
    _resume = Signal()
    _reload = Signal(str)
    _timeline = Signal(str)
    _edit = Signal(object)
    _access = Signal(object)
    _refresh = Signal(str)
    _finish = Signal()

    def __init__(
        self, database: Database, live: LiveRuns, parent: QObject | None = None, *,
        waits: SendAgainWaits | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._live = live
        self._waits = waits or SendAgainWaits()
        self._runs: dict[str, Run] = {}
        self._loaded = False
        self._watch = WatchState()
        self._sorted: tuple[Run, ...] | None = ()
        self._untold: deque[tuple[Run, ...] | WatchState] = deque()
        self._teller = QTimer(self)
        self._teller.setInterval(0)
        self._teller.timeout.connect(self._tell_next)
        self._thread = QThread(self)
        self._thread.setObjectName("runs")
        self._worker: RunPoller | None = None

    def _make_worker(self) -> None:
        """Make the poller: what it needs is imported only now."""
        from segmind_studio.services.runs.run_poller import RunPoller  # noqa: PLC0415  # when first needed

        self._worker = worker = RunPoller(self._database, self._live)
        worker.moveToThread(self._thread)
        self._connection_set.connect(worker.set_connection)
        self._polling_set.connect(worker.set_polling)
        self._check.connect(worker.check)
        self._resume.connect(worker.resume)
        self._reload.connect(worker.reload)
        self._timeline.connect(worker.load_timeline)
        self._edit.connect(worker.edit)
        self._access.connect(worker.change_access)
        self._refresh.connect(worker.refresh)
        self._finish.connect(worker.finish)
        worker.replaced.connect(self._take_all)
        worker.changed.connect(self._take)
        worker.watched.connect(self._take_watch)
        worker.timeline.connect(self.timeline_ready)
        worker.failed.connect(self.failed)
        self._join.connect(worker.join)
        worker.kin_found.connect(self.kin_found)
        worker.joined.connect(self.accounts_joined)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return the account's runs, newest first."""
        if self._sorted is None:
            self._sorted = tuple(sorted(self._runs.values(), key=_age, reverse=True))
        return self._sorted

    @property
    def loaded(self) -> bool:
        """Return whether the journal was read; before that an empty list means nothing."""
        return self._loaded

    @property
    def watch(self) -> WatchState:
        """Return how the watching goes."""
        return self._watch

    def run(self, run_id: str) -> Run | None:
        """Find a run."""
        return self._runs.get(run_id)

    def patience(self, run: Run) -> Patience | None:
        """Return what is still to come before a run may be sent again; None where that is no question."""
        return self._waits.patience(run)

    def may_send_again(self, run: Run) -> bool:
        """Return whether a person may now risk a second run."""
        return self._waits.may_send_again(run)

    def start(self) -> None:
        """Start the thread; nothing is read before a connection is set. What was asked before is not heard."""
        if self._worker is None:
            self._make_worker()
        self._thread.start()

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Show and watch this account's runs."""
        self._connection_set.emit(connection)

    def set_polling(self, *, on: bool) -> None:
        """Turn the background checks on or off."""
        self._polling_set.emit(on)

    @Slot()
    def check_now(self) -> None:
        """Ask the service now."""
        self._check.emit()

    @Slot()
    def resume(self) -> None:
        """Ask soon if the background checks are on: the network is back, or the computer woke."""
        self._resume.emit()

    @Slot(object)
    def accept_row(self, run: Run) -> None:
        """Take notice that another worker wrote this run; the journal is read again, in its turn."""
        self._reload.emit(run.run_id)

    @Slot(object)
    def look_alive(self, run_ids: tuple[str, ...]) -> None:
        """Show at once which of these runs are worked on; nothing is read."""
        self._take(tuple(run for run_id in run_ids if (run := self._runs.get(run_id)) is not None))

    @Slot(object)
    def join(self, kinship: Kinship) -> None:
        """Make two accounts one; only after `set_connection(None)`. `accounts_joined` answers."""
        self._join.emit(kinship)

    def load_timeline(self, run_id: str) -> None:
        """Ask for what was seen of a run; `timeline_ready` answers."""
        self._timeline.emit(run_id)

    def set_notes(self, run_id: str, text: str) -> None:
        """Keep a note."""
        self._edit.emit(RunEdit(run_id, notes=text))

    def set_pinned(self, run_id: str, pinned: bool) -> None:  # noqa: FBT001  # the seam's order
        """Pin or unpin a run."""
        self._edit.emit(RunEdit(run_id, pinned=pinned))

    def set_public(self, run_id: str, public: bool) -> None:  # noqa: FBT001  # the seam's order
        """Make a model public or private; the person has confirmed."""
        self._access.emit(AccessChange(run_id, public))

    def refresh_details(self, run_id: str) -> None:
        """Ask the service for one run's details."""
        self._refresh.emit(run_id)

    @Slot(object)
    def _take_all(self, runs: tuple[Run, ...]) -> None:
        while self._untold:  # of the rows that are replaced nobody needs to hear; of the watching they do
            if isinstance(left := self._untold.popleft(), WatchState):
                self.watch_changed.emit(left)
        self._runs = {run.run_id: self._with_life(run) for run in runs}
        self._sorted = None
        self._loaded = True
        self._waits.see(self._runs.values())
        self.replaced.emit(self.runs)

    @Slot(object)
    def _take(self, runs: tuple[Run, ...]) -> None:
        """Know all of them at once, and tell of many by and by, so that the window stays awake."""
        alive = tuple(self._with_life(run) for run in runs)
        self._waits.see(alive)
        new = tuple(run for run in alive if self._runs.get(run.run_id) != run)
        self._runs.update((run.run_id, run) for run in new)
        if new:
            self._sorted = None
            self._tell_in_turn(*(new[at:at + SLICE] for at in range(0, len(new), SLICE)))

    def _with_life(self, run: Run) -> Run:
        alive = run.run_id in self._live
        return run if run.live == alive else replace(run, live=alive)

    @Slot(object)
    def _take_watch(self, state: WatchState) -> None:
        self._watch = state
        if state.unread and (self._loaded or self._runs):  # those are another account's
            self._runs, self._sorted, self._loaded = {}, (), False
            self._untold.clear()
            self.replaced.emit(())
        self._tell_in_turn(state)

    def _tell_in_turn(self, *news: tuple[Run, ...] | WatchState) -> None:
        """Tell it now if it is one piece and nothing waits, else piece by piece between other events."""
        if not self._untold and len(news) == 1:
            self._tell(news[0])
            return
        self._untold.extend(news)
        self._teller.start()

    @Slot()
    def _tell_next(self) -> None:
        if self._untold:
            self._tell(self._untold.popleft())
        if not self._untold:
            self._teller.stop()

    def _tell(self, news: tuple[Run, ...] | WatchState) -> None:
        if isinstance(news, WatchState):
            self.watch_changed.emit(news)
        else:
            self.changed.emit(tuple(run for told in news if (run := self._runs.get(told.run_id)) is not None))

    def stop(self, deadline_ms: int = 8000) -> bool:
        """Stop watching and end the thread; False when the deadline passed."""
        self._untold.clear()
        self._teller.stop()
        if self._worker is None or not self._thread.isRunning():
            return True
        self._worker.abort()
        self._finish.emit()
        return self._thread.wait(deadline_ms)


def _age(run: Run) -> float:
    return run.created_at

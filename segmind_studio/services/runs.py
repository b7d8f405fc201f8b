"""The runs as the window sees them: a snapshot that is always there, and signals for what changes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segmind_studio.core.accounts import Connection
from segmind_studio.core.runs import Run
from segmind_studio.services.live import LiveRuns
from segmind_studio.services.run_watch import (
    AccessChange,
    RunEdit,
    RunFailure,
    RunTimeline,
    RunWatch,
    WatchState,
)
from segmind_studio.services.send_again import Patience, SendAgainWaits
from segmind_studio.store.database import Database

__all__ = ["RunFailure", "RunService", "RunTimeline", "WatchState"]


class RunService(QObject):
    """Hold the current account's runs. GUI thread; the asking and the disk are `RunWatch`'s.

    Signals:
        replaced(object): tuple[Run, ...], the whole list: first load, another account.
        changed(object): tuple[Run, ...], only rows that changed or are new.
        watch_changed(object): WatchState.
        timeline_ready(object): RunTimeline.
        failed(object): RunFailure.
    """

    replaced = Signal(object)
    changed = Signal(object)
    watch_changed = Signal(object)
    timeline_ready = Signal(object)
    failed = Signal(object)
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
        self._live = live
        self._waits = waits or SendAgainWaits()
        self._runs: dict[str, Run] = {}
        self._loaded = False
        self._watch = WatchState()
        self._thread = QThread(self)
        self._thread.setObjectName("runs")
        self._worker = RunWatch(database, live)
        self._worker.moveToThread(self._thread)
        self._connection_set.connect(self._worker.set_connection)
        self._polling_set.connect(self._worker.set_polling)
        self._check.connect(self._worker.check)
        self._resume.connect(self._worker.resume)
        self._reload.connect(self._worker.reload)
        self._timeline.connect(self._worker.load_timeline)
        self._edit.connect(self._worker.edit)
        self._access.connect(self._worker.change_access)
        self._refresh.connect(self._worker.refresh)
        self._finish.connect(self._worker.finish)
        self._worker.replaced.connect(self._take_all)
        self._worker.changed.connect(self._take)
        self._worker.watched.connect(self._take_watch)
        self._worker.timeline.connect(self.timeline_ready)
        self._worker.failed.connect(self.failed)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Give the account's runs, newest first."""
        return tuple(sorted(self._runs.values(), key=lambda run: run.created_at, reverse=True))

    @property
    def loaded(self) -> bool:
        """Tell whether the journal was read; before that an empty list means nothing."""
        return self._loaded

    @property
    def watch(self) -> WatchState:
        """Give how the watching goes."""
        return self._watch

    def run(self, run_id: str) -> Run | None:
        """Find a run."""
        return self._runs.get(run_id)

    def patience(self, run: Run) -> Patience | None:
        """Give what is still to come before a run may be sent again; None where that is no question."""
        return self._waits.patience(run)

    def may_send_again(self, run: Run) -> bool:
        """Tell whether a person may now risk a second run."""
        return self._waits.may_send_again(run)

    def start(self) -> None:
        """Start the thread; nothing is read before a connection is set."""
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
        self._runs = {run.run_id: self._with_life(run) for run in runs}
        self._loaded = True
        self._waits.see(self._runs.values())
        self.replaced.emit(self.runs)

    @Slot(object)
    def _take(self, runs: tuple[Run, ...]) -> None:
        alive = tuple(self._with_life(run) for run in runs)
        self._waits.see(alive)
        new = tuple(run for run in alive if self._runs.get(run.run_id) != run)
        for run in new:
            self._runs[run.run_id] = run
        if new:
            self.changed.emit(new)

    def _with_life(self, run: Run) -> Run:
        alive = run.run_id in self._live
        return run if run.live == alive else replace(run, live=alive)

    @Slot(object)
    def _take_watch(self, state: WatchState) -> None:
        self._watch = state
        if state.unread and (self._loaded or self._runs):  # those are another account's
            self._runs, self._loaded = {}, False
            self.replaced.emit(())
        self.watch_changed.emit(state)

    def stop(self, deadline_ms: int = 8000) -> bool:
        """Stop watching and end the thread; False when the deadline passed."""
        if not self._thread.isRunning():
            return True
        self._worker.abort()
        self._finish.emit()
        return self._thread.wait(deadline_ms)

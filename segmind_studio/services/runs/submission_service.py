"""Submissions for the window: start, cancel, continue, give up, send again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import Connection
from segmind_studio.core.datasets import PackageOptions
from segmind_studio.core.errors import CancelledError, HeldBackError, StudioError
from segmind_studio.core.runs import ManifestItem, Phase, Run
from segmind_studio.dataset.archive import PlanCache
from segmind_studio.record import record
from segmind_studio.services.datasets.full_look_pool import Looks, PlainLooks, refuse_damaged
from segmind_studio.services.runs.giving_up import MAY_STILL_STOP, give_up, too_late
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_values import RunFailure
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.services.runs.submit_request import SubmitRequest, new_runs
from segmind_studio.services.system.ending import END_MS, wait_for_all
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.services.system.transfer_stop import Abortable, TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
__all__ = ["LookProgress", "SubmissionService", "SubmitOutcome", "SubmitRequest", "UploadProgress"]
PROGRESS_EVERY_S = 0.08


@record
class UploadProgress:
    """Bytes of the archive passed to the network."""

    run_id: str
    sent: int
    total: int


@record
class LookProgress:
    """The number of a run's photos that had their full look before sending, and the total."""

    run_id: str
    done: int
    total: int


@record
class SubmitOutcome:
    """The result of a submission; `error` is None when the service accepted it.

    It is a HeldBackError when it was not started, because another run of the same order failed.
    """

    run: Run
    error: StudioError | None


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    connection: Connection
    run_ids: tuple[str, ...]
    options: PackageOptions
    plans: PlanCache | None = None
    new_runs: tuple[Run, ...] = ()
    again: bool = False  # the user decided to send a run of unknown outcome once more
    stops: Mapping[str, TransferStop] = field(init=False)  # by run; cancelling one does not stop the others

    def __post_init__(self) -> None:
        object.__setattr__(self, "stops", {run_id: TransferStop() for run_id in self.run_ids})


class _Driver(QObject):
    """Run one order; it is called in the worker's thread, and its signals are `SubmissionService`'s."""

    row_changed = Signal(object)
    looking = Signal(object)
    progress = Signal(object)
    finished = Signal(object)
    refused = Signal(object)
    failed = Signal(object)

    def __init__(self, journal: Journal, prepared: Path, live: LiveRuns, looks: Looks, parent: QObject) -> None:
        super().__init__(parent)
        self._looks = looks
        self._rows: dict[str, Run] = {}  # of the current order, as last written
        self._stops: Mapping[str, TransferStop] = {}  # of the same
        self._journal = journal
        self._prepared = prepared
        self._live = live
        self._last_progress = 0.0

    def drive(self, order: _Order, _stop: TransferStop) -> None:
        """Take the runs of one order as far as possible; never raises."""
        waiting = dict.fromkeys(order.run_ids)
        self._rows = {run.run_id: replace(run, live=False) for run in order.new_runs}
        self._stops = order.stops
        try:
            for run_id, error in self._drive(order):
                waiting.pop(run_id)
                self._end(run_id, error)
                if waiting and error is None and not order.again:
                    self._begin(next(iter(waiting)))
        except StudioError as error:
            self._end_all(waiting, error)
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("A submission broke")
            self._end_all(waiting, unexpected(error))

    def _drive(self, order: _Order) -> Iterator[tuple[str, StudioError | None]]:
        if not order.new_runs:
            found = (self._journal.get(run_id) for run_id in order.run_ids)
            self._rows = {run.run_id: run for run in found if run is not None}
        submission = Submission(
            self._journal, order.connection, self._prepared,
            changed=self._changed, progress=self._progress,
            cancelled=self._is_cancelled, pause=self._pause, watching=self._watching, options=order.options,
            look=self._look, plans=order.plans,
        )
        if order.again:
            for run_id in order.run_ids:
                yield run_id, submission.send_again(run_id)
        else:
            self._begin(order.run_ids[0])
            yield from submission.drive_all(order.run_ids)

    def _is_cancelled(self, run_id: str) -> bool:
        return self._stops[run_id].asked()

    def _pause(self, run_id: str, seconds: float) -> bool:
        return self._stops[run_id].wait(seconds)

    def _watching(self, run_id: str, client: Abortable) -> AbstractContextManager[object]:
        return self._stops[run_id].watching(client)

    def _end_all(self, run_ids: Iterable[str], error: StudioError) -> None:
        """Emit the error with the first run; the others end without one."""
        told = error
        for run_id in run_ids:
            self._end(run_id, told)
            told = HeldBackError(error.title)

    def _begin(self, run_id: str) -> None:
        """Emit the run as worked on, before its first step is done: an upload takes long."""
        if run_id in self._rows:
            self._changed(self._rows[run_id])

    def _end(self, run_id: str, error: StudioError | None) -> None:
        """Emit the end, with the last known row: the journal itself may have failed."""
        self._live.discard(run_id)
        stop = self._stops[run_id]
        if stop.asked() and not stop.leaving:
            error = self._stopped(run_id, error)
        run = self._rows.get(run_id)
        if run is not None:
            self.row_changed.emit(run)
            self.finished.emit(SubmitOutcome(run, error))
        elif error is not None:
            self.refused.emit(error)

    def _stopped(self, run_id: str, error: StudioError | None) -> StudioError | None:
        """Check the state of a run that the user wanted to stop; return an error when it was too late."""
        try:
            run = self._journal.get(run_id)
        except StudioError:
            return error
        if run is None:
            return error
        self._rows[run_id] = run
        if run.phase is Phase.ABANDONED:
            return CancelledError()
        if run.phase not in MAY_STILL_STOP and run.phase is not Phase.REFUSED:
            self.failed.emit(RunFailure(run_id, too_late(run)))
        return error

    def _changed(self, run: Run) -> None:
        self._rows[run.run_id] = run
        self.row_changed.emit(replace(run, live=True))

    def _look(self, run_id: str, items: tuple[ManifestItem, ...]) -> None:
        def step(done: int, total: int) -> None:
            self.looking.emit(LookProgress(run_id, done, total))

        refuse_damaged(self._looks, items, step, partial(self._is_cancelled, run_id))

    def _progress(self, run_id: str, sent: int, total: int) -> None:
        now = time.monotonic()
        if sent >= total or now - self._last_progress >= PROGRESS_EVERY_S:
            self._last_progress = now
            self.progress.emit(UploadProgress(run_id, sent, total))


class SubmissionService(QObject):
    """Accept submissions from the window and run them one after another. GUI thread.

    Short writes (new rows, given-up runs) have a thread of their own: an upload may take long.

    Signals:
        confirmed(object): tuple[Run, ...], as soon as they are accepted, before anything is written.
        started(object): the same, as soon as their intent is on disk; or else
        unwritten(object): tuple[str, ...], the ids of confirmed runs that got no row: the disk refused.
        row_changed(object): Run, after each step.
        looking(object): LookProgress, while the run waits for its photos to be looked at.
        progress(object): UploadProgress, at most every 80 ms.
        finished(object): SubmitOutcome, once for each run of an order.
        refused(object): StudioError, when an order could not be accepted: no connection, or no row to read.
        failed(object): RunFailure, when a request for one run failed: it is worked on already, or
            it is too late to stop it.
        live_changed(object): tuple[str, ...], the ids of runs that are worked on from now on, or no longer.
    """

    confirmed = Signal(object)
    started = Signal(object)
    unwritten = Signal(object)
    row_changed = Signal(object)
    looking = Signal(object)
    progress = Signal(object)
    finished = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    live_changed = Signal(object)

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self, journal: Journal, prepared: Path, live: LiveRuns, parent: QObject | None = None,
        *, looks: Looks | None = None, plans: Callable[[], PlanCache | None] = PlanCache,
    ) -> None:
        """`plans` returns the photos that the dataset's package was computed from; they are not planned again."""
        super().__init__(parent)
        self._plans = plans
        self._journal = journal
        self._live = live
        self._connection: Connection | None = None
        self._options = PackageOptions()
        self._stops: dict[str, TransferStop] = {}  # of the runs that are worked on
        self._driver = _Driver(journal, prepared, live, looks or PlainLooks(), self)
        self._driver.row_changed.connect(self.row_changed)
        self._driver.looking.connect(self.looking)
        self._driver.progress.connect(self.progress)
        self._driver.finished.connect(self.finished)
        self._driver.refused.connect(self.refused)
        self._driver.failed.connect(self.failed)
        self._worker = WorkerThread("submissions", self)
        self._worker.ended.connect(self._order_ended)
        self._writer = WorkerThread("submission-rows", self, finishes=True)
        self._writer.ended.connect(self._write_ended)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Use this connection for later orders; running ones keep theirs."""
        self._connection = connection

    def set_options(self, options: PackageOptions) -> None:
        """Set how the archives of later orders are made."""
        self._options = options

    def submit(self, request: SubmitRequest, plans: PlanCache | None = None) -> tuple[str, ...]:
        """Accept a confirmed request, once. Return the runs' ids, () when it was refused.

        `plans` knows its photos where they are of no dataset of the library.
        """
        connection = self._ready()
        if connection is None:
            return ()
        runs = new_runs(request, connection.account.account_id, time.time())
        run_ids = tuple(run.run_id for run in runs)
        self._send(_Order(connection, run_ids, self._options, plans or self._plans(), new_runs=runs))
        return run_ids

    def resume(self, run_id: str) -> None:
        """Continue an interrupted run from its stored step."""
        self.resume_all((run_id,))

    def resume_all(self, run_ids: tuple[str, ...]) -> None:
        """Continue interrupted runs, one after another; one that is not certainly accepted stops the rest.

        Nothing is continued where the app works on one of them already.
        """
        connection = self._ready()
        if connection is not None and run_ids:
            self._send(_Order(connection, run_ids, self._options, self._plans()))

    def send_again(self, run_id: str) -> None:
        """Send a run of unknown outcome once more; the user has confirmed that it may cost twice."""
        connection = self._ready()
        if connection is not None:
            self._send(_Order(connection, (run_id,), self._options, again=True))

    def abandon(self, run_id: str) -> None:
        """Give up a run that was not sent, also during its upload; nothing is paid.

        `failed` follows when the request was sent before.
        """
        self.cancel(run_id)

        def write(_stop: TransferStop) -> Run:
            return give_up(self._journal, run_id)

        self._writer.run(run_id, write)

    def cancel(self, run_id: str) -> None:
        """Stop before anything is paid; `failed` follows when the request was sent already.

        No effect for a run that is no longer worked on.
        """
        stop = self._stops.get(run_id)
        if stop is not None and run_id in self._live:
            stop.stop()

    def _ready(self) -> Connection | None:
        if self._connection is None:
            self.refused.emit(StudioError(_("There is no connection yet."), _("Choose an account in Settings.")))
        return self._connection

    def _send(self, order: _Order) -> None:
        if not self._live.add(*order.run_ids):
            for run_id in order.run_ids:
                self.failed.emit(RunFailure(run_id, StudioError(
                    _("The app is already working on this run."),
                    _("Nothing was sent again. See its row in Runs."),
                )))
            return
        self._stops.update(order.stops)
        if order.new_runs:
            self.confirmed.emit(order.new_runs)
        self.live_changed.emit(order.run_ids)
        if order.new_runs:
            self._writer.run(order, partial(self._write_intents, order.new_runs))
        else:
            self._worker.run(order, partial(self._driver.drive, order))

    def _write_intents(self, runs: tuple[Run, ...], _stop: TransferStop) -> None:
        self._journal.add_all(runs, runs[0].created_at)

    @Slot(object)
    def _write_ended(self, outcome: Outcome[_Order | str, Run]) -> None:
        if isinstance(outcome.order, str):
            self._given_up(outcome.order, outcome.result, outcome.error)
        elif outcome.error is not None:
            self._not_written(outcome.order, outcome.error)
        else:
            self.started.emit(outcome.order.new_runs)
            self._worker.run(outcome.order, partial(self._driver.drive, outcome.order))

    def _given_up(self, run_id: str, run: Run | None, error: StudioError | None) -> None:
        if run is None:
            self.failed.emit(RunFailure(run_id, error or CancelledError()))
            return
        self.row_changed.emit(run)
        if run_id not in self._live:  # else its worker emits the end
            self.finished.emit(SubmitOutcome(run, CancelledError()))

    def _not_written(self, order: _Order, error: StudioError) -> None:
        self._let_go(order)
        self.unwritten.emit(order.run_ids)
        told = error
        for run in order.new_runs:
            self.finished.emit(SubmitOutcome(replace(run, live=False), told))
            told = HeldBackError(error.title)

    @Slot(object)
    def _order_ended(self, outcome: Outcome[_Order, None]) -> None:
        self._let_go(outcome.order)

    def _let_go(self, order: _Order) -> None:
        """Release an order's runs, except those that ended earlier and are in a newer order."""
        for run_id, stop in order.stops.items():
            if self._stops.get(run_id) is stop:
                del self._stops[run_id]
                self._live.discard(run_id)
        self.live_changed.emit(order.run_ids)

    def ask_stop(self) -> None:
        """Ask everything to stop between two steps, and an upload at once; all required writes are done."""
        for stop in self._stops.values():
            stop.stop(leaving=True)
        self._worker.ask_stop()
        self._writer.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return wait_for_all((self._writer.wait_end, self._worker.wait_end), deadline_ms)

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Stop and wait for the end; False when the deadline passed."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

"""Submissions as the window sees them: start, cancel, continue, give up, send again."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, Connection
from segmind_studio.core.datasets import Dataset, PackageOptions
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import Phase, Run, manifest_text
from segmind_studio.dataset.archive import manifest_of
from segmind_studio.services.live import LiveRuns
from segmind_studio.services.submission import Submission, put_back
from segmind_studio.services.tasks import unexpected
from segmind_studio.store.journal import Journal

_log = logging.getLogger(__name__)
SEND_AGAIN_AFTER_S = 180.0
SEND_AGAIN_AFTER_LISTINGS = 3
PRACTICE_SEND_AGAIN_AFTER_S = 10.0
PROGRESS_EVERY_S = 0.08


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """What the person confirmed: the form, and the dataset as it was then (None for a public zip)."""

    form: TrainingForm
    dataset: Dataset | None


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """Bytes of the archive that were handed to the network."""

    run_id: str
    sent: int
    total: int


@dataclass(frozen=True, slots=True)
class SubmitOutcome:
    """How a submission ended; `error` is None when the service accepted it."""

    run: Run
    error: StudioError | None


def can_send_again(run: Run, now: float) -> bool:
    """Tell whether a run of unknown outcome was looked for long enough that a person may risk a second one."""
    if run.phase is not Phase.UNKNOWN or run.sent_at is None:
        return False
    wait = PRACTICE_SEND_AGAIN_AFTER_S if run.account_id == PRACTICE_ACCOUNT_ID else SEND_AGAIN_AFTER_S
    return run.listings_missed >= SEND_AGAIN_AFTER_LISTINGS and now - run.sent_at >= wait


@dataclass(frozen=True, slots=True)
class _Order:
    connection: Connection
    run_id: str
    options: PackageOptions
    new_run: Run | None = None
    phase: Phase | None = None  # the person's decision to put it back to this phase first
    detail: str = ""


class _Worker(QObject):
    """Do one submission after another on its own thread."""

    row_changed = Signal(object)  # Run
    started = Signal(object)  # Run
    progress = Signal(object)  # UploadProgress
    finished = Signal(object)  # SubmitOutcome

    def __init__(self, journal: Journal, prepared: Path, live: LiveRuns) -> None:
        super().__init__()
        self._journal = journal
        self._prepared = prepared
        self._live = live
        self._cancelled: set[str] = set()
        self._stopping = threading.Event()
        self._last_progress = 0.0

    def cancel(self, run_id: str) -> None:
        """Ask for a stop, from any thread; it takes effect between two pieces, never during the POST."""
        self._cancelled.add(run_id)

    def stop(self) -> None:
        """Ask all work to stop, from any thread."""
        self._stopping.set()

    @Slot(object)
    def do(self, order: _Order) -> None:
        """Carry out one order; never raises."""
        if self._stopping.is_set():
            self._live.discard(order.run_id)
            return
        try:
            self._do(order)
        except StudioError as error:
            self._end(order, error)
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("A submission broke")
            self._end(order, unexpected(error))

    def _do(self, order: _Order) -> None:
        run_id = order.run_id
        if order.new_run is not None:
            self._journal.add(order.new_run, order.new_run.created_at)
            self.started.emit(order.new_run)
        elif order.phase is not None:
            self._changed(put_back(self._journal, run_id, order.phase, order.detail))
        submission = Submission(
            self._journal, order.connection, self._prepared,
            changed=self._changed, progress=self._progress,
            cancelled=lambda: run_id in self._cancelled or self._stopping.is_set(),
            pause=self._stopping.wait, options=order.options,
        )
        error = submission.drive(run_id)
        self._end(order, error)

    def _end(self, order: _Order, error: StudioError | None) -> None:
        self._cancelled.discard(order.run_id)
        self._live.discard(order.run_id)
        run = self._journal.get(order.run_id) or order.new_run
        if run is not None:
            self.row_changed.emit(run)
            self.finished.emit(SubmitOutcome(run, error))

    def _changed(self, run: Run) -> None:
        self.row_changed.emit(replace(run, live=True))

    def _progress(self, run_id: str, sent: int, total: int) -> None:
        now = time.monotonic()
        if sent >= total or now - self._last_progress >= PROGRESS_EVERY_S:
            self._last_progress = now
            self.progress.emit(UploadProgress(run_id, sent, total))


class SubmitService(QObject):
    """Take submissions from the window and do them one after another. GUI thread.

    Signals:
        started(object): Run, as soon as its intent is on disk.
        row_changed(object): Run, after each step.
        progress(object): UploadProgress, at most every 80 ms.
        finished(object): SubmitOutcome, once for each order.
        refused(object): StudioError, when an order could not even be taken (no connection).
    """

    started = Signal(object)
    row_changed = Signal(object)
    progress = Signal(object)
    finished = Signal(object)
    refused = Signal(object)
    _order = Signal(object)

    def __init__(
        self, journal: Journal, prepared: Path, live: LiveRuns, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._connection: Connection | None = None
        self._options = PackageOptions()
        self._thread = QThread(self)
        self._thread.setObjectName("submissions")
        self._worker = _Worker(journal, prepared, live)
        self._worker.moveToThread(self._thread)
        self._order.connect(self._worker.do)
        self._worker.started.connect(self.started)
        self._worker.row_changed.connect(self.row_changed)
        self._worker.progress.connect(self.progress)
        self._worker.finished.connect(self.finished)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Use this connection for the orders that come; running ones keep theirs."""
        self._connection = connection

    def set_options(self, options: PackageOptions) -> None:
        """Make the archives of the orders that come like this."""
        self._options = options

    def submit(self, request: SubmitRequest) -> str:
        """Take a confirmed request, once; gives the run's id, "" when it was refused."""
        connection = self._ready()
        if connection is None:
            return ""
        now = time.time()
        own_photos = not request.form.text("data_source_path")
        dataset = request.dataset if own_photos else None
        run = Run(
            run_id=uuid4().hex, account_id=connection.account.account_id, name=request.form.text("name"),
            phase=Phase.PREPARED, created_at=now, changed_at=now, body=request.form.body(),
            manifest=manifest_text(manifest_of(dataset)) if dataset else "",
            dataset_id=dataset.dataset_id if dataset else "", dataset_name=dataset.name if dataset else "",
            image_count=len(dataset.used) if dataset else 0, live=True,
        )
        self._send(_Order(connection, run.run_id, self._options, new_run=run))
        return run.run_id

    def resume(self, run_id: str) -> None:
        """Go on with an interrupted run from what is on disk."""
        connection = self._ready()
        if connection is not None:
            self._send(_Order(connection, run_id, self._options))

    def send_again(self, run_id: str) -> None:
        """Send a run of unknown outcome once more; the person has confirmed that it may cost twice."""
        connection = self._ready()
        if connection is not None:
            detail = "Sent again by the person; the first try may have started a run too."
            self._send(_Order(connection, run_id, self._options, phase=Phase.UPLOADED, detail=detail))

    def abandon(self, run_id: str) -> None:
        """Give an interrupted run up; nothing was sent and nothing is paid."""
        connection = self._ready()
        if connection is not None:
            self._send(_Order(connection, run_id, self._options, phase=Phase.ABANDONED))

    def cancel(self, run_id: str) -> None:
        """Stop before anything is paid; has no effect once the request is on its way."""
        self._worker.cancel(run_id)

    def _ready(self) -> Connection | None:
        if self._connection is None:
            self.refused.emit(StudioError("There is no connection yet.", "Choose an account in Settings."))
        return self._connection

    def _send(self, order: _Order) -> None:
        if self._live.add(order.run_id):
            self._order.emit(order)

    def stop(self, deadline_ms: int = 8000) -> bool:
        """Stop between two steps and end the thread; False when the deadline passed."""
        self._worker.stop()
        self._thread.quit()
        return not self._thread.isRunning() or self._thread.wait(deadline_ms)

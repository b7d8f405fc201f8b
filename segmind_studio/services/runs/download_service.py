"""Downloads of model files for the window: requested, running, complete."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot

from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.core.result_names import USUAL_NAME, result_stem
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.runs.download_steps import Download, DownloadResult
from segmind_studio.services.runs.run_service import RunFailure
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

__all__ = ["DownloadProgress", "DownloadResult", "DownloadService"]
PROGRESS_EVERY_S = 0.08


@record
class DownloadProgress:
    """Bytes received so far, and the size of the file; None when the storage did not send it."""

    run_id: str
    received: int
    total: int | None


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    connection: Connection
    run_id: str
    target: Path


class DownloadService(QObject):
    """Fetch model files, one after another. GUI thread; the transfer runs on a `WorkerThread`.

    Signals:
        progress(object): DownloadProgress.
        finished(object): DownloadResult; the file is complete, checked and has its final name.
        failed(object): RunFailure; its error is a CancelledError when the user stopped it.
        row_changed(object): Run, as the journal now stores it.
    """

    progress = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    row_changed = Signal(object)
    _moved = Signal(object)  # DownloadProgress, from the worker's thread

    def __init__(
        self, journal: Journal, board: ActivityBoard | None = None, parent: QObject | None = None,
        *, folder: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self._board = board
        self._folder = folder
        self._connection: Connection | None = None
        self._journal = journal
        self._stops: dict[str, TransferStop] = {}  # by run
        self._moved.connect(self._take_progress)
        self._worker = WorkerThread("downloads", self)
        self._worker.ended.connect(self._take_outcome)

    @property
    def usual_folder(self) -> Path:
        """Return the default download folder: the portable folder, else the system's own."""
        if self._folder is not None:
            return self._folder
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        return Path(place) if place else Path.home()

    @property
    def running(self) -> frozenset[str]:
        """Return the runs whose downloads run or wait."""
        return frozenset(self._stops)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Use this account from now on; a running download keeps its account."""
        self._connection = connection

    def default_target(self, run: Run, folder: Path, template: str = USUAL_NAME) -> Path:
        """Return the file for a run's weights, named by a template; it may exist, and is then not replaced."""
        return folder / f"{result_stem(template, run)}.safetensors"

    def download(self, run_id: str, target: Path) -> None:
        """Download a run's weights to `target` or the next free name; a second request for a run is ignored."""
        if run_id in self._stops or self._worker.stopped:
            return
        if self._connection is None:
            error = StudioError(_("No account is connected."), _("Add a key in Settings."))
            self.failed.emit(RunFailure(run_id, error))
            return
        stop = self._worker.run(run_id, partial(self._fetch, _Order(self._connection, run_id, target)))
        self._stops[run_id] = stop
        if self._board is not None:
            title = _("Downloading {name}").format(name=target.name)
            self._board.begin(_key(run_id), title, stop.stop, transfer=True)

    def _fetch(self, order: _Order, stop: TransferStop) -> tuple[Run, DownloadResult]:
        """Download one file; called in the worker's thread."""
        last = 0.0

        def report(received: int, total: int | None) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PROGRESS_EVERY_S or received == total:
                last = now
                self._moved.emit(DownloadProgress(order.run_id, received, total))

        download = Download(self._journal, order.connection, progress=report, stop=stop)
        return download.run(order.run_id, order.target)

    def cancel(self, run_id: str) -> None:
        """Stop a download; its partial file is removed."""
        stop = self._stops.get(run_id)
        if stop is not None:
            stop.stop()

    @Slot(object)
    def _take_progress(self, progress: DownloadProgress) -> None:
        if progress.run_id not in self._stops:
            return
        if self._board is not None:
            self._board.progress(_key(progress.run_id), progress.received, progress.total, "bytes")
        self.progress.emit(progress)

    @Slot(object)
    def _take_outcome(self, outcome: Outcome[str, tuple[Run, DownloadResult]]) -> None:
        run_id = outcome.order
        self._stops.pop(run_id, None)
        if self._board is not None:
            self._board.end(_key(run_id))
        if outcome.result is not None:
            run, result = outcome.result
            self.row_changed.emit(run)
            self.finished.emit(result)
        else:
            self.failed.emit(RunFailure(run_id, outcome.error or CancelledError()))

    def ask_stop(self) -> None:
        """Ask everything to stop, and keep partial files that can be continued."""
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Stop and wait for the end; False when the deadline passed."""
        return self._worker.stop(deadline_ms)


def _key(run_id: str) -> str:
    return f"download:{run_id}"

"""Model files as the window sees them: asked for, on their way, there."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QThread, Signal, Slot

from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.core.runs import Run
from segmind_studio.services.runs.download_steps import Download, DownloadResult
from segmind_studio.services.runs.run_service import RunFailure
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.file_names import safe_stem
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

__all__ = ["DownloadProgress", "DownloadResult", "DownloadService"]
_log = logging.getLogger(__name__)
PROGRESS_EVERY_S = 0.08


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Bytes that came so far, and the size of the file; None when the storage did not tell it."""

    run_id: str
    received: int
    total: int | None


@dataclass(frozen=True, slots=True)
class _Order:
    connection: Connection
    run_id: str
    target: Path
    stop: TransferStop


@dataclass(frozen=True, slots=True)
class _Outcome:
    order: _Order
    run: Run | None
    result: DownloadResult | None
    error: StudioError | None


class _Worker(QObject):
    """Fetch one file after another on its own thread.

    Signals:
        progress(object): DownloadProgress, at most one each 80 ms, and the last.
        ended(object): _Outcome, once for each order.
    """

    progress = Signal(object)
    ended = Signal(object)

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    @Slot(object)
    def do(self, order: _Order) -> None:
        """Carry out one order; never raises."""
        last = 0.0

        def report(received: int, total: int | None) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PROGRESS_EVERY_S or received == total:
                last = now
                self.progress.emit(DownloadProgress(order.run_id, received, total))

        run, result, error = None, None, None
        try:
            download = Download(self._journal, order.connection, progress=report, stop=order.stop)
            run, result = download.run(order.run_id, order.target)
        except StudioError as problem:
            error = problem
        except Exception as problem:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("A download broke")
            error = unexpected(problem)
        self.ended.emit(_Outcome(order, run, result, error))


class DownloadService(QObject):
    """Fetch model files, one after another. GUI thread; the fetching is a worker's, started when first needed.

    Signals:
        progress(object): DownloadProgress.
        finished(object): DownloadResult; the file is whole, checked and named.
        failed(object): RunFailure; its error is a CancelledError when the person stopped it.
        row_changed(object): Run, as the journal now has it.
    """

    progress = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    row_changed = Signal(object)
    _wanted = Signal(object)

    def __init__(
        self, journal: Journal, board: ActivityBoard | None = None, parent: QObject | None = None,
        *, folder: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self._board = board
        self._folder = folder
        self._connection: Connection | None = None
        self._orders: dict[str, _Order] = {}
        self._stopped = False
        self._thread = QThread(self)
        self._thread.setObjectName("downloads")
        self._worker = _Worker(journal)
        self._worker.moveToThread(self._thread)
        self._wanted.connect(self._worker.do)
        self._worker.progress.connect(self._take_progress)
        self._worker.ended.connect(self._take_outcome)

    @property
    def usual_folder(self) -> Path:
        """Return where files go that nobody chose a folder for: the portable folder, else the system's own."""
        if self._folder is not None:
            return self._folder
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        return Path(place) if place else Path.home()

    @property
    def running(self) -> frozenset[str]:
        """Return the runs whose files are on their way or wait for their turn."""
        return frozenset(self._orders)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Fetch in this account's name from now on; what is under way goes on in the name it was begun in."""
        self._connection = connection

    def default_target(self, run: Run, folder: Path) -> Path:
        """Return the file that a run's weights would go to; it may exist, and is then not replaced."""
        return folder / f"{safe_stem(run.name, 'model')}.safetensors"

    def download(self, run_id: str, target: Path) -> None:
        """Fetch a run's weights to `target`, or to the next free name; a second wish for the same run is none."""
        if run_id in self._orders or self._stopped:
            return
        if self._connection is None:
            error = StudioError(_("There is no account to fetch from."), _("Add a key in Settings."))
            self.failed.emit(RunFailure(run_id, error))
            return
        order = _Order(self._connection, run_id, target, TransferStop())
        self._orders[run_id] = order
        if self._board is not None:
            self._board.begin(_key(run_id), _("Downloading {name}").format(name=target.name), order.stop.stop)
        if not self._thread.isRunning():
            self._thread.start()
        self._wanted.emit(order)

    def cancel(self, run_id: str) -> None:
        """Stop fetching; what came of it is removed."""
        order = self._orders.get(run_id)
        if order is not None:
            order.stop.stop()

    @Slot(object)
    def _take_progress(self, progress: DownloadProgress) -> None:
        if progress.run_id not in self._orders:
            return
        if self._board is not None:
            self._board.progress(_key(progress.run_id), progress.received, progress.total, "bytes")
        self.progress.emit(progress)

    @Slot(object)
    def _take_outcome(self, outcome: _Outcome) -> None:
        run_id = outcome.order.run_id
        self._orders.pop(run_id, None)
        if self._board is not None:
            self._board.end(_key(run_id))
        if outcome.run is not None:
            self.row_changed.emit(outcome.run)
        if outcome.result is not None:
            self.finished.emit(outcome.result)
        else:
            self.failed.emit(RunFailure(run_id, outcome.error or CancelledError()))

    def stop(self, deadline_ms: int = 8000) -> bool:
        """Stop everything, keep what can be continued, end the thread; False when the deadline passed."""
        self._stopped = True
        for order in self._orders.values():
            order.stop.stop(leaving=True)
        if not self._thread.isRunning():
            return True
        self._thread.quit()
        return self._thread.wait(deadline_ms)


def _key(run_id: str) -> str:
    return f"download:{run_id}"

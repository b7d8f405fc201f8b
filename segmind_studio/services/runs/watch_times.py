"""Record when the app looked at the runs, so that a timeline can say when nobody did."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.run_timeline import MOST_SPANS, WatchSpan, with_check
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.watch_times import WatchTimesFile

_log = logging.getLogger(__name__)
WRITE_EVERY_MS = 5 * 60 * 1000  # a crash loses as much


class WatchTimes(QObject):
    """Hold the times in which each account's list was checked. GUI thread; the file is accessed in the task pool.

    Signals:
        changed(): the stored times were read.
    """

    changed = Signal()

    def __init__(
        self, path: Path, runs: RunService, tasks: TaskRunner, parent: QObject | None = None, *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._file = WatchTimesFile(path)
        self._tasks = tasks
        self._clock = clock
        self._account_id = ""
        self._checked_at: float | None = None
        self._spans: tuple[WatchSpan, ...] = ()
        self._loaded = self._unwritten = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_EVERY_MS)
        self._timer.timeout.connect(self._write)
        runs.watch_changed.connect(self._take_watch)

    @property
    def spans(self) -> tuple[WatchSpan, ...]:
        """Return the times, oldest first."""
        return self._spans

    def start(self) -> None:
        """Read the stored times."""
        self._tasks.run(self._file.load, self._take_stored, self._failed)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Record for this account from now on."""
        self._account_id = connection.account.account_id if connection else ""
        self._checked_at = None

    @Slot(object)
    def _take_stored(self, spans: tuple[WatchSpan, ...]) -> None:
        self._spans = (*spans, *self._spans)[-MOST_SPANS:]
        self._loaded = True
        self.changed.emit()

    @Slot(object)
    def _take_watch(self, watch: WatchState) -> None:
        """Note a check that has ended well."""
        if not self._account_id or watch.checked_at is None or watch.checked_at == self._checked_at:
            return
        self._checked_at = watch.checked_at
        self._spans = with_check(self._spans, self._account_id, self._clock())
        self._unwritten = True
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _write(self) -> None:
        if self._loaded and self._unwritten:  # else it would replace what was not read yet
            self._unwritten = False
            self._tasks.run(partial(self._file.save, self._spans), self._written, self._failed)

    @Slot(object)
    def _written(self, _nothing: None) -> None:
        """Do nothing more: the next check starts the timer again."""

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        _log.info("When the app looked could not be stored: %s", error.title)

    def ask_stop(self) -> None:
        """Start no more writing by itself; `write_unsaved` follows."""
        self._timer.stop()

    def write_unsaved(self) -> None:
        """Write what is not on the disk yet, at the end; the task pool has stopped. On any thread."""
        if self._loaded and self._unwritten:
            self._unwritten = False
            try:
                self._file.save(self._spans)
            except StoreError as error:
                self._failed(error)

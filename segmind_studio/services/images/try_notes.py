"""What the Try place remembers, for the window: read once, written in order on a thread of its own."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.picture_grid import TryNotes
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread
from segmind_studio.store.try_file import TryFile

_log = logging.getLogger(__name__)
_READ = -1


class TryNotesService(QObject):
    """Hold the notes. GUI thread. Before the file is read nothing is written, so that nothing of it is lost.

    Signals (GUI thread):
        changed(object): TryNotes, when read or changed.
        saved(int): the number that `update` returned is on the disk.
        failed(int, object): that number, and the StudioError why it is not; it is used in this session.
    """

    changed = Signal(object)
    saved = Signal(int)
    failed = Signal(int, object)

    def __init__(self, file: TryFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._value = TryNotes()
        self._loaded = self._reading = False
        self._number = 0
        self._worker = WorkerThread("try notes", self, finishes=True)
        self._worker.ended.connect(self._take)

    @property
    def value(self) -> TryNotes:
        """Return the notes."""
        return self._value

    @property
    def loaded(self) -> bool:
        """Return whether the file was read."""
        return self._loaded

    def load(self) -> None:
        """Read the file; `changed` follows. No effect when it was read."""
        if not (self._loaded or self._reading):
            self._reading = True
            self._worker.run(_READ, self._read)

    def update(self, value: TryNotes) -> int:
        """Use these notes and write them; return the number that `saved` or `failed` has afterwards."""
        self._value = value
        self._number += 1
        if self._loaded:
            self._worker.run(self._number, partial(self._write, value))
        self.changed.emit(value)
        return self._number

    def _read(self, _stop: TransferStop) -> TryNotes:
        return self._file.load()

    def _write(self, value: TryNotes, _stop: TransferStop) -> None:
        self._file.save(value)

    @Slot(object)
    def _take(self, outcome: Outcome[int, TryNotes]) -> None:
        if outcome.order != _READ:
            if outcome.error is None:
                self.saved.emit(outcome.order)
            else:
                _log.warning("The notes of Try could not be written: %s", outcome.error.detail)
                self.failed.emit(outcome.order, outcome.error)
            return
        self._reading = False
        if outcome.error is not None or outcome.result is None:
            _log.warning("The notes of Try cannot be read: %s", _detail(outcome.error))
            return
        self._loaded = True
        self._value = outcome.result
        self.changed.emit(self._value)

    def ask_stop(self) -> None:
        """Write what was changed, then end."""
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)


def _detail(error: StudioError | None) -> str:
    return error.detail if error else ""

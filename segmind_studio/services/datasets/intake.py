"""The queue of intakes: one runs, the others wait; the answers of cancelled ones are ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import ScanReport
from segmind_studio.services.datasets.messages import ScanAnswer, ScanRequest, ScanStep
from segmind_studio.services.datasets.pasted import PastedPicture
from segmind_studio.services.datasets.threads import DatasetThreads


class IntakeQueue(QObject):
    """Send one intake after the other to the worker. Lives in the GUI thread.

    Signals:
        progress(ScanProgress); answered(ScanAnswer): also for a cancelled one, then without photos.
    """

    progress = Signal(object)
    answered = Signal(object)

    def __init__(self, threads: DatasetThreads, known: Callable[[], Mapping[Path, str]], parent: QObject) -> None:
        super().__init__(parent)
        self._known = known
        self._wanted = threads.scan_wanted
        self._waiting: list[tuple[tuple[Path, ...], str, PastedPicture | None]] = []
        self._running: ScanRequest | None = None
        self._held = False
        self._last_id = 0
        threads.files.scan_step.connect(self._on_step)
        threads.files.scanned.connect(self._on_scanned)

    @property
    def busy(self) -> bool:
        """Return whether an intake is running or waiting."""
        return self._running is not None or bool(self._waiting)

    def add(self, paths: Sequence[Path], code_page: str = "", picture: PastedPicture | None = None) -> None:
        """Queue an intake; names in zips are read in `code_page`, "" to guess it."""
        self._waiting.append((tuple(paths), code_page, picture))
        self.next()

    def hold(self) -> None:
        """Start no intake until `release`: the target dataset is still being read."""
        self._held = True

    def next(self) -> None:
        """Start the next intake, unless one runs or `hold` was called."""
        if self._running is None and not self._held and self._waiting:
            self._last_id += 1
            paths, code_page, picture = self._waiting.pop(0)
            self._running = ScanRequest(self._last_id, paths, self._known(), code_page, picture)
            self._wanted.emit(self._running)

    def release(self) -> None:
        """Continue after `hold`."""
        self._held = False
        self.next()

    def cancel(self) -> None:
        """Stop the running intake, whose answer then has no photos, and drop the waiting ones."""
        self._waiting.clear()
        if self._running is not None:
            self._running.cancelled.set()

    @Slot(object)
    def _on_step(self, step: ScanStep) -> None:
        if self._running is not None and step.request_id == self._running.request_id:
            self.progress.emit(step.progress)

    @Slot(object)
    def _on_scanned(self, answer: ScanAnswer) -> None:
        if self._running is None or answer.request_id != self._running.request_id:
            return
        if self._running.cancelled.is_set():  # it may have ended before it saw the cancel
            answer = ScanAnswer(answer.request_id, ScanReport((), (), cancelled=True))
        self._running = None
        self.answered.emit(answer)
        self.next()

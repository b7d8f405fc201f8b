"""The export of the archive: one at a time, with progress, and a cancelled one leaves no file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import Dataset, PackageOptions
from segmind_studio.core.errors import CancelledError
from segmind_studio.services.datasets.messages import ExportAnswer, ExportRequest, ExportStep
from segmind_studio.services.datasets.threads import DatasetThreads


class Exporter(QObject):
    """Send export requests to the worker. Lives in the GUI thread.

    Signals:
        progress(ExportProgress), done(Path), failed(StudioError); running_changed(bool): always last.
    """

    progress = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    running_changed = Signal(bool)

    def __init__(self, threads: DatasetThreads, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted = threads.export_wanted
        self._running: ExportRequest | None = None
        self._last_id = 0
        threads.files.export_step.connect(self._on_step)
        threads.files.exported.connect(self._on_exported)

    @property
    def running(self) -> bool:
        """Return whether an export is running."""
        return self._running is not None

    def export(  # what is exported, and how
        self, dataset: Dataset, options: PackageOptions, target: Path, *, trainer: str = "",
        as_folder: bool = False,
    ) -> None:
        """Start an export; a running one is cancelled."""
        began = self._running is None
        self.cancel()
        self._last_id += 1
        self._running = ExportRequest(self._last_id, dataset, options, target, trainer, as_folder)
        self._wanted.emit(self._running)
        if began:
            self.running_changed.emit(True)

    def cancel(self) -> None:
        """Stop the running export."""
        if self._running is not None:
            self._running.cancelled.set()

    @Slot(object)
    def _on_step(self, step: ExportStep) -> None:
        if self._running is not None and step.request_id == self._running.request_id:
            self.progress.emit(step.progress)

    @Slot(object)
    def _on_exported(self, answer: ExportAnswer) -> None:
        if self._running is None or answer.request_id != self._running.request_id:
            return
        self._running = None
        if answer.error is None:
            self.done.emit(answer.target)
        elif not isinstance(answer.error, CancelledError):
            self.failed.emit(answer.error)
        self.running_changed.emit(False)

"""The settings for the window: one value, changed at once, written a short time later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.settings import Settings
from segmind_studio.services.system.tasks import TaskRunner

WRITE_AFTER_MS = 400


class SettingsService(QObject):
    """Hold the settings. GUI thread; the file is written by the task pool.

    Signals:
        changed(object): Settings, after each change that changes something.
        failed(object): StudioError, when they could not be written; they are still used in this session.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, value: Settings, save: Callable[[Settings], None], tasks: TaskRunner, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._value = value
        self._saved = value
        self._save = save
        self._tasks = tasks
        self._writing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_AFTER_MS)
        self._timer.timeout.connect(self._write)

    @property
    def value(self) -> Settings:
        """Return the current settings."""
        return self._value

    def update(self, **changes: Any) -> None:
        """Change fields of `Settings` by name (TypeError for an unknown one)."""
        new = replace(self._value, **changes)
        if new != self._value:
            self._value = new
            self._timer.start()
            self.changed.emit(new)

    @Slot()
    def _write(self) -> None:
        if self._writing:
            self._timer.start()
            return
        value = self._value
        self._writing = True
        self._tasks.run(lambda: self._store(value), self._written, self._not_written)

    def _store(self, value: Settings) -> Settings:
        self._save(value)
        return value

    @Slot(object)
    def _written(self, value: Settings) -> None:
        self._writing = False
        self._saved = value

    @Slot(object)
    def _not_written(self, error: StudioError) -> None:
        self._writing = False
        self.failed.emit(error)

    def ask_stop(self) -> None:
        """Write nothing more by the task pool; `write_unsaved` follows."""
        self._timer.stop()

    def write_unsaved(self) -> None:
        """Write unsaved settings now. Blocks; from any thread, after the task pool has ended."""
        if self._value != self._saved:
            self._save(self._value)
            self._saved = self._value

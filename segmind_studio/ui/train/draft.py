"""Keeps the half-filled form in the settings, a moment after the last key."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from segmind_studio.core.form import TrainingForm
from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.forms import FormModel

SAVE_AFTER_MS = 300


class DraftKeeper(QObject):
    """Store what is typed; `flush` stores at once. GUI thread."""

    def __init__(self, model: FormModel, settings: SettingsService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._settings = settings
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.flush)
        model.replace(TrainingForm.from_json(settings.value.draft))
        model.changed.connect(self._timer.start)

    @Slot()
    def flush(self) -> None:
        """Store now."""
        self._timer.stop()
        self._settings.update(draft=self._model.form.to_json())

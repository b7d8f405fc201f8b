"""Keeps the half-filled form in the settings, a moment after the last key."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import Run
from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.forms import FormModel

SAVE_AFTER_MS = 300


class DraftKeeper(QObject):
    """Store what is typed, and whether it was sent; `flush` stores at once. GUI thread."""

    def __init__(self, model: FormModel, settings: SettingsService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._settings = settings
        self._sent: frozenset[str] = frozenset()  # names of the runs that the form was sent as
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

    def mark_sent(self) -> None:
        """Remember that the form as it is has gone out: it is no longer unfinished."""
        self.flush()
        self._sent = frozenset(single.text("name") for single in self._model.form.forms)
        self._settings.update(sent_draft=self._settings.value.draft)

    @Slot(object)
    def unmark_sent(self, what: object) -> None:
        """Remember that it did not work after all; a Run that was started otherwise changes nothing."""
        if not isinstance(what, Run) or what.name in self._sent:
            self._settings.update(sent_draft="")

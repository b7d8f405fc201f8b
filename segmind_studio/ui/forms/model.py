"""The form that is being filled in, as an object with a signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.fields import Value
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.sweep import Sweep


class FormModel(QObject):
    """Hold one immutable TrainingForm and replace it with each edit. GUI thread.

    Signals:
        changed(object): TrainingForm, only when it differs from the one before.
    """

    changed = Signal(object)

    def __init__(self, form: TrainingForm | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form = form or TrainingForm()

    @property
    def form(self) -> TrainingForm:
        """Give the form as it is now."""
        return self._form

    @Slot(str, object)
    def set_value(self, key: str, value: Value) -> None:
        """Touch one field."""
        self.replace(self._form.with_value(key, value))

    @Slot(str)
    def reset(self, key: str) -> None:
        """Bring one field back to the default that now holds."""
        self.replace(self._form.without(key))

    @Slot(object)
    def set_sweep(self, sweep: Sweep) -> None:
        """Compare this, or nothing."""
        self.replace(replace(self._form, sweep=sweep))

    def apply(self, values: Mapping[str, Value]) -> None:
        """Touch several fields at once, as a preset does."""
        self.replace(self._form.with_values(values))

    def replace(self, form: TrainingForm) -> None:
        """Take another form."""
        if _content(form) != _content(self._form):
            self._form = form
            self.changed.emit(form)


def _content(form: TrainingForm) -> tuple[list[tuple[str, str]], str]:
    """Give what was typed, such that 1, 1.0 and True differ."""
    return sorted((key, repr(value)) for key, value in form.touched.items()), repr(form.sweep)

"""The form that is being filled in, as an object with a signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.fields import Value
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.sweep import Sweep

Suggest = Callable[[TrainingForm], Mapping[str, Value]]


class FormModel(QObject):
    """Hold one immutable TrainingForm and replace it with each edit. GUI thread.

    `suggest` gives what is filled into a form where nothing was typed.

    Signals:
        changed(object): TrainingForm, only when it differs from the one before.
    """

    changed = Signal(object)

    def __init__(
        self, form: TrainingForm | None = None, parent: QObject | None = None, *, suggest: Suggest | None = None,
    ) -> None:
        super().__init__(parent)
        self._suggest = suggest or _nothing
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
        """Take another form; what is suggested is worked out for it."""
        form = replace(form, suggested=MappingProxyType(dict(self._suggest(form))))
        if _content(form) != _content(self._form):
            self._form = form
            self.changed.emit(form)

    def suggest(self) -> None:
        """Work out anew what is filled in where nothing was typed: what it follows has changed."""
        self.replace(self._form)


def _content(form: TrainingForm) -> tuple[list[tuple[str, str]], list[tuple[str, str]], str]:
    """Give what it holds, such that 1, 1.0 and True differ."""
    return _plain(form.touched), _plain(form.suggested), repr(form.sweep)


def _plain(values: Mapping[str, Value]) -> list[tuple[str, str]]:
    return sorted((key, repr(value)) for key, value in values.items())


def _nothing(_form: TrainingForm) -> Mapping[str, Value]:
    return {}

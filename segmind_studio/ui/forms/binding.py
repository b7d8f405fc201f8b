"""Keeps the rows and the form alike, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Slot

from segmind_studio.core.form import TrainingForm
from segmind_studio.ui.forms.field_row import FieldRow
from segmind_studio.ui.forms.message_line import Message
from segmind_studio.ui.forms.model import FormModel


class FormBinding(QObject):
    """Bind rows to a FormModel. GUI thread."""

    def __init__(self, model: FormModel, rows: Iterable[FieldRow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = {row.field.key: row for row in rows}
        for row in self._rows.values():
            row.edited.connect(model.set_value)
            row.reset_wanted.connect(model.reset)
        model.changed.connect(self.show_form)
        self.show_form(model.form)

    def row(self, key: str) -> FieldRow:
        """Find a row; KeyError for a field that has none."""
        return self._rows[key]

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the fields that have rows, in their order."""
        return tuple(self._rows)

    @Slot(object)
    def show_form(self, form: TrainingForm) -> None:
        """Show all values."""
        for key, row in self._rows.items():
            row.set_state(form.value(key), form.default(key), changed=form.changed(key))

    def show_messages(self, messages: Mapping[str, Message]) -> None:
        """Show these messages and no others."""
        for key, row in self._rows.items():
            if row.message != messages.get(key):
                row.set_message(messages.get(key))

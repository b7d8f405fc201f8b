"""A form's values, the widgets made for its fields, and the synchronisation of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from segmind_studio.core.fields import Field, Kind, Value
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.sweep import Sweep
from segmind_studio.ui.forms.choices import CardsEditor, ComboEditor
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.forms.field_row import FieldRow, Message
from segmind_studio.ui.forms.numbers import NumberEditor
from segmind_studio.ui.forms.segments import SegmentsEditor
from segmind_studio.ui.forms.switch import SwitchEditor
from segmind_studio.ui.forms.texts import LineEditor, ParagraphEditor

Suggest = Callable[[TrainingForm], Mapping[str, Value]]


class FormModel(QObject):
    """Hold one immutable TrainingForm and replace it with each edit. GUI thread.

    `suggest` returns values for the untouched fields of a form.

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
        """Return the form as it is now."""
        return self._form

    @Slot(str, object)
    def set_value(self, key: str, value: Value) -> None:
        """Set one field."""
        self.replace(self._form.with_value(key, value))

    @Slot(str)
    def reset(self, key: str) -> None:
        """Reset one field to its current default."""
        self.replace(self._form.without(key))

    @Slot(object)
    def set_sweep(self, sweep: Sweep) -> None:
        """Set the comparison, or None."""
        self.replace(replace(self._form, sweep=sweep))

    def apply(self, values: Mapping[str, Value]) -> None:
        """Set several fields at once, as a preset does."""
        self.replace(self._form.with_values(values))

    def replace(self, form: TrainingForm) -> None:
        """Replace the form; its suggestions are computed."""
        form = replace(form, suggested=MappingProxyType(dict(self._suggest(form))))
        if _content(form) != _content(self._form):
            self._form = form
            self.changed.emit(form)

    def suggest(self) -> None:
        """Compute the suggestions again: their inputs have changed."""
        self.replace(self._form)


def _content(form: TrainingForm) -> tuple[list[tuple[str, str]], list[tuple[str, str]], str]:
    """Return what it holds, such that 1, 1.0 and True differ."""
    return _plain(form.touched), _plain(form.suggested), repr((form.sweep, form.parent_id))


def _plain(values: Mapping[str, Value]) -> list[tuple[str, str]]:
    return sorted((key, repr(value)) for key, value in values.items())


def _nothing(_form: TrainingForm) -> Mapping[str, Value]:
    return {}


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
        """Return the fields that have rows, in their order."""
        return tuple(self._rows)

    @Slot(object)
    def show_form(self, form: TrainingForm) -> None:
        """Show all values."""
        for key, row in self._rows.items():
            row.set_state(form.value(key), form.default(key), changed=form.changed(key))

    def show_keys(self, *, shown: bool) -> None:
        """Show the names of all fields in the request, or do without them."""
        for row in self._rows.values():
            row.show_key(shown=shown)

    def show_messages(self, messages: Mapping[str, Message]) -> None:
        """Show these messages and no others."""
        for key, row in self._rows.items():
            if row.message != messages.get(key):
                row.set_message(messages.get(key))


_SEGMENTS = range(2, 5)  # so many choices are shown side by side


def make_editor(
    field: Field, prefix: str, icons: Mapping[Value, str] | None = None, parent: QWidget | None = None,
) -> FieldEditor:
    """Return the editor for a field; its control is named `<prefix>.field.<key>`. Icons make cards of choices."""
    name = f"{prefix}.field.{field.key}"
    match field.kind:
        case Kind.BOOL:
            return SwitchEditor(name, parent)
        case Kind.INT | Kind.FLOAT:
            return NumberEditor(field, name, parent)
        case Kind.LONG_TEXT:
            return ParagraphEditor(name, parent)
        case Kind.TEXT | Kind.SOURCE:
            return LineEditor(name, parent)
        case Kind.CHOICE:
            if icons:
                return CardsEditor(field, name, icons, parent)
            return (SegmentsEditor if len(field.choices) in _SEGMENTS else ComboEditor)(field, name, parent)


def make_row(field: Field, prefix: str, icons: Mapping[Value, str] | None = None) -> FieldRow:
    """Return the whole row for a field."""
    return FieldRow(field, make_editor(field, prefix, icons), prefix)

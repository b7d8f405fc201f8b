"""From a field's record to its widget."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from segmind_studio.core.fields import Field, Kind, Value
from segmind_studio.ui.forms.choice_editors import CardsEditor, ComboEditor
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.forms.field_row import FieldRow
from segmind_studio.ui.forms.number_editor import NumberEditor
from segmind_studio.ui.forms.segments import SegmentsEditor
from segmind_studio.ui.forms.switch import SwitchEditor
from segmind_studio.ui.forms.text_editors import LineEditor, ParagraphEditor

_SEGMENTS = range(2, 5)  # so many choices are shown side by side


def make_editor(
    field: Field, prefix: str, icons: Mapping[Value, str] | None = None, parent: QWidget | None = None,
) -> FieldEditor:
    """Give the editor for a field; its control is named `<prefix>.field.<key>`. Icons make cards of choices."""
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
    """Give the whole row for a field."""
    return FieldRow(field, make_editor(field, prefix, icons), prefix)

"""The editor for whole and decimal numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.fields import Field, Value
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.forms.number_box import NumberBox


class NumberEditor(FieldEditor):
    """A number box of its natural width."""

    def __init__(self, field: Field, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = NumberBox(field, self)
        self._box.setObjectName(object_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box)
        self.setFocusProxy(self._box)
        self._box.edited.connect(self.edited)

    @property
    @override
    def control(self) -> NumberBox:
        return self._box

    @property
    @override
    def compact(self) -> bool:
        return True

    @override
    def set_value(self, value: Value) -> None:
        self._box.show_value(value)

    @override
    def set_placeholder(self, text: str) -> None:
        self._box.lineEdit().setPlaceholderText(text)

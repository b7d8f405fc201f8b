"""The interface of every field editor, whatever its widget."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from segmind_studio.core.fields import Value
from segmind_studio.ui.theme.style import set_mark


class FieldEditor(QWidget):
    """Show one value and emit the user's changes; any value can be shown, right or wrong.

    Signals:
        edited(object): the new Value, by the user only; GUI thread.
    """

    edited = Signal(object)

    @property
    def control(self) -> QWidget:
        """Return the widget that takes the focus and carries the object name."""
        raise NotImplementedError

    @property
    def compact(self) -> bool:
        """Return whether it keeps its natural width instead of filling the row."""
        return False

    def set_value(self, value: Value) -> None:
        """Show a value; emits nothing."""
        raise NotImplementedError

    def set_placeholder(self, text: str) -> None:
        """Show a suggestion while nothing is typed; editors without text ignore it."""

    def set_bad(self, bad: bool) -> None:  # noqa: FBT001  # reads like a Qt setter
        """Mark it as holding something that cannot be sent."""
        set_mark(self.control, "bad", bad)

    def describe(self, name: str, description: str) -> None:
        """Set the name and the error of the field for screen readers."""
        self.control.setAccessibleName(name)
        self.control.setAccessibleDescription(description)

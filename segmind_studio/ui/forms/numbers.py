"""Editors for whole and decimal numbers, and their spin box.

The spin box accepts any text: numbers in full, numbers out of bounds, and texts that are no numbers. Qt's spin
boxes refuse values beyond their limits, write 1e-05 as 0.00 and change by the wheel.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from PySide6.QtCore import Property, QSize, Signal
from PySide6.QtGui import QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.fields import Field, Kind, Value, is_finite_number, number_text
from segmind_studio.ui.assistive import SpinBoxInterface, take_over
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.parts.composing import finish_composing

_LONGEST = 60
_FARTHEST = float(2**53)  # the reported limit of a field without one
_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]++(?:[.,][0-9]*+)?|[.,][0-9]++)([eE][+-]?[0-9]+)?")


def read_number(text: str, kind: Kind) -> Value:
    """Return the number that a person typed, or the text itself when it is none; a comma counts as a point."""
    typed = text.strip()
    if kind is Kind.INT:
        return int(typed) if _WHOLE.fullmatch(typed) and len(typed) <= _LONGEST else text
    if _DECIMAL.fullmatch(typed) is None:
        return text
    number = float(typed.replace(",", "."))
    return number if math.isfinite(number) else text


def number_value_text(value: Value) -> str:
    """Write a value as it is shown: 0.00001 in full, anything that is no number as it is."""
    return number_text(value) if is_finite_number(value) else str(value)


class NumberBox(QAbstractSpinBox):
    """Edit one number field. The wheel scrolls the page, never the number.

    Signals:
        edited(object): int, float, or str for what is no number; by the user only.
    """

    edited = Signal(object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._value: Value = ""
        self._setting = False
        self.lineEdit().setMaxLength(_LONGEST)
        self.lineEdit().setTextMargins(8, 0, 0, 0)
        self.lineEdit().textChanged.connect(self._typed)
        self.setKeyboardTracking(True)
        take_over(SpinBoxInterface(self))

    def number(self) -> Value:
        """Return what it holds."""
        return self._value

    def show_value(self, value: Value) -> None:
        """Show a value; emits nothing."""
        if value != self._value or type(value) is not type(self._value):
            self._show(value)

    def _show(self, value: Value) -> None:
        self._value = value
        self._setting = True
        try:
            finish_composing(self)
            self.lineEdit().setText(number_value_text(value))
        finally:
            self._setting = False

    def _typed(self, text: str) -> None:
        value = read_number(text, self._field.kind)
        if not self._setting and (value != self._value or type(value) is not type(self._value)):
            self._value = value
            self.edited.emit(value)

    # -- steps

    @override
    def stepBy(self, steps: int, /) -> None:
        """Step to the next multiples of the field's step, within its limits."""
        step = Decimal(number_text(self._field.step or 1))
        start = self._value if is_finite_number(self._value) else self._field.default
        place = Decimal(number_value_text(start)) / step
        place = place.to_integral_value(ROUND_FLOOR if steps > 0 else ROUND_CEILING) + steps
        wanted = place * step
        if self._field.minimum is not None:
            wanted = max(wanted, Decimal(number_text(self._field.minimum)))
        if self._field.maximum is not None:
            wanted = min(wanted, Decimal(number_text(self._field.maximum)))
        value = int(wanted) if self._field.kind is Kind.INT else float(wanted)
        self._take(value)
        self.selectAll()

    def _take(self, value: Value) -> None:
        if value != self._value or type(value) is not type(self._value):
            self._show(value)
            self.edited.emit(value)

    @override
    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        up, down = QAbstractSpinBox.StepEnabledFlag.StepUpEnabled, QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        value = self._value
        if not is_finite_number(value):
            return up | down
        enabled = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._field.maximum is None or value < self._field.maximum:
            enabled |= up
        if self._field.minimum is None or value > self._field.minimum:
            enabled |= down
        return enabled

    # -- what Qt asks

    @override
    def validate(self, text: str, pos: int, /) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, pos  # the message beside it says what is wrong

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        super().focusOutEvent(event)
        self._show(self._value)  # 1e-5 is shown as 0.00001

    @override
    def wheelEvent(self, event: QWheelEvent, /) -> None:
        event.ignore()

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        limits = (self._field.minimum, self._field.maximum, self._field.default)
        longest = max((number_value_text(limit) for limit in limits if limit is not None), key=len)
        width = self.fontMetrics().horizontalAdvance(longest + "0000") + 56
        return QSize(max(width, 140), hint.height())

    # Assistive technology reads and sets a spin box through these properties.

    def _spoken_value(self) -> float:
        return float(self._value) if is_finite_number(self._value) else 0.0

    def _set_spoken_value(self, number: float) -> None:
        if math.isfinite(number) and self.isEnabled() and not self.isReadOnly():
            whole = self._field.kind is Kind.INT and number == round(number)
            self._take(int(number) if whole else number)

    def _spoken_minimum(self) -> float:
        return float(self._field.minimum) if self._field.minimum is not None else -_FARTHEST

    def _spoken_maximum(self) -> float:
        return float(self._field.maximum) if self._field.maximum is not None else _FARTHEST

    def _spoken_step(self) -> float:
        return float(self._field.step or 1)

    value = Property(float, _spoken_value, _set_spoken_value)
    minimum = Property(float, _spoken_minimum)
    maximum = Property(float, _spoken_maximum)
    singleStep = Property(float, _spoken_step)  # noqa: N815  # Qt's name for it


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

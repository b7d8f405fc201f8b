"""Choose one setting to compare, and its values: each makes a run of its own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELD_BY_KEY, Field, Value
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.numbers import number_parts
from segmind_studio.core.sweep import MOST_RUNS, SWEEP_KEYS, Sweep
from segmind_studio.formats import decimal_comma
from segmind_studio.texts import _, listed, ngettext
from segmind_studio.ui.forms import Message, MessageLine
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.forms.field_row import field_value_text
from segmind_studio.ui.forms.numbers import number_value_text, read_number
from segmind_studio.ui.parts import FlowLayout, text_label
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S

_LEAST_WIDTH = 200  # logical pixels
_SWITCHES = (True, False)


class SweepEditor(QWidget):
    """Edit a form's `Sweep`. It holds no form: `show_form` sets its contents.

    Signals:
        edited(object): Sweep, by the user; GUI thread.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = TrainingForm()
        self._choices: dict[str, _Choices] = {}
        self._setting = CalmCombo()
        self._setting.setObjectName("train.sweep.setting")
        self._setting.setMinimumWidth(_LEAST_WIDTH)
        self._setting.addItem(_("No comparison: one run"), "")
        for key in SWEEP_KEYS:
            self._setting.addItem(str(FIELD_BY_KEY[key].label), key)
        self._numbers = QLineEdit()
        self._numbers.setObjectName("train.sweep.numbers")
        # Translators: name the semicolon where decimals are written with a comma.
        self._numbers.setAccessibleName(_("Values to compare, separated by commas"))
        self._numbers.textChanged.connect(self._typed)
        self._values = QStackedWidget()
        self._values.addWidget(self._numbers)
        self._message = MessageLine()
        self._runs = text_label("", "small")
        self.setFocusProxy(self._setting)
        self._lay_out()
        self._setting.currentIndexChanged.connect(self._setting_chosen)  # not activated: see forms/switch.py

    def _lay_out(self) -> None:
        label = text_label(_("Compare"), "strong", wrap=False)
        label.setBuddy(self._setting)
        self._setting.setAccessibleName(_("Setting to compare"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(label)
        row.addWidget(self._setting)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(text_label(_(
            "Start up to {count} runs with the same photos and different values of one setting. The photos are "
            "uploaded once. Each run is paid."
        ).format(count=MOST_RUNS), "muted"))
        column.addLayout(row)
        column.addWidget(self._values)
        column.addWidget(self._message)
        column.addWidget(self._runs)

    # -- display

    def show_form(self, form: TrainingForm, problem: str) -> None:
        """Show the comparison that the form holds, and what is wrong with it; emits nothing."""
        self._form = form
        sweep = form.sweep
        self._setting.setCurrentIndex(max(0, self._setting.findData(sweep.key)))
        self._values.setVisible(sweep.on)
        if sweep.on:
            self._show_values(sweep)
        self._message.show_message(Message(Severity.MUST, problem) if problem else None)
        set_mark(self._numbers, "bad", bool(problem))
        names = listed(single.text("name") for single in form.forms)
        words = ngettext("{count} run: {names}", "{count} runs: {names}", len(form.forms))
        self._runs.setText(words.format(count=len(form.forms), names=names))
        self._runs.setVisible(sweep.on and not problem)

    def _show_values(self, sweep: Sweep) -> None:
        if not _offered(sweep.field):
            self._values.setCurrentWidget(self._numbers)
            if self._read(self._numbers.text(), sweep.field) != sweep.values:
                replace_text(self._numbers, ", ".join(map(number_value_text, sweep.values)))
            return
        choices = self._choices.get(sweep.key)
        if choices is None:
            choices = _Choices(sweep.field)
            choices.edited.connect(self._chosen)
            self._choices[sweep.key] = choices
            self._values.addWidget(choices)
        choices.show_values(sweep.values)
        self._values.setCurrentWidget(choices)

    # -- actions of the user

    def _setting_chosen(self) -> None:
        key = str(self._setting.currentData())
        if key != self._form.sweep.key:
            self.edited.emit(self._form.opening_sweep(key))

    def _typed(self, text: str) -> None:
        sweep = self._form.sweep
        if not sweep.on or _offered(sweep.field):
            return
        values = self._read(text, sweep.field)
        if values != sweep.values:
            self.edited.emit(Sweep(sweep.key, values))

    def _chosen(self, values: tuple[Value, ...]) -> None:
        self.edited.emit(Sweep(self._form.sweep.key, values))

    @staticmethod
    def _read(text: str, field: Field) -> tuple[Value, ...]:
        parts = number_parts(text, decimal_comma=decimal_comma())
        return tuple(read_number(part, field.kind) for part in parts)


class _Choices(QWidget):
    """Check boxes for the values of one setting.

    Signals:
        edited(object): tuple[Value, ...], what is checked, in the setting's own order.
    """

    edited = Signal(object)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._offered = _offered(field)
        self._boxes: list[QCheckBox] = []
        self._showing = False
        row = FlowLayout(self, SPACE_M)
        for value in self._offered:
            box = QCheckBox(field_value_text(field, value))
            box.setObjectName(f"train.sweep.{field.key}.{value}")
            box.setAccessibleName(_("{field}: {words}").format(field=field.label, words=box.text()))
            box.toggled.connect(self._toggled)  # not clicked: assistive technology toggles
            self._boxes.append(box)
            row.addWidget(box)

    def show_values(self, values: tuple[Value, ...]) -> None:
        """Check these."""
        self._showing = True
        for box, value in zip(self._boxes, self._offered, strict=True):
            box.setChecked(value in values)
        self._showing = False

    def _toggled(self) -> None:
        if not self._showing:
            pairs = zip(self._boxes, self._offered, strict=True)
            self.edited.emit(tuple(value for box, value in pairs if box.isChecked()))


def _offered(field: Field) -> tuple[Value, ...]:
    """Return the values that can be checked, none for a number."""
    if isinstance(field.default, bool):
        return _SWITCHES
    return tuple(choice.value for choice in field.choices)

"""A field with its label, help, reset arrow and message."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QRadioButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import Choice, Field, Kind, Value
from segmind_studio.core.fixes import Fix
from segmind_studio.record import record
from segmind_studio.texts import _, pgettext, sentences
from segmind_studio.ui.forms.choices import place_of
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.forms.numbers import number_value_text
from segmind_studio.ui.parts import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.fix_buttons import FixButtons
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_LINE, SPACE_S, SPACE_XS

_LOOKS = {
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "muted"),
}


@record
class Message:
    """The message below an editor, and its fixes."""

    severity: Severity
    text: str
    fixes: tuple[Fix, ...] = ()


class MessageLine(QWidget):
    """The line of the message; hidden while there is none, and empty until there is a first one.

    Signals:
        fix_wanted(object): Fix, a button beside the words was pressed; GUI thread.
    """

    fix_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: Message | None = None
        self._parts: tuple[IconLabel, QLabel, FixButtons] | None = None
        self.hide()

    def _made(self) -> tuple[IconLabel, QLabel, FixButtons]:
        """Return the sign, the words and the buttons; a form has thirty lines, and few are ever needed."""
        if self._parts is None:
            sign, label, fixes = IconLabel("info", "muted", 16), text_label(""), FixButtons("link")
            fixes.pressed.connect(self.fix_wanted)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(label)
            words.addWidget(fixes)
            row = QHBoxLayout(self)
            row.setContentsMargins(0, SPACE_LINE, 0, 0)
            row.setSpacing(SPACE_S)
            row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
            row.addLayout(words, 1)
            self._parts = sign, label, fixes
        return self._parts

    @property
    def message(self) -> Message | None:
        """Return the shown text."""
        return self._message

    def show_message(self, message: Message | None) -> None:
        """Show another message; None hides the line."""
        self._message = message
        if message is not None:
            sign, label, fixes = self._made()
            name, tone = _LOOKS[message.severity]
            sign.set_icon(name, tone)
            label.setText(message.text)
            mark(label, role=tone)
            fixes.show_fixes(message.fixes, message.text)
        self.setVisible(message is not None)


_RESET_WIDTH = 28
HEAD_HEIGHT = 20  # of a field's name, and of other headings beside it: an icon of 16 and its ring


def field_value_text(field: Field, value: Value) -> str:
    """Return a value as the form shows it: "On", "Full", "0.00001", "empty"."""
    place = place_of(value, field.choices)
    if place >= 0:
        return str(field.choices[place].label)
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    return number_value_text(value) or pgettext("field", "empty")


class FieldRow(QWidget):
    """Show one field. Its name in the request is in the tool tip of its label, and beside it on request.

    Signals:
        edited(str, object): key and new Value, by the user; GUI thread.
        reset_wanted(str): the reset arrow was pressed.
        fix_wanted(object): Fix, a button beside the message was pressed.
    """

    edited = Signal(str, object)
    reset_wanted = Signal(str)
    fix_wanted = Signal(object)

    def __init__(
        self, field: Field, editor: FieldEditor, prefix: str = "form", parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self.editor = editor
        self._in_request = True
        self._mark = IconLabel("circle-dot", "accent", 12)
        self._reset = mark(QToolButton(), kind="reset")
        self._reset.setObjectName(f"{prefix}.reset.{field.key}")
        self._reset.setIcon(icon("undo-2", "muted"))
        self._reset.setFixedSize(_RESET_WIDTH, HEAD_HEIGHT)
        self._help = text_label(str(field.help), "small")
        self._message = MessageLine()
        self.below = QVBoxLayout()  # for what a place adds to this field
        self._build()
        editor.describe(str(field.label), str(field.help))
        editor.edited.connect(self._on_edited)
        self._reset.clicked.connect(self._on_reset)
        self._message.fix_wanted.connect(self.fix_wanted)
        self.set_state(field.default, field.default, changed=False)
        self.set_message(None)

    def _build(self) -> None:
        field = self.field
        label = self._label = text_label(str(field.label), "strong", wrap=False)
        label.setBuddy(self.editor)
        key = self._key = mark(ElidedLabel(), role="mono")  # gives way to the label
        key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._show_tip()
        label.setMinimumHeight(HEAD_HEIGHT)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, SPACE_XS)
        head.setSpacing(SPACE_S)
        head.addWidget(label)
        head.addWidget(key, 1)
        head.addWidget(self._mark)
        head.addWidget(self._reset)
        for widget in (self._mark, self._reset):  # no movement when they appear and disappear
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
        self.below.setSpacing(SPACE_XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(head)
        if self.editor.compact:
            column.addWidget(self.editor, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            column.addWidget(self.editor)
        column.addWidget(self._help)
        column.addWidget(self._message)
        column.addLayout(self.below)
        stops: list[QWidget] = [*self.editor.findChildren(QRadioButton)] or [self.editor.control]
        QWidget.setTabOrder(stops[-1], self._reset)  # Tab comes to the field first
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def _show_tip(self) -> None:
        words = [str(self.field.help), _("Source: {source}.").format(source=self.field.source)]
        if self._in_request:
            words.append(_("{name}: {fact}").format(
                name=_("Name of the field in the request"), fact=self.field.key,
            ))
        self._label.setToolTip(plain_tip("\n".join(words)))

    def without_key(self) -> None:
        """Do without a name in the request: this field has none there."""
        self._in_request = False
        self._key.setText("")
        self._show_tip()

    def show_key(self, *, shown: bool) -> None:
        """Show the name in the request beside the label, or in its tool tip alone."""
        self._key.setText(self.field.key if shown and self._in_request else "")

    def set_state(self, value: Value, default: Value, *, changed: bool) -> None:
        """Show a value, and whether it differs from the default in use."""
        self.editor.set_value(value)
        self._mark.setVisible(changed)
        self._reset.setVisible(changed)
        back = _("Back to {value}").format(value=field_value_text(self.field, default))
        changed_from = _("Changed. Default: {value}").format(value=field_value_text(self.field, default))
        self._mark.setToolTip(plain_tip(changed_from))
        self._mark.setAccessibleName(changed_from)
        self._reset.setToolTip(plain_tip(back))
        # Translators: a field's name, and a sentence about it.
        self._reset.setAccessibleName(_("{field}: {words}").format(field=self.field.label, words=back))
        if self.field.kind is Kind.CHOICE:
            self._show_help(value)

    def _show_help(self, value: Value) -> None:
        place = place_of(value, self.field.choices)
        choice: Choice | None = self.field.choices[place] if place >= 0 else None
        shown_elsewhere = not self.editor.compact  # cards carry their own sentences
        words = str(self.field.help)
        if choice is not None and choice.hint and not shown_elsewhere:
            hint = str(choice.hint)
            if ":" not in str(choice.label):  # a ratio is not named again
                # Translators: a choice of a field, and what it does.
                hint = _("{choice}: {words}").format(choice=choice.label, words=hint)
            words = sentences(words, hint)
        self._help.setText(words)

    @property
    def message(self) -> Message | None:
        """Return the message below the editor."""
        return self._message.message

    def set_message(self, message: Message | None) -> None:
        """Show an error or a caution; None removes it."""
        self._message.show_message(message)
        self.editor.set_bad(message is not None and message.severity is Severity.MUST)
        self.editor.describe(
            str(self.field.label), sentences(self.field.help, message.text if message else ""),
        )

    def _on_edited(self, value: Value) -> None:
        self.edited.emit(self.field.key, value)

    def _on_reset(self) -> None:
        self.reset_wanted.emit(self.field.key)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

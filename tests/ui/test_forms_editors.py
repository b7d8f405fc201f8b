"""Editors for texts, choices and switches: show any value, tell only what the person did."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QRadioButton

from segmind_studio.core.fields import FIELD_BY_KEY, FIELDS
from segmind_studio.ui.forms import make_editor
from segmind_studio.ui.forms.choices import CardsEditor
from segmind_studio.ui.forms.numbers import NumberBox
from segmind_studio.ui.forms.switch import Switch
from tests.fakes.hosting import hosted
from tests.fakes.typed import child, the

ICONS = {"CHARACTER": "user-round", "PRODUCT": "package", "STYLE": "palette", "GENERAL": "shapes"}


def make_heard(qtbot, key, icons=None):
    """Return the editor of a field, and the list of what it tells."""
    editor = make_editor(FIELD_BY_KEY[key], "train", icons)
    editor.set_value(FIELD_BY_KEY[key].default)
    heard = []
    editor.edited.connect(heard.append)
    hosted(qtbot, editor, 700, 300)
    editor.resize(700, editor.sizeHint().height())
    return editor, heard


def make(qtbot, key, icons=None):
    return make_heard(qtbot, key, icons)[0]


@pytest.mark.parametrize(("key", "kind"), [
    ("name", QLineEdit), ("trigger_word", QLineEdit), ("data_source_path", QLineEdit),
    ("instance_prompt", QPlainTextEdit), ("iterations", NumberBox), ("learning_rate", NumberBox),
    ("captioning", QCheckBox), ("segmind_public", QCheckBox), ("base_model", QComboBox),
])
def test_each_field_gets_its_widget_under_its_name(qtbot, key, kind):
    editor = make(qtbot, key)
    assert isinstance(child(editor, kind, f"train.field.{key}"), kind)


@pytest.mark.parametrize("key", ["finetune_type", "lora_rank", "priority"])
def test_a_few_choices_stand_side_by_side(qtbot, key):
    editor, heard = make_heard(qtbot, key)
    editor.set_value("odd")  # none is chosen
    for choice in FIELD_BY_KEY[key].choices:
        button = child(editor, QRadioButton, f"train.field.{key}.{choice.value}")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert heard[-1] == choice.value
        assert type(heard[-1]) is type(choice.value)
        assert button.isChecked()


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_showing_a_value_is_not_an_edit(qtbot, field):
    editor, heard = make_heard(qtbot, field.key, ICONS if field.key == "theme" else None)
    for value in ("odd", 7, 0.5, True, False, field.default):
        editor.set_value(value)
    assert heard == []


def test_theme_cards_are_radio_buttons_for_mouse_and_keyboard(qtbot):
    editor, heard = make_heard(qtbot, "theme", ICONS)
    assert isinstance(editor, CardsEditor)
    card = child(editor, QRadioButton, "train.field.theme.CHARACTER")
    corner = card.rect().bottomRight() - QPoint(6, 6)
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corner)
    assert heard == ["CHARACTER"]
    qtbot.waitUntil(card.hasFocus)
    QTest.keyClick(card, Qt.Key.Key_Right)
    assert heard == ["CHARACTER", "PRODUCT"]
    assert card.accessibleName() == "Character"
    assert "person" in card.accessibleDescription()


@pytest.mark.parametrize("key", ["theme", "priority"])
def test_an_odd_choice_checks_nothing(qtbot, key):
    editor = make(qtbot, key, ICONS if key == "theme" else None)
    editor.set_value("ABSTRACT")
    assert not any(button.isChecked() for button in editor.findChildren(QRadioButton))
    editor.set_value(FIELD_BY_KEY[key].default)
    assert sum(button.isChecked() for button in editor.findChildren(QRadioButton)) == 1


def test_a_number_is_not_mistaken_for_a_choice(qtbot):
    editor = make(qtbot, "lora_rank")
    editor.set_value("32")
    assert not any(button.isChecked() for button in editor.findChildren(QRadioButton))


def test_a_drop_down_shows_what_it_does_not_offer(qtbot):
    editor, heard = make_heard(qtbot, "base_model")
    editor.set_value("QWEN")
    control = the(QComboBox, editor.control)
    assert control.currentText() == "QWEN"
    control.setCurrentIndex(0)  # as a key or assistive technology does
    assert heard == ["FLUX_PRO"]
    editor.set_value("FLUX_PRO")
    assert (control.currentText(), control.count()) == ("Flux Pro", 1)
    assert heard == ["FLUX_PRO"]


def test_the_wheel_does_not_change_a_drop_down(qtbot):
    editor = make(qtbot, "base_model")
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(editor.control, event)
    assert not event.isAccepted()


@pytest.mark.parametrize(("value", "on"), [(True, True), (False, False), ("true", False), (1, False)])
def test_a_switch_shows_on_only_for_true(qtbot, value, on):
    editor = make(qtbot, "captioning")
    editor.set_value(value)
    switch = the(Switch, editor.control)
    assert switch.isChecked() is on
    assert switch.state_text == ("On" if on else "Off")


def test_a_switch_is_pressed_anywhere_and_by_space(qtbot):
    editor, heard = make_heard(qtbot, "captioning")
    right = QPoint(editor.control.width() - 4, editor.control.height() // 2)
    QTest.mouseClick(editor.control, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, right)
    QTest.keyClick(editor.control, Qt.Key.Key_Space)
    assert heard == [False, True]


@pytest.mark.parametrize("key", ["name", "instance_prompt"])
def test_texts_are_told_as_they_are_typed_or_set(qtbot, key):
    editor, heard = make_heard(qtbot, key)
    QTest.keyClicks(editor.control, "ab")
    assert heard == ["a", "ab"]
    if key == "name":
        the(QLineEdit, editor.control).setText("by a screen reader")
    else:
        the(QPlainTextEdit, editor.control).setPlainText("by a screen reader")
    assert heard[-1] == "by a screen reader"


def test_showing_the_same_text_leaves_the_cursor(qtbot):
    editor = make(qtbot, "instance_prompt")
    editor.set_value("a photo of TOK")
    control = the(QPlainTextEdit, editor.control)
    cursor = control.textCursor()
    cursor.setPosition(3)
    control.setTextCursor(cursor)
    editor.set_value("a photo of TOK")
    assert control.textCursor().position() == 3


def test_a_hard_blank_does_not_make_a_text_come_back_again_and_again(qtbot):
    editor, heard = make_heard(qtbot, "instance_prompt")
    editor.set_value("a\u00a0photo")
    editor.set_value("a\u00a0photo")
    assert heard == []


def test_a_prompt_grows_with_its_lines_up_to_a_limit(qtbot):
    editor = make(qtbot, "instance_prompt")
    few = editor.control.height()
    editor.set_value("\n".join("line" for _ in range(6)))
    some = editor.control.height()
    editor.set_value("\n".join("line" for _ in range(60)))
    many = editor.control.height()
    assert few < some < many < 2 * some
    assert the(QPlainTextEdit, editor.control).verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_tab_leaves_the_prompt(qtbot):
    assert the(QPlainTextEdit, make(qtbot, "instance_prompt").control).tabChangesFocus()


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_every_editor_can_be_marked_and_described(qtbot, field):
    editor = make(qtbot, field.key)
    editor.set_bad(True)
    editor.describe(str(field.label), "Something is wrong.")
    assert editor.control.property("bad") is True
    assert editor.control.accessibleName() == str(field.label)
    assert editor.control.accessibleDescription() == "Something is wrong."

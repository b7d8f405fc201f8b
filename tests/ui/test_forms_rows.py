"""Rows, their binding to the form, folds and card rows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QRadioButton, QToolButton, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.fields import FIELD_BY_KEY, FIELDS
from segmind_studio.core.form import TrainingForm
from segmind_studio.ui.forms import CardRow, Fold, FormBinding, FormModel, Message, OptionCard, make_row
from segmind_studio.ui.forms.field_row import field_value_text
from tests.fakes.hosting import hosted
from tests.fakes.typed import child, focused


class FormPage(QWidget):
    """A page with a row for each field, bound to a model."""

    def __init__(self):
        super().__init__()
        column = QVBoxLayout(self)
        rows = [make_row(field, "train") for field in FIELDS]
        for row in rows:
            column.addWidget(row)
        self.model = FormModel()
        self.binding = FormBinding(self.model, rows, self)


@pytest.fixture
def form(qtbot):
    return hosted(qtbot, FormPage(), 700, 1400)


def reset_of(form, key) -> QToolButton:
    return child(form, QToolButton, f"train.reset.{key}")


def shown_texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_row_names_field_and_help_and_has_no_arrow_yet(form, field):
    texts = shown_texts(form.binding.row(field.key))
    assert texts[0] == str(field.label)
    assert field.key not in texts
    assert any(text.startswith(str(field.help)) for text in texts)
    assert not reset_of(form, field.key).isVisible()


def test_the_name_in_the_request_is_in_the_tip_and_beside_the_label_on_request(form):
    row = form.binding.row("lora_rank")
    assert "lora_rank" in next(label.toolTip() for label in row.findChildren(QLabel) if label.toolTip())
    form.binding.show_keys(shown=True)
    assert "lora_rank" in shown_texts(row)
    form.binding.show_keys(shown=False)
    assert "lora_rank" not in shown_texts(row)


def test_typing_touches_the_form_and_the_arrow_brings_the_default_back(form):
    line = child(form, QLineEdit, "train.field.name")
    QTest.keyClicks(line, "anna")
    assert form.model.form.text("name") == "anna"
    arrow = reset_of(form, "name")
    assert arrow.isVisible()
    QTest.mouseClick(arrow, Qt.MouseButton.LeftButton)
    assert (line.text(), dict(form.model.form.touched)) == ("", {})
    assert not arrow.isVisible()


def test_the_arrow_says_what_it_goes_back_to(form):
    form.model.set_value("iterations", 600)
    assert reset_of(form, "iterations").toolTip() == "Back to 300"
    assert reset_of(form, "iterations").accessibleName() == "Iterations: Back to 300"


def test_the_learning_rate_follows_the_type_until_it_is_touched(form):
    lora = child(form, QRadioButton, "train.field.finetune_type.LORA")
    box = form.binding.row("learning_rate").editor.control
    assert box.text() == "0.00001"
    QTest.mouseClick(lora, Qt.MouseButton.LeftButton)
    assert box.text() == "0.0001"
    assert not reset_of(form, "learning_rate").isVisible()
    box.lineEdit().setText("0.002")
    QTest.mouseClick(child(form, QRadioButton, "train.field.finetune_type.FULL"), Qt.MouseButton.LeftButton)
    assert box.text() == "0.002"
    QTest.mouseClick(reset_of(form, "learning_rate"), Qt.MouseButton.LeftButton)
    assert box.text() == "0.00001"


def test_a_form_that_is_loaded_shows_everywhere(form):
    form.model.replace(TrainingForm().with_values({"name": "x", "captioning": False, "lora_rank": 16}))
    assert child(form, QLineEdit, "train.field.name").text() == "x"
    assert not form.binding.row("captioning").editor.control.isChecked()
    assert child(form, QRadioButton, "train.field.lora_rank.16").isChecked()


def test_the_model_tells_only_of_changes():
    model = FormModel()
    heard = []
    model.changed.connect(heard.append)
    model.set_value("name", "a")
    model.set_value("name", "a")
    model.reset("trigger_word")
    model.set_value("captioning", True)
    model.set_value("captioning", 1)
    model.apply({"iterations": 120})
    assert [len(form.touched) for form in heard] == [1, 2, 2, 3]


@pytest.mark.parametrize(("severity", "bad"), [(Severity.MUST, True), (Severity.SHOULD, False)])
def test_a_message_stands_at_the_field_and_is_read_out(form, severity, bad):
    row = form.binding.row("name")
    form.binding.show_messages({"name": Message(severity, "Choose another.")})
    assert "Choose another." in shown_texts(row)
    assert row.editor.control.property("bad") is bad
    assert row.editor.control.accessibleDescription().endswith("Choose another.")
    form.binding.show_messages({})
    assert "Choose another." not in shown_texts(row)
    assert row.editor.control.property("bad") is False
    assert row.editor.control.accessibleDescription() == str(FIELD_BY_KEY["name"].help)


def test_a_choice_explains_what_is_chosen(form):
    form.model.set_value("finetune_type", "LORA")
    assert any("Trains a LoRA only." in text for text in shown_texts(form.binding.row("finetune_type")))


@pytest.mark.parametrize(("key", "value", "words"), [
    ("theme", "CHARACTER", "Character"), ("captioning", True, "On"), ("captioning", False, "Off"),
    ("learning_rate", 0.00001, "0.00001"), ("name", "", "empty"), ("theme", "ODD", "ODD"), ("lora_rank", 16, "16"),
])
def test_values_in_words(key, value, words):
    assert field_value_text(FIELD_BY_KEY[key], value) == words


def test_tab_comes_to_a_field_before_its_arrow(form, qtbot):
    form.model.set_value("name", "anna")
    form.model.set_value("priority", "SPEED")
    line = child(form, QLineEdit, "train.field.name")
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert focused() is reset_of(form, "name")
    chosen = child(form, QRadioButton, "train.field.priority.SPEED")
    chosen.setFocus()
    QTest.keyClick(chosen, Qt.Key.Key_Tab)
    assert focused() is reset_of(form, "priority")


@pytest.mark.parametrize("rank", [16, 32])
def test_tab_comes_to_the_choice_that_holds(form, qtbot, rank):
    form.model.replace(TrainingForm().with_value("lora_rank", rank))
    before = child(form, QRadioButton, "train.field.finetune_type.FULL")
    before.setFocus()
    qtbot.waitUntil(before.hasFocus)
    QTest.keyClick(before, Qt.Key.Key_Tab)
    while focused().objectName().startswith("train.reset"):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert focused().objectName() == f"train.field.lora_rank.{rank}"


def test_labels_belong_to_their_editors(form):
    for key in form.binding.keys:
        row = form.binding.row(key)
        label = next(label for label in row.findChildren(QLabel) if label.text() == str(FIELD_BY_KEY[key].label))
        assert label.buddy() is row.editor


def test_a_fold_shows_and_hides_its_body(qtbot):
    body = QLabel("inside")
    fold = Fold("Details", "train.details")
    fold.contents.addWidget(body)
    hosted(qtbot, fold)
    button = child(fold, QToolButton, "train.details")
    assert not body.isVisible()
    with qtbot.waitSignal(fold.opened) as told:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    assert body.isVisible()
    assert button.accessibleName() == "Details, expanded"
    fold.set_open(False)
    assert not body.isVisible()
    fold.set_note("2 changed")
    assert "2 changed" in shown_texts(fold)


@pytest.mark.parametrize(("width", "columns"), [(900, 4), (400, 2), (160, 1)])
def test_cards_stand_side_by_side_where_they_fit(qtbot, width, columns):
    row = hosted(qtbot, CardRow([OptionCard(name, "One sentence.") for name in "ABCD"]), width, 600)

    def in_the_first_line():
        return [card.y() for card in row.cards].count(row.cards[0].y())

    qtbot.waitUntil(lambda: in_the_first_line() == columns)
    widths = [card.width() for card in row.cards]
    assert max(widths) - min(widths) <= 1

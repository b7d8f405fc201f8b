"""What the Train page does for the person: it applies a fix with one press, and fills in what it can guess."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QToolButton

from segmind_studio.core.datasets import Finding, Severity
from segmind_studio.core.form import TrainingForm
from tests.fakes.run_services import make_run
from tests.fakes.train_place import GOOD, Bench
from tests.fakes.typed import known


def test_the_summary_counts_the_warnings_and_the_button_beside_each_fixes_it(qtbot):
    bench = Bench(qtbot, GOOD.with_values({"learning_rate": 0.005, "instance_prompt": "a photo"}), count=0)
    small = Finding("small", Severity.SHOULD, "Two are small.")
    bench.datasets.show(12, findings=(small,))
    assert bench.says("Ready, 3 warnings")
    before = bench.screen.form
    for key in ("learning_rate", "instance_prompt"):
        row = bench.row(key)
        text = known(row.message).text
        next(b for b in row.findChildren(QPushButton) if b.accessibleName().endswith(text)).click()
    assert bench.request["instance_prompt"] == "TOK, a photo"
    assert bench.request["advance_parameters"]["learning_rate"] == 0.00001
    assert bench.says("Ready, 1 warning")
    arrows = bench.screen.findChildren(QToolButton)
    with qtbot.waitSignal(bench.screen.checks_wanted):
        next(arrow for arrow in arrows if small.text in arrow.accessibleName()).click()
    bench.screen.menu_actions()[-1][1].trigger()  # the last step is taken back
    assert bench.screen.form == before.with_value("learning_rate", 0.00001)
    bench.datasets.show(12)
    bench.screen.load_form(GOOD)
    assert bench.says("Ready to review")


def test_the_trigger_word_of_the_captions_is_taken_or_goes_into_them(qtbot):
    bench = Bench(qtbot, GOOD.with_value("trigger_word", "SKS"))
    bench.datasets.show(12, captions=12)
    row = bench.row("trigger_word")
    use, add = [b for b in row.findChildren(QPushButton) if b.isVisible()]
    with qtbot.waitSignal(bench.screen.prepend_wanted) as asked:
        add.click()
    assert asked.args == ["SKS"]
    use.click()
    assert bench.request["trigger_word"] == "TOK"


def test_name_and_prompt_are_filled_in_and_follow_until_the_person_writes(qtbot):
    bench = Bench(qtbot, TrainingForm().with_value("theme", "PRODUCT"))
    name = bench.find("train.field.name", QLineEdit)
    prompt = bench.find("train.field.instance_prompt", QPlainTextEdit)
    assert (name.text(), prompt.toPlainText()) == ("holiday-photos", "a photo of TOK on a plain background")
    assert bench.says("Ready to review")
    assert bench.says("Suggested.")
    bench.find("train.field.trigger_word", QLineEdit).setText("MUG7")
    bench.click("train.field.theme.STYLE")
    assert prompt.toPlainText().endswith("in the style of MUG7")
    assert bench.request["instance_prompt"] == prompt.toPlainText()
    prompt.setPlainText("MUG7, red")
    bench.find("train.field.trigger_word", QLineEdit).setText("CUP")
    assert prompt.toPlainText() == "MUG7, red"
    name.clear()
    bench.datasets.dataset_changed.emit(bench.datasets.dataset)
    assert name.text() == ""  # taken away is not the same as never written
    assert bench.says("Name is required.")
    bench.click("train.reset.name")
    assert name.text() == "holiday-photos"
    assert "holiday" not in bench.screen.form.to_json()


def test_the_name_of_a_run_is_not_suggested_again(qtbot):
    bench = Bench(qtbot, TrainingForm())
    bench.runs.load(make_run(name="Holiday-Photos"), make_run("r2", name="holiday-photos-2"))
    bench.datasets.dataset_changed.emit(bench.datasets.dataset)
    assert bench.request["name"] == "holiday-photos-3"


def test_a_trigger_word_pasted_with_blanks_is_checked_shown_and_sent_without(qtbot):
    bench = Bench(qtbot, GOOD.with_value("instance_prompt", "a photo of my dog"))
    line = bench.find("train.field.trigger_word", QLineEdit)
    line.setText(" my\u200b dog")
    assert bench.screen.form.body()["trigger_word"] == bench.request["trigger_word"] == "my dog"
    assert not bench.row("instance_prompt").message
    assert line.text() == " my\u200b dog"  # nothing moves while it is being written
    line.editingFinished.emit()
    assert line.text() == "my dog"
    bench.click("train.review")
    assert bench.open_review.facts.form.text("trigger_word") == "my dog"

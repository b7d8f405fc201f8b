"""Comparing several values on the Train page: from the choice to the confirmed runs."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.sweep import Sweep
from tests.fakes.train_place import GOOD, Bench
from tests.fakes.train_services import PRACTICE, FakeAccounts
from tests.fakes.typed import child

THREE = TrainingForm(GOOD.touched, Sweep("iterations", (120, 300, 600)))


def choose(bench, label):
    setting = bench.find("train.sweep.setting", QComboBox)
    setting.setCurrentIndex(setting.findText(label))
    setting.activated.emit(setting.currentIndex())


def type_values(bench, text):
    field = bench.find("train.sweep.numbers", QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, text)


def open_fold(bench):
    bench.click("train.sweep")


def test_it_is_folded_until_it_is_wanted(qtbot):
    bench = Bench(qtbot)
    assert not bench.find("train.sweep.setting").isVisible()
    open_fold(bench)
    assert bench.find("train.sweep.setting").isVisible()
    assert not bench.find("train.sweep.numbers").isVisible()


def test_numbers_are_typed_and_kept_as_they_are_typed(qtbot):
    bench = Bench(qtbot)
    open_fold(bench)
    choose(bench, "Iterations")
    field = bench.find("train.sweep.numbers", QLineEdit)
    assert field.isVisible()
    assert field.text() == "120, 300, 600"
    type_values(bench, "150,  450,")
    assert field.text() == "150,  450,"  # nothing is written under the person's hands
    assert bench.screen.form.sweep == Sweep("iterations", (150, 450))
    assert bench.says("2 runs: anna-it150, anna-it450")


def test_decimal_commas_are_read_in_a_language_that_writes_them(qtbot, german_figures):
    bench = Bench(qtbot)
    open_fold(bench)
    choose(bench, "Learning rate")
    type_values(bench, "0,0001; 0,0002")
    assert bench.screen.form.sweep == Sweep("learning_rate", (0.0001, 0.0002))
    type_values(bench, "0,0001,0,0002")
    bench.click("train.review")
    assert bench.review is None


def test_choices_are_checked(qtbot):
    bench = Bench(qtbot)
    open_fold(bench)
    choose(bench, "Priority")
    assert bench.screen.form.sweep == Sweep("priority", ("QUALITY", "HIGH_RES_ONLY"))
    box = bench.find("train.sweep.priority.SPEED", QCheckBox)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() / 2)
    assert bench.screen.form.sweep == Sweep("priority", ("SPEED", "QUALITY", "HIGH_RES_ONLY"))
    choose(bench, "Automatic captions")
    assert bench.screen.form.sweep == Sweep("captioning", (True, False))
    assert bench.find("train.sweep.captioning.True", QCheckBox).isChecked()


def test_nothing_makes_it_one_run_again(qtbot):
    bench = Bench(qtbot, THREE)
    choose(bench, "No comparison: one run")
    assert not bench.screen.form.sweep.on
    assert bench.request == GOOD.body("<address of your private upload>")


def test_what_is_wrong_stands_at_it_and_stops_the_review(qtbot):
    bench = Bench(qtbot, TrainingForm(GOOD.touched, Sweep("iterations", (300,))))
    assert bench.says("Iterations needs at least two values. To compare nothing, choose one run.")
    bench.click("train.review")
    assert bench.review is None
    assert bench.find("train.sweep.setting").hasFocus()


def test_every_request_can_be_read_before_it_is_sent(qtbot):
    bench = Bench(qtbot, THREE)
    text = bench.find("train.request_json", QPlainTextEdit).toPlainText()
    bodies = [json.loads(part) for part in text.split("\n\n")]
    assert [body["name"] for body in bodies] == ["anna-it120", "anna-it300", "anna-it600"]
    assert [body["advance_parameters"]["iterations"] for body in bodies] == [120, 300, 600]
    curl = bench.find("train.request_curl", QPlainTextEdit).toPlainText()
    assert curl.count("curl -X POST") == curl.count("YOUR_API_KEY") == 3


def test_the_sum_is_told_before_anything_is_paid(qtbot):
    bench = Bench(qtbot, THREE)
    assert bench.says("About $12.00")  # the list price of 120, 300 and 600: 2, 4 and 6 dollars
    assert any(words.startswith("3 runs.") for words in bench.texts())
    assert bench.says("Compared below, one run for each value: 120, 300, 600")


@pytest.mark.parametrize(("account", "verb"), [(None, "Start 3 runs"), (PRACTICE, "Start 3 practice runs")])
def test_the_review_names_each_run_and_one_confirmation_starts_all(qtbot, account, verb):
    bench = Bench(qtbot, THREE, accounts=FakeAccounts(account) if account else None)
    bench.click("train.review")
    words = "\n".join(label.text() for label in bench.open_review.findChildren(QLabel))
    assert "anna-it120: Iterations 120\nanna-it300: Iterations 300\nanna-it600: Iterations 600" in words
    assert "Sent one after another, from one upload." in words
    start = child(bench.open_review, QPushButton, "review.start")
    assert start.text() == verb
    QTest.mouseClick(start, Qt.MouseButton.LeftButton)
    (request,) = bench.sent
    assert request.form.sweep == THREE.sweep


def test_it_is_there_again_after_a_restart(qtbot):
    bench = Bench(qtbot, THREE)
    assert bench.screen.form.sweep == THREE.sweep
    assert bench.find("train.sweep.numbers", QLineEdit).text() == "120, 300, 600"
    type_values(bench, "200, 400")
    bench.screen.hide()  # writes what is still waiting
    kept = TrainingForm.from_json(bench.settings.value.draft)
    assert kept.sweep == Sweep("iterations", (200, 400))

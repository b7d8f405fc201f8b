"""The budget in the review: a limit that would be passed needs a typed word."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit, QPushButton

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.core.sweep import Sweep
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, FakeSubmits, make_run
from tests.fakes.train_place import make_train_screen
from tests.fakes.train_services import PRACTICE, REAL, FakeAccounts, FakeDatasets
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image
from tests.fakes.typed import child, focused, known

GOOD = TrainingForm().with_values({"name": "anna", "instance_prompt": "a photo of TOK"})  # 4 dollars by the list


class Bench:
    """A Train place whose review is opened by its button."""

    def __init__(self, qtbot, *, account=REAL, runs=(), loaded=True, form=GOOD, **limits) -> None:
        self.qtbot = qtbot
        self.runs, self.submits = FakeRuns(runs), FakeSubmits()
        self.runs.loaded = loaded
        self.accounts = FakeAccounts(account)
        limits = {f"budget_per_{name}": dollars for name, dollars in limits.items()}
        self.settings = FakeSettings(Settings(draft=form.to_json(), **limits))
        self.tryouts = FakeTryouts()
        self.budgets = make_budget_service(self.runs, self.settings, self.submits, self.tryouts)
        self.screen = make_train_screen(
            FakeDatasets(12), self.runs, self.accounts, self.settings, self.submits, self.budgets,
        )
        hosted(qtbot, self.screen, 1200, 900)
        self.sent = []
        self.screen.submitted.connect(self.sent.append)
        self.screen.submitted.connect(self.submits.submit)

    def open(self):
        QTest.mouseClick(child(self.screen, QAbstractButton, "train.review"), Qt.MouseButton.LeftButton)
        dialog = next(found for found in self.screen.findChildren(QDialog, "review") if found.isVisible())
        dialog.activateWindow()
        self.qtbot.waitUntil(dialog.isActiveWindow)
        self.start = child(dialog, QPushButton, "review.start")
        self.cancel = child(dialog, QPushButton, "review.cancel")
        self.fields = dialog.findChildren(QLineEdit, "review.budget_confirm")
        self.qtbot.waitUntil(self.cancel.hasFocus)
        return dialog

    @property
    def field(self) -> QLineEdit:
        """Return the field for the word, which is asked for."""
        return self.fields[0]

    def says(self, dialog):
        return "\n".join(label.text() for label in dialog.findChildren(QLabel))

    def confirm(self):
        """Start a run that no limit stands in the way of."""
        dialog = self.open()
        QTest.mouseClick(self.start, Qt.MouseButton.LeftButton)
        assert not dialog.isVisible()
        self.qtbot.waitUntil(lambda: not self.screen.findChildren(QDialog, "review"))


def today(run_id, phase=Phase.UNKNOWN, **fields):
    return make_run(run_id, phase, sent_at=time.time(), live=False, **fields)


def test_without_limits_the_review_is_as_ever(qtbot):
    bench = Bench(qtbot)
    dialog = bench.open()
    assert bench.start.isEnabled()
    assert bench.fields == []
    assert "Spent today" not in bench.says(dialog)


def test_within_the_limits_what_was_spent_is_shown_and_nothing_is_asked(qtbot):
    bench = Bench(qtbot, runs=[today("a", Phase.ACCEPTED, credits_before=9.0, credits_after=6.0)], day=10.0)
    dialog = bench.open()
    assert "Spent today: $3.00 of $10.00\nSpent this month: $3.00" in bench.says(dialog)
    assert "Measured: 1 run, $3.00." in bench.says(dialog)
    assert bench.fields == []
    QTest.mouseClick(bench.start, Qt.MouseButton.LeftButton)
    assert len(bench.sent) == 1


@pytest.mark.parametrize("typed", ["spend", " Spend ", "SPEND"])
def test_passing_a_limit_needs_the_word(qtbot, typed):
    bench = Bench(qtbot, run=3.0)
    dialog = bench.open()
    assert "This run costs about $4.00. That is $1.00 above your limit of $3.00 for one run." in bench.says(dialog)
    assert not bench.start.isEnabled()
    QTest.mouseClick(bench.start, Qt.MouseButton.LeftButton)
    bench.start.clicked.emit()
    assert bench.sent == []
    QTest.keyClicks(bench.field, typed)
    assert bench.start.isEnabled()
    QTest.mouseClick(bench.start, Qt.MouseButton.LeftButton)
    assert len(bench.sent) == 1


def test_another_word_does_not_open_and_the_word_can_be_taken_back(qtbot):
    bench = Bench(qtbot, run=3.0)
    bench.open()
    for typed in ("spen", "yes", "spend it", "4.00"):
        bench.field.clear()
        QTest.keyClicks(bench.field, typed)
        assert not bench.start.isEnabled()
    bench.field.clear()
    QTest.keyClicks(bench.field, "spend")
    QTest.keyClicks(bench.field, "\b")
    assert not bench.start.isEnabled()


def test_the_field_has_a_name_and_cancel_stays_the_default(qtbot):
    bench = Bench(qtbot, run=3.0)
    dialog = bench.open()
    assert bench.cancel.isDefault()
    assert "“spend”" in bench.field.accessibleName()
    assert "above your limit" in bench.field.accessibleDescription()
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert bench.sent == []


def test_enter_in_the_field_presses_nothing_and_leads_on_behind_the_word(qtbot):
    bench = Bench(qtbot, run=3.0)
    dialog = bench.open()
    bench.field.setFocus()
    QTest.keyClicks(bench.field, "spen")
    QTest.keyClick(bench.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert bench.field.hasFocus()
    QTest.keyClicks(bench.field, "d")
    QTest.keyClick(bench.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert bench.sent == []
    assert bench.start.hasFocus()


def test_practice_is_never_asked(qtbot):
    runs = [today("a", account_id=PRACTICE_ACCOUNT_ID)]
    bench = Bench(qtbot, account=PRACTICE, runs=runs, run=0.0, day=0.0, month=0.0)
    dialog = bench.open()
    assert bench.start.isEnabled()
    assert bench.fields == []
    assert "Spent today" not in bench.says(dialog)


def test_a_run_without_an_answer_counts_as_paid(qtbot):
    bench = Bench(qtbot, runs=[today("a")], day=7.99)
    dialog = bench.open()
    assert "Spent today: about $4.00 of $7.99" in bench.says(dialog)
    assert "1 run without an answer counts as paid." in bench.says(dialog)
    assert not bench.start.isEnabled()


@pytest.mark.parametrize("phase", [Phase.REFUSED, Phase.ABANDONED, Phase.UPLOADED])
def test_what_was_never_sent_leaves_room(qtbot, phase):
    bench = Bench(qtbot, runs=[today("a", phase)], day=4.0)
    bench.open()
    assert bench.start.isEnabled()


def test_it_is_worked_out_anew_each_time_the_review_opens(qtbot):
    bench = Bench(qtbot, day=8.0)
    dialog = bench.open()
    assert bench.start.isEnabled()
    dialog.reject()
    bench.runs.put(today("a", Phase.ACCEPTED), today("b", Phase.ACCEPTED))
    dialog = bench.open()
    assert not bench.start.isEnabled()
    dialog.reject()
    bench.settings.update(budget_per_day=12.0)
    bench.open()
    assert bench.start.isEnabled()


def test_what_is_spent_while_the_review_is_open_is_asked_about_at_the_press(qtbot):
    bench = Bench(qtbot, day=10.0)
    bench.runs.load()
    dialog = bench.open()
    for count, name in enumerate("ab", 2):  # as the command line orders them through this window
        bench.runs.put(today(name, Phase.ACCEPTED), today(f"{name}{name}", Phase.ACCEPTED))
        QTest.mouseClick(bench.start, Qt.MouseButton.LeftButton)
        assert (bench.sent, dialog.isVisible(), bench.start.isEnabled()) == ([], True, False)
        (field,) = dialog.findChildren(QLineEdit, "review.budget_confirm")
        assert f"${4 * (2 * count - 1)}.00 today" in field.accessibleDescription()
        assert f"Spent today: about ${8 * (count - 1)}.00 of $10.00" in bench.says(dialog)
        assert (field.text(), field.hasFocus()) == ("", True)
        QTest.keyClicks(field, "spend")
    QTest.mouseClick(bench.start, Qt.MouseButton.LeftButton)
    assert len(bench.sent) == 1


def test_before_the_runs_are_read_a_limit_for_a_day_asks(qtbot):
    bench = Bench(qtbot, loaded=False, day=100.0)
    dialog = bench.open()
    assert "Spent today: not known yet of $100.00" not in bench.says(dialog)
    assert "Spent today: not known yet" in bench.says(dialog)
    assert not bench.start.isEnabled()


def test_runs_of_another_account_are_not_taken_for_this_ones(qtbot):
    bench = Bench(qtbot, runs=[today("a", account_id="another")], day=100.0)
    bench.open()
    assert not bench.start.isEnabled()


# -- runs that were just confirmed


def test_a_confirmed_run_counts_at_once(qtbot):
    bench = Bench(qtbot, day=7.0)
    bench.runs.load()
    bench.confirm()
    dialog = bench.open()
    assert "Spent today: about $4.00 of $7.00" in bench.says(dialog)
    assert not bench.start.isEnabled()


def test_a_run_under_way_counts_once(qtbot):
    bench = Bench(qtbot, day=8.0)
    bench.runs.load()
    bench.confirm()
    (row,) = bench.submits.taken
    bench.submits.row_changed.emit(replace(row, phase=Phase.SENDING, sent_at=time.time()))
    dialog = bench.open()
    assert "Spent today: about $4.00 of $8.00" in bench.says(dialog)
    assert known(bench.budgets.budget_status("real", [CostEstimate(4.0, "")])).breaches == ()


def test_a_run_that_was_not_paid_after_all_leaves_room_again(qtbot):
    bench = Bench(qtbot, day=4.0)
    bench.runs.load()
    bench.confirm()
    bench.submits.row_changed.emit(replace(bench.submits.taken[0], phase=Phase.REFUSED, live=False))
    bench.open()
    assert bench.start.isEnabled()


def test_a_run_whose_row_could_not_be_written_leaves_room_again(qtbot):
    bench = Bench(qtbot, day=4.0)
    bench.runs.load()
    bench.confirm()
    bench.submits.unwritten.emit((bench.submits.taken[0].run_id,))
    bench.open()
    assert bench.start.isEnabled()


def test_an_order_that_is_refused_at_once_does_not_count(qtbot):
    bench = Bench(qtbot, day=4.0)
    bench.runs.load()
    bench.screen.submitted.disconnect(bench.submits.submit)
    bench.screen.submitted.connect(lambda _request: bench.submits.refused.emit(StudioError("No connection.")))
    bench.confirm()
    bench.open()
    assert bench.start.isEnabled()


def test_a_refusal_of_another_order_takes_nothing_away(qtbot):
    bench = Bench(qtbot, day=7.0)
    bench.confirm()
    bench.submits.refused.emit(StudioError("No connection."))
    bench.open()
    assert not bench.start.isEnabled()


# -- pictures


def test_pictures_of_today_count(qtbot):
    bench = Bench(qtbot, day=4.05)
    bench.runs.load()
    bench.tryouts.load(make_image(cost=0.06))
    dialog = bench.open()
    assert "Spent today: $0.06 of $4.05" in bench.says(dialog)
    assert "That is $0.01 above your daily limit of $4.05." in bench.says(dialog)
    assert not bench.start.isEnabled()


def test_before_the_pictures_are_read_a_limit_for_a_day_asks(qtbot):
    bench = Bench(qtbot, day=100.0)
    bench.runs.load()
    bench.tryouts.loaded = False
    bench.open()
    assert not bench.start.isEnabled()


# -- a comparison of several runs


def test_the_runs_of_a_comparison_are_judged_together_and_each_by_itself(qtbot):
    compared = replace(GOOD, sweep=Sweep("iterations", (120, 300, 600)))
    bench = Bench(qtbot, form=compared, run=5.0, day=11.0)
    bench.runs.load()
    dialog = bench.open()
    says = bench.says(dialog)
    assert "The most expensive of these 3 runs costs about $6.00. That is $1.00 above your limit of $5.00" in says
    assert "These 3 runs cost about $12.00. With them, you spend about $12.00 today." in says
    assert not bench.start.isEnabled()
    QTest.keyClicks(bench.field, "spend")
    QTest.mouseClick(bench.start, Qt.MouseButton.LeftButton)
    assert len(bench.sent) == 1
    assert known(bench.budgets.spent("real")).today.estimated_runs == 3

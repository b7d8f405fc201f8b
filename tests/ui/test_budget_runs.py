"""The budget in the Runs place: continuing and sending again are paid acts."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.ui.runs.handlers import ConfirmDialog
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.try_service import make_image
from tests.fakes.typed import focused, known


def unknown(run_id="u", **fields):
    now = time.time()
    return make_run(run_id, Phase.UNKNOWN, live=False, **{
        "name": "anna", "sent_at": now - 600, "listings_missed": 5, "last_checked_at": now - 5, **fields,
    })


def interrupted(run_id="i", **fields):
    return make_run(run_id, Phase.UPLOADED, live=False, **{"name": "bob", "sent_at": None, **fields})


class Place:
    """A Runs place in which one run is selected."""

    def __init__(self, qtbot, *runs, **limits) -> None:
        self.qtbot = qtbot
        settings = Settings(**{f"budget_per_{name}": most for name, most in limits.items()})
        self.bench = make_bench(qtbot, *runs, settings=settings)
        self.bench.screen.select(runs[0].run_id)

    def press(self, name):
        self.qtbot.mouseClick(self.bench.child(QPushButton, f"runs.{name}"), Qt.MouseButton.LeftButton)

    @property
    def dialogs(self) -> list[ConfirmDialog]:
        """Return the question that is open, if one is."""
        return [dialog for dialog in self.bench.screen.findChildren(ConfirmDialog) if dialog.isVisible()]

    @property
    def dialog(self) -> ConfirmDialog:
        """Return the question that is open."""
        return self.dialogs[0]

    @property
    def fields(self) -> list[QLineEdit]:
        """Return the field for the word, if the question asks for one."""
        return self.dialog.findChildren(QLineEdit, "runs.confirm.budget_confirm")

    @property
    def field(self) -> QLineEdit:
        """Return the field for the word, which is asked for."""
        return self.fields[0]

    def says(self):
        self.qtbot.waitUntil(lambda: bool(self.dialogs))
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel))

    @property
    def asked(self):
        return self.bench.submits.asked


# -- before anything is pressed


@pytest.mark.parametrize(("run", "words"), [
    (interrupted(), "Continue (paid, about $4.00)"),
    (interrupted(body={}), "Continue (paid)"),
    (interrupted(account_id=PRACTICE_ACCOUNT_ID), "Continue (practice, free)"),
])
def test_the_button_and_the_menu_say_what_going_on_costs(qtbot, run, words):
    place = Place(qtbot, run)
    assert place.bench.child(QPushButton, "runs.resume").text() == words
    assert words in [action.text() for action in place.bench.screen.commands.for_menu()]


def test_the_row_says_where_the_price_comes_from(qtbot):
    place = Place(qtbot, interrupted())
    panel = place.bench.screen.inspector.overview.choices
    assert panel._does.text().startswith("“Continue” sends the paid request. Cost: about $4.00. Black Forest "
                                         "Labs'")
    place.bench.runs.put(interrupted(account_id=PRACTICE_ACCOUNT_ID))
    assert panel._does.text() == "Practice is free."


# -- continue


@pytest.mark.parametrize("limits", [{}, {"run": 4.0, "day": 4.0, "month": 4.0}])
def test_within_the_budget_a_run_goes_on_at_once(qtbot, limits):
    place = Place(qtbot, interrupted(), **limits)
    place.press("resume")
    assert place.dialogs == []
    assert place.asked == [("resume", "i")]


def test_where_a_limit_would_be_passed_it_needs_the_word(qtbot):
    place = Place(qtbot, interrupted(), run=3.0, month=3.5)
    place.press("resume")
    assert place.asked == []
    assert "This run costs about $4.00. That is $1.00 above your limit of $3.00 for one run." in place.says()
    assert "Spent this month: $0.00 of $3.50" in place.says()
    dialog = place.dialog
    assert not dialog.verb_button.isEnabled()
    dialog.verb_button.clicked.emit()
    assert place.asked == []
    QTest.keyClicks(place.field, "spend")
    qtbot.mouseClick(dialog.verb_button, Qt.MouseButton.LeftButton)
    dialog.verb_button.clicked.emit()
    assert place.asked == [("resume", "i")]


SAME: dict[str, Any] = {"manifest": "photos", "dataset_id": "d", "fingerprint": "f"}


@pytest.mark.parametrize("other", [
    {"phase": Phase.UNKNOWN, "live": False}, {"phase": Phase.SENDING, "name": "b", "dataset_id": ""},
    {"phase": Phase.UPLOADING, "name": "b"},
    {"phase": Phase.ACCEPTED, "service_id": "x", "unlisted_since": 9.0},
])
def test_what_was_started_again_meanwhile_is_not_continued_without_the_word(qtbot, other):
    place = Place(qtbot, interrupted(**SAME), make_run("again", **{"name": "bob", **SAME, **other}))
    place.press("resume")
    assert place.asked == []
    QTest.keyClicks(place.field, "spend")
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert place.asked == [("resume", "i")]


@pytest.mark.parametrize("same", [{}, {"fingerprint": ""}, {"manifest": ""}])
def test_what_was_trained_meanwhile_is_continued_after_a_question(qtbot, same):
    trained = make_run("again", status="TRAINING_INITIATED", service_id="x", name="b", **{**SAME, **same})
    place = Place(qtbot, interrupted(**SAME), trained)
    place.press("resume")
    assert "You already trained this: “b”" in place.says()
    assert (place.asked, place.fields) == ([], [])
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert place.asked == [("resume", "i")]


@pytest.mark.parametrize("other", [
    {"phase": Phase.UPLOADED, "live": False}, {"phase": Phase.REFUSED}, {"phase": Phase.ABANDONED},
    {"service_id": "x", "status": "AVAILABLE", "manifest": "others", "fingerprint": "o"},
    {"service_id": "x", "status": "AVAILABLE", "body": {"iterations": 77}},
    {"service_id": "x", "status": "FAILED"},
    {"phase": Phase.UNKNOWN, "live": False, "name": "bob-2", "sweep_id": "s"},
])
def test_other_runs_ask_nothing(qtbot, other):
    run = interrupted(**SAME, sweep_id="s")
    place = Place(qtbot, run, make_run("other", **{"name": "bob", **SAME, **other}))
    place.press("resume")
    assert (place.dialogs, place.asked) == ([], [("resume", "i")])


def test_a_run_that_loses_its_answer_while_the_question_is_open_needs_the_word(qtbot):
    again = make_run("again", status="TRAINING_INITIATED", service_id="x", name="bob", **SAME)
    place = Place(qtbot, interrupted(**SAME), again)
    place.press("resume")
    place.bench.runs.put(replace(again, unlisted_since=9.0))
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert (place.asked, len(place.fields)) == ([], 1)


def test_two_that_are_the_same_are_not_continued_together_without_the_word(qtbot):
    runs = interrupted("i", **SAME), interrupted("j", **SAME)
    place = Place(qtbot, *runs)
    place.bench.screen.list.table.select_runs([run.run_id for run in runs])
    place.bench.screen.commands.continue_all.trigger()
    assert not place.dialog.verb_button.isEnabled()
    QTest.keyClicks(place.field, "spend")
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert sorted(place.asked) == [("resume", "i"), ("resume", "j")]


def test_what_went_on_a_moment_ago_counts(qtbot):
    first, second = interrupted("a"), interrupted("b")
    place = Place(qtbot, first, second, day=7.0)
    place.press("resume")
    place.press("resume")  # its worker is still busy with another run: nothing more happens
    place.bench.screen.select("b")
    place.press("resume")
    assert place.asked == [("resume", "a")]
    assert "With it, you spend about $8.00 today." in place.says()


def test_an_order_that_is_refused_at_once_does_not_count(qtbot):
    place = Place(qtbot, interrupted("a"), interrupted("b"), day=7.0)
    place.bench.submits.no_resume = StudioError("No connection.")
    place.press("resume")
    place.press("resume")
    assert place.asked == [("resume", "a")] * 2


def test_pictures_count_too(qtbot):
    place = Place(qtbot, interrupted(), day=4.0)
    place.bench.tryouts.put(make_image(cost=0.06))
    place.press("resume")
    assert "That is $0.06 above your daily limit of $4.00." in place.says()


def test_practice_goes_on_without_a_question(qtbot):
    place = Place(qtbot, interrupted(account_id=PRACTICE_ACCOUNT_ID), run=0.0, day=0.0, month=0.0)
    place.press("resume")
    assert place.asked == [("resume", "i")]


@pytest.mark.parametrize(("runs", "command"), [
    ((interrupted(),), "resume"), ((unknown(),), "send_again"),
    ((interrupted("i"), interrupted("j")), "continue_all"),
])
def test_what_is_spent_while_the_question_is_open_is_asked_about_at_the_press(qtbot, runs, command):
    place = Place(qtbot, *runs, day=9.0, run=3.0)
    place.bench.screen.list.table.select_runs([run.run_id for run in runs])
    getattr(place.bench.screen.commands, command).trigger()
    place.dialog.activateWindow()
    qtbot.waitUntil(place.dialog.isActiveWindow)
    QTest.keyClicks(place.field, "spend")
    place.bench.tryouts.put(make_image(cost=9.0))
    height = place.dialog.height()
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert (place.asked, place.field.hasFocus(), place.field.text()) == ([], True, "")
    assert place.dialog.height() > height
    QTest.keyClicks(place.field, "spend")
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert len(place.asked) == len(runs)


# -- send again


def test_the_question_names_the_cost_without_limits_too(qtbot):
    place = Place(qtbot, unknown())
    place.bench.ask("send_again")
    assert "About $4.00" in place.says()
    assert "This is in addition to the first request, which counts as paid" in place.says()
    assert "If so, you pay for two runs." in place.says()
    assert "Spent today" not in place.says()
    assert place.fields == []
    assert place.dialog.cancel_button.isDefault()
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert place.asked == [("send_again", "u")]


def test_in_practice_nobody_is_told_of_money(qtbot):
    place = Place(qtbot, unknown(account_id=PRACTICE_ACCOUNT_ID), day=0.0)
    place.bench.ask("send_again")
    assert "If so, there will be two runs." in place.says()
    assert "free" in place.says()
    assert "paid as" not in place.says()
    assert place.fields == []


def test_within_the_budget_it_shows_the_lines_and_asks_for_no_word(qtbot):
    place = Place(qtbot, unknown(sent_at=time.time() - 600), run=8.0, month=100.0)
    place.bench.ask("send_again")
    assert "Spent this month: about $4.00 of $100.00" in place.says()
    assert "1 run without an answer counts as paid." in place.says()
    assert place.fields == []
    assert place.dialog.verb_button.isEnabled()


def test_a_run_that_may_be_paid_twice_counts_twice(qtbot):
    place = Place(qtbot, unknown(), run=7.0)
    place.bench.ask("send_again")
    assert "Paid 2 times, this run costs about $8.00. That is $1.00 above your limit of $7.00" in place.says()
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert place.asked == []
    QTest.keyClicks(place.field, "spend")
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert place.asked == [("send_again", "u")]
    assert known(place.bench.budgets.spent("real")).month.dollars == 8.0


def test_the_keys_lead_from_the_word_to_the_button_and_cancel_stays_the_default(qtbot):
    place = Place(qtbot, unknown(), run=7.0)
    place.bench.ask("send_again")
    dialog, field = place.dialog, place.field
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert "“spend”" in field.accessibleName()
    field.setFocus()
    QTest.keyClicks(field, "spen")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.hasFocus()
    QTest.keyClicks(field, "d")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.verb_button.hasFocus()
    QTest.keyClick(dialog.verb_button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert place.asked == []
    QTest.keyClick(dialog.verb_button, Qt.Key.Key_Return)
    assert place.asked == [("send_again", "u")]
    place.bench.runs.put(replace(unknown(), phase=Phase.UNKNOWN, listings_missed=6))


def test_enter_at_once_cancels(qtbot):
    place = Place(qtbot, unknown())
    place.bench.ask("send_again")
    dialog = place.dialog
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert place.asked == []


# -- a balance that falls while the question is open


PAID: dict[str, Any] = {"credits_before": 20.0, "before_at": 1.0, "credits_after": 20.0, "after_at": 2.0}


@pytest.mark.parametrize("heard", [True, False])
def test_a_request_that_turns_out_to_be_paid_while_the_question_is_open_needs_the_word(qtbot, heard):
    place = Place(qtbot, unknown(**PAID))
    place.bench.ask("send_again")
    before = place.says()
    place.dialog.activateWindow()
    qtbot.waitUntil(place.dialog.isActiveWindow)
    with contextlib.ExitStack() as stack:
        if not heard:  # the press comes first
            stack.enter_context(QSignalBlocker(place.bench.runs))
        place.bench.runs.put(unknown(**{**PAID, "credits_after": 16.0}))
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert (place.asked, place.field.hasFocus()) == ([], True)
    assert "has not changed" in before
    assert "has not changed" not in place.says()
    assert "$4.00" in place.says()
    QTest.keyClicks(place.field, "spend")
    place.bench.runs.put(unknown(**{**PAID, "credits_after": 16.0, "listings_missed": 6}))
    assert "6 times" in place.says()
    qtbot.mouseClick(place.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert place.asked == [("send_again", "u")]
    assert place.bench.submits.known_cost == 4.0


# -- a cost that could not be told apart


def test_a_measure_that_was_disturbed_says_why(qtbot):
    run = make_run("a", credits_before=9.0, credits_after=4.9, cost_shared=True, status="AVAILABLE")
    place = Place(qtbot, run)
    facts = {fact.label: fact for fact in place.bench.screen.inspector.overview._facts.facts}
    assert facts["Cost"].value == "Not measured"
    assert facts["Cost"].note.startswith("Not measured: another payment")

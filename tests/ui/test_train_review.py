"""The review: the only way to a paid call, and only on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from segmind_studio.core.accounts import Credits
from segmind_studio.core.datasets import Dataset, PackageInfo
from segmind_studio.core.fields import FIELDS
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.ui.train.facts import AccountFacts, TrainFacts
from segmind_studio.ui.train.review import ReviewDialog
from tests.fakes.train_services import PRACTICE, REAL, connection_of, photos
from tests.fakes.typed import child, focused

FORM = TrainingForm().with_values({
    "name": "anna", "instance_prompt": "a photo of TOK", "iterations": 120, "finetune_type": "LORA",
})


class HeardReview(ReviewDialog):
    """A review with its two buttons, and the list of what it confirmed."""

    def __init__(self, facts):
        super().__init__(facts)
        self.heard = []
        self.confirmed.connect(self.heard.append)
        self.start = child(self, QPushButton, "review.start")
        self.cancel = child(self, QPushButton, "review.cancel")


def open_review(qtbot, account=REAL, form=FORM, dollars=12.5, runs=()):
    dataset = Dataset("d", "Holiday", photos(4))
    facts = TrainFacts.of(
        form, dataset, PackageInfo(4, 0, 0, 3_600_000),
        AccountFacts(account, connection_of(account), Credits(dollars, 0.0)),
        CostEstimate(2.0, "A list price."), runs,
    )
    dialog = HeardReview(facts)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def texts(dialog):
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_it_says_everything_once_more(qtbot):
    words = texts(open_review(qtbot))
    for expected in (
        "anna", "Paid by My Segmind, $12.50 left", "About $2.00", "A list price.", "Only your account",
        "Holiday: 4 photos, 3.6 MB of 100 MB", "Theme: General", "Trigger word: TOK", "Iterations: 120",
        "Fine-tune type: LoRA", "a photo of TOK", "Only 4 photos",
    ):
        assert expected in words


def test_each_setting_of_the_form_is_named_that_is_not_folded_away(qtbot):
    words = texts(open_review(qtbot))
    shown = {field.key for field in FIELDS if str(field.label) in words}
    assert shown >= {field.key for field in FIELDS if not field.folded} - {
        "name", "data_source_path", "instance_prompt", "segmind_public",  # in words of their own
    }
    assert "lora_rank" not in shown  # it is the default


@pytest.mark.parametrize(("account", "verb", "mark"), [
    (REAL, "Start training", "Paid by My Segmind"), (PRACTICE, "Start practice run", "Practice: free"),
])
def test_the_button_has_the_verb_and_the_account_is_marked(qtbot, account, verb, mark):
    dialog = open_review(qtbot, account)
    assert dialog.start.text() == verb
    assert mark in texts(dialog)


def test_it_is_window_modal_and_cancel_has_the_focus(qtbot):
    dialog = open_review(qtbot)
    assert dialog.windowModality() == Qt.WindowModality.WindowModal
    assert dialog.cancel.isDefault()
    qtbot.waitUntil(dialog.cancel.hasFocus)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Escape])
def test_keys_pressed_without_thought_cancel(qtbot, key):
    dialog = open_review(qtbot)
    qtbot.waitUntil(dialog.cancel.hasFocus)
    QTest.keyClick(focused(), key)
    assert dialog.heard == []
    assert not dialog.isVisible()


def test_enter_cancels_wherever_the_focus_is(qtbot):
    dialog = open_review(qtbot)
    qtbot.waitUntil(dialog.cancel.hasFocus)
    dialog.cancel.clearFocus()
    assert not dialog.start.isDefault()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.heard == []
    assert not dialog.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_ctrl_enter_never_sends(qtbot, key):
    dialog = open_review(qtbot)
    dialog.start.setFocus()
    qtbot.waitUntil(dialog.start.hasFocus)
    QTest.keyClick(dialog.start, key, Qt.KeyboardModifier.ControlModifier)
    assert dialog.heard == []
    assert dialog.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_that_is_held_down_never_sends(qtbot, key):
    dialog = open_review(qtbot)
    dialog.start.setFocus()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(dialog.start, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", True))
    assert dialog.heard == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_enter_or_space_on_the_button_itself_starts(qtbot, key):
    dialog = open_review(qtbot)
    dialog.start.setFocus()
    qtbot.waitUntil(dialog.start.hasFocus)
    QTest.keyClick(dialog.start, key)
    assert len(dialog.heard) == 1


def test_it_sends_what_was_shown_and_only_once(qtbot):
    dialog = open_review(qtbot)
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert not dialog.start.isEnabled()
    dialog.start.setEnabled(True)
    dialog.start.click()
    dialog.start.clicked.emit()
    assert len(dialog.heard) == 1
    assert dialog.heard[0].form is dialog.facts.form
    assert dialog.heard[0].dataset is dialog.facts.dataset
    assert not dialog.isVisible()


def test_a_double_click_sends_once(qtbot):
    dialog = open_review(qtbot)
    QTest.mouseDClick(dialog.start, Qt.MouseButton.LeftButton)
    assert len(dialog.heard) <= 1


def test_cancel_sends_nothing(qtbot):
    dialog = open_review(qtbot)
    QTest.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    dialog.start.click()
    assert not dialog.isVisible()


# -- a run that may be the same has no answer


@pytest.fixture
def lost():
    return Run("r", "real", "anna", Phase.UNKNOWN, 1.0, 1.0, sent_at=1.0)


def test_it_takes_a_word_to_pay_what_may_be_paid_already(qtbot, lost):
    dialog = open_review(qtbot, runs=(lost,))
    assert "“anna” has these photos or this name." in texts(dialog)
    assert "Otherwise you may pay twice" in texts(dialog)
    assert not dialog.start.isEnabled()
    QTest.keyClicks(child(dialog, QLineEdit, "review.budget_confirm"), "spend")
    assert dialog.start.isEnabled()
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert len(dialog.heard) == 1


def test_so_it_does_for_a_run_that_is_not_listed_at_the_moment(qtbot, lost):
    dialog = open_review(qtbot, runs=(replace(lost, phase=Phase.ACCEPTED, service_id="x", unlisted_since=2.0),))
    assert "not listed now" in texts(dialog)
    assert not dialog.start.isEnabled()


@pytest.mark.parametrize("account", [None, PRACTICE])
def test_a_service_that_took_no_runs_is_named_before_anything_is_uploaded(qtbot, lost, account):
    refused = replace(lost, name="other", phase=Phase.REFUSED, problem="retired")
    dialog = open_review(qtbot, *([account] if account else []), runs=(refused,))
    assert "accepted no new runs" in texts(dialog)
    assert not dialog.start.isEnabled()
    QTest.keyClicks(child(dialog, QLineEdit, "review.budget_confirm"), "spend")
    assert dialog.start.isEnabled()


def test_in_practice_it_is_only_said(qtbot, lost):
    dialog = open_review(qtbot, PRACTICE, runs=(lost,))
    assert "Otherwise there may be two runs" in texts(dialog)
    assert dialog.start.isEnabled()


def test_a_run_that_was_found_asks_for_nothing(qtbot, lost):
    found = replace(lost, phase=Phase.ADOPTED, service_id="job-1")
    dialog = open_review(qtbot, runs=(found,))
    assert "no answer yet" not in texts(dialog)
    assert dialog.start.isEnabled()

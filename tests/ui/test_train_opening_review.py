"""When the review of the Train place opens, and when it says why not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton

from segmind_studio.core.datasets import Check, Finding, Severity
from segmind_studio.core.runs import Phase
from segmind_studio.ui.train.review import ReviewDialog
from tests.fakes.data_place import open_place
from tests.fakes.run_services import make_run
from tests.fakes.train_place import GOOD, Bench
from tests.fakes.train_services import PRACTICE, REAL, FakeAccounts
from tests.fakes.typed import child


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot)


# -- the review is opened, or says why not


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_ctrl_enter_opens_the_review_and_sends_nothing(bench, qtbot, key):
    prompt = bench.find("train.field.instance_prompt")
    prompt.setFocus()
    qtbot.waitUntil(prompt.hasFocus)
    QTest.keyClick(prompt, key, Qt.KeyboardModifier.ControlModifier)
    assert bench.review is not None
    assert bench.open_review.isVisible()
    assert bench.sent == []
    assert prompt.toPlainText() == GOOD.text("instance_prompt")


def test_what_is_missing_is_gone_to_instead(qtbot):
    bench = Bench(qtbot, GOOD.with_value("trigger_word", ""))
    bench.click("train.review")
    assert bench.review is None
    qtbot.waitUntil(lambda: bench.find("train.field.trigger_word").hasFocus())
    assert bench.says("Trigger word is required.")


def test_missing_photos_lead_to_their_button(qtbot):
    bench = Bench(qtbot, count=0)
    bench.click("train.review")
    assert bench.review is None
    qtbot.waitUntil(lambda: bench.find("train.open_data").hasFocus())


def test_without_a_connection_it_is_said(qtbot):
    bench = Bench(qtbot, accounts=FakeAccounts(REAL, connected=False))
    bench.click("train.review")
    assert bench.review is None
    assert "Settings" in bench.toasts[0]
    bench.accounts.choose(REAL)
    bench.click("train.review")
    assert bench.review is not None


def test_only_one_review_is_open(bench):
    bench.screen.menu_actions()[0][1].trigger()
    bench.screen.menu_actions()[0][1].trigger()
    assert len(bench.screen.findChildren(QDialog, "review")) == 1


def test_another_account_closes_the_review(bench):
    bench.click("train.review")
    review = bench.open_review
    bench.accounts.choose(PRACTICE)
    assert not review.isVisible()
    assert bench.toasts == ["The account has changed. Review again."]


def test_a_new_balance_leaves_the_review_open(bench):
    bench.click("train.review")
    bench.accounts.answer(3.0)
    assert bench.open_review.isVisible()


def test_run_again_asks_once_more_while_the_first_has_no_answer(qtbot):
    """The way round "Send again": the form of a run without an answer, started as another one."""
    bench = Bench(qtbot)
    lost = make_run("lost", Phase.UNKNOWN, body=GOOD.body(), name="anna", live=False)
    bench.runs.load(lost)
    bench.screen.load_form(lost.form)
    bench.click("train.review")
    assert not child(bench.open_review, QPushButton, "review.start").isEnabled()
    assert bench.sent == []


def test_the_review_waits_for_the_package_of_the_last_edit(qtbot, tmp_path):
    with open_place(qtbot, tmp_path) as place:
        bench = Bench(qtbot, datasets=place.datasets)
        for leaves in (True, False):
            place.parts.editor.type_caption(place.named("coffee").photo_id, f"TOK {leaves}")
            bench.click("train.review")
            assert bench.review is None  # what is known is about the photos before the edit
            if leaves:
                bench.screen.hide()
                with qtbot.waitSignal(place.datasets.package_watch.answered):
                    pass
                assert bench.review is None
                bench.screen.show()
        qtbot.waitUntil(lambda: bench.review is not None)
        assert bench.open_review.facts.package is place.datasets.package
        assert place.datasets.package.caption_count == 1


@pytest.mark.parametrize("trained", [True, False])
def test_a_review_of_an_estimate_closes_when_the_exact_package_has_other_news(bench, trained):
    bench.datasets.package = replace(bench.datasets.package, exact=False)
    run = make_run(body=GOOD.body(), fingerprint="same", service_id="s", status="AVAILABLE")
    bench.runs.load(run)
    bench.click("train.review")
    review = bench.open_review
    assert review.isVisible()
    fingerprint = "same" if trained else "other"
    bench.datasets.package = replace(bench.datasets.package, exact=True, fingerprint=fingerprint)
    bench.datasets.package_changed.emit(bench.datasets.package)
    assert review.isVisible() is not trained
    if trained:
        bench.click("train.review")
        again = next(one for one in bench.screen.findChildren(ReviewDialog) if one.isVisible())
        assert any(run.name in words for words in bench.texts(again))


def test_a_problem_that_was_just_mended_does_not_stop_the_review(bench):
    good, watch = bench.datasets.package, bench.datasets.package_watch
    broken = Finding(Check.UNREADABLE, Severity.MUST, "One photo cannot be read.")
    bench.datasets.package, watch.current = replace(good, findings=(broken,)), False
    bench.click("train.review")
    assert bench.review is None
    bench.datasets.package, watch.current = good, True
    watch.answered.emit()
    assert bench.open_review.isVisible()


# -- a run that may be the same, at the opening and at the press


@pytest.fixture
def uploading(bench):
    """A run of the same photos, words and name that is being uploaded, and will be paid."""
    return make_run(
        "first", Phase.UPLOADING, body=GOOD.body(), name="anna", sent_at=None,
        dataset_id=bench.datasets.dataset.dataset_id,
    )


def start(bench):
    """Press the button of the review, and return whether the word has to be typed now."""
    review = bench.open_review
    child(review, QPushButton, "review.start").click()
    return bool(review.findChildren(QLineEdit, "review.budget_confirm")) and review.isVisible()


@pytest.mark.parametrize("phase", [Phase.PREPARED, Phase.UPLOADING, Phase.UPLOADED])
def test_what_is_being_uploaded_is_not_started_twice_without_the_word(bench, uploading, phase):
    bench.runs.load(replace(uploading, phase=phase))
    bench.click("train.review")
    assert start(bench)
    assert bench.sent == []
    QTest.keyClicks(child(bench.open_review, QLineEdit, "review.budget_confirm"), "spend")
    start(bench)
    assert len(bench.sent) == 1


@pytest.mark.parametrize("news", [
    {"phase": Phase.UNKNOWN, "live": False, "sent_at": 9.0}, {},
    {"phase": Phase.ACCEPTED, "service_id": "x", "fingerprint": "f"},
])
def test_what_happens_to_other_runs_while_the_review_is_open_counts_at_the_press(bench, uploading, news):
    bench.datasets.package = replace(bench.datasets.package, fingerprint="f")
    bench.click("train.review")
    bench.runs.put(replace(uploading, **news))
    assert start(bench)
    assert bench.sent == []
    QTest.keyClicks(child(bench.open_review, QLineEdit, "review.budget_confirm"), "spend")
    start(bench)
    assert len(bench.sent) == 1


def test_a_run_that_is_found_while_the_review_is_open_needs_no_word(bench, uploading):
    bench.runs.load(replace(uploading, phase=Phase.UNKNOWN, live=False))
    bench.click("train.review")
    assert start(bench)
    QTest.keyClicks(child(bench.open_review, QLineEdit, "review.budget_confirm"), "spend")
    bench.runs.put(replace(uploading, phase=Phase.ADOPTED, service_id="x"))
    start(bench)
    assert len(bench.sent) == 1

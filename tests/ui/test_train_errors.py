"""What the Train place says when a submission did not work."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
    CancelledError,
    HeldBackError,
    StoreError,
)
from segmind_studio.core.runs import Phase
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.submission_service import SubmitOutcome
from tests.fakes.run_services import make_run
from tests.fakes.train_place import Bench
from tests.fakes.typed import child


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot)


def test_an_error_stands_above_the_fields(bench):
    bench.screen.show_error(ApiError(ApiProblem.BAD_REQUEST, "Segmind refused the settings.", "Look below."))
    assert bench.says("Segmind refused the settings.")
    bench.submits.finished.emit(SubmitOutcome(make_run(), None))
    assert not bench.says("Segmind refused the settings.")


FULL = StoreError("“studio.sqlite3” could not be used.", "The disk is full. Free some disk space, then try again.")


def test_a_start_that_could_not_be_written_down_is_told_here(bench):
    bench.submits.finished.emit(SubmitOutcome(make_run(), FULL))
    bench.submits.finished.emit(SubmitOutcome(make_run(), HeldBackError(FULL.title)))
    assert bench.says("Free some disk space")


def test_what_an_earlier_run_was_told_goes_with_the_next_outcome(bench):
    for later in (None, ApiError(ApiProblem.SERVER, "It has a problem.", may_have_arrived=True), CancelledError()):
        bench.submits.finished.emit(SubmitOutcome(make_run(), FULL))
        assert bench.says("Free some disk space")
        bench.submits.finished.emit(SubmitOutcome(make_run(), later))
        assert not bench.says("Free some disk space")
        assert not bench.says("It has a problem.")


def test_nothing_can_be_reviewed_while_the_history_cannot_be_read(bench):
    bench.runs.set_watch(WatchState(error=FULL, unread=True))
    assert bench.says("Your history could not be read")
    bench.click("train.check")
    assert sum("Your history could not be read" in text for text in bench.texts()) == 1
    bench.click("train.review")
    assert bench.review is None
    assert "could not be read" in bench.toasts[-1]
    bench.runs.set_watch(WatchState(checked_at=1.0))
    bench.click("train.review")
    assert bench.open_review.isVisible()


def test_a_service_that_has_closed_is_said_plainly(bench):
    bench.screen.show_error(ApiError(ApiProblem.RETIRED, "Gone.", detail="no longer supported"))
    assert bench.says("The service accepts no new fine-tuning runs.")
    assert bench.says("Your dataset and this form are kept")


def test_a_cancelled_submission_is_shown_to_nobody(bench):
    before = bench.texts()
    bench.screen.show_error(CancelledError())
    assert bench.texts() == before


@pytest.mark.parametrize(("name", "error", "phase", "sent"), [
    ("anna", None, Phase.ACCEPTED, True),
    ("anna", ApiError(ApiProblem.SERVER, "Nothing came.", may_have_arrived=True), Phase.UNKNOWN, True),
    ("anna", FULL, Phase.PREPARED, False),
    ("of an earlier form", FULL, Phase.PREPARED, True),
])
def test_a_form_that_was_sent_is_unfinished_no_more(bench, name, error, phase, sent):
    def finished():
        return bench.settings.value.draft == bench.settings.value.sent_draft
    assert not finished()
    bench.click("train.review")
    QTest.mouseClick(child(bench.open_review, QPushButton, "review.start"), Qt.MouseButton.LeftButton)
    assert finished()
    bench.submits.finished.emit(SubmitOutcome(make_run(name=name, phase=phase, live=False), error))
    assert finished() is sent
    QTest.keyClicks(bench.find("train.field.name"), "-2")
    bench.screen.hide()  # stores what was typed
    assert not finished()

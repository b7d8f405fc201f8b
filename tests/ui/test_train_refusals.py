"""What the service refused stands at the fields that it names, for as long as they hold what was refused."""

from __future__ import annotations

import pytest

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.runs import Phase
from segmind_studio.core.sweep import Sweep
from segmind_studio.services.runs.submission_service import SubmitOutcome
from segmind_studio.ui.forms import Message
from tests.fakes.run_services import make_run
from tests.fakes.train_place import GOOD, Bench

LEAST = ApiError(
    ApiProblem.BAD_REQUEST, "The service did not accept this.", "Read its words below.",
    "body.advance_parameters.lora_rank: 32 is not offered",
)


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot)


def refused_run(form=GOOD):
    return make_run(phase=Phase.REFUSED, body=form.body("https://bucket.example/u/1-dataset.zip"), manifest="[]")


def test_a_refusal_that_names_a_field_stands_at_the_field_and_in_the_summary(bench):
    fold = bench.find("train.details")
    bench.submits.finished.emit(SubmitOutcome(refused_run(), LEAST))
    row = bench.screen._view._page.binding.row("lora_rank")
    assert row.message == Message(Severity.MUST, "Message from the service: 32 is not offered")
    assert row.isVisible(), f"{fold.objectName()} is expanded"
    assert bench.says("LoRA rank: the service says “32 is not offered”")
    assert bench.says("The service refused 1 value")
    words = bench.screen._view._notices._error._detail
    assert (words.isVisible(), words.toPlainText()) == (True, LEAST.detail)
    bench.click("train.review")
    assert bench.open_review.isVisible(), "the person decides whether it means what it seems to"
    bench.open_review.reject()


def test_what_was_refused_is_said_for_as_long_as_the_form_holds_it(bench):
    bench.submits.finished.emit(SubmitOutcome(refused_run(), LEAST))
    row = bench.screen._view._page.binding.row("lora_rank")
    bench.screen._model.set_value("lora_rank", 16)
    assert row.message is None
    assert bench.says("Ready to review")
    bench.screen._model.set_value("lora_rank", 32)
    assert row.message is not None
    bench.submits.finished.emit(SubmitOutcome(make_run(), None))
    assert row.message is None


def test_what_an_older_form_was_refused_for_does_not_stand_at_this_one(bench):
    bench.submits.finished.emit(SubmitOutcome(refused_run(GOOD.with_value("lora_rank", 16)), LEAST))
    assert bench.screen._view._page.binding.row("lora_rank").message is None
    assert bench.says("The service did not accept this.")


def test_a_refused_value_of_a_comparison_stands_at_its_field(bench):
    bench.screen._model.set_sweep(Sweep("lora_rank", (16, 32)))
    bench.submits.finished.emit(SubmitOutcome(refused_run(GOOD.with_value("lora_rank", 32)), LEAST))
    assert "32 is not offered" in bench.screen._view._page.binding.row("lora_rank").message.text


def test_checking_everything_tells_what_was_refused(bench):
    bench.submits.finished.emit(SubmitOutcome(refused_run(), LEAST))
    bench.click("train.check")
    assert bench.says("LoRA rank: the service says “32 is not offered”")
    assert not bench.says("The form is complete.")

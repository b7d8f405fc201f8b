"""What a run may cost, and where the figure comes from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.pricing import CostEstimate, estimate, image_estimate, run_estimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.formats import money

RUN = Run("r", "mine", "n", Phase.ACCEPTED, 0.0, 0.0, body=TrainingForm().body())


def spent(dollars: float, run: Run = RUN) -> Run:
    return replace(run, credits_before=20.0, credits_after=20.0 - dollars)


def test_practice_costs_nothing():
    assert estimate(300, [spent(3.0)], practice=True) == CostEstimate(0.0, "Practice is free.")


@pytest.mark.parametrize(("iterations", "dollars"), [
    (100, 2.0), (149, 2.0), (150, 4.0), (300, 4.0), (500, 4.0), (501, 6.0), (1000, 6.0),
])
def test_the_list_price_is_named_as_somebody_elses(iterations: int, dollars: float):
    cost = estimate(iterations, [], practice=False)
    assert cost.dollars == dollars
    assert "Black Forest Labs" in cost.source
    assert "Segmind publishes no price" in cost.source


@pytest.mark.parametrize("phase", [Phase.SENDING, Phase.UNKNOWN])
def test_what_a_request_without_an_answer_seems_to_have_cost_is_no_measure(phase: Phase):
    assert "Black Forest Labs" in estimate(300, [spent(3.0, replace(RUN, phase=phase))], practice=False).source


def test_own_runs_come_first():
    cost = estimate(300, [spent(3.0)], practice=False)
    assert cost.dollars == pytest.approx(3.0)
    assert cost.source == "Measured from your own run with 300 iterations."
    cost = estimate(300, [spent(3.0), spent(4.0)], practice=False)
    assert cost.dollars == pytest.approx(3.5)
    assert "2 of your own runs" in cost.source


def test_other_lengths_practice_and_unmeasured_runs_do_not_count():
    runs = [
        spent(9.0, replace(RUN, account_id="practice")), RUN, replace(RUN, credits_before=5.0), spent(0.0),
        spent(9.0, replace(RUN, body=TrainingForm().with_value("iterations", 600).body())),
        spent(9.0, replace(RUN, body={"advance_parameters": {"iterations": "300"}})),
    ]
    assert estimate(300, runs, practice=False).dollars == 4.0


def test_a_run_made_elsewhere_does_not_count_since_nobody_knows_its_length():
    assert estimate(300, [spent(1.5, replace(RUN, body={}))], practice=False).dollars == 4.0


@pytest.mark.parametrize(("dollars", "text"), [
    (None, "unknown"), (4.0, "about $4.00"), (0.125, "about $0.12"), (0.0, "free"),
])
def test_the_text(dollars: float | None, text: str):
    assert CostEstimate(dollars, "").text == text


def made(cost: float | None, at: float = 1.0, **fields: object) -> GeneratedImage:
    return replace(GeneratedImage(f"p{at}", "mine", "anna", at, ImageState.MADE, cost=cost), **fields)


def test_a_picture_costs_what_the_service_told_last_for_its_model():
    assert image_estimate("anna", [made(0.06)], practice=False) == CostEstimate(
        0.06, "The cost of your last picture with this model, as stated by Segmind.",
    )
    old, new = [made(9.0, at) for at in range(4)], [made(0.06, 10.0 + at) for at in range(5)]
    cost = image_estimate("anna", [*new, *old], practice=False)
    assert cost.dollars == 0.06
    assert "your last 5 pictures" in cost.source
    assert image_estimate("anna", [made(0.05), made(0.06, 2.0), made(5.0, 3.0)], practice=False).dollars == 0.06


def test_without_a_told_price_a_picture_is_unknown_and_says_so():
    images = [
        made(None), made(0.06, run_id="bob"), made(0.06, state=ImageState.FAILED),
    ]
    cost = image_estimate("anna", images, practice=False)
    assert (cost.dollars, cost.text) == (None, "unknown")
    assert "Segmind states the cost only with the picture" in cost.source


def test_a_practice_picture_is_free():
    assert image_estimate("anna", [made(0.06)], practice=True).text == "free"


@pytest.mark.parametrize(("dollars", "text"), [
    (0.0, "$0.00"), (0.004, "$0.004"), (0.0049, "$0.0049"), (0.00001, "$0.0001"), (0.005, "$0.01"), (4.0, "$4.00"),
])
def test_less_than_a_cent_is_not_nothing(dollars: float, text: str):
    assert money(dollars) == text


def test_a_run_of_unknown_length_has_no_price():
    assert run_estimate(replace(RUN, body={}), [spent(3.0)], practice=False).dollars is None
    assert run_estimate(RUN, [spent(3.0)], practice=False).dollars == pytest.approx(3.0)
    assert run_estimate(replace(RUN, body={}), (), practice=True).text == "free"

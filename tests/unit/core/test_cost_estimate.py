"""What a run may cost, and where the figure comes from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate, estimate
from segmind_studio.core.runs import Phase, Run

RUN = Run("r", "mine", "n", Phase.ACCEPTED, 0.0, 0.0, body=TrainingForm().body())


def spent(dollars: float, run: Run = RUN) -> Run:
    return replace(run, credits_before=20.0, credits_after=20.0 - dollars)


def test_practice_costs_nothing():
    assert estimate(300, [spent(3.0)], practice=True) == CostEstimate(0.0, "Practice: nothing is paid.")


@pytest.mark.parametrize(("iterations", "dollars"), [
    (100, 2.0), (149, 2.0), (150, 4.0), (300, 4.0), (500, 4.0), (501, 6.0), (1000, 6.0),
])
def test_the_list_price_is_named_as_somebody_elses(iterations: int, dollars: float):
    cost = estimate(iterations, [], practice=False)
    assert cost.dollars == dollars
    assert "Black Forest Labs" in cost.source
    assert "Segmind publishes no price" in cost.source


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

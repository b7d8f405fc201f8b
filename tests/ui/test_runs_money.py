"""What the Runs place says about money: never a cost that is none, never a second payment without a word."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from segmind_studio.core.runs import Phase
from segmind_studio.formats import exact_time
from segmind_studio.ui.runs.inspector.facts import FactsGrid
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import child

MEASURED: dict[str, Any] = {"credits_before": 10.0, "before_at": 1.0, "after_at": 2.0}


@pytest.mark.parametrize(("after", "told", "asked"), [(6.0, "$4.00", True), (10.0, "but some services", False)])
def test_the_balance_is_told_of_a_request_without_an_answer(qtbot, after, told, asked):
    now = time.time()
    bench = make_bench(qtbot, make_run(
        "u", Phase.UNKNOWN, live=False, sent_at=now - 600, listings_missed=5, last_checked_at=now - 5,
        credits_after=after, **MEASURED,
    ))
    facts = child(bench.screen.inspector.overview.choices, FactsGrid).facts
    assert any(told in fact.value for fact in facts)
    question = bench.ask("send_again")
    assert told in " ".join(label.text() for label in question.findChildren(QLabel))
    assert question.verb_button.isEnabled() is not asked  # where it was paid, a word is asked for


def test_nothing_charged_yet_is_no_cost_of_nothing(qtbot):
    run = make_run("a", status="TRAINING_INITIATED", credits_after=10.0, **MEASURED)
    overview = make_bench(qtbot, run).screen.inspector.overview
    (cost,) = [fact for grid in overview.findChildren(FactsGrid) for fact in grid.facts if fact.label == "Cost"]
    assert "$" not in cost.value
    assert exact_time(1.0) in cost.note
    assert exact_time(2.0) in cost.note


@pytest.mark.parametrize("fields", [{"vanished": True}, {"unlisted_since": 2.0}])
def test_nobody_is_sent_to_a_second_run_by_one_that_is_not_listed(qtbot, fields):
    bench = make_bench(qtbot, make_run("a", status="TRAINING_INITIATED", service_id="x", **fields))
    words = " ".join(label.text() for label in bench.screen.inspector.overview.findChildren(QLabel))
    assert "does not list this run now" in words
    assert "run it again" not in words.lower()

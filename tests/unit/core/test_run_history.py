"""The history in numbers: months, datasets, runs over time, how long states took, what runs cost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.run_history import run_history
from segmind_studio.core.runs import Phase, Run, TimelineEntry
from segmind_studio.core.spending import spent
from tests.fakes.run_services import make_run

MONTHS = (1000.0, 2000.0, 3000.0)
NONE: dict[str, tuple[TimelineEntry, ...]] = {}


def paid_run(run_id: str, at: float, cost: float = 4.0, **fields: object) -> Run:
    run = make_run(run_id, status="AVAILABLE", created_at=at, sent_at=at, live=False, dataset_id="d1")
    return replace(run, credits_before=50.0, credits_after=50.0 - cost, **fields)


def picture(image_id: str, run_id: str, at: float, cost: float | None = 0.5, **fields: object) -> GeneratedImage:
    return replace(GeneratedImage(image_id, "real", run_id, at, ImageState.MADE, cost=cost), **fields)


def test_a_payment_belongs_to_the_month_it_was_sent_in():
    runs = (
        paid_run("before", 999.0, 1.0), paid_run("first", 1000.0, 2.0), paid_run("last", 2999.0, 3.0),
        paid_run("clock-set-back", 9999.0, 4.0),
        make_run("about-to-be-sent", Phase.UPLOADING, created_at=10.0, sent_at=None),
    )
    images = (picture("p", "first", 2500.0), picture("q", "first", 2500.0, state=ImageState.FAILED))
    history = run_history(runs, images, "real", MONTHS, NONE)
    assert history.earlier == 1.0
    assert [(bar.on_runs, bar.on_pictures) for bar in history.months] == [(2.0, 0.0), (3.0, 0.5), (4.0 + 2.5, 0.0)]
    assert [bar.estimated for bar in history.months] == [False, False, True]
    assert history.month == spent(runs, images, "real", MONTHS[-1])


TIMES = st.floats(0, 4000)
RUNS = st.builds(
    lambda at, phase, cost, word: make_run(
        "r", phase, created_at=at, sent_at=at, live=word, status="AVAILABLE", dataset_name=str(int(at) % 3),
        credits_before=50.0, credits_after=None if cost is None else 50.0 - cost,
    ),
    TIMES, st.sampled_from(Phase), st.none() | st.floats(0.1, 9), st.booleans(),
)


@given(st.lists(RUNS, max_size=8), st.lists(st.tuples(TIMES, st.none() | st.floats(0, 1)), max_size=8))
def test_the_bars_add_up_to_what_counts_against_the_budget(
    runs: list[Run], asked: list[tuple[float, float | None]],
):
    named = [replace(run, run_id=f"r{place}") for place, run in enumerate(runs)]
    images = [picture(f"p{place}", "r0", at, cost) for place, (at, cost) in enumerate(asked)]
    history = run_history(named, images, "real", MONTHS, NONE)
    everything = spent(named, images, "real", -1.0)
    assert sum(bar.dollars for bar in history.months) + history.earlier == pytest.approx(everything.dollars)
    assert sum(bar.dollars for bar in history.datasets) == pytest.approx(everything.dollars)
    assert history.month.dollars == pytest.approx(spent(named, images, "real", MONTHS[-1]).dollars)


def test_a_dataset_has_its_newest_name_and_the_dearest_comes_first():
    runs = (
        paid_run("a", 1.0, dataset_name="Old name"), paid_run("b", 2.0, dataset_name="New name"),
        paid_run("c", 3.0, 9.0, dataset_id="d2", dataset_name="Dear"),
    )
    history = run_history(runs, (picture("p", "a", 5.0), picture("q", "gone", 5.0)), "real", MONTHS, NONE)
    assert [(bar.name, bar.dollars) for bar in history.datasets] == [("Dear", 9.0), ("New name", 8.5), ("", 0.5)]


def test_practice_amounts_are_simulated_and_never_estimated():
    runs = (paid_run("a", 3500.0, account_id="practice"), make_run("b", account_id="practice", sent_at=3500.0))
    history = run_history(runs, (), "practice", MONTHS, NONE)
    assert (history.practice, history.months[-1].dollars, history.months[-1].unpriced) == (True, 4.0, 1)
    assert spent(runs, (), "practice", 0.0).dollars == 0.0


def test_runs_are_counted_by_month_and_by_how_they_ended():
    runs = (
        paid_run("a", 1500.0), make_run("b", status="FAILED", created_at=1500.0),
        make_run("c", created_at=2500.0), make_run("d", Phase.UNKNOWN, created_at=2500.0, live=False),
        make_run("e", Phase.REFUSED, created_at=2500.0),
    )
    history = run_history(runs, (), "real", MONTHS, NONE)
    assert [(bar.ready, bar.lost, bar.other) for bar in history.started] == [(1, 1, 0), (0, 1, 2), (0, 0, 0)]
    assert (history.ready, history.lost, history.active, history.waiting) == (1, 2, 1, 1)
    assert [(price.iterations, price.spread.count) for price in history.prices] == [(300, 1)]

"""What was spent: which runs count, with which amount, and since when."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.pricing import estimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.spending import Spent, spent
from segmind_studio.services.accounts.purchases import local_calendar

PROMISED = settings(max_examples=100)  # never paid twice
BODY = TrainingForm().body()  # 300 iterations, 4 dollars by the list
SENT = frozenset({Phase.SENDING, Phase.UNKNOWN, Phase.ACCEPTED, Phase.ADOPTED})
BEFORE = frozenset({Phase.PREPARED, Phase.UPLOADING, Phase.UPLOADED})


def about(value: float) -> Any:
    """Return what is equal to a number and to what is very near; it stands where a number is expected."""
    return pytest.approx(value)


def run(phase: Phase = Phase.ACCEPTED, cost: float | None = None, **fields: Any) -> Run:
    made = Run("r", "mine", "n", phase, 100.0, 100.0, body=BODY, sent_at=100.0)
    if cost is not None:
        made = replace(made, credits_before=50.0, credits_after=50.0 - cost)
    return replace(made, **fields)


@pytest.mark.parametrize(("phase", "live", "dollars"), [
    (Phase.ACCEPTED, False, 4.0), (Phase.ADOPTED, False, 4.0), (Phase.UNKNOWN, False, 4.0),
    (Phase.SENDING, False, 4.0), (Phase.SENDING, True, 4.0), (Phase.PREPARED, True, 4.0),
    (Phase.UPLOADING, True, 4.0), (Phase.UPLOADED, True, 4.0),
    (Phase.PREPARED, False, 0.0), (Phase.UPLOADING, False, 0.0), (Phase.UPLOADED, False, 0.0),
    (Phase.REFUSED, False, 0.0), (Phase.ABANDONED, False, 0.0), (Phase.REFUSED, True, 0.0),
])
def test_a_run_counts_once_it_may_have_been_paid_or_is_on_its_way(
    phase: Phase, live: bool, dollars: float,  # noqa: FBT001  # a parameter of the test
):
    assert spent([run(phase, live=live)], (), "mine", 0.0).dollars == dollars


@pytest.mark.parametrize("fields", [
    {"account_id": "another"}, {"account_id": "practice"}, {"made_here": False}, {"sent_at": 99.9},
])
def test_other_accounts_other_places_and_other_times_do_not_count(fields: dict[str, Any]):
    assert spent([run(**fields), run(Phase.UNKNOWN, **fields)], (), "mine", 100.0) == Spent()


def test_practice_never_counts():
    assert spent([run(account_id="practice")], (), "practice", 0.0) == Spent()


def test_the_time_is_that_of_sending_else_that_of_making():
    assert spent([run(sent_at=100.0, created_at=1.0)], (), "mine", 100.0).estimated_runs == 1
    assert spent([run(sent_at=None, created_at=100.0)], (), "mine", 100.0).estimated_runs == 1
    assert spent([run(sent_at=None, created_at=99.0)], (), "mine", 100.0).estimated_runs == 0


def test_what_is_on_its_way_is_paid_now_whenever_it_was_made():
    assert spent([run(Phase.UPLOADING, live=True, sent_at=None, created_at=1.0)], (), "mine", 100.0).dollars == 4.0


def test_a_measured_cost_comes_first_and_a_measured_nothing_is_no_measure():
    assert spent([run(cost=2.9)], (), "mine", 0.0) == Spent(measured=about(2.9), measured_runs=1)
    assert spent([run(cost=0.0)], (), "mine", 0.0) == Spent(estimated=4.0, estimated_runs=1)


def test_an_estimate_is_taken_from_own_runs_of_the_same_length_also_older_ones():
    sums = spent([run(cost=2.5, sent_at=1.0), run(Phase.UNKNOWN)], (), "mine", 50.0)
    assert sums == Spent(estimated=2.5, estimated_runs=1, unanswered=1)


def test_without_an_answer_no_measure_is_believed():
    assert spent([run(Phase.UNKNOWN, cost=1.0)], (), "mine", 0.0).measured_runs == 0


def test_a_run_of_unknown_length_has_no_known_cost():
    sums = spent([run(body={}), run()], (), "mine", 0.0)
    assert sums == Spent(estimated=4.0, estimated_runs=1, unpriced_runs=1)
    assert sums.text == "at least $4.00"
    assert "Cost unknown: 1 run." in sums.source


def test_the_words_say_where_the_figures_come_from():
    sums = spent([run(cost=2.9), run(cost=3.1), run(Phase.UNKNOWN)], (), "mine", 0.0)
    assert sums.text == "about $9.00"
    assert sums.source == (
        "Measured: 2 runs, $6.00. Estimated from your other runs or Black Forest Labs' list price: 1 run, $3.00. "
        "1 run without an answer counts as paid."
    )
    assert Spent(measured=6.0, measured_runs=2).text == "$6.00"
    assert (Spent().text, Spent().source) == ("$0.00", "Nothing was paid.")
    assert Spent(unanswered=2).source == "2 runs without an answer count as paid."


RUNS = st.lists(st.builds(
    run, st.sampled_from(Phase), st.none() | st.integers(0, 4000).map(lambda cents: cents / 100),
    live=st.booleans(), made_here=st.booleans(), sent_at=st.none() | st.floats(0, 200),
    account_id=st.sampled_from(["mine", "another", "practice"]), body=st.sampled_from([
        BODY, {}, *(TrainingForm().with_value("iterations", number).body() for number in (120, 900)),
    ]),
), max_size=12)


@PROMISED
@given(RUNS, st.floats(0, 200))
def test_every_run_counts_once_or_not_at_all(runs: list[Run], since: float):
    runs = [replace(r, live=r.live and r.phase is not Phase.UNKNOWN) for r in runs]  # none is sent again
    sums = spent(runs, (), "mine", since)
    counted = [
        r for r in runs
        if r.account_id == "mine" and r.made_here and (
            (r.phase in BEFORE and r.live)
            or (r.phase in SENT and (r.created_at if r.sent_at is None else r.sent_at) >= since)
        )
    ]
    assert sums.measured_runs + sums.estimated_runs + sums.unpriced_runs == len(counted)
    assert sums.unanswered == sum(r.phase in {Phase.UNKNOWN, Phase.SENDING} for r in counted)
    assert sums.dollars >= 0
    certain = [r for r in counted if r.cost and r.phase not in {Phase.UNKNOWN, Phase.SENDING}]
    assert sums.measured == pytest.approx(sum(r.cost or 0.0 for r in certain))


@PROMISED
@given(RUNS, st.floats(0, 200), st.randoms())
def test_the_order_does_not_matter(runs: list[Run], since: float, chance):
    shuffled = list(runs)
    chance.shuffle(shuffled)
    first, second = spent(runs, (), "mine", since), spent(shuffled, (), "mine", since)
    assert second.dollars == pytest.approx(first.dollars)
    assert (second.measured_runs, second.estimated_runs, second.unpriced_runs, second.unanswered) == (
        first.measured_runs, first.estimated_runs, first.unpriced_runs, first.unanswered,
    )


@PROMISED
@given(RUNS, st.floats(0, 200), st.floats(0, 200))
def test_a_longer_time_never_costs_less(runs: list[Run], one: float, other: float):
    longer, shorter = (spent(runs, (), "mine", since(one, other)) for since in (min, max))
    assert longer.dollars >= shorter.dollars - 1e-9


@PROMISED
@given(RUNS, st.floats(0, 200))
def test_an_unknown_run_counts_like_an_accepted_one_without_a_measure(runs: list[Run], since: float):
    accepted = [replace(r, credits_after=None, phase=Phase.ACCEPTED) if r.phase in SENT else r for r in runs]
    unknown = [
        replace(r, credits_after=None, phase=Phase.UNKNOWN, live=False) if r.phase in SENT else r for r in runs
    ]
    assert spent(unknown, (), "mine", since).dollars == spent(accepted, (), "mine", since).dollars


# -- requests that were sent again


@PROMISED
@given(RUNS, st.floats(0, 200))
def test_an_unknown_run_that_is_worked_on_counts_once_more(runs: list[Run], since: float):
    waiting = [replace(r, phase=Phase.UNKNOWN, live=False) for r in runs]
    again = [replace(r, live=True) for r in waiting]
    mine = sum(r.made_here and r.account_id == "mine" for r in runs)
    before, now = spent(waiting, (), "mine", since), spent(again, (), "mine", since)
    assert now.unanswered == before.unanswered + mine


@pytest.mark.parametrize(("fields", "requests", "unanswered"), [
    ({"phase": Phase.UNKNOWN}, 1, 1),
    ({"phase": Phase.UPLOADED, "live": True}, 2, 1),  # on its way once more
    ({"phase": Phase.UPLOADED, "live": False}, 1, 1),  # interrupted before it was sent again
    ({"phase": Phase.ACCEPTED}, 2, 1),
    ({"phase": Phase.UNKNOWN, "sent_at": 150.0}, 2, 2),
    ({"phase": Phase.REFUSED}, 1, 1),
    ({"phase": Phase.ABANDONED}, 1, 1),
])
def test_a_request_without_an_answer_stays_paid_when_its_run_is_sent_again(
    fields: dict[str, Any], requests: int, unanswered: int,
):
    first_only = fields == {"phase": Phase.UNKNOWN}
    sums = spent([run(unanswered_at=() if first_only else (100.0,), **fields)], (), "mine", 0.0)
    assert (sums.dollars, sums.estimated_runs, sums.unanswered) == (4.0 * requests, requests, unanswered)


def test_each_request_counts_at_its_own_time():
    twice = run(sent_at=200.0, unanswered_at=(100.0,))
    assert spent([twice], (), "mine", 150.0).estimated_runs == 1
    assert spent([twice], (), "mine", 100.0).estimated_runs == 2
    assert spent([replace(twice, made_here=False)], (), "mine", 0.0) == Spent()


def test_a_measure_that_cannot_be_trusted_is_an_estimate():
    topped_up = run(cost=-6.0)
    absurd = run(credits_before=900.0, credits_after=100.0)
    shared = run(cost=4.5, cost_shared=True)
    for one in (topped_up, absurd, shared):
        assert spent([one], (), "mine", 0.0) == Spent(estimated=4.0, estimated_runs=1)
        assert estimate(300, [one], practice=False).dollars == 4.0


def test_a_run_that_was_found_in_the_list_but_made_elsewhere_does_not_count():
    assert spent([run(Phase.ADOPTED, made_here=False, cost=4.0)], (), "mine", 0.0) == Spent()
    assert spent([run(Phase.ADOPTED)], (), "mine", 0.0).estimated_runs == 1  # an own one whose answer was lost


# -- pictures


def image(state: ImageState = ImageState.MADE, **fields: Any) -> GeneratedImage:
    return replace(GeneratedImage("p", "mine", "anna", 100.0, state), **fields)


@pytest.mark.parametrize(("state", "counts"), [
    (ImageState.ASKED, 1), (ImageState.MADE, 1), (ImageState.UNKNOWN, 1), (ImageState.FAILED, 0),
])
def test_a_picture_counts_unless_it_was_surely_not_paid(state: ImageState, counts: int):
    sums = spent((), [image(state, cost=0.06 if state is ImageState.MADE else None)], "mine", 100.0)
    assert sums.reported_images + sums.estimated_images + sums.unpriced_images == counts


@pytest.mark.parametrize("fields", [{"account_id": "another"}, {"account_id": "practice"}, {"asked_at": 99.9}])
def test_pictures_of_other_accounts_and_times_do_not_count(fields: dict[str, Any]):
    assert spent((), [image(cost=0.06, **fields)], "mine", 100.0) == Spent()


def test_practice_pictures_never_count():
    assert spent((), [image(account_id="practice", cost=0.06)], "practice", 0.0) == Spent()


def test_a_picture_costs_what_was_told_else_what_its_model_costs_else_it_is_unknown():
    images = [
        image(cost=0.06), image(cost=0.08, asked_at=110.0), image(ImageState.UNKNOWN, asked_at=120.0),
        image(run_id="bob"),
    ]
    sums = spent((), images, "mine", 0.0)
    assert sums == Spent(
        image_reported=about(0.14), image_estimated=about(0.07), reported_images=2,
        estimated_images=1, unpriced_images=1, unanswered_images=1,
    )
    assert sums.text == "at least $0.21"
    assert sums.source == (
        "Stated by Segmind: 2 pictures, $0.14. Estimated from your other pictures: 1 picture, $0.07. Cost "
        "unknown: 1 picture. 1 picture without an answer counts as paid."
    )


def test_runs_and_pictures_are_told_together():
    sums = spent([run(Phase.UNKNOWN)], [image(ImageState.UNKNOWN), image(cost=0.06)], "mine", 0.0)
    assert sums.dollars == pytest.approx(4.12)
    assert sums.text == "about $4.12"
    assert sums.source.endswith("1 run and 1 picture without an answer count as paid.")


# -- the clock and the calendar


def test_a_time_to_come_counts_so_that_setting_the_clock_back_hides_nothing():
    today = 1000.0
    assert spent([run(sent_at=5000.0)], [image(cost=0.06, asked_at=5000.0)], "mine", today).dollars == 4.06


def test_a_clock_that_was_set_back_to_another_day_shows_that_day_and_all_after_it():
    runs = [run(sent_at=at) for at in (100.0, 200.0, 300.0)]
    assert spent(runs, (), "mine", 150.0).estimated_runs == 2


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch):
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a process cannot be set here")

    def use(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield use
    monkeypatch.undo()
    time.tzset()


def at(*numbers: int) -> float:
    return datetime(*numbers, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(("name", "now", "day", "month"), [
    ("UTC", at(2026, 5, 17, 13, 30), at(2026, 5, 17), at(2026, 5, 1)),
    ("UTX-9", at(2026, 5, 31, 16), at(2026, 5, 31, 15), at(2026, 5, 31, 15)),  # nine hours ahead: June already
    ("UTX8", at(2026, 6, 1, 5), at(2026, 5, 31, 8), at(2026, 5, 1, 8)),  # eight hours behind: still May
    # Central Europe: summer time began at 01:00 UTC of this day, so its midnight was in winter time
    ("CET-1CEST,M3.5.0,M10.5.0/3", at(2026, 3, 29, 12), at(2026, 3, 28, 23), at(2026, 2, 28, 23)),
    # the Azores: at 01:00 it is midnight once more
    ("AZO1AZS,M3.5.0/0,M10.5.0/1", at(2025, 10, 26, 1, 30), at(2025, 10, 26), at(2025, 10, 1)),
])
def test_day_and_month_begin_at_local_midnight(zone, name: str, now: float, day: float, month: float):
    zone(name)
    calendar = local_calendar(now)
    assert (calendar.day, calendar.month) == (day, month)


def test_another_time_zone_holds_without_a_restart(zone, monkeypatch: pytest.MonkeyPatch):
    """Whoever travels has other midnights; each moment still lies in one day."""
    now = at(2026, 5, 17, 13, 30)
    zone("UTC")
    assert local_calendar(now).day == at(2026, 5, 17)
    monkeypatch.setenv("TZ", "UTX-9")  # nobody tells the process
    assert local_calendar(now).day == at(2026, 5, 16, 15)
    monkeypatch.setenv("TZ", "UTX11")
    assert local_calendar(now).day == at(2026, 5, 17, 11)

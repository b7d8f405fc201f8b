"""How long runs stay in a state, by own history alone, and which run stays longer."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.runs import Phase, Stage, TimelineEntry
from segmind_studio.core.usual_times import LEAST_TIMES, Spread, UsualTimes, spread, stage_times, usual_times
from segmind_studio.formats import duration_span
from segmind_studio.ui.runs.stages import late_text
from tests.fakes.run_services import make_run

MINUTE = 60.0


def passed(*events):
    return tuple(TimelineEntry(at * MINUTE, what) for at, what in events)


def history(*minutes):
    return [
        passed(
            (0, "sending"), (0, "accepted"), (1, "REQUESTED"), (2, "TRAINING_INITIATED"), (2 + took, "AVAILABLE"),
        )
        for took in minutes
    ]


def test_the_range_is_of_own_runs_and_accepted_is_requested():
    assert usual_times(history(20, 40, 30)).ranges == {
        Stage.REQUESTED: (120.0, 120.0), Stage.TRAINING: (1200.0, 2400.0),
    }


def test_few_runs_say_nothing():
    times = usual_times(history(*[20] * (LEAST_TIMES - 1)))
    assert times.ranges == {}
    assert times.late(make_run(status="TRAINING_INITIATED", changed_at=0.0), 1e9) is None
    assert UsualTimes().late(make_run(status="TRAINING_INITIATED", changed_at=0.0), 1e9) is None


@pytest.mark.parametrize(("fields", "minutes", "late"), [
    ({"status": "TRAINING_INITIATED"}, 79, False),
    ({"status": "TRAINING_INITIATED"}, 180, True),
    ({"status": "REQUESTED"}, 6.9, False),  # twice as long is nothing yet where it is short
    ({"status": "REQUESTED"}, 7.1, True),
    ({"status": "DATA_PROCESSING"}, 180, False),  # never passed here
    ({"status": "TRAINING_INITIATED", "unlisted_since": 1.0}, 180, False),
    ({"status": "AVAILABLE"}, 180, False),
    ({"phase": Phase.UNKNOWN, "live": False}, 180, False),
])
def test_which_run_is_late(fields, minutes, late):
    run = make_run(changed_at=0.0, **fields)
    found = usual_times(history(20, 40, 30)).late(run, minutes * MINUTE)
    assert (found is not None) is late


def test_the_words_are_of_its_own_history():
    run = make_run(status="TRAINING_INITIATED", changed_at=0.0)
    late = usual_times(history(20, 40, 30)).late(run, 180 * MINUTE)
    assert late_text(run, late) == "Training for 3 h. Your earlier runs took 20 min to 40 min. It has not failed."
    assert late_text(run, None) == ""


@pytest.mark.parametrize(("fields", "minutes", "left"), [
    ({"status": "TRAINING_INITIATED"}, 0, (25, 35)),
    ({"status": "TRAINING_INITIATED"}, 25, (0, 10)),
    ({"status": "REQUESTED"}, 0.5, (26.5, 36.5)),
    ({"status": "TRAINING_INITIATED"}, 41, None),  # should be ready by now
    ({"status": "DATA_PROCESSING"}, 1, None),  # never passed here
    ({"status": "TRAINING_INITIATED", "vanished": True}, 1, None),
])
def test_how_long_a_run_usually_still_takes(fields, minutes, left):
    run = make_run(changed_at=0.0, **fields)
    found = usual_times(history(20, 40, 30)).remaining(run, minutes * MINUTE)
    assert found == (left and tuple(part * MINUTE for part in left))


def test_all_of_the_time_is_known_by_iterations_without_the_extremes():
    times = usual_times(history(20, 22, 24, 26, 600), [300] * 5).whole
    assert times == {300: (24 * MINUTE, 28 * MINUTE)}
    assert usual_times(history(20, 22, 24), [300, 300, 120]).whole == {}
    assert usual_times(history(20, 22, 24), [0, 0, 0]).whole == {}


@pytest.mark.parametrize(("low", "high", "words"), [
    (1080, 1500, "18 to 25 min"), (20, 50, "20 s to 50 s"), (1800, 9000, "30 min to 2 h 30 min"),
    (300, 310, "5 min"), (0, 300, "at most 5 min"),
])
def test_a_span_is_written_short(low, high, words):
    assert duration_span(low, high) == words


WAY = ("prepared", "uploading", "uploaded", "sending", "accepted", "REQUESTED", "DATA_PROCESSING",
       "TRAINING_INITIATED", "TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE")


def way(*whats: str, step: float = 10.0) -> tuple[TimelineEntry, ...]:
    return tuple(TimelineEntry(step * place, what) for place, what in enumerate(whats))


def test_a_state_lasts_until_a_later_one_is_seen():
    found = {item.stage: item.spread for item in stage_times([way(*WAY)] * 3)}
    assert found[Stage.UPLOADING] == Spread(10.0, 10.0, 10.0, 3)
    assert found[Stage.REQUESTED] == Spread(20.0, 20.0, 20.0, 3)  # accepted and REQUESTED are one state
    assert found[Stage.DEPLOYING] == Spread(10.0, 10.0, 10.0, 3)
    assert found[Stage.READY] == Spread(60.0, 60.0, 60.0, 3)  # from the request


@pytest.mark.parametrize("whats", [
    ("accepted", "TRAINING_INITIATED", "FAILED"), ("TRAINING_INITIATED", "DATA_PROCESSING"),
    ("TRAINING_INITIATED", "SOMETHING_NEW"), ("TRAINING_INITIATED",),
])
def test_a_run_that_failed_or_went_back_says_nothing_of_the_state_it_left(whats: tuple[str, ...]):
    found = {item.stage: item.spread for item in stage_times([way(*whats)] * 5)}
    assert found[Stage.TRAINING] is None


def test_two_runs_are_too_few_and_one_of_many_does_not_widen_the_range():
    assert spread([1.0, 2.0]) is None
    assert spread([*[10.0] * 9, 100_000.0]) == Spread(10.0, 10.0, 10.0, 10)  # closed over night


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.sampled_from((*WAY, "FAILED", "", "odd"))), max_size=12))
def test_no_history_measures_less_than_nothing(events: list[tuple[float, str]]):
    for item in stage_times([[TimelineEntry(at, what) for at, what in events]] * 3):
        if item.spread is not None:
            values = (item.spread.low, item.spread.middle, item.spread.high)
            assert values[0] >= 0
            assert all(low <= high + 1e-6 for low, high in pairwise(values))

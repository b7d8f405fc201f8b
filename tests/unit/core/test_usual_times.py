"""How long runs usually stay in a state, by own history alone, and which run stays longer."""

import pytest

from segmind_studio.core.runs import Phase, Stage, TimelineEntry
from segmind_studio.core.usual_times import LEAST_TIMES, UsualTimes, usual_times
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


def test_the_range_is_of_own_runs_and_phases_do_not_count():
    assert usual_times(history(20, 40, 30)).ranges == {
        Stage.REQUESTED: (60.0, 60.0), Stage.TRAINING: (1200.0, 2400.0),
    }


def test_few_runs_say_nothing():
    times = usual_times(history(*[20] * (LEAST_TIMES - 1)))
    assert times.ranges == {}
    assert times.late(make_run(status="TRAINING_INITIATED", changed_at=0.0), 1e9) is None
    assert UsualTimes().late(make_run(status="TRAINING_INITIATED", changed_at=0.0), 1e9) is None


@pytest.mark.parametrize(("fields", "minutes", "late"), [
    ({"status": "TRAINING_INITIATED"}, 79, False),
    ({"status": "TRAINING_INITIATED"}, 180, True),
    ({"status": "REQUESTED"}, 5.9, False),  # twice as long is nothing yet where it is short
    ({"status": "REQUESTED"}, 6.1, True),
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
    ({"status": "TRAINING_INITIATED"}, 0, (20, 40)),
    ({"status": "TRAINING_INITIATED"}, 25, (0, 15)),
    ({"status": "REQUESTED"}, 0.5, (20.5, 40.5)),
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
    assert times == {300: (23 * MINUTE, 27 * MINUTE)}
    assert usual_times(history(20, 22, 24), [300, 300, 120]).whole == {}
    assert usual_times(history(20, 22, 24), [0, 0, 0]).whole == {}


@pytest.mark.parametrize(("low", "high", "words"), [
    (1080, 1500, "18 to 25 min"), (20, 50, "20 s to 50 s"), (1800, 9000, "30 min to 2 h 30 min"),
    (300, 310, "5 min"), (0, 300, "at most 5 min"),
])
def test_a_span_is_written_short(low, high, words):
    assert duration_span(low, high) == words

"""When to ask again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.cadence import (
    BACKGROUND_PER_MINUTE,
    LONGEST_OFFLINE_WAIT_S,
    LONGEST_WAIT_S,
    PRACTICE_SHORTEST_S,
    QUICK_S,
    SLOW_S,
    Cadence,
)

LIVE = Cadence()


def test_the_quick_pace_keeps_below_the_lowest_published_limit():
    assert 60 / QUICK_S < BACKGROUND_PER_MINUTE
    assert LIVE.wait(active=True) == QUICK_S
    assert LIVE.wait(active=False) == SLOW_S


@given(active=st.booleans(), failures=st.integers(0, 1000), seed=st.integers())
def test_failures_slow_it_down_within_bounds(*, active: bool, failures: int, seed: int):
    wait = LIVE.wait(active=active, failures=failures, rng=random.Random(seed))  # noqa: S311  # jitter is no secret
    assert QUICK_S <= wait <= LONGEST_WAIT_S * 4 / 3
    if failures:
        assert min(LONGEST_WAIT_S, QUICK_S * 2 ** min(failures, 10)) <= wait
        assert wait <= QUICK_S * 2 ** min(failures, 10) * 4 / 3 + 1  # soon after the first, whatever runs


def test_each_failure_doubles_the_wait():
    waits = [LIVE.wait(active=True, failures=n, rng=random.Random(1)) for n in (1, 2, 3)]  # noqa: S311  # the same
    assert waits[1] == pytest.approx(2 * waits[0])
    assert waits[2] == pytest.approx(4 * waits[0])


@given(active=st.booleans(), failures=st.integers(1, 1000))
def test_without_a_network_it_asks_again_within_a_minute(*, active: bool, failures: int):
    wait = LIVE.wait(active=active, failures=failures, offline=True)
    assert QUICK_S * 2 <= wait <= 60
    assert LIVE.wait(active=active, failures=failures, offline=True, retry_after=500) == 500


def test_being_offline_once_says_nothing_of_the_usual_pace():
    assert LIVE.wait(active=False, offline=True) == SLOW_S
    first = LIVE.wait(active=True, failures=1, offline=True, rng=random.Random(1))  # noqa: S311  # the same
    later = LIVE.wait(active=True, failures=9, offline=True, rng=random.Random(1))  # noqa: S311  # the same
    assert first < later
    assert later >= LONGEST_OFFLINE_WAIT_S


def test_waits_after_a_failure_are_spread():
    waits = {LIVE.wait(active=True, failures=1) for _ in range(20)}
    assert len(waits) > 1


@given(asked=st.floats(0, 10_000), active=st.booleans(), failures=st.integers(0, 20))
def test_the_services_own_wait_is_never_undercut(*, asked: float, active: bool, failures: int):
    assert LIVE.wait(active=active, failures=failures, retry_after=asked) >= asked


@pytest.mark.parametrize(("speed", "active", "wait"), [
    (1.0, True, 2.0), (1.0, False, 30.0), (4.0, True, 0.5), (60.0, True, PRACTICE_SHORTEST_S), (0.0, True, 200.0),
])
def test_practice_may_be_asked_as_often_as_it_is_fast(*, speed: float, active: bool, wait: float):
    assert Cadence(practice=True, speed=speed).wait(active=active) == pytest.approx(wait)


def test_speed_says_nothing_for_the_real_service():
    assert Cadence(practice=False, speed=100.0).wait(active=True) == QUICK_S

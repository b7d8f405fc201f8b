"""When a run of unknown outcome may be sent again: by a clock that nobody sets, and after looking for it."""

import time
from dataclasses import replace

import pytest

from segmind_studio import clock as steady_module
from segmind_studio.clock import monotonic_epoch, monotonic_seconds
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.runs.send_again import (
    PRACTICE_SEND_AGAIN_AFTER_S,
    SEND_AGAIN_AFTER_S,
    SendAgainWaits,
)
from tests.fakes.typed import known

YEAR_S = 365 * 86400.0
UNKNOWN = Run("a", "mine", "n", Phase.UNKNOWN, 0.0, 0.0, sent_at=1000.0, listings_missed=0)


class Clock:
    now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def waits(clock):
    return SendAgainWaits(clock)


@pytest.mark.parametrize(("account", "waited", "missed", "allowed"), [
    ("mine", 200, 3, True),
    ("mine", 170, 9, False),
    ("mine", 200, 2, False),
    ("practice", 15, 3, True),
    ("practice", 5, 3, False),
])
def test_only_after_looking_for_long_enough(waits, clock, account, waited, missed, allowed):
    run = replace(UNKNOWN, account_id=account)
    waits.see((run,))
    clock.now += waited
    looked_for = replace(run, listings_missed=missed)
    assert waits.may_send_again(looked_for) is allowed
    assert not waits.may_send_again(replace(looked_for, phase=Phase.SENDING))
    assert not waits.may_send_again(replace(looked_for, live=True))


@pytest.mark.parametrize("away", [-50 * YEAR_S, -YEAR_S, YEAR_S])
def test_the_clock_of_the_computer_neither_opens_it_early_nor_never(waits, clock, away):
    run = replace(UNKNOWN, sent_at=time.time() + away)
    waits.see((run,))
    looked_for = replace(run, listings_missed=3)
    clock.now += SEND_AGAIN_AFTER_S - 1
    assert not waits.may_send_again(looked_for)
    clock.now += 1
    assert waits.may_send_again(looked_for)
    assert not waits.may_send_again(replace(run, listings_missed=2))


def test_what_is_still_to_come_is_told(waits, clock):
    assert waits.patience(UNKNOWN).left(clock.now) == SEND_AGAIN_AFTER_S
    clock.now += 60
    patience = waits.patience(replace(UNKNOWN, listings_missed=2))
    assert (patience.left(clock.now), patience.looks) == (SEND_AGAIN_AFTER_S - 60, 1)
    clock.now += SEND_AGAIN_AFTER_S
    patience = waits.patience(replace(UNKNOWN, listings_missed=4))
    assert (patience.left(clock.now), patience.looks, patience.over(clock.now)) == (0.0, 0, True)


def test_it_counts_from_the_moment_of_sending(waits, clock):
    waits.see((replace(UNKNOWN, phase=Phase.SENDING, live=True),))
    clock.now += SEND_AGAIN_AFTER_S
    assert waits.may_send_again(replace(UNKNOWN, listings_missed=3))


def test_after_a_start_it_waits_anew_and_looks_at_least_once(waits, clock):
    run = replace(UNKNOWN, listings_missed=9, sent_at=time.time() - YEAR_S)
    patience = waits.patience(run)
    assert (patience.left(clock.now), patience.looks) == (SEND_AGAIN_AFTER_S, 1)
    clock.now += SEND_AGAIN_AFTER_S
    assert not waits.may_send_again(run), "its job may be in the list by now"
    assert waits.may_send_again(replace(run, listings_missed=10))


def test_sent_again_it_is_waited_for_anew(waits, clock):
    waits.see((UNKNOWN,))
    clock.now += SEND_AGAIN_AFTER_S
    assert waits.may_send_again(replace(UNKNOWN, listings_missed=3))
    assert not waits.may_send_again(replace(UNKNOWN, listings_missed=3, sent_at=2000.0))


def test_in_practice_it_is_short(waits, clock):
    run = replace(UNKNOWN, account_id="practice")
    assert waits.patience(run).left(clock.now) == PRACTICE_SEND_AGAIN_AFTER_S


@pytest.mark.parametrize("run", [
    replace(UNKNOWN, phase=Phase.ACCEPTED), replace(UNKNOWN, phase=Phase.UPLOADED), replace(UNKNOWN, live=True),
])
def test_no_other_run_waits(waits, run):
    assert waits.patience(run) is None
    assert not waits.may_send_again(run)


@pytest.mark.parametrize("jump", [-YEAR_S, YEAR_S])
def test_the_steady_clock_does_not_follow_the_clock_of_the_computer(monkeypatch, jump):
    real, before, seconds, waits = time.time, monotonic_epoch(), monotonic_seconds(), SendAgainWaits()
    waits.see((UNKNOWN,))
    monkeypatch.setattr(steady_module.time, "time", lambda: real() + jump)
    assert 0.0 <= monotonic_epoch() - before < 60.0
    assert 0.0 <= monotonic_seconds() - seconds < 60.0
    left = known(waits.patience(UNKNOWN)).left(monotonic_seconds())
    assert SEND_AGAIN_AFTER_S - 60.0 < left <= SEND_AGAIN_AFTER_S

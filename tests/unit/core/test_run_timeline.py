"""How long a run was in each state, and when nobody looked."""

from __future__ import annotations

from segmind_studio.core.run_timeline import MOST_SPANS, WatchSpan, known_since, state_bars, with_check
from segmind_studio.core.runs import TimelineEntry

HOUR = 3600.0


def entries(*seen: tuple[float, str]) -> tuple[TimelineEntry, ...]:
    return tuple(TimelineEntry(at, what) for at, what in seen)


def test_checks_one_after_another_are_one_time_and_a_pause_begins_another():
    spans: tuple[WatchSpan, ...] = ()
    for account_id, at in (("a", 0.0), ("a", 60.0), ("a", 900.0), ("a", 1801.0), ("b", 1850.0), ("a", 1900.0)):
        spans = with_check(spans, account_id, at)
    assert spans == (
        WatchSpan("a", 0, 900), WatchSpan("a", 1801, 1801), WatchSpan("b", 1850, 1850), WatchSpan("a", 1900, 1900),
    )
    assert (known_since(spans, "a"), known_since(spans, "c")) == (0, None)
    assert with_check((WatchSpan("a", 5, 9),), "a", 1.0)[-1] == WatchSpan("a", 1, 1)  # the clock was set back
    for at in range(MOST_SPANS + 5):
        spans = with_check(spans, "a", 2000.0 + at * HOUR)
    assert len(spans) == MOST_SPANS


def test_a_change_that_was_seen_after_a_gap_may_have_come_in_it():
    seen = entries((0, "REQUESTED"), (HOUR, "TRAINING_INITIATED"), (5 * HOUR, "AVAILABLE"))
    spans = (WatchSpan("a", 0, HOUR + 60), WatchSpan("a", 5 * HOUR + 1, 6 * HOUR), WatchSpan("b", 0, 9 * HOUR))
    asked, training, ready = state_bars(seen, spans, "a", 9 * HOUR, active=False)
    assert (asked.gaps, asked.least, asked.most) == ((), HOUR, HOUR)
    assert training.gaps == ((HOUR + 60, 5 * HOUR),)
    assert (training.least, training.most) == (60, 4 * HOUR)
    assert (ready.final, ready.begin, ready.end) == (True, 5 * HOUR, 5 * HOUR)
    assert ready.most == 4 * HOUR - 60  # it may have been ready since the app was closed


def test_a_state_goes_on_until_now_and_what_came_before_the_record_is_no_gap():
    seen = entries((0, "REQUESTED"), (10 * HOUR, "TRAINING_INITIATED"))
    spans = (WatchSpan("a", 9 * HOUR, 10 * HOUR),)
    asked, training = state_bars(seen, spans, "a", 12 * HOUR, active=True)
    assert (asked.gaps, training.gaps) == ((), ((10 * HOUR, 12 * HOUR),))
    assert (training.lasts, training.end, training.least) == (True, 12 * HOUR, 2 * HOUR)
    assert all(bar.gaps == () for bar in state_bars(seen, (), "a", 12 * HOUR, active=True))


def test_what_the_app_itself_noted_shows_that_it_was_open():
    seen = entries((0, "prepared"), (10, "uploading"), (HOUR, "uploaded"), (HOUR + 5, "REQUESTED"))
    spans = (WatchSpan("a", 0, 20), WatchSpan("a", HOUR + 5, 2 * HOUR))
    bars = state_bars(seen, spans, "a", 2 * HOUR, active=True)
    assert [bar.gaps for bar in bars] == [(), ((20, HOUR),), (), ()]
    assert state_bars((), spans, "a", 0.0, active=True) == ()
    backwards = state_bars(entries((50, "a"), (20, "b")), spans, "a", 10, active=True)
    assert [bar.end - bar.begin for bar in backwards] == [0, 0]

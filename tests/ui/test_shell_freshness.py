"""The age of what is seen: rounded, and refreshed exactly when the words change."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QWidget

from segmind_studio.clock import monotonic_epoch
from segmind_studio.formats import exact_time, relative_time
from segmind_studio.ui.runs.refresh_timer import Countdown
from segmind_studio.ui.shell.freshness import Freshness, next_change, rounded_age

AGES = st.integers(0, 10 * 86400_000).map(lambda milliseconds: milliseconds / 1000)


@given(AGES)
def test_until_the_next_change_the_words_hold(age):
    just_before = age + next_change(age) * 0.999
    assert rounded_age(age) <= age
    assert relative_time(0, rounded_age(just_before)) == relative_time(0, rounded_age(age))


@given(AGES)
def test_it_never_ticks_faster_than_the_words_need(age):
    assert 0 < next_change(age) <= 3600
    later = age + next_change(age) + 0.001
    assert rounded_age(later) > rounded_age(age)


@pytest.fixture
def widget(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_it_ticks_only_while_it_is_seen(widget, stopped_clock):
    fresh = Freshness(widget)
    fresh.set_moment(time.time() - 12)
    assert (fresh.words, fresh.ticking) == ("10 s ago", False)
    widget.show()
    assert fresh.ticking
    assert fresh._timer.interval() > 1000
    widget.hide()
    assert not fresh.ticking


def test_nothing_that_comes_while_the_window_is_minimised_starts_it(widget, stopped_clock):
    fresh, countdown = Freshness(widget), Countdown(widget)
    widget.show()
    countdown.want(True)
    widget.showMinimized()
    fresh.set_moment(time.time() - 12)  # as a poll does
    countdown.want(True)
    assert (fresh.words, fresh.ticking, countdown.running) == ("10 s ago", False, False)
    widget.showNormal()
    assert (fresh.ticking, countdown.running) == (True, True)


def test_no_moment_has_no_words(widget):
    fresh = Freshness(widget)
    widget.show()
    fresh.set_moment(time.time())
    assert fresh.words == "just now"
    fresh.set_moment(None)
    assert (fresh.words, fresh.ticking) == ("", False)


def test_a_clock_that_was_set_back_counts_as_now(widget):
    fresh = Freshness(widget)
    fresh.set_moment(time.time() + 500)
    assert fresh.words == "just now"


def test_a_list_older_than_a_month_has_its_date(widget):
    fresh = Freshness(widget)
    moment = time.time() - 40 * 86400
    fresh.set_moment(moment)
    assert fresh.words == exact_time(moment).split(",")[0]


@pytest.mark.parametrize("jump", [-30 * 86400, 30 * 86400])
def test_setting_the_clock_changes_no_age(widget, monkeypatch, jump):
    fresh = Freshness(widget)
    fresh.set_moment(monotonic_epoch() - 12)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    fresh._refresh()
    assert fresh.words == "10 s ago"

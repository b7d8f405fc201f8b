"""Ages and sizes in words."""

from __future__ import annotations

import math
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.formats import bytes_text, exact_time, relative_time

NOW = 1_700_000_000.0


@pytest.mark.parametrize(("age", "words"), [
    (-59, "just now"), (0, "just now"), (4.9, "just now"), (5, "5 s ago"), (59.9, "55 s ago"), (60, "1 min ago"),
    (3599, "59 min ago"), (3600, "1 h ago"), (86399, "23 h ago"), (86400, "yesterday"), (2 * 86400, "2 days ago"),
    (29 * 86400, "29 days ago"),
])
def test_an_age_in_words(age, words):
    assert relative_time(NOW - age, NOW) == words


@pytest.mark.parametrize("ahead", [62, 3 * 86400])
def test_a_time_to_come_is_named(ahead):
    assert relative_time(NOW + ahead, NOW) == exact_time(NOW + ahead).split(",")[0]


@pytest.mark.parametrize("at", [-1e12, 1e12, -62135596800.0])
def test_a_time_without_a_year_is_no_time(at):
    assert relative_time(at, NOW)
    assert exact_time(at)


def test_after_a_month_it_is_the_date():
    at = NOW - 31 * 86400
    assert relative_time(at, NOW) == exact_time(at).split(",")[0]
    assert re.fullmatch(r"\d{1,2} \w{3} \d{4}", relative_time(at, NOW))


def test_an_exact_time_has_date_and_seconds():
    assert re.fullmatch(r"\d{1,2} \w{3} 2023, \d\d:\d\d:\d\d", exact_time(NOW))


@pytest.mark.parametrize("at", [-62135596800.0, 253402300799.0 + 86400, 1e300, -1e300, math.inf, math.nan])
def test_a_time_that_cannot_be_is_a_dash(at, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert exact_time(at) == "—"
        assert relative_time(at, NOW) in {"—", "just now"}
        assert relative_time(NOW, at) in {"—", "just now", exact_time(NOW).split(",")[0]}
    finally:
        monkeypatch.undo()
        time.tzset()
    assert bytes_text(10**400) == "—"


@given(st.floats(), st.floats(), st.integers())
def test_any_figure_gives_words(at, now, count):
    assert exact_time(at)
    assert relative_time(at, now)
    assert bytes_text(count)


@pytest.mark.parametrize(("count", "words"), [
    (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (34_567, "35 kB"), (999_949, "1,000 kB"), (999_950, "1.0 MB"),
    (12_345_678, "12.3 MB"), (99_999_999, "100.0 MB"), (999_949_999, "999.9 MB"), (1_500_000_000, "1.5 GB"),
])
def test_a_size_in_words(count, words):
    assert bytes_text(count) == words


@given(st.integers(0, 10**13))
def test_a_size_is_never_far_from_the_truth(count):
    number, unit = bytes_text(count).split(" ")
    value = float(number.replace(",", "")) * {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
    assert abs(value - count) <= max(0.5, 0.051 * {"B": 1, "kB": 1e4, "MB": 1e6, "GB": 1e9}[unit])

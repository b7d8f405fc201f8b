"""How long to wait: both headers, every way of writing them."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.api.retry_after import LONGEST_S, retry_after

NOW = 1_750_000_000.0


@pytest.mark.parametrize(("headers", "wait"), [
    ({}, None),
    ({"retry-after": "7"}, 7.0),
    ({"retry-after": " 1.5 "}, 1.5),
    ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30.0),
    ({"x-rate-limit-reset-at-utc": str(int(NOW) + 12)}, 12.0),
    ({"x-rate-limit-reset-at-utc": str(int(NOW + 12) * 1000)}, 12.0),
    ({"x-rate-limit-reset-at-utc": "2025-06-15T15:07:00Z"}, 20.0),
    ({"x-rate-limit-reset-at-utc": "2025-06-15T15:07:00"}, 20.0),
    ({"x-rate-limit-reset-at-utc": "2025-06-15 15:07:00 UTC"}, 20.0),
    ({"x-rate-limit-reset-at-utc": "2025-06-15T17:07:00+02:00"}, 20.0),
    ({"x-rate-limit-reset-at-utc": formatdate(NOW + 20, usegmt=True)}, 20.0),
    ({"retry-after": "5", "x-rate-limit-reset-at-utc": str(NOW + 12)}, 12.0),
    ({"retry-after": "50", "x-rate-limit-reset-at-utc": str(NOW + 12)}, 50.0),
    ({"retry-after": "-3"}, 0.0),
    ({"retry-after": formatdate(NOW - 30, usegmt=True)}, 0.0),
    ({"retry-after": "99999999999"}, LONGEST_S),
    ({"retry-after": "soon"}, None),
    ({"retry-after": "nan"}, None),
    ({"retry-after": "inf"}, None),
    ({"x-rate-limit-reset-at-utc": ""}, None),
])
def test_both_headers_are_honoured(headers, wait):
    assert retry_after(headers, NOW) == (None if wait is None else pytest.approx(wait, abs=1e-3))


def test_a_wrong_clock_here_does_not_matter():
    headers = {"date": formatdate(NOW, usegmt=True), "x-rate-limit-reset-at-utc": str(NOW + 9)}
    assert retry_after(headers, NOW + 5000) == pytest.approx(9.0)


@given(st.dictionaries(st.sampled_from(["retry-after", "x-rate-limit-reset-at-utc", "date"]), st.text()))
def test_no_header_breaks_it(headers):
    wait = retry_after(headers, NOW)
    assert wait is None or 0.0 <= wait <= LONGEST_S

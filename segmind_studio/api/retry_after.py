"""How long the service asks to wait: `Retry-After` and `x-rate-limit-reset-at-utc`. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from segmind_studio.core.moments import seconds_of
from segmind_studio.core.numbers import finite_number

LONGEST_S = 24 * 3600.0  # a longer wait is a clock error, not a request
_MILLISECONDS_FROM = 1e11  # epoch seconds reach this in the year 5138


def http_date(text: str) -> float | None:
    """Return an HTTP date as seconds since the epoch; None when it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _number(text: str) -> float | None:
    return finite_number(text)


def _moment(text: str) -> float | None:
    """Return an epoch in seconds or milliseconds, an ISO 8601 time, or an HTTP date as seconds since the epoch."""
    number = _number(text)
    if number is not None:
        return number / 1000 if number >= _MILLISECONDS_FROM else number
    stamp = seconds_of(text.replace(" UTC", "Z"))
    return http_date(text) if stamp is None else stamp


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds to wait, the longer one where both headers are present; None without either.

    `headers` has lower-case names. Times are compared with the answer's own `Date`, so that a wrong clock on this
    computer does not matter; `now` is used where there is none.
    """
    waits: list[float] = []
    here = http_date(headers.get("date", ""))
    base = now if here is None else here
    after = headers.get("retry-after", "").strip()
    if after:
        seconds = _number(after)
        moment = http_date(after) if seconds is None else None
        if seconds is not None:
            waits.append(seconds)
        elif moment is not None:
            waits.append(moment - base)
    reset = headers.get("x-rate-limit-reset-at-utc", "").strip()
    moment = _moment(reset) if reset else None
    if moment is not None:
        waits.append(moment - base)
    return min(LONGEST_S, max(0.0, *waits)) if waits else None

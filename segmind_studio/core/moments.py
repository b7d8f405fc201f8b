"""Times in the formats of services, and which are plausible: anything beyond them is no time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from segmind_studio.core.numbers import finite_number

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_EPOCH = re.compile(r"\d{9,17}(\.\d{1,9})?")
_MILLI_FROM = 1e11  # epoch seconds reach this in the year 5138
LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()


def plausible_time(seconds: float | None, earliest: float = EARLIEST) -> float | None:
    """Return seconds since the epoch when they are between `earliest` and the year 2200, else None.

    Go writes the year 1 for "never", other programs the year 9999: not every calendar library accepts these.
    """
    return seconds if seconds is not None and earliest <= seconds <= LATEST else None


def seconds_of(stamp: str) -> float | None:
    """Return a time as seconds since the epoch; None when it is not a plausible time.

    It may be ISO 8601, where a missing zone means UTC, or an epoch in seconds, milli- or microseconds.
    """
    number = finite_number(stamp) if _EPOCH.fullmatch(stamp) else None
    if number is not None:
        while number > LATEST and number >= _MILLI_FROM:
            number /= 1000.0
        return plausible_time(number)
    try:
        moment = datetime.fromisoformat(stamp)
        return plausible_time((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None

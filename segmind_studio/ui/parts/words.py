"""Times, sizes and counts in words. Nothing here raises: an impossible figure is a dash."""

from __future__ import annotations

import math
from datetime import datetime

from PySide6.QtCore import QCoreApplication

_STEP_S = 5  # a clock that ticks each second only makes people nervous
_MINUTE = 60
_HOUR = 3600
_DAY = 86400
_MONTH = 30 * _DAY
_DASH = "—"
_LARGEST = 10**18  # bytes
_ROUNDS_UP = 999.95  # would be written as 1000.0


def relative_time(at: float, now: float) -> str:
    """Return in words how long ago `at` was; both are seconds since the epoch.

    Clocks may differ a little: a moment to come counts as now. A later one is named, since nobody knows its age.
    """
    if not (math.isfinite(at) and math.isfinite(now)):
        return _DASH
    passed = int(now - at)
    if passed >= _MONTH or passed < -_MINUTE:
        return exact_time(at).split(",")[0]
    if passed < _STEP_S:
        words = QCoreApplication.translate("words", "just now")
    elif passed < _MINUTE:
        words = QCoreApplication.translate("words", "{0} s ago").format(passed // _STEP_S * _STEP_S)
    elif passed < _HOUR:
        words = QCoreApplication.translate("words", "{0} min ago").format(passed // _MINUTE)
    elif passed < _DAY:
        words = QCoreApplication.translate("words", "{0} h ago").format(passed // _HOUR)
    elif passed < 2 * _DAY:
        words = QCoreApplication.translate("words", "yesterday")
    else:
        words = QCoreApplication.translate("words", "{0} days ago").format(passed // _DAY)
    return words


def exact_time(at: float) -> str:
    """Write a time in full, in the person's own zone: "3 Mar 2025, 14:05:09"."""
    try:
        moment = datetime.fromtimestamp(at).astimezone()
    except (ValueError, OverflowError, OSError):  # what the platform's clock cannot count, or no calendar
        return _DASH
    return f"{moment.day} {moment:%b %Y, %H:%M:%S}"


def clock_text(at: float, *, seconds: bool = False) -> str:
    """Write the time of the day, in the person's own zone: "14:05"."""
    moment = datetime.fromtimestamp(at).astimezone()
    return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"


def bytes_text(count: int) -> str:
    """Write a size with decimal units, as the service counts them: "12.3 MB"."""
    if abs(count) > _LARGEST:
        return _DASH
    if count < 1000:  # noqa: PLR2004  # the unit itself
        return f"{count} B"
    value, unit = count / 1e3, "kB"
    if value >= _ROUNDS_UP:
        value, unit = count / 1e6, "MB"
    if value >= _ROUNDS_UP:
        value, unit = count / 1e9, "GB"
    return f"{value:.0f} kB" if unit == "kB" else f"{value:.1f} {unit}"


def unlooked_words(count: int) -> str:
    """Return in words that a start waits for photos to be looked at, "" when none is waited for."""
    if not count:
        return ""
    if count == 1:
        return QCoreApplication.translate("words", "Still checking 1 photo. The start waits for it.")
    words = QCoreApplication.translate("words", "Still checking {0} photos. The start waits for them.")
    return words.format(count)

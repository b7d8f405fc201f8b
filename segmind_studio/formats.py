"""Numbers, money, sizes, dates and ages in the format of the user's language. No Qt.

Nothing here raises: an impossible value becomes a dash. English is built in; for other languages `use` takes their
formats (`languages`, from Qt).
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Protocol

from segmind_studio.texts import _, ngettext, pgettext

DASH = "—"
_HALF_A_CENT = 0.005
_STEP_S = 5  # seconds; a text that changes each second distracts
_MINUTE = 60
_HOUR = 3600
_DAY = 86400
_MONTH = 30 * _DAY
_LARGEST = 10**18  # bytes
_KILO = 1000
_ROUNDS_UP = 999.95  # would be written as 1000.0


class Figures(Protocol):
    """How a language writes figures; called from any thread."""

    def number(self, value: float, places: int) -> str:
        """Write a number with a fixed number of decimal places."""
        ...

    def dollars(self, value: float, places: int) -> str:
        """Write an amount of US dollars."""
        ...

    def date(self, moment: datetime) -> str:
        """Write a day with its year."""
        ...

    def month(self, moment: datetime) -> str:
        """Write a month with its year."""
        ...

    def time(self, moment: datetime, *, seconds: bool) -> str:
        """Write the time of the day."""
        ...


class EnglishFigures:
    """English: 1,234.5 and $1,203.20 and 3 Mar 2025 and 14:05."""

    _months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

    def number(self, value: float, places: int) -> str:
        """Write "1,234.5"."""
        return f"{value:,.{places}f}"

    def dollars(self, value: float, places: int) -> str:
        """Write "$3.20"."""
        return f"{'-' if value < 0 else ''}${abs(value):,.{places}f}"

    def date(self, moment: datetime) -> str:
        """Write "3 Mar 2025"."""
        return f"{moment.day} {self._months[moment.month - 1]} {moment.year}"

    def month(self, moment: datetime) -> str:
        """Write "Mar 2025"."""
        return f"{self._months[moment.month - 1]} {moment.year}"

    def time(self, moment: datetime, *, seconds: bool) -> str:
        """Write "14:05:09", or without the seconds."""
        return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"


class _Used:
    figures: Figures = EnglishFigures()


def use(figures: Figures) -> None:
    """Use these formats from now on."""
    _Used.figures = figures


def number(value: float, places: int = 0) -> str:
    """Write a number: "1,234.5"."""
    return _Used.figures.number(value, places) if math.isfinite(value) else DASH


def decimal_comma() -> bool:
    """Return whether the language writes one half as "0,5"."""
    return "," in number(0.5, 1)


def exact_number(value: float) -> str:
    """Write a number with all the decimal places that it has: "0.85", "1"."""
    if not math.isfinite(value):
        return DASH
    from decimal import Decimal  # noqa: PLC0415  # when first needed

    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return number(value, max(0, -exponent) if isinstance(exponent, int) else 0)


def percent(share: float) -> str:
    """Write a share of 0 to 1: "45 %"."""
    # Translators: a share in percent.
    return _("{number} %").format(number=number(share * 100))


def money(dollars: float) -> str:
    """Write an amount in whole cents; with more decimals if it would be 0."""
    if not math.isfinite(dollars):
        return DASH
    if 0 < dollars < _HALF_A_CENT:
        shown = max(dollars, 0.0001)
        places = len(f"{shown:.4f}".rstrip("0").partition(".")[2])
        return _Used.figures.dollars(shown, places)
    return _Used.figures.dollars(dollars, 2)


def bytes_text(count: int) -> str:
    """Write a size with decimal units, as the service counts them: "12.3 MB"."""
    if abs(count) > _LARGEST:
        return DASH
    if count < _KILO:
        return _("{number} B").format(number=number(count))
    if count / 1e3 < _ROUNDS_UP:
        return _("{number} kB").format(number=number(count / 1e3))
    if count / 1e6 < _ROUNDS_UP:
        return megabytes(count)
    return _("{number} GB").format(number=number(count / 1e9, 1))


def megabytes(count: int, places: int = 1) -> str:
    """Write a size in MB, as the service's limit is given: "12.3 MB"."""
    return _("{number} MB").format(number=number(count / 1e6, places))


def size_in_pixels(width: int, height: int) -> str:
    """Write a picture's size, which no line breaks: "1024 × 768"."""  # noqa: RUF002  # the sign for it
    # Translators: the width and the height of a picture, in pixels.
    size = _("{width} × {height}").format(width=width, height=height)  # noqa: RUF001  # the sign for it
    return size.replace(" ", "\u00a0")


def exact_time(at: float) -> str:
    """Write a time in full, in the user's own zone: "3 Mar 2025, 14:05:09"."""
    moment = _moment(at)
    if moment is None:
        return DASH
    # Translators: a date and a time of the day.
    words = pgettext("date and time", "{date}, {time}")
    return words.format(date=_Used.figures.date(moment), time=_Used.figures.time(moment, seconds=True))


def date_text(at: float) -> str:
    """Write a day, in the user's own zone: "3 Mar 2025"."""
    moment = _moment(at)
    return DASH if moment is None else _Used.figures.date(moment)


def month_text(at: float) -> str:
    """Write a month, in the user's own zone: "Mar 2025"."""
    moment = _moment(at)
    return DASH if moment is None else _Used.figures.month(moment)


def duration_text(seconds: float) -> str:
    """Write how long something took, in at most two units: "40 s", "12 min", "3 h 20 min", "2 d 5 h"."""
    if not math.isfinite(seconds) or seconds < 0:
        return DASH
    if round(seconds) < _MINUTE:  # what is rounded is compared: no text says 60 s or 24 h
        # Translators: a duration in seconds; keep it short.
        return _("{count} s").format(count=round(seconds))
    if round(seconds / _MINUTE) * _MINUTE < _HOUR:
        # Translators: a duration in minutes; keep it short.
        return _("{count} min").format(count=round(seconds / _MINUTE))
    if round(seconds / _MINUTE) * _MINUTE < _DAY:
        hours, minutes = divmod(round(seconds / _MINUTE), 60)
        # Translators: a duration; keep it short.
        words = _("{hours} h {minutes} min") if minutes else _("{hours} h")
        return words.format(hours=hours, minutes=minutes)
    days, hours = divmod(round(seconds / _HOUR), 24)
    # Translators: a duration in days and hours; keep it short.
    return (_("{days} d {hours} h") if hours else _("{days} d")).format(days=number(days), hours=hours)


def duration_span(low: float, high: float) -> str:
    """Write how long something takes from least to most: "18 to 25 min"; one time where both read alike."""
    least, most = duration_text(low), duration_text(high)
    if least == most or low < 1:
        return most if low >= 1 else _("at most {time}").format(time=most)
    if low >= _MINUTE and high < _HOUR:
        return _("{least} to {most} min").format(least=round(low / _MINUTE), most=round(high / _MINUTE))
    return _("{least} to {most}").format(least=least, most=most)


def clock_text(at: float, *, seconds: bool = False) -> str:
    """Write the time of the day, in the user's own zone: "14:05"."""
    moment = _moment(at)
    return DASH if moment is None else _Used.figures.time(moment, seconds=seconds)


def _moment(at: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(at).astimezone()
    except (ValueError, OverflowError, OSError):  # times outside the range of the platform's clock or calendar
        return None


def relative_time(at: float, now: float) -> str:
    """Return the age of `at`, such as "2 min ago"; both are seconds since the epoch.

    Clocks may differ a little: a time shortly in the future counts as now. A later time is written in full.
    """
    if not (math.isfinite(at) and math.isfinite(now)):
        return DASH
    passed = int(now - at)
    if passed >= _MONTH or passed < -_MINUTE:
        return date_text(at)
    if passed < _STEP_S:
        words = _("just now")
    elif passed < _MINUTE:
        # Translators: how long ago, in seconds; keep it short.
        words = _("{count} s ago").format(count=passed // _STEP_S * _STEP_S)
    elif passed < _HOUR:
        words = _("{count} min ago").format(count=passed // _MINUTE)
    elif passed < _DAY:
        words = _("{count} h ago").format(count=passed // _HOUR)
    elif passed < 2 * _DAY:
        words = _("yesterday")
    else:
        days = passed // _DAY
        words = ngettext("{count} day ago", "{count} days ago", days).format(count=days)
    return words

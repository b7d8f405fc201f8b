"""Figures in the languages of the app without Qt, as `languages.LocaleFigures` has them from Qt for the window.

Kept apart: a table of formats.
"""

from __future__ import annotations

from datetime import datetime

from segmind_studio import formats, texts
from segmind_studio.record import record


@record
class _Style:
    """How a language writes figures; names of months are separated by spaces.

    `least` is the length of the shortest whole part that is grouped.
    """

    grouping: str
    point: str
    amount: str
    date: str
    months: str
    short: str = ""  # of a month without a day, where that differs
    least: int = 4
    owed: str = "-{}"  # a negative amount
    minus: str = "-"


_DAY_FIRST = "{day} {month} {year}"
_ENGLISH = formats.EnglishFigures()
_ASIAN = _Style(
    ",", ".", "${}", "{year}年{month}{day}日", " ".join(f"{month}月" for month in range(1, 13)), owed="({})",
)
_STYLES = {
    "ar": _Style(
        ",", ".", "\u061c{}$", _DAY_FIRST,
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر", owed="({})", minus="\u200e-",
    ),
    "de": _Style(
        ".", ",", "{}\u00a0$", "{day}. {month} {year}",
        "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    ),
    "es": _Style(
        ".", ",", "{}\u00a0$", _DAY_FIRST,
        "ene feb mar abr may jun jul ago sept oct nov dic", least=5,
    ),
    "fr": _Style(
        "\u202f", ",", "{}\u00a0$", _DAY_FIRST,
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.", owed="({})",
    ),
    "ja": _ASIAN,
    "zh_CN": _ASIAN,
}


class PlainFigures:
    """See `formats.Figures`."""

    def __init__(self, style: _Style) -> None:
        self._style = style

    def number(self, value: float, places: int) -> str:
        """Write a number with a fixed number of decimal places."""
        style = self._style
        whole, _point, rest = f"{abs(value):.{places}f}".partition(".")
        grouped = f"{int(whole):,}".replace(",", style.grouping) if len(whole) >= style.least else whole
        minus = style.minus if value < 0 else ""
        return f"{minus}{grouped}{style.point if rest else ''}{rest}"

    def dollars(self, value: float, places: int) -> str:
        """Write an amount of US dollars."""
        shown = self._style.amount.format(self.number(abs(value), places))
        return self._style.owed.format(shown) if value < 0 else shown

    def date(self, moment: datetime) -> str:
        """Write a day with its year."""
        month = self._style.months.split()[moment.month - 1]
        return self._style.date.format(day=moment.day, month=month, year=moment.year)

    def month(self, moment: datetime) -> str:
        """Write a month with its year."""
        month = (self._style.short or self._style.months).split()[moment.month - 1]
        return texts.pgettext("a month of a year", "{month} {year}").format(month=month, year=moment.year)

    def time(self, moment: datetime, *, seconds: bool) -> str:
        """Write the time of the day."""
        return _ENGLISH.time(moment, seconds=seconds)


def use_terminal_figures() -> None:
    """Write figures in the language in use, from now on."""
    style = _STYLES.get(texts.used_code())
    formats.use(PlainFigures(style) if style is not None else _ENGLISH)

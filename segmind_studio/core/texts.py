"""Foreign texts made fit to keep and to show: cut to a length, without what moves or hides other characters."""

from __future__ import annotations

import re

_ROOM = 4  # times the length that is wanted: blanks and the like may go before the cut
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")  # control characters, and odd ends of lines
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they write "exe.png" where "gnp.exe" stands
_BLANKS = re.compile(r"\s+")
_CUT = "…"


def line_of(text: str, most: int) -> str:
    """Return a text as one line of at most `most` characters, an ellipsis at its end where it was cut."""
    return _cut(_BLANKS.sub(" ", _seen(text, most)).strip(), most, text)


def lines_of(text: str, most: int, most_lines: int) -> str:
    """Return a text with its line ends, cut after `most` characters or `most_lines` lines; empty lines go."""
    lines = [line for part in _seen(text, most).split("\n") if (line := _BLANKS.sub(" ", part).strip())]
    whole = "\n".join(lines[:most_lines])
    return _cut(whole + _CUT if len(lines) > most_lines else whole, most, text)


def _seen(text: str, most: int) -> str:
    """Look at the beginning only: a pattern over megabytes takes a second."""
    text = text[: most * _ROOM].replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub(" ", _TURNS.sub("", text))


def _cut(shown: str, most: int, text: str) -> str:
    if len(shown) > most or (len(text) > most * _ROOM and not shown.endswith(_CUT)):
        return shown[: most - 1] + _CUT
    return shown


def values_in(json: bytes) -> int:
    """Count how many values JSON can hold at most, before it is decoded: three bytes make an object of sixty."""
    return sum(json.count(mark) for mark in (b",", b"[", b"{"))

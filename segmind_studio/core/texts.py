"""Make foreign texts safe to store and show: cut to a length, without characters that move or hide others."""

from __future__ import annotations

import re

_ROOM = 4  # times the wanted length: spaces and the like may be removed before the cut
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")  # control characters, and unusual line ends
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they show "exe.png" for "gnp.exe"
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"\s+")
_CUT = "…"


def line_of(text: str, most: int) -> str:
    """Return a text as one line of at most `most` characters, an ellipsis at its end where it was cut."""
    return _cut(_BLANKS.sub(" ", _seen(text, most)).strip(), most, text)


def lines_of(text: str, most: int, most_lines: int) -> str:
    """Return a text with its line ends, cut to `most` characters and `most_lines` lines, without empty lines."""
    lines = [line for part in _seen(text, most).split("\n") if (line := _BLANKS.sub(" ", part).strip())]
    whole = "\n".join(lines[:most_lines])
    return _cut(whole + _CUT if len(lines) > most_lines else whole, most, text)


def printable(text: str) -> str:
    """Return a text for a terminal, with its line ends and tabs: a sequence that it would obey loses its effect.

    Other control characters, and those that reverse what follows, become "�".
    """
    return _OBEYED.sub("\ufffd", text.replace("\r\n", "\n"))


def _seen(text: str, most: int) -> str:
    """Return the clean beginning only: a pattern over megabytes takes a second."""
    text = text[: most * _ROOM].replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub(" ", _TURNS.sub("", text))


def _cut(shown: str, most: int, text: str) -> str:
    if len(shown) > most or (len(text) > most * _ROOM and not shown.endswith(_CUT)):
        return shown[: most - 1] + _CUT
    return shown


def values_in(json: bytes) -> int:
    """Return how many values JSON can hold at most, before decoding: three bytes can become an object of sixty."""
    return sum(json.count(mark) for mark in (b",", b"[", b"{"))

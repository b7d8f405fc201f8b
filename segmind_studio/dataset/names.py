"""File names: plain unique ones for the archive, safe ones for the app's own copies, readable ones for reports."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_MAX_STEM = 80
_MAX_SHOWN = 120
_FALLBACK = "photo"
_PIECES = re.compile("[0-9]+|[^0-9]+")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)  # Windows reserves these for devices, whatever follows the dot


def ascii_stem(stem: str) -> str:
    """Return a stem of letters, digits, "-", "_" and "." that every system accepts; accents are dropped."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii")
    return _usable(re.sub(r"[^A-Za-z0-9._-]+", "-", plain)[:_MAX_STEM].strip("-. "))


def disk_stem(stem: str) -> str:
    """Return a stem for the app's own copy: letters of any script, nothing that a file system may refuse."""
    plain = unicodedata.normalize("NFC", stem)
    safe = "".join(char if _is_letter(char) or char in "-_. ()" else "_" for char in plain)
    short = safe.encode("utf-8", "ignore")[:_MAX_STEM].decode("utf-8", "ignore")
    return _usable(short.strip("._ "))


def _is_letter(char: str) -> bool:
    """Return whether it is a letter, a digit, or a mark on one, as Thai and Hindi write vowels."""
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc"}


def _usable(stem: str) -> str:
    if not stem:
        return _FALLBACK
    return f"{_FALLBACK}-{stem}" if stem.split(".", maxsplit=1)[0].casefold() in _RESERVED else stem


def shown(name: str) -> str:
    """Return a name as a report may show it: nothing invisible in it, limited length."""
    text = name if name.isprintable() else "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name
    )
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN // 2]}…{text[-_MAX_SHOWN // 2 :]}"


def storable(text: str) -> bool:
    """Return whether a name is valid text; on Linux a name may be any bytes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def natural_key(name: str) -> tuple[int | str, ...]:
    """Return a key that sorts "photo 2" before "photo 10", ignoring case; three values a piece of the name."""
    key: list[int | str] = []
    for piece in _PIECES.findall(name.casefold()):
        key += (0, int(piece[:18]), piece) if piece[0] in "0123456789" else (1, 0, piece)
    return tuple(key)


class StemPool:
    """Return stems that differ even where case is ignored."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._seen: Counter[str] = Counter()

    def take(self, stem: str) -> str:
        """Return the stem itself, or with "-2", "-3" and so on after it."""
        wanted, free = stem.casefold(), stem
        while free.casefold() in self._taken:
            self._seen[wanted] += 1  # stored, so that a thousand equal names stay fast
            free = f"{stem}-{self._seen[wanted] + 1}"
        self._taken.add(free.casefold())
        return free

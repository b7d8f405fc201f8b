"""A language for tests: every text is accented, a third longer, and enclosed in marks.

Chosen with `SEGMIND_STUDIO_LANGUAGE=pseudo`. A text without marks is not translatable, two marked
texts side by side are joined from parts, and a cut text has no space for longer languages.

Kept apart: only developers load it.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

FIRST, LAST = "⟦", "⟧"
_ACCENTED = str.maketrans("aeiounycAEIOUNYC", "áéíóúñýçÁÉÍÓÚÑÝÇ")
_LEFT_ALONE = re.compile(  # placeholders, markup, file patterns, and mnemonics
    r"(\{[^{}]*\}|<[^<>]*>|&\w++;|\(\*[^()]*\)|&.)"
)
_STRETCH = 3
_FILL, _WORD = "~", 6


def pseudo(message: str) -> str:
    """Return a text marked, accented and stretched; placeholders, markup and mnemonics stay."""
    parts = _LEFT_ALONE.split(message)
    words = "".join(part if number % 2 else part.translate(_ACCENTED) for number, part in enumerate(parts))
    letters = sum(len(part) for part in parts[::2])
    return f"{FIRST}{words}{_filling(-(-letters // _STRETCH))}{LAST}"


def _filling(count: int) -> str:
    """Return characters that a line can be broken between, as between words."""
    return " ".join(_FILL * min(_WORD, count - at) for at in range(0, count, _WORD))


class PseudoTranslations(NullTranslations):
    """A catalogue that has a pseudo text for each."""

    def gettext(self, message: str) -> str:
        """Return the pseudo text."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the pseudo text of the English form."""
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002  # gettext's signature
        """Return the pseudo text, whatever the context."""
        return pseudo(message)

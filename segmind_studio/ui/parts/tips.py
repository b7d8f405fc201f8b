"""Tooltips in plain text. Qt guesses whether a tooltip is markup, and would load what such markup names."""

from __future__ import annotations

import textwrap

from PySide6.QtGui import QKeySequence, Qt

_MOST = 1000  # characters
_WIDTH = 90  # characters of a line
_MARKUP = '<p style="white-space: pre-wrap">{0}</p>'


def key_name(keys: str) -> str:
    """Return the name of a key, given as "Ctrl+Enter", as this system and the language in use write it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) or keys


def plain_tip(text: str) -> str:
    """Return a tooltip that shows just this text, wrapped and cut; for text from outside the app.

    Only what looks like markup is written as such, escaped: a screen reader reads a tooltip as it is.
    """
    text = text.replace("\x00", " ")
    text = text if len(text) <= _MOST else text[: _MOST - 1] + "…"
    lines = [
        part for line in text.splitlines()
        for part in (textwrap.wrap(line, _WIDTH, break_on_hyphens=False) if len(line) > _WIDTH else [line])
    ]
    plain = "\n".join(lines)
    if not Qt.mightBeRichText(plain):
        return plain
    from html import escape  # noqa: PLC0415  # few texts need it

    return _MARKUP.format(escape(text))

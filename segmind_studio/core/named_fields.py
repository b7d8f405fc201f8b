"""Which fields of the form a refusal names, and its message for each. Pure functions on the service's text.

The text has `{loc, msg}` pairs written out (“body.advance_parameters.iterations: must be at least 100”), or is a
sentence that mentions a field.

Kept apart: it is pure, and has tests of its own.
"""

from __future__ import annotations

import re

from segmind_studio.core.fields import FIELD_BY_KEY

_EVERYDAY = frozenset({"name", "theme", "priority"})  # words that a sentence may contain without meaning the field
# Quoted, called a field, or the subject of a sentence.
_EVERYDAY_FORM = r"""["'`“]{0}["'`”]|\b(?:field|parameter|property) {0}\b|^[^\w\n]*+{0} (?:is|must|should|has)\b"""
_KEYS = "|".join(sorted(FIELD_BY_KEY, key=len, reverse=True))
_PLACE = re.compile(rf"(?:^|(?<=[\s:;,]))(?P<path>(?:\w+\.)*)(?P<key>{_KEYS})(?:\.\d+)*: ", re.MULTILINE)


def fields_named(words: str) -> dict[str, str]:
    """Return the message for each named field, by the fields' keys in the form's order; empty without any."""
    found = _placed(words) or {key: " ".join(words.split()) for key in FIELD_BY_KEY if _mentions(words, key)}
    return {key: found[key] for key in FIELD_BY_KEY if key in found}


def _placed(words: str) -> dict[str, str]:
    """Split “place: text”; several texts of one place are joined."""
    places = [
        place for place in _PLACE.finditer(words)
        if place["path"] or place["key"] not in _EVERYDAY or _begins_a_line(words, place.start())
    ]
    ends = [place.start() for place in places[1:]] + [len(words)]
    found: dict[str, str] = {}
    for place, end in zip(places, ends, strict=False):
        message = words[place.end():end]
        message = " ".join(message.split()).strip(" :;,")
        if message:
            found[place["key"]] = f"{found[place['key']]} {message}" if place["key"] in found else message
    return found


def _begins_a_line(words: str, at: int) -> bool:
    return not words[:at].rpartition("\n")[2].strip()


def _mentions(words: str, key: str) -> bool:
    spelt = key.replace("_", "[ _]")
    pattern = _EVERYDAY_FORM.format(key) if key in _EVERYDAY else rf"(?<!\w){spelt}(?!\w)"
    return re.search(pattern, words, re.IGNORECASE | re.MULTILINE) is not None

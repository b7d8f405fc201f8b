"""The service's error message as plain text, from whatever an error body holds. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from segmind_studio.api.answers import MOST_ITEMS, Answer
from segmind_studio.core.masks import masked_text
from segmind_studio.core.numbers import decoded_json, unescaped
from segmind_studio.core.texts import lines_of, values_in

LONGEST = 2000  # characters
MOST_LINES = 40
_ROOM = 8  # times the length that is shown: the beginning of a text of megabytes is enough
_LOOKED_AT = 64 * 1024  # bytes of a body that are searched for text
_KEYS = ("error", "error_description", "message", "detail", "details", "errors", "title", "msg", "reason")
_TAG = re.compile(r"<[^<>]*>")
_DEPTH = 4
_LONGEST_FORM = 400  # characters of a key in its longest encoded form


def answer_text(answer: Answer) -> str:
    """Return the message in a body: no markup, no key, no signature, at most 2,000 characters."""
    text = answer.body[:_LOOKED_AT].decode("utf-8", "replace").lstrip("\ufeff")
    start = text.lstrip()
    if answer.is_html:
        found = _page_text(text)
    elif start.startswith("<"):
        found = ": ".join(part for part in (xml_text(text, "Code"), xml_text(text, "Message")) if part)
        found = found or _plain(text)
    elif start.startswith(("{", "[", '"')):
        found = _json_text(answer.body, text)
    else:
        found = text
    return clean_error_text(found, answer.secret)


def clean_error_text(text: str, secret: str = "") -> str:
    """Return a text that may be shown: one paragraph without keys and control characters, cut to length."""
    room = LONGEST * _ROOM
    clean = lines_of(text.encode("utf-8", "replace").decode("utf-8"), room, MOST_LINES)
    if len(clean) == room:
        clean = clean[:-_LONGEST_FORM]  # a key that was cut in two would not be recognised
    masked = masked_text(clean, (secret,) if secret else ())
    return lines_of(masked, LONGEST, MOST_LINES)


def xml_text(text: str, tag: str) -> str:
    """Return the text of the first `tag` in an XML error, "" when the tag is missing."""
    return _between(text, tag, ignore_case=False)


def _plain(markup: str) -> str:
    return unescaped(_TAG.sub(" ", markup)).strip()


def _between(text: str, tag: str, *, ignore_case: bool = True) -> str:
    """Return the text of `<tag …>text</tag>` in one pass; damaged markup would confuse a parser."""
    searched = text.lower() if ignore_case else text
    opening = searched.find(f"<{tag}")
    begin = searched.find(">", opening) + 1
    end = searched.find(f"</{tag}", begin)
    if opening < 0 or not begin or end < 0 or len(searched) != len(text):
        return ""
    return _plain(text[begin:end])


def _page_text(text: str) -> str:
    found = dict.fromkeys(part for part in (_between(text, "title"), _between(text, "h1")) if part)
    return ": ".join(found) or _plain(text)


def _json_text(body: bytes, text: str) -> str:
    if values_in(body) > MOST_ITEMS:
        return text
    try:
        value = decoded_json(body)
    except ValueError:
        return text
    found = list(dict.fromkeys(messages_in(value)))
    return ": ".join(found) if found else text


def messages_in(value: object, depth: int = _DEPTH) -> list[str]:
    """Return the messages in a decoded error: under the usual keys, in lists, with the field where it is named."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if depth == 0:
        return []
    if isinstance(value, Mapping):
        body = cast("Mapping[str, object]", value)
        place = body.get("loc")
        inner = [text for key in _KEYS for text in messages_in(body.get(key), depth - 1)]
        if isinstance(place, Sequence) and not isinstance(place, str) and inner:
            where = ".".join(str(part) for part in cast("Sequence[object]", place))
            return [f"{where}: {' '.join(inner)}"]
        return inner
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        items = list(cast("Sequence[object]", value))[:20]
        return [text for item in items for text in messages_in(item, depth - 1)]
    return []

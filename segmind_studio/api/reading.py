"""Read decoded JSON of any shape: texts, numbers, lists and objects, wherever they are. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from segmind_studio.api.answers import MOST_ITEMS, Answer
from segmind_studio.api.problems import odd_answer
from segmind_studio.core.masks import masked_body
from segmind_studio.core.numbers import decoded_json, finite_number, json_at
from segmind_studio.core.texts import values_in

Fields = Mapping[str, object]
RAW_LIMIT = 64 * 1024  # characters of one answer that are kept for the raw view
_RAW_TEXT = 1000  # characters of one text where the answer is longer than that
_RAW_ITEMS = 100
_RAW_DEPTH = 8
_BETWEEN = re.compile(r"[\s,]{0,1000}")


def json_of(answer: Answer) -> object:
    """Return the decoded JSON of an answer; ODD_ANSWER for an HTML page or anything else.

    Also for more than MOST_ITEMS values, which are counted before decoding.
    """
    if answer.is_html:
        raise odd_answer(answer)
    if values_in(answer.body) > MOST_ITEMS:
        raise odd_answer(answer, f"more than {MOST_ITEMS} values")
    try:
        return _masked_json(decoded_json(answer.body), answer.body, answer.secret)
    except (ValueError, RecursionError):
        raise odd_answer(answer) from None


def _masked_json(value: object, body: bytes, secret: str) -> object:
    """Mask the secret in decoded JSON, where escapes in `body` may have hidden it from `masked_body`."""
    if not secret or not (b"\\" in body or b"\0" in body):
        return value
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    masked = masked_body(text, secret)
    return value if masked == text else decoded_json(masked.decode("utf-8", "surrogatepass"))


def rows_of_a_part(answer: Answer, names: tuple[str, ...]) -> Iterator[object] | None:
    """Return the complete rows of a list that was cut, one at a time; None when the body begins with no list."""
    text = answer.body.decode("utf-8", "ignore")
    key = "|".join(names)
    opening = re.match(rf'\ufeff?\s{{0,100}}(?:\{{\s{{0,100}}"(?:{key})"\s{{0,100}}:\s{{0,100}})?\[', text)
    return None if opening is None else _rows_from(text, opening.end(), answer.secret)


def _rows_from(text: str, place: int, secret: str) -> Iterator[object]:
    while True:
        gap = _BETWEEN.match(text, place)
        start = gap.end() if gap else place
        try:
            row, place = json_at(text, start)
        except ValueError:  # the end of the list, or of what was received of it
            return
        yield _masked_json(row, text[start:place].encode("utf-8", "replace"), secret)


def fields_of(value: object) -> Fields | None:
    """Return a decoded JSON object, None for anything else."""
    return cast("Fields", value) if isinstance(value, dict) else None


def text_of(value: object) -> str:
    """Return a text or a whole number as text, "" for anything else; lone surrogates are removed."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:  # thousands of digits
            return ""
    return ""


def raw_text(value: object) -> str:
    """Return a decoded value as JSON text for the raw view, "" when it is nested too deep.

    A long value is `shortened`. If it is still too long, only its beginning is returned.
    """
    try:
        text = _json_text(value)
        if len(text) > RAW_LIMIT:
            text = _json_text(shortened(value))
        if len(text) > RAW_LIMIT:
            text = _json_text({"too long to keep": f"{len(text)} characters", "begins": text[: RAW_LIMIT // 3]})
    except (ValueError, RecursionError):
        return ""
    return text


def _json_text(value: object) -> str:
    return text_of(json.dumps(value, ensure_ascii=False))


def shortened(value: object, depth: int = _RAW_DEPTH) -> object:
    """Return a decoded value with its long texts and lists cut, each with a note that says so."""
    if isinstance(value, str):
        return value if len(value) <= _RAW_TEXT else f"{value[:_RAW_TEXT]}… ({len(value)} characters)"
    rows, fields = list_of(value), fields_of(value)
    if rows is None and fields is None:
        return value
    if depth == 0:
        return "…"
    if rows is not None:
        kept = [shortened(item, depth - 1) for item in rows[:_RAW_ITEMS]]
        return [*kept, f"… ({len(rows)} items)"] if len(rows) > _RAW_ITEMS else kept
    items = list((fields or {}).items())
    kept_fields = {str(name)[:_RAW_TEXT]: shortened(item, depth - 1) for name, item in items[:_RAW_ITEMS]}
    return kept_fields | ({"…": f"{len(items)} fields"} if len(items) > _RAW_ITEMS else {})


def number_of(value: object) -> float | None:
    """Return a finite number, from a number or a text; None for anything else."""
    return finite_number(value)


def switch_of(value: object) -> bool | None:
    """Return a truth value, from a boolean or its text; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(text_of(value).strip().lower())


def list_of(value: object) -> list[object] | None:
    """Return a decoded JSON list, None for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else None

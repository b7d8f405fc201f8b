"""Read decoded JSON of any shape: texts, numbers, lists and objects wherever they may stand. Pure functions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import cast

from segmind_studio.api.answers import Answer
from segmind_studio.api.masking import masked_json
from segmind_studio.api.problems import odd_answer

Fields = Mapping[str, object]
_ITEM = ("finetune", "data", "payload", "request", "item")
_DEPTH = 3
_NO_RANK = 3


def json_of(answer: Answer) -> object:
    """Give the decoded JSON of an answer; a page for people, or anything else, is an odd answer."""
    if answer.is_html:
        raise odd_answer(answer)
    try:
        value: object = json.loads(answer.body, parse_constant=_no_number)
        return masked_json(value, answer.body, answer.secret)
    except (ValueError, RecursionError):
        raise odd_answer(answer) from None


def _no_number(_name: str) -> None:
    """Read NaN and Infinity as nothing."""


def fields_of(value: object) -> Fields | None:
    """Give a decoded JSON object, None for anything else."""
    return cast("Fields", value) if isinstance(value, dict) else None


def text_of(value: object) -> str:
    """Give a text or a whole number as text, "" for anything else; never a half of a character."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:  # thousands of digits
            return ""
    return ""


def raw_text(value: object) -> str:
    """Write a decoded value as JSON text for the raw view, "" when it is too deep for that."""
    try:
        return text_of(json.dumps(value, ensure_ascii=False))
    except (ValueError, RecursionError):
        return ""


def number_of(value: object) -> float | None:
    """Give a finite number, from a number or a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def switch_of(value: object) -> bool | None:
    """Give a truth value, from one or from its text; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(text_of(value).strip().lower())


def list_of(value: object) -> list[object] | None:
    """Give a decoded JSON list, None for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else None


def rows_of(value: object, names: tuple[str, ...]) -> list[object] | None:
    """Find the list in an answer; None when there is none.

    It may be bare, or stand under one of `names` (null is an empty one), or be the only filled list there is.
    """
    for _ in range(_DEPTH):
        rows = [] if value is None else list_of(value)
        if rows is not None:
            return rows
        fields = fields_of(value)
        if fields is None:
            return None
        named = [fields[name] for name in names if name in fields]
        usable = [item for item in named if _rank(item) < _NO_RANK]
        if not usable:
            filled = [rows for item in fields.values() if (rows := list_of(item))]
            return filled[0] if len(filled) == 1 else None
        value = min(usable, key=_rank)
    return None


def _rank(value: object) -> int:
    """Prefer a list to an object, and an object to null; nothing else may hold rows."""
    if value is None:
        return 2
    return 0 if list_of(value) is not None else 1 if fields_of(value) is not None else _NO_RANK


def layers_of(value: object) -> Iterator[Fields]:
    """Give an object and what it may be wrapped in, innermost first."""
    found: list[Fields] = []
    for _ in range(_DEPTH):
        rows = list_of(value)
        fields = fields_of(rows[0] if rows is not None and len(rows) == 1 else value)
        if fields is None:
            break
        found.append(fields)
        value = next((fields[name] for name in _ITEM if isinstance(fields.get(name), (dict, list))), None)
    return reversed(found)

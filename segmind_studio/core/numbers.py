"""The only module that turns foreign text into numbers, from decoded JSON or plain characters.

Python itself refuses to convert more than some thousand digits, with an unexpected ValueError. Here every
conversion is limited, and what cannot be a number is None.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

LIST_COMMAS = ",;\u060c\u061b\u3001\uff0c\uff1b"  # as keyboards for Arabic, Chinese and Japanese write them too
_BETWEEN = re.compile(rf"[{LIST_COMMAS}\s]+")
_BETWEEN_DECIMAL_COMMAS = re.compile(rf"(?:[{LIST_COMMAS[1:]}\s]|,(?![0-9]))+")
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
MOST_DIGITS = 18  # of a whole number in a text: fits into 64 bits
_MOST_JSON_DIGITS = 40
_LONGEST_NUMBER = 400  # characters; the largest float has 309 digits
_WHOLE = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")
_FAR_REFERENCE = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9a-fA-F]{7,}+);?")  # beyond the last Unicode character
_NO_CHARACTER = "\ufffd"


def whole_number(text: str) -> int | None:
    """Return a whole number of at most 18 ASCII digits without a sign; None for anything else."""
    return int(text) if _WHOLE.fullmatch(text) else None


def finite_number(value: object) -> float | None:
    """Return a finite number from a number or a text; None for anything else, booleans included."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and (len(value) > _LONGEST_NUMBER or "_" in value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def number_parts(text: str, *, decimal_comma: bool = False) -> list[str]:
    """Return the numbers of a list such as "0.8, 1; 1.2", as texts with a decimal point; what is none as it is.

    With `decimal_comma` a comma before a digit belongs to the number: "0,8; 1" and "0,8, 1" are two numbers, and
    "0,8,1" is none. Without, each comma separates.
    """
    parts = (_BETWEEN_DECIMAL_COMMAS if decimal_comma else _BETWEEN).split(text)
    return [_DECIMAL_COMMA.sub(".", part) if part.count(",") == 1 else part for part in parts if part]


def decoded_json(
    content: str | bytes, *, strict: bool = False,
    pairs: Callable[[list[tuple[str, object]]], object] | None = None,
) -> object:
    """Return decoded JSON; ValueError, and nothing else, when it is invalid or nested too deep.

    NaN, Infinity and numbers too large to be one are None; with `strict` they are a ValueError too. `pairs` makes
    an object of its names and values; it may raise a ValueError.
    """
    odd = _refuse if strict else _nothing

    def whole(text: str) -> object:
        return int(text) if len(text.lstrip("-")) <= _MOST_JSON_DIGITS else odd(text)

    def decimal(text: str) -> object:
        number = float(text)
        return number if math.isfinite(number) else odd(text)

    try:
        return json.loads(
            content, parse_int=whole, parse_float=decimal, parse_constant=odd, object_pairs_hook=pairs,
        )
    except RecursionError:
        raise ValueError("nested too deep") from None


def json_at(text: str, place: int) -> tuple[object, int]:
    """Return the JSON value that begins at a place, decoded as by `decoded_json`, and the place where it ends."""

    def whole(digits: str) -> object:
        return int(digits) if len(digits.lstrip("-")) <= _MOST_JSON_DIGITS else None

    def decimal(digits: str) -> object:
        number = float(digits)
        return number if math.isfinite(number) else None

    try:
        decoder = json.JSONDecoder(parse_int=whole, parse_float=decimal, parse_constant=_nothing)
        return decoder.raw_decode(text, place)
    except RecursionError:
        raise ValueError("nested too deep") from None


def unescaped(text: str) -> str:
    """Replace HTML's character references; a reference to an invalid character becomes a replacement character."""
    import html  # noqa: PLC0415  # when first needed

    return html.unescape(_FAR_REFERENCE.sub(_NO_CHARACTER, text))


def _nothing(_text: str) -> None:
    """Return None for a constant."""


def _refuse(text: str) -> None:
    raise ValueError(f"no number: {text[:20]}")

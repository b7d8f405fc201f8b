"""Recognise errors that are served as a success: a 2xx whose body reports a failure. Pure functions.

Fields that are present but empty of meaning (`error: null`, `error: ""`, `message: "ok"`) report no failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from segmind_studio.api.reading import Fields, number_of, switch_of, text_of

_ERRORS = ("error", "errors", "error_description")
_SWITCHES = ("success", "ok", "status")
_NUMBERS = ("status_code", "statusCode", "status", "code")
STATES = frozenset({"error", "fail", "failure"})  # values that stand for a status where there is no job
_NOTHING = frozenset({"", "none", "null", "false", "no", "0", "ok"})
_FIRST, _LAST = 400, 599
_DEPTH = 4


def reports_error(fields: Fields) -> bool:
    """Return whether an object that is no job reports a failure."""
    if any(_says_something(fields.get(name), _DEPTH) for name in _ERRORS):
        return True
    if any(switch_of(fields.get(name)) is False for name in _SWITCHES):
        return True
    codes = (number_of(fields.get(name)) for name in _NUMBERS)
    return any(code is not None and _FIRST <= code <= _LAST for code in codes) or (
        text_of(fields.get("status")).strip().lower() in STATES
    )


def _says_something(value: object, depth: int) -> bool:
    if isinstance(value, Mapping):
        value = list(cast("Mapping[str, object]", value).values())
    if isinstance(value, list):
        return depth > 0 and any(_says_something(item, depth - 1) for item in cast("Iterable[object]", value))
    if isinstance(value, str):
        return value[:100].strip().lower() not in _NOTHING
    return bool(value)

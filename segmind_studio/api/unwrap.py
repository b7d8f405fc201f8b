"""Find the rows and the objects of an answer, bare or wrapped in other objects. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from segmind_studio.api.reading import Fields, fields_of, list_of
from segmind_studio.api.served_errors import reports_error

_ITEM = ("finetune", "data", "payload", "request", "item")
_DEPTH = 3


class _Holds(IntEnum):
    """What may hold the rows, the likelier first."""

    A_LIST = 0
    AN_OBJECT = 1
    NULL = 2  # no rows
    NOTHING = 3


def rows_of(value: object, names: tuple[str, ...]) -> list[object] | None:
    """Return the list in an answer; None when there is none, or when an object around it reports an error.

    It may be bare, or stand under one of `names` (there null is an empty list), or be the only non-empty list. A
    bare null is None: an empty list would mean that all runs have been removed.
    """
    for depth in range(_DEPTH):
        rows = [] if value is None and depth else list_of(value)
        if rows is not None:
            return rows
        fields = fields_of(value)
        if fields is None or reports_error(fields):
            return None
        named = [fields[name] for name in names if name in fields]
        usable = [item for item in named if _holds(item) < _Holds.NOTHING]
        if not usable:
            filled = [found for item in fields.values() if (found := list_of(item))]
            return filled[0] if len(filled) == 1 else None
        value = min(usable, key=_holds)
    return None


def _holds(value: object) -> _Holds:
    if value is None:
        return _Holds.NULL
    if list_of(value) is not None:
        return _Holds.A_LIST
    return _Holds.NOTHING if fields_of(value) is None else _Holds.AN_OBJECT


def layers_of(value: object) -> Iterator[Fields]:
    """Yield an object and the objects wrapped in it, innermost first."""
    found: list[Fields] = []
    for _ in range(_DEPTH):
        rows = list_of(value)
        fields = fields_of(rows[0] if rows is not None and len(rows) == 1 else value)
        if fields is None:
            break
        found.append(fields)
        value = next((fields[name] for name in _ITEM if isinstance(fields.get(name), (dict, list))), None)
    return reversed(found)

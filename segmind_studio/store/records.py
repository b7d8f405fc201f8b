"""Our frozen dataclasses as JSON objects and back, tolerant of what other versions or editors wrote.

A key that the class does not have is dropped; a value of the wrong type counts as missing; a missing value gets
the field's default. Only a missing value without a default makes the record unreadable.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from segmind_studio.core.numbers import decoded_json

T = TypeVar("T")
_Read = Callable[[object], object]
_SCALARS = (str, int, float, bool, type(None))
_SCALAR_TYPES = frozenset(_SCALARS)
_PLAIN_TYPES = (str, int, bool)


def record_text(value: object, without: frozenset[str] = frozenset()) -> str:
    """Return a dataclass as JSON, without the fields named in `without`."""
    return json_text(_plain(value, without))


def json_text(value: object) -> str:
    """Return plain values as JSON that a text column can hold.

    File names and the service's texts may contain lone surrogates, which UTF-8 cannot encode. Then the JSON is all
    ASCII, up to six times as long.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def utf8_text(text: str) -> str:
    """Replace lone surrogates, which a text column cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def plain(value: object) -> object:
    """Return a dataclass as dicts, lists and scalars for JSON."""
    return _plain(value, frozenset())


def _plain(value: object, without: frozenset[str]) -> object:  # noqa: PLR0911  # one exit for each kind of value
    if type(value) in _SCALAR_TYPES:  # most values: none of the questions below is asked
        return value
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, _SCALARS):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in cast("Iterable[object]", value)]
    if dataclasses.is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in _readers(type(value)) if name not in without}
    raise TypeError(f"No JSON form for {type(value).__name__}")


def from_record(kind: type[T], record: object, **known: object) -> T:
    """Return the dataclass that `plain` wrote; `known` are fields stored elsewhere. ValueError when unreadable."""
    if not isinstance(record, dict):
        raise ValueError(f"A {kind.__name__} is no JSON object.")  # noqa: TRY004  # bad data, not a bad call
    found: dict[str, object] = dict(known)
    values = cast("dict[str, object]", record)
    for name, (exact, read) in _readers(kind).items():
        if name not in values or name in known:
            continue
        value = values[name]
        if type(value) is exact:  # most values, of which ten thousand runs have half a million
            found[name] = value
            continue
        try:
            found[name] = read(value)
        except ValueError:
            continue
    try:
        return kind(**found)
    except TypeError as error:
        raise ValueError(str(error)) from error


def from_text(kind: type[T], text: str, **known: object) -> T:
    """Return the dataclass that `record_text` wrote; ValueError when unreadable."""
    try:
        return from_record(kind, decoded_json(text), **known)
    except RecursionError as error:
        raise ValueError("Nested too deep.") from error


@cache
def _readers(kind: type[object]) -> dict[str, tuple[type | None, _Read]]:
    """Return one checking reader for each field of a dataclass, and the type whose values need no check."""
    hints = get_type_hints(kind)
    names = [item.name for item in dataclasses.fields(cast("Any", kind))]
    return {name: (hints[name] if hints[name] in _PLAIN_TYPES else None, _reader(hints[name])) for name in names}


def _reader(hint: Any) -> _Read:  # noqa: PLR0911  # one exit for each kind of value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        inner = [_reader(part) for part in arguments if part is not type(None)]
        return partial(_optional, inner[0])
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004  # tuple[X, ...]
            return partial(_many, _reader(arguments[0]))
        return partial(_row, tuple(_reader(part) for part in arguments))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping
    if hint is float:
        return _number
    if hint is Path:
        return _path
    if issubclass(hint, Enum):
        return hint
    if dataclasses.is_dataclass(hint):
        return partial(from_record, cast("type[object]", hint))
    return partial(_exactly, hint)


def _exactly(kind: type[object], value: object) -> object:
    if type(value) is not kind:  # True is an int too, and must not pass as one
        raise ValueError(value)
    return value


def _optional(read: _Read, value: object) -> object:
    return None if value is None else read(value)


def _many(read: _Read, value: object) -> object:
    """Read a list of any length; elements that cannot be read are left out."""
    found: list[object] = []
    for item in _items(value):
        try:
            found.append(read(item))
        except ValueError:
            continue
    return tuple(found)


def _row(reads: tuple[_Read, ...], value: object) -> object:
    """Read a list of fixed length; every element must be readable."""
    return tuple(read(item) for read, item in zip(reads, _items(value), strict=True))


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(value)  # noqa: TRY004  # bad data, not a bad call
    return cast("list[object]", value)


def _mapping(value: object) -> object:
    if not isinstance(value, dict):
        raise ValueError(value)  # noqa: TRY004  # bad data, not a bad call
    return types.MappingProxyType(cast("dict[str, object]", value))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(value)  # noqa: TRY004  # bad data, not a bad call
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError(value) from error
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _path(value: object) -> Path:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004  # bad data, not a bad call
    return Path(value)

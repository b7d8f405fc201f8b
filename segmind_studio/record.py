"""Immutable values: what `@dataclass(frozen=True, slots=True)` makes, in a quarter of its time.

The standard library compiles six methods of each class. Of these only `__init__` differs from one class to another
in more than the names of the fields; it is the one that is compiled here. The app has three hundred such classes,
and waits for each of them when it starts.

All of `dataclasses` works with a record: `fields`, `replace`, `asdict`, `is_dataclass`; it can be copied and
pickled. Not supported are `KW_ONLY`, `InitVar`, and `hash` of a field.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C", bound=type[Any])
_VALUES = "__record_values__"  # of a record's class: returns the values of the fields that are compared


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: C) -> C:
    """Return the class with the fields that it annotates, as an immutable one with slots.

    Methods that it defines itself stay. TypeError for what is not supported.
    """
    made = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    own = cls.__dict__
    known = fields(made)
    for item in known:
        if item.kw_only or item.hash is not None:
            raise TypeError(f"{cls.__name__}.{item.name}: a record has no such fields")
    compared = [item.name for item in known if item.compare]
    if len(compared) > 1:
        values: Callable[[Any], tuple[Any, ...]] = attrgetter(*compared)
    else:
        values = partial(_values_of, compared)
    setattr(made, _VALUES, staticmethod(values))
    given: dict[str, Any] = {
        "__init__": _initializer(made, known), "__repr__": _repr, "__eq__": _equal, "__hash__": _hash,
        "__setattr__": _refuse, "__delattr__": _refuse_deletion, "__getstate__": _state,
        "__setstate__": _restore,
    }
    for name, method in given.items():
        if own.get(name) is None:  # a class with `__eq__` alone has None as its `__hash__`
            setattr(made, name, method)
    return made


def _initializer(made: type[Any], known: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Compile what sets each field, by its slot: that is quicker than by its name, and goes past `__setattr__`."""
    names: dict[str, Any] = {"missing": MISSING}
    head, body = ["self"], ["pass"]
    for number, item in enumerate(known):
        names[f"set_{number}"] = getattr(made, item.name).__set__
        value = item.name
        if item.default_factory is not MISSING:
            names[f"make_{number}"] = item.default_factory
            value = f"make_{number}() if {item.name} is missing else {item.name}"
            default = "missing"
        elif item.default is not MISSING:
            names[f"default_{number}"] = item.default
            default = f"default_{number}"
        else:
            default = ""
        if item.init:
            head.append(f"{item.name}={default}" if default else item.name)
        elif not default:
            continue
        else:
            value = f"make_{number}()" if item.default_factory is not MISSING else default
        body.append(f"set_{number}(self, {value})")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    source = f"def __init__({', '.join(head)}):\n " + "\n ".join(body)
    exec(compile(source, f"<record {made.__qualname__}>", "exec"), names)  # noqa: S102  # names of fields, no more
    made_init: Callable[..., None] = names["__init__"]
    made_init.__qualname__ = f"{made.__qualname__}.__init__"  # for errors about arguments
    return made_init


def _values_of(names: list[str], self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in names)


def _state(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, item.name) for item in fields(self))


@reprlib.recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{item.name}={getattr(self, item.name)!r}" for item in fields(self) if item.repr)
    return f"{type(self).__qualname__}({shown})"


def _equal(self: Any, other: object) -> bool:
    if other.__class__ is not self.__class__:
        return NotImplemented
    values = self.__record_values__
    return values(self) == values(other)


def _hash(self: Any) -> int:
    return hash(self.__record_values__(self))


def _refuse(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: Any, state: tuple[Any, ...]) -> None:
    for item, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, item.name, value)

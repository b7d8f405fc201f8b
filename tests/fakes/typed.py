"""What a test knows and a type does not say: a widget is there, a value is not None, a stand-in is enough."""

from __future__ import annotations

from typing import TypeVar, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

Kind = TypeVar("Kind", bound=QObject)
Value = TypeVar("Value")


def child(parent: QObject | None, kind: type[Kind], name: str = "") -> Kind:
    """Return the child of a kind, of that object name if one is named; fail with both where there is none."""
    found = known(parent).findChild(kind, name) if name else known(parent).findChild(kind)
    assert found is not None, f"no {kind.__name__} {name}"
    return found


def known(value: Value | None) -> Value:
    """Return a value that may be None by its type, and must not be here."""
    assert value is not None, "not set"
    return value


def the(kind: type[Value], value: object) -> Value:
    """Return a value that has a wider type, as the kind that it must be of."""
    assert isinstance(value, kind), f"{value!r} is no {kind.__name__}"
    return value


def as_service(kind: type[Value], stand_in: object) -> Value:
    """Return a stand-in as the service whose used part it has: for the type checker, nothing is checked."""
    return cast("Value", stand_in)


def keep(owner: object, *things: object) -> None:
    """Have things live as long as their owner: Qt alone does not hold them."""
    vars(owner).setdefault("kept_by_test", []).extend(things)


def focused() -> QWidget:
    """Return the widget that has the keyboard."""
    return known(QApplication.focusWidget())

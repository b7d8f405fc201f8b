"""Stand-ins for objects whose modules are imported when they are first used.

Kept apart: the start of the app uses it for modules that the first page does not need.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class Late(Generic[T]):
    """Create an object once, in the thread that first asks for one of its attributes."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: T | None = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the object."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)


def late(make: Callable[[], T]) -> T:
    """Return a stand-in for what `make` returns; it may be used from any thread, and `make` is called once."""
    return cast("T", Late(make))

"""The practice service's external state: the faults that are on, and the requests that it received.

Both are shared between the thread that takes orders and the service's own, and so are locked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock
from typing import NamedTuple

from segmind_studio.core.practice import Fault

_KEPT_REQUESTS = 5_000
_KEPT_BREACHES = 100


class SeenRequest(NamedTuple):
    """One received request; `path` without its query, `headers` in lower case, `status` 0 when it was cut."""

    method: str
    path: str
    headers: tuple[str, ...]
    status: int


class FaultBoard:
    """Hold the faults that are on. Every method may be called from any thread.

    `changed` is called, in the thread that made the change, with all that are on then.
    """

    def __init__(
        self, faults: Iterable[Fault] = (), changed: Callable[[frozenset[Fault]], None] | None = None,
    ) -> None:
        self._lock = Lock()
        self._on = set(faults)
        self._changed = changed
        self._turns: dict[Fault, bool] = {}

    def all(self) -> frozenset[Fault]:
        """Return the faults that are on."""
        with self._lock:
            return frozenset(self._on)

    def set(self, fault: Fault, *, on: bool) -> None:
        """Turn a fault on or off."""
        with self._lock:
            (self._on.add if on else self._on.discard)(fault)
        self._emit()

    def on(self, fault: Fault) -> bool:
        """Return whether a fault is on."""
        with self._lock:
            return fault in self._on

    def every_other(self, fault: Fault) -> bool:
        """Return whether a fault that applies every other time applies now; the first time it does."""
        with self._lock:
            self._turns[fault] = not self._turns.get(fault, False)
            return self._turns[fault]

    def take(self, fault: Fault) -> bool:
        """Return whether a once-fault is on, and turn it off."""
        with self._lock:
            if fault not in self._on:
                return False
            self._on.discard(fault)
        self._emit()
        return True

    def _emit(self) -> None:
        if self._changed is not None:
            self._changed(self.all())


class RequestLog:
    """Store the latest requests, and every violation of the rule that storage never gets the key."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: deque[SeenRequest] = deque(maxlen=_KEPT_REQUESTS)
        self._breaches: deque[str] = deque(maxlen=_KEPT_BREACHES)

    def add(self, request: SeenRequest) -> None:
        """Store a request."""
        with self._lock:
            self._seen.append(request)

    def add_breach(self, path: str) -> None:
        """Store that the key was sent to storage."""
        with self._lock:
            self._breaches.append(path)

    def seen(self) -> tuple[SeenRequest, ...]:
        """Return the requests, oldest first."""
        with self._lock:
            return tuple(self._seen)

    def breaches(self) -> tuple[str, ...]:
        """Return the storage paths that were requested with the key in the headers."""
        with self._lock:
            return tuple(self._breaches)

"""A stop request for one piece of network work, from the GUI thread to a worker that may be waiting."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol, TypeVar


class Abortable(Protocol):
    """A client whose blocking call can be ended from another thread."""

    def abort(self) -> None:
        """End the running call with CancelledError, and refuse every later one."""
        ...


C = TypeVar("C", bound=Abortable)


class TransferStop:
    """A stop that the worker's loops read from `asked` and that aborts the watched clients. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._clients: list[Abortable] = []
        self._leaving = False

    @property
    def leaving(self) -> bool:
        """Return whether the app is quitting, so that partial work may be kept for the next start."""
        return self._leaving

    def stop(self, *, leaving: bool = False) -> None:
        """Request the stop; never blocks."""
        with self._lock:
            self._leaving = self._leaving or leaving
            self._event.set()
            clients = tuple(self._clients)
        for client in clients:
            client.abort()

    def asked(self) -> bool:
        """Return whether a stop was requested."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait some seconds; a stop ends the wait at once. Return whether a stop came. For worker threads."""
        return self._event.wait(seconds)

    @contextmanager
    def watching(self, client: C) -> Generator[C]:
        """Let a stop cut this client's calls inside a with-block."""
        with self._lock:
            self._clients.append(client)
        if self.asked():
            client.abort()
        try:
            yield client
        finally:
            with self._lock:
                self._clients.remove(client)

"""The open sockets of one client, so that another thread can close them and end a blocking call.

httpx's own time-outs restart with each piece: a server that sends one byte at a time holds a call for ever. So
each request has a `Deadline`, which closes the sockets from a thread of its own.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self


class Sockets:
    """Record each new socket through httpx's `trace` extension, and shut them down on request.

    `cut` and `cut_late` may be called from any thread; everything else runs in the client's own thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._was_cut = False
        self._was_late = False

    @property
    def was_late(self) -> bool:
        """Return whether the latest request was cut because it took too long."""
        return self._was_late

    def begin(self) -> None:
        """Mark the beginning of a request."""
        self._was_late = False

    @property
    def was_cut(self) -> bool:
        """Return whether `cut` was called."""
        return self._was_cut

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Record the socket of a connection or of its TLS layer."""
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        inner = getattr(info.get("return_value"), "get_extra_info", None)
        opened: object = inner("socket") if callable(inner) else None
        if not isinstance(opened, socket.socket):
            return
        with self._lock:
            self._open = [*(known for known in self._open if known.fileno() >= 0), opened]
        if self._was_cut or self._was_late:
            _shut(opened)

    def cut(self) -> None:
        """Shut down every socket: every call that waits on one ends with an error."""
        self._was_cut = True
        self._shut_all()

    def cut_late(self) -> None:
        """Shut down every socket because the request takes too long; the next request opens new ones."""
        self._was_late = True
        self._shut_all()

    def _shut_all(self) -> None:
        with self._lock:
            opened = list(self._open)
        for one in opened:
            _shut(one)


class Deadline:
    """Cut a request that takes longer than `seconds`, plus one second for each `slowest` bytes transferred.

    A context manager around one request; except for its own thread, use it from the client's thread.
    """

    def __init__(self, sockets: Sockets, seconds: float, slowest: float = 0.0) -> None:
        self._sockets = sockets
        self._slowest = slowest
        self._last = time.monotonic() + seconds
        self._until = self._last
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._watch, name="request-deadline", daemon=True)

    def __enter__(self) -> Self:
        self._sockets.begin()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        with self._changed:  # the watching thread has cut by now, or never will
            self._ended = True
            self._changed.notify()
        self._thread.join()

    def moved(self, count: int, within: float) -> None:
        """Allow `within` seconds for the next bytes, after `count` bytes in all; less where they came slowly."""
        last = self._last + count / self._slowest
        with self._changed:
            self._until = min(last, time.monotonic() + within)
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                left = self._until - time.monotonic()
                if left <= 0:
                    self._sockets.cut_late()
                    return
                self._changed.wait(left)


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed meanwhile, or never connected
        socket.socket.shutdown(opened, socket.SHUT_RDWR)  # SSLSocket's would discard its state in use

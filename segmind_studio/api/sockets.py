"""The open sockets of one client, so that another thread can cut them and end a blocking call.

httpx's own time-outs start anew with each piece that comes: whoever drips keeps a call for ever. So each request
has a `Deadline`, which cuts from a thread of its own.
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
    """Hear of each new socket through httpx's `trace` extension, and shut them on demand.

    `cut` and `cut_late` may be called from any thread; everything else happens in the client's own thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._was_cut = False
        self._was_late = False

    @property
    def was_late(self) -> bool:
        """Return whether the request that began last was cut because it took too long."""
        return self._was_late

    def begin(self) -> None:
        """Take note that a request begins."""
        self._was_late = False

    @property
    def was_cut(self) -> bool:
        """Return whether `cut` was called."""
        return self._was_cut

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Take up the socket of a connection or of its TLS layer."""
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
        """Shut every socket: whoever waits on one of them wakes up with an error."""
        self._was_cut = True
        self._shut_all()

    def cut_late(self) -> None:
        """Shut every socket because the request takes too long; the next one gets new ones."""
        self._was_late = True
        self._shut_all()

    def _shut_all(self) -> None:
        with self._lock:
            opened = list(self._open)
        for one in opened:
            _shut(one)


class Deadline:
    """Cut a request that takes longer than `seconds` in all, and one for each `slowest` bytes that came or went.

    A context around one request; all but its own thread is for the client's thread.
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
        with self._changed:  # whoever watches has cut by now, or never will
            self._ended = True
            self._changed.notify()
        self._thread.join()

    def moved(self, count: int, within: float) -> None:
        """Allow `within` seconds for what comes next, after `count` bytes in all; less where those came slowly."""
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
        socket.socket.shutdown(opened, socket.SHUT_RDWR)  # not SSLSocket's, which would drop its state in use

"""The open sockets of one client, so that another thread can cut them and end a blocking call."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping


class Sockets:
    """Hear of each new socket through httpx's `trace` extension, and shut them on demand.

    `cut` may be called from any thread; everything else happens in the client's own thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._was_cut = False

    @property
    def was_cut(self) -> bool:
        """Tell whether `cut` was called."""
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
        if self._was_cut:
            _shut(opened)

    def cut(self) -> None:
        """Shut every socket: whoever waits on one of them wakes up with an error."""
        with self._lock:
            self._was_cut = True
            opened = list(self._open)
        for one in opened:
            _shut(one)


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed meanwhile, or never connected
        socket.socket.shutdown(opened, socket.SHUT_RDWR)  # not SSLSocket's, which would drop its state in use

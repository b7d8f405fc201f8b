"""The HTTP server of the webhook receiver: it takes payloads at one secret path, and knows nothing of runs.

Whoever can reach its port can send to it, so everything has a limit: the connections, their time, the size and the
number of payloads. All but a POST of the secret path gets the same answer, so that nothing can be learned from it.
The path, the senders and what they sent are in no log.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hmac
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import ClientError, web
from typing_extensions import override

from segmind_studio.core.errors import StudioError
from segmind_studio.core.webhook_receiver import (
    AT_ONCE,
    CONNECTIONS_AT_ONCE,
    CONNECTIONS_PER_MINUTE,
    MOST_BODY,
    MOST_CONNECTIONS,
    PER_MINUTE,
    READ_WITHIN_S,
    Payload,
    RateLimit,
    read_payload,
)
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
_silent = logging.getLogger(f"{__name__}.http")  # the library writes a sender's own bytes into its messages
_silent.disabled = True
_LONGEST_LINE = 4096  # bytes of the request line and of each header
_LINGER_S = 0.5  # for the rest of a body that is not read
_SHUTDOWN_S = 0.2
_BACKLOG = 32
_ACCEPTING_TURNS = 10  # of the loop; asyncio takes three from the accepted socket to its handler
_NO_DETAILS = {"Server": "webhook", "Connection": "close"}
_WORDS: Mapping[int, str] = {
    200: "ok\n", 400: "bad request\n", 404: "not found\n", 413: "too large\n", 429: "too many\n", 500: "error\n",
}


class WebhookServer:
    """Listen until `abort`. `serve` blocks, for a thread of its own; `abort` is for any thread.

    `take` gets each payload and `ready` the port, both in the thread of `serve`. With port 0 the system chooses.
    """

    def __init__(  # noqa: PLR0913  # where it listens, and what is told
        self, host: str, port: int, path: str, *, take: Callable[[Payload], None], ready: Callable[[int], None],
        read_within_s: float = READ_WITHIN_S,
    ) -> None:
        self._where = host, port
        self._path = path.encode()
        self._take = take
        self._ready = ready
        self._payloads = RateLimit(PER_MINUTE, AT_ONCE)
        self._door = _Door(read_within_s)
        self._lock = threading.Lock()
        self._aborted = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    def serve(self) -> None:
        """Listen until `abort`; StudioError when that is not possible there."""
        asyncio.run(self._main())

    def abort(self) -> None:
        """End `serve`, now or as soon as it begins; never waits."""
        with self._lock:
            self._aborted = True
            if self._loop is not None and self._end is not None:
                self._loop.call_soon_threadsafe(self._end.set)

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_note)
        end = asyncio.Event()
        with self._lock:
            if self._aborted:
                return
            self._loop, self._end = loop, end
        try:
            await self._listen(loop, end)
        finally:
            with self._lock:
                self._loop = self._end = None

    async def _listen(self, loop: asyncio.AbstractEventLoop, end: asyncio.Event) -> None:
        listening = _bound(*self._where)
        server = web.Server(self._answer)
        options: dict[str, Any] = {
            "access_log": None, "logger": _silent, "auto_decompress": False, "lingering_time": _LINGER_S,
            "max_line_size": _LONGEST_LINE, "max_field_size": _LONGEST_LINE, "loop": loop,
        }
        site = await loop.create_server(
            lambda: _Connection(server, self._door, options), sock=listening, backlog=_BACKLOG,
        )
        self._ready(listening.getsockname()[1])
        try:
            await end.wait()
        finally:
            await _stop_accepting(loop, listening)
            site.close()
            self._door.close()
            await server.shutdown(_SHUTDOWN_S)
            await asyncio.sleep(0)  # which is when the last connections are closed

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            status = await self._status(request)
        except (ClientError, ConnectionError, web.RequestPayloadError):
            status = 400
        except Exception as error:  # noqa: BLE001  # top of the connection: the library would log what was sent
            _log.warning("A delivery broke: %s", type(error).__name__)
            status = 500
        response = web.Response(status=status, text=_WORDS[status], headers=_NO_DETAILS)
        response.force_close()
        return response

    async def _status(self, request: web.BaseRequest) -> int:
        path = request.raw_path.partition("?")[0].encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(path, self._path) or request.method != "POST":
            return 404
        if not self._payloads.allows(time.monotonic()):
            return 429
        if (request.content_length or 0) > MOST_BODY:
            return 413
        body = bytearray()
        async for piece in request.content.iter_any():
            body += piece
            if len(body) > MOST_BODY:
                return 413
        payload = read_payload(bytes(body))
        self._take(payload)
        return 200 if payload.is_json else 400


class _Door:
    """Count the connections, and end each after some time. For the loop's thread."""

    def __init__(self, read_within_s: float) -> None:
        self.read_within_s = read_within_s
        self._rate = RateLimit(CONNECTIONS_PER_MINUTE, CONNECTIONS_AT_ONCE)
        self._inside: set[asyncio.BaseTransport] = set()

    def enter(self, transport: asyncio.BaseTransport) -> bool:
        """Return whether a connection may stay."""
        if len(self._inside) >= MOST_CONNECTIONS or not self._rate.allows(time.monotonic()):
            return False
        self._inside.add(transport)
        return True

    def leave(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection that has ended."""
        self._inside.discard(transport)

    def close(self) -> None:
        """End all connections."""
        for transport in tuple(self._inside):
            _cut(transport)


class _Connection(web.RequestHandler):
    """One connection: one request, one answer, and not longer than the door allows."""

    __slots__ = ("_door", "_entered", "_late")

    def __init__(self, server: web.Server, door: _Door, options: Mapping[str, Any]) -> None:
        super().__init__(server, **options)
        self._door = door
        self._entered: asyncio.BaseTransport | None = None
        self._late: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._door.enter(transport):
            _cut(transport)
            return
        self._entered = transport
        self._late = asyncio.get_running_loop().call_later(self._door.read_within_s, _cut, transport)
        super().connection_made(transport)

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        if self._entered is None:
            return
        self._door.leave(self._entered)
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)


async def _stop_accepting(loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
    """Wait until each accepted connection has its handler: one without would stay open until the app ends."""
    with contextlib.suppress(NotImplementedError):  # by the loop of Windows
        loop.remove_reader(listening)
    for _turn in range(_ACCEPTING_TURNS):
        await asyncio.sleep(0)


def _cut(transport: asyncio.BaseTransport) -> None:
    if isinstance(transport, asyncio.Transport):
        transport.abort()


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    _log.info("The receiver of webhooks: %s", type(error).__name__ if error else "a connection broke")


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise _cannot_listen(error, host, port) from None


def _cannot_listen(error: OSError | OverflowError, host: str, port: int) -> StudioError:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        return StudioError(
            _("Port {port} is in use by another program.").format(port=port),
            _("Choose another port, or close that program."),
        )
    if code in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return StudioError(
            _("This computer does not have the address {host}.").format(host=host),
            _("Choose one that it has, or 127.0.0.1."),
        )
    if code in {errno.EACCES, errno.EPERM}:
        return StudioError(
            _("The system does not allow port {port}.").format(port=port),
            _("Choose a port above 1023."),
        )
    return StudioError(_("The receiver could not start."), _("Choose another port."), str(error))

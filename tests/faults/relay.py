"""A real network between the child and the service: one TCP relay for each side, on loopback.

Everything that the child and the service say to each other passes through it, request by request. It can be told
to cut, stall, delay, or answer in the service's place when the next request comes, and to let nobody connect.
"""

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections import Counter

from fault_case import (
    BAD_GATEWAY,
    CUT_AT_ONCE,
    CUT_BEFORE_ANSWER,
    CUT_IN_ANSWER,
    CUT_SENDING,
    DELAY,
    EMPTY,
    HTML,
    OTHER_SHAPE,
    REDIRECT,
    STALL,
    STALL_ANSWER,
    TRUNCATED,
)

HOST = "127.0.0.1"
DELAY_S = 0.1
QUIET_WITHIN_S = 20.0
PIECE = 1 << 16
END = b"\r\n\r\n"
PAGE = b"<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"
ONLY_AT_ONCE = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset
BROKEN = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Network:
    """Both relays, their thread, and the one trouble that waits for the next request of either side."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay")
        self._thread.start()
        self._changed = threading.Condition()
        self._trouble = ""
        self._life = 0
        self._open = Counter()  # connections by the life that made them
        self._under_way = 0
        self.api, self.s3 = Relay(self), Relay(self)
        self.mend()

    def stop(self):
        for relay in (self.api, self.s3):
            self._do(relay.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(QUIET_WITHIN_S)

    # -- what the matrix says

    def arm(self, trouble):
        """Let this happen to the next request."""
        with self._changed:
            self._trouble = trouble

    def disarm(self):
        """Give the trouble that no request has met, and forget it."""
        with self._changed:
            left, self._trouble = self._trouble, ""
            return left

    def refuse(self):
        """Break every connection and let nobody connect."""
        for relay in (self.api, self.s3):
            self._do(relay.refuse())

    def mend(self):
        """Let everybody connect."""
        for relay in (self.api, self.s3):
            self._do(relay.listen())

    def next_life(self):
        """Take what connects from now on as the next life's; what the last one sent has been taken up by then."""
        for relay in (self.api, self.s3):
            relay.knock()
        with self._changed:
            self._life += 1

    def wait_until_quiet(self, *, now=True):
        """Wait until nothing of an earlier life is on its way any more, and with `now` nothing of this one either."""

        def quiet():
            return not (now and self._under_way) and not any(life < self._life for life in self._open)

        with self._changed:
            if not self._changed.wait_for(quiet, QUIET_WITHIN_S):
                raise TimeoutError(f"the network does not come to rest: {self._under_way} requests, {self._open}")

    # -- what the relays say

    def take(self):
        """Give the trouble for a request that has begun."""
        with self._changed:
            trouble, self._trouble = self._trouble, ""
            return trouble

    @contextlib.contextmanager
    def connection(self):
        with self._changed:
            life = self._life
            self._open[life] += 1
        try:
            yield
        finally:
            with self._changed:
                self._open -= Counter([life])
                self._changed.notify_all()

    @contextlib.contextmanager
    def request(self):
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()


class Relay:
    """One side. Its port is held for as long as it lives, also while nobody may connect."""

    def __init__(self, network):
        self._network = network
        self._place = _bound(0)
        self._server = None
        self._children = set()
        self.port = self._place.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.leads_to = 0

    async def listen(self):
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, sock=_bound(self.port))

    async def refuse(self):
        if self._server is not None:
            self._server.close()
            self._server = None
        for child in list(self._children):
            _reset(child)

    async def stop(self):
        await self.refuse()
        while self._children:
            await asyncio.sleep(0)
        self._place.close()

    def knock(self):
        """Be the last in the row of those who wait to be let in, and wait for one's turn."""
        with contextlib.suppress(ConnectionError), socket.create_connection((HOST, self.port)) as visitor:
            visitor.shutdown(socket.SHUT_WR)
            visitor.recv(1)

    async def _serve(self, child_says, child):
        self._children.add(child)
        with self._network.connection():
            service = Service(self.leads_to)
            try:
                open_still = True
                while open_still and (head := await _head(child_says)):
                    with self._network.request():
                        open_still = await self._pass(head, child_says, child, service)
            except BROKEN:
                _reset(child)
            finally:
                service.close()
                child.close()
                self._children.discard(child)

    async def _pass(self, head, child_says, child, service):
        """Carry one request there and its answer back, or what is to happen instead; False when it was cut."""
        trouble = self._network.take()
        if trouble == CUT_AT_ONCE:
            _reset(child)
            return False
        if trouble == STALL:
            await _until_gone(child_says)
            return False
        if trouble == CUT_SENDING:
            whole = head + await child_says.readexactly(_length(head))
            await service.hear_half(whole[: len(whole) // 2])
            _reset(child)
            return False
        if trouble == DELAY:
            await asyncio.sleep(DELAY_S)
        answer = await service.ask(head, child_says)
        if trouble == STALL_ANSWER:
            await _until_gone(child_says)
            return False
        if trouble == CUT_BEFORE_ANSWER or not answer:
            _reset(child)
            return False
        if trouble == CUT_IN_ANSWER:
            child.write(_half(answer))
            await child.drain()
            return False
        child.write(in_place_of(answer, trouble))
        await child.drain()
        return True


class Service:
    """The connection from the relay on to the service, made when first needed."""

    def __init__(self, port):
        self._port = port
        self._streams = None

    async def _opened(self):
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        return self._streams

    def close(self):
        if self._streams is not None:
            self._streams[1].close()

    async def hear_half(self, half):
        """Send the first half of a request and no more, and wait until the service has understood that."""
        says, hears = await self._opened()
        hears.write(half)
        hears.write_eof()
        with contextlib.suppress(*BROKEN):
            await says.read()

    async def ask(self, head, child_says):
        """Send a request on and give the whole answer; b"" when the child or the service broke off."""
        says, hears = await self._opened()
        hears.write(head)
        left = _length(head)
        while left and (piece := await child_says.read(min(PIECE, left))):
            left -= len(piece)
            hears.write(piece)
            await hears.drain()
        if left:
            hears.write_eof()
            with contextlib.suppress(*BROKEN):
                await says.read()
            return b""
        try:
            answer = await says.readuntil(END)
            return answer + await says.readexactly(_length(answer))
        except BROKEN:
            return b""


def in_place_of(answer, trouble):
    """Give what the child hears: the answer, or what somebody else says in its place."""
    _, _, body = answer.partition(END)
    if trouble == HTML:
        return _answer("200 OK", PAGE, "Content-Type: text/html")
    if trouble == TRUNCATED:
        return _answer("200 OK", body[: len(body) // 2] or b"{", "Content-Type: application/json")
    if trouble == OTHER_SHAPE:
        return _answer("200 OK", b'{"result": {"state": "queued", "place": 7}}', "Content-Type: application/json")
    if trouble == EMPTY:
        return _answer("200 OK", b"")
    if trouble == REDIRECT:
        return _answer("302 Found", b"", "Location: https://login.invalid/")
    if trouble == BAD_GATEWAY:
        return _answer("502 Bad Gateway", PAGE, "Content-Type: text/html")
    return answer


def _answer(status, body, *headers):
    lines = (f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + END + body


def _half(answer):
    head, _, body = answer.partition(END)
    return head + END + body[: len(body) // 2] if len(body) > 1 else head[: len(head) // 2]


async def _head(says):
    """Read up to the end of a request's head; b"" when the other side has gone."""
    try:
        return await says.readuntil(END)
    except BROKEN:
        return b""


async def _until_gone(says):
    while await says.read(PIECE):
        pass


def _length(head):
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


def _reset(writer):
    opened = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ONLY_AT_ONCE)
    writer.transport.abort()


def _bound(port):
    """Give a socket on a port that other sockets of this user may share."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((HOST, port))
    return made

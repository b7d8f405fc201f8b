"""One port of the network: a real TCP relay on loopback that passes everything on, request by request."""

import asyncio
import contextlib
import re
import socket
import struct

from fault_case import CUT_AT_ONCE, CUT_BEFORE_ANSWER, CUT_IN_ANSWER, CUT_SENDING, DELAY, STALL, STALL_ANSWER
from wrong_answers import END, half_of, in_place_of

HOST = "127.0.0.1"
DELAY_S = 0.1
PIECE = 1 << 16
BEFORE_THE_SERVICE = (CUT_AT_ONCE, CUT_SENDING, STALL)
ONLY_AT_ONCE = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset
BROKEN = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Relay:
    """Pass connections from its own port to the port `leads_to`. The port is held also while none is accepted."""

    def __init__(self, network):
        self._network = network
        self._place = _bound(0)
        self._server = None
        self._children = set()
        self._tasks = set()
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
        for child in self._children:
            _reset(child)

    async def stop(self):
        await self.refuse()
        await asyncio.gather(*self._tasks)
        self._place.close()

    def wait_in_queue(self):
        """Wait in the queue of new connections until it is this one's turn."""
        with contextlib.suppress(ConnectionError), socket.create_connection((HOST, self.port)) as visitor:
            visitor.shutdown(socket.SHUT_WR)
            visitor.recv(1)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        self._children.add(writer)
        with self._network.connection():
            service = Service(self.leads_to)
            try:
                while head := await _head(reader):
                    with self._network.request():
                        if not await self._pass(head, reader, writer, service):
                            break
            except BROKEN:
                _reset(writer)
            finally:
                service.close()
                writer.close()
                self._children.discard(writer)
                self._tasks.discard(task)

    async def _pass(self, head, reader, writer, service):
        """Pass one request on and its answer back, or cause its trouble instead; False when it was cut."""
        trouble = self._network.take()
        answer = b""
        if trouble == CUT_SENDING:
            whole = head + await reader.readexactly(_length(head))
            await service.hear_no_more_than(whole[: len(whole) // 2])
        elif trouble not in BEFORE_THE_SERVICE:
            if trouble == DELAY:
                await asyncio.sleep(DELAY_S)
            answer = await service.ask(head, self._pieces(reader, _length(head)))
            trouble = trouble or self._network.take()  # it may have been set meanwhile
        if trouble in {STALL, STALL_ANSWER}:
            await _until_gone(reader)
        if not answer or trouble in {STALL_ANSWER, CUT_BEFORE_ANSWER, *BEFORE_THE_SERVICE}:
            _reset(writer)
            return False
        cut = trouble == CUT_IN_ANSWER
        writer.write(half_of(answer) if cut else in_place_of(answer, trouble))
        await writer.drain()
        return not cut

    async def _pieces(self, reader, left):
        """Yield the pieces of a request's body as they arrive, up to a cut in the middle of it."""
        while left:
            piece = await reader.read(min(PIECE, left))
            if not piece or self._network.comes(*BEFORE_THE_SERVICE):
                raise asyncio.IncompleteReadError(piece, left)
            left -= len(piece)
            yield piece


class Service:
    """The connection from the relay to the service, opened when first needed."""

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

    async def hear_no_more_than(self, part):
        """Send a part of a request and then nothing, and wait until the service has processed it."""
        reader, writer = await self._opened()
        writer.write(part)
        writer.write_eof()
        with contextlib.suppress(*BROKEN):
            await reader.read()

    async def ask(self, head, body):
        """Pass a request on and return the whole answer; b"" when the child or the service closed.

        The answer is read even when the child has ended: the request was sent.
        """
        reader, writer = await self._opened()
        writer.write(head)
        try:
            async for piece in body:
                writer.write(piece)
                await writer.drain()
        except asyncio.IncompleteReadError:
            await self.hear_no_more_than(b"")
            return b""
        try:
            answer = await reader.readuntil(END)
            return answer + await reader.readexactly(_length(answer))
        except BROKEN:
            return b""


async def _head(reader):
    """Read up to the end of a request's header; b"" when the other side has closed."""
    try:
        return await reader.readuntil(END)
    except BROKEN:
        return b""


async def _until_gone(reader):
    while await reader.read(PIECE):
        pass


def _length(head):
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


def _reset(writer):
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ONLY_AT_ONCE)
    writer.transport.abort()


def _bound(port):
    """Return a socket on a port that other sockets of this user may share."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((HOST, port))
    return made

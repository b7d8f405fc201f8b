"""A small real HTTP server whose answers a test defines beforehand, errors included."""

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field


@dataclass
class Seen:
    """One received request."""

    method: str
    target: str
    headers: dict[str, str]  # lower-case names
    body: bytes
    head: bytes

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return self.target.partition("?")[2]

    def json(self):
        return json.loads(self.body)


@dataclass
class Reply:
    """One answer. `early` answers before the body is read; `cut` ends the connection after so many body bytes.

    `drip` is sent after it again and again, until the client disconnects.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    early: bool = False
    cut: int | None = None
    length: bool = True
    raw: bytes | None = None  # instead of all of the above
    drip: bytes = b""


def json_reply(value, status=200, **headers):
    body = json.dumps(value).encode()
    return Reply(status, body, {"Content-Type": "application/json", **_named(headers)})


def text_reply(text, status=200, content_type="text/plain", **headers):
    return Reply(status, text.encode(), {"Content-Type": content_type, **_named(headers)})


def _named(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


DRIP_S = 0.02
RESET = "reset"  # the connection is reset after the request
CLOSE = "close"  # it is closed without an answer
HANG = "hang"  # no answer until the server stops


class ScriptedServer:
    """Answer each request with the next of `replies`, then repeat the last one.

    A reply may be a Reply, RESET, CLOSE, HANG, or a function of Seen that returns one. `seen` holds the requests,
    `accepted` is the number of connections.
    """

    def __init__(self, replies=(), context=None):
        self.replies = list(replies)
        self.seen = []
        self.accepted = 0
        self.arrived = threading.Event()
        self._context = context
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._connections = []
        self._threads = [threading.Thread(target=self._accept, name="scripted-server")]
        self._threads[0].start()

    @property
    def port(self):
        return self._socket.getsockname()[1]

    @property
    def url(self):
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._stopping.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._connections:
            _close(connection)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self):
        while not self._stopping.is_set():
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), name="scripted-connection")
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._connections.append(connection)
            with connection.makefile("rb") as stream:
                while self._one(connection, stream):
                    pass
        except OSError:
            pass
        finally:
            _close(connection)

    def _one(self, connection, stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return False
            head += line
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ", 2)
        parts = (line.partition(":") for line in lines if line)
        headers = {name.lower(): value.strip() for name, _, value in parts}
        seen = Seen(method, target, headers, b"", head)
        reply = self._next()
        if not (isinstance(reply, Reply) and reply.early):
            seen.body = stream.read(int(headers.get("content-length", 0)))
            if "chunked" in headers.get("transfer-encoding", ""):
                seen.body = b"chunked"
        if callable(reply):
            reply = reply(seen)
        self.seen.append(seen)
        self.arrived.set()
        return self._answer(connection, reply)

    def _drip(self, connection, reply):
        while reply.drip and not self._stopping.wait(DRIP_S):
            connection.sendall(reply.drip)
        return False

    def _next(self):
        with self._lock:
            if not self.replies:
                return Reply(404, b"")
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def _answer(self, connection, reply):
        if reply == HANG:
            self._stopping.wait(60)
            return False
        if reply == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if reply == CLOSE:
            return False
        if reply.raw is not None:
            connection.sendall(reply.raw)
            return self._drip(connection, reply)
        headers = dict(reply.headers)
        if reply.length:
            headers.setdefault("Content-Length", str(len(reply.body)))
        lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, "", ""])
        connection.sendall(head.encode("latin-1") + reply.body[: reply.cut])
        return reply.cut is None and not reply.early and reply.length


def _close(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()

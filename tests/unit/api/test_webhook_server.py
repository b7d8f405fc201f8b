"""The receiver's HTTP server, over real connections: what it takes, and what hostile requests come to."""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import socket
import threading
from collections.abc import Iterator

import pytest

from segmind_studio.api.webhook_server import WebhookServer
from segmind_studio.core.errors import StudioError
from segmind_studio.core.webhook_receiver import AT_ONCE, MOST_BODY, MOST_CONNECTIONS, Payload
from segmind_studio.core.webhooks import WebhookEvent

PATH = "/hooks/k3jd8sK_2-9dkWq"
BODY = json.dumps({"finetune_id": "f1", "status": "AVAILABLE"}).encode()
WAIT_S = 10.0


class Running:
    """A server that listens, and what it has taken."""

    def __init__(self, read_within_s: float = 60.0) -> None:
        self.taken: queue.SimpleQueue[Payload] = queue.SimpleQueue()
        ports: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.server = WebhookServer(
            "127.0.0.1", 0, PATH, take=self.taken.put, ready=ports.put, read_within_s=read_within_s,
        )
        self._thread = threading.Thread(target=self.server.serve, name="webhook-server")
        self._thread.start()
        self.port = ports.get(timeout=WAIT_S)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S)

    def send(self, data: bytes) -> bytes:
        """Send bytes, and return all that comes until the connection ends."""
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError):  # it may be cut while we still send
                connection.sendall(data)
            return rest_of(connection)

    def post(self, body: bytes = BODY, path: str = PATH, method: str = "POST", more: str = "") -> int:
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        return status_of(self.send(head.encode() + body))

    def stop(self) -> None:
        self.server.abort()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()


def rest_of(connection: socket.socket) -> bytes:
    found = bytearray()
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            found += piece
    return bytes(found)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


def test_a_payload_is_taken_as_it_came(running: Running):
    assert running.post() == 200
    event = WebhookEvent("f1", "AVAILABLE")
    assert running.taken.get(timeout=WAIT_S) == Payload(BODY.decode(), event, is_json=True)
    chunked = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert status_of(running.send(chunked + b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY))) == 200
    assert running.taken.get(timeout=WAIT_S).text == BODY.decode()
    old = f"POST {PATH} HTTP/1.0\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()  # as nginx sends
    assert status_of(running.send(old + BODY)) == 200


@pytest.mark.parametrize(("body", "status"), [
    (b"{}", 200), (b"[1]", 200), (b"", 400), (b"\xff\xfe{", 400), (b"[" * 100_000, 400), (b"[1," * 9000, 400),
    (b'{"finetune_id":', 400), (b"<xml/>", 400), (b'{"status": ' + b"9" * 5000 + b"}", 200),
])
def test_what_is_no_event_is_shown_too(running: Running, body: bytes, status: int):
    assert running.post(body) == status
    taken = running.taken.get(timeout=WAIT_S)
    assert (taken.event, taken.is_json) == (None, status == 200)
    assert taken.text == body.decode("utf-8", "replace")


def test_all_but_a_post_of_the_path_gets_one_answer(running: Running):
    answers = {
        running.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
        .partition(b"Date:")[0]
        for method, path in (
            ("POST", "/"), ("GET", PATH), ("PUT", PATH), ("POST", PATH + "/"), ("POST", PATH[:-1]),
            ("POST", PATH.upper()), ("POST", "/hooks/"), ("POST", "/%68ooks/k3jd8sK_2-9dkWq"),
            ("POST", "http://x" + PATH), ("POST", "//x" + PATH), ("DELETE", "/a?" + PATH), ("PATCH", PATH),
        )
    }
    assert len(answers) == 1
    assert status_of(answers.pop()) == 404
    assert running.taken.empty()


def test_a_large_body_is_refused_unread(running: Running):
    assert running.post(b" " * (MOST_BODY + 1)) == 413
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert status_of(running.send(head + piece * (MOST_BODY // 65536 + 2))) in {0, 413}
    assert running.taken.empty()
    assert running.post() == 200


@pytest.mark.parametrize("data", [
    b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"POST " + b"/a" * 5000 + b" HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
    b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"POST / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
])
def test_what_is_no_http_is_ended_without_a_line_in_the_log(running: Running, caplog, data: bytes):
    caplog.set_level(logging.DEBUG)
    with running.connect() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        assert status_of(rest_of(connection)) in {0, 400, 404}
    assert running.post() == 200
    assert [record for record in caplog.records if record.name.startswith(("aiohttp", "segmind_studio"))] == []


def test_a_slow_sender_is_cut():
    running = Running(read_within_s=0.2)
    try:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n".encode()
        for begun in (b"", b"POS", head, head + b"\r\n{"):
            with running.connect() as connection:
                connection.sendall(begun)
                assert status_of(rest_of(connection)) in {0, 400}
        assert running.taken.empty()
    finally:
        running.stop()


def test_too_many_payloads_are_refused_and_too_many_connections_cut(running: Running):
    statuses = [running.post() for _ in range(2 * AT_ONCE)]
    assert statuses[:AT_ONCE] == [200] * AT_ONCE
    assert 429 in statuses
    with contextlib.ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS):
            stack.enter_context(running.connect())
        assert running.send(b"GET / HTTP/1.1\r\n\r\n") == b""


def test_a_flood_of_connections_leaves_the_server_whole(running: Running):
    ended = [running.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(300)]
    assert {status_of(answer) for answer in ended} == {0, 404}
    running.stop()


def test_a_port_that_is_taken_and_an_address_of_another_computer_are_named(running: Running):
    for host, port, words in (
        ("127.0.0.1", running.port, f"Port {running.port} is in use"), ("192.0.2.1", 0, "192.0.2.1"),
    ):
        server = WebhookServer(host, port, PATH, take=print, ready=print)
        with pytest.raises(StudioError, match=words):
            server.serve()


def test_one_that_is_ended_before_it_begins_does_not_listen():
    ports: list[int] = []
    server = WebhookServer("127.0.0.1", 0, PATH, take=print, ready=ports.append)
    server.abort()
    server.serve()
    assert ports == []

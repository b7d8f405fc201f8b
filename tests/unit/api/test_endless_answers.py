"""Answers without an end: each request has a total time and a total size, whatever drips in between."""

import io

import pytest

from segmind_studio.api import download, upload
from segmind_studio.api.client import SegmindClient
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.errors import ApiError, ApiProblem
from tests.fakes.certificates import server_context
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import Reply, ScriptedServer, json_reply

P = ApiProblem
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n"
HEAD = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "interim answers": Reply(raw=b"", drip=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "a status line": Reply(raw=b"HTTP/1.1 200 ", drip=b"O"),
    "a header": Reply(raw=HEAD + b"X: ", drip=b"x"),
    "headers": Reply(raw=HEAD, drip=b"X: y\r\n"),
    "a body without a length": Reply(raw=HEAD + b"\r\n[]", drip=b" "),
    "a body with a length": Reply(raw=HEAD + b"Content-Length: 9000000\r\n\r\n", drip=b" "),
    "chunks": Reply(raw=CHUNKED, drip=b"1\r\n \r\n"),
    "the length of a chunk": Reply(raw=CHUNKED, drip=b"0"),
    "an extension of a chunk": Reply(raw=CHUNKED + b"1;", drip=b"x"),
    "trailers": Reply(raw=CHUNKED + b"0\r\n", drip=b"X: y\r\n"),
    "a trailer": Reply(raw=CHUNKED + b"0\r\nX: ", drip=b"y"),
    "an error's body": Reply(raw=b"HTTP/1.1 500 Broken\r\n\r\n", drip=b"x"),
    "an error's headers": Reply(raw=b"HTTP/1.1 500 Broken\r\n", drip=b"X: y\r\n"),
}


def failure(action):
    with pytest.raises(ApiError) as caught:
        action()
    return caught.value


@pytest.mark.parametrize("reply", DRIPS.values(), ids=DRIPS)
@pytest.mark.timeout(20)
def test_a_call_has_an_end(ask, server, reply):
    client = ask(reply, timeout=0.2)
    error = failure(lambda: client._caller.ask("POST", f"{server.url}/x", body={}, acts=True))
    assert error.problem in {P.UNANSWERED, P.SERVER}
    assert error.may_have_arrived
    assert len(server.seen) == 1
    server.replies[:] = [json_reply([])]
    assert client.list_jobs().jobs == ()  # the next one begins anew


@pytest.mark.parametrize("reply", DRIPS.values(), ids=DRIPS)
@pytest.mark.timeout(20)
def test_a_download_has_an_end(server, monkeypatch, reply):
    """What comes as fast as it should goes on, however long; what drips does not."""
    monkeypatch.setattr(download, "PATIENCE_S", 0.4)
    server.replies[:] = [reply]
    with StorageClient(loopback=True) as client:
        error = failure(lambda: client.download(
            f"{server.url}/w", io.BytesIO(), progress=lambda *_seen: None, cancelled=bool,
        ))
    assert error.problem in {P.UNANSWERED, P.SERVER}


@pytest.mark.parametrize("reply", [DRIPS["interim answers"], DRIPS["headers"], DRIPS["an error's headers"]])
@pytest.mark.timeout(20)
def test_an_upload_has_an_end(server, monkeypatch, reply):
    monkeypatch.setattr(upload, "ANSWER_S", 0.3)
    server.replies[:] = [reply]
    with StorageClient(loopback=True) as client:
        error = failure(lambda: client.put(f"{server.url}/b", [b"abc"], 3, lambda _sent: None, bool))
    assert error.problem is P.UNANSWERED
    assert error.may_have_arrived


@pytest.mark.timeout(20)
def test_an_upload_that_is_taken_byte_by_byte_has_an_end(monkeypatch):
    monkeypatch.setattr(upload, "PATIENCE_S", 0.4)
    monkeypatch.setattr(upload, "SLOWEST", 1e9)
    pieces = [bytes(1 << 20)] * 32  # more than the system's buffers take
    with ScriptedServer([Reply(early=True, raw=b"", drip=b"HTTP/1.1 103 Early Hints\r\n\r\n")]) as server:
        with StorageClient(loopback=True) as client:
            error = failure(lambda: client.put(
                f"{server.url}/b", pieces, 32 << 20, lambda _sent: None, bool,
            ))
        assert error.problem is P.UNANSWERED


@pytest.mark.timeout(20)
def test_tls_has_an_end_too(tmp_path, monkeypatch):
    context = server_context(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    with ScriptedServer([DRIPS["trailers"]], context) as server, \
            SegmindClient(connection_to(server.url), timeout=0.2) as client:
        error = failure(client.list_jobs)
    assert error.problem is P.UNANSWERED, error.detail


def test_a_file_that_no_model_has_the_size_of_is_left(server, monkeypatch):
    monkeypatch.setattr(download, "LARGEST", 1000)
    for reply in (Reply(body=bytes(1001)), Reply(body=bytes(1001), length=False)):
        server.replies[:] = [reply]
        target = io.BytesIO()
        with StorageClient(loopback=True) as client:
            error = failure(lambda: client.download(
                f"{server.url}/w", target, progress=lambda *_seen: None, cancelled=bool,  # noqa: B023  # done by then
            ))
        assert (error.problem, target.getvalue()) == (P.ODD_ANSWER, b"")


def test_no_cookie_is_kept(ask, server):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=" + b"x" * 4000 + b"; Path=/\r\n\r\n[]"
    client = ask(Reply(raw=head))
    client.list_jobs()
    client.list_jobs()
    assert "cookie" not in server.seen[1].headers

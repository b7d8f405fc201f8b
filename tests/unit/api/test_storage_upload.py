"""The upload: its bytes on the wire, early refusals, S3's errors, cancelling, and what is never told."""

import hashlib
import logging
import threading

import pytest

from segmind_studio.api import running_digest
from segmind_studio.api.presigned import binds_content_type, expires_at
from segmind_studio.api.running_digest import RunningDigest
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, DatasetError, SourceChangedError
from tests.fakes.certificates import server_context
from tests.fakes.scripted_server import CLOSE, HANG, RESET, Reply, ScriptedServer

P = ApiProblem
QUERY = "X-Amz-Date=20250615T150640Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=5ecre7"
STORED = Reply(200, headers={"ETag": '"abc"'})


def xml(code, message="Words", status=403, **headers):
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
        "<StringToSign>5ecre7</StringToSign><HostId>h</HostId></Error>"
    )
    return Reply(status, body.encode(), {"Content-Type": "application/xml", **headers})


@pytest.fixture
def put(server):
    """Put bytes at the server, and give the ETag."""
    def run(*replies, chunks=(b"abc", b"def"), length=6, progress=lambda _sent: None, cancelled=lambda: False,
            query=QUERY, readable_at=""):
        server.replies[:] = replies
        with StorageClient(loopback=True) as client:
            return client.put(
                f"{server.url}/b/k.zip?{query}", chunks, length, progress, cancelled,
                readable_at=readable_at and f"{server.url}{readable_at}",
            )

    return run


def refused(action):
    with pytest.raises(ApiError) as caught:
        action()
    assert "5ecre7" not in f"{caught.value} {caught.value.detail} {caught.value.args}"
    return caught.value


def test_the_bytes_on_the_wire(put, server):
    sent = []
    assert put(STORED, progress=sent.append) == '"abc"'
    (seen,) = server.seen
    assert seen.head.startswith(f"PUT /b/k.zip?{QUERY} HTTP/1.1\r\n".encode())
    assert seen.body == b"abcdef"
    assert seen.headers["content-length"] == "6"
    assert sent == [3, 6]
    never = {"transfer-encoding", "x-api-key", "content-type", "authorization", "cookie", "expect"}
    assert not never & set(seen.headers)


def test_content_type_goes_out_only_where_it_is_signed(put, server):
    put(STORED, query=QUERY.replace("=host", "=content-type%3Bhost"))
    assert server.seen[0].headers["content-type"] == "application/zip"


def test_an_odd_path_and_query_stay_as_they_were_signed(put, server):
    query = QUERY + "&X-Amz-Credential=AK%2F2025%2Fs3%2Faws4_request&a=b+c%20d~"
    put(STORED, query=query)
    assert server.seen[0].target == f"/b/k.zip?{query}"


@pytest.mark.parametrize(("reply", "problem"), [
    (xml("AccessDenied", "Request has expired"), P.UPLOAD_EXPIRED),
    (xml("AccessDenied"), P.UPLOAD_EXPIRED),
    (xml("ExpiredToken", status=400), P.UPLOAD_EXPIRED),
    (xml("SignatureDoesNotMatch"), P.UPLOAD_REFUSED),
    (xml("EntityTooLarge", status=400), P.UPLOAD_REFUSED),
    (xml("NotImplemented", status=501), P.UPLOAD_REFUSED),
    (xml("SlowDown", status=503, **{"Retry-After": "4"}), P.SLOW_DOWN),
    (xml("RequestTimeout", status=400), P.UNANSWERED),
    (xml("InternalError", status=500), P.SERVER),
    (xml("NoSuchBucket", status=404), P.NOT_FOUND),
    (xml("TemporaryRedirect", status=307, Location="https://elsewhere.invalid/"), P.UPLOAD_REFUSED),
    (Reply(403), P.UPLOAD_EXPIRED),
    (Reply(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"}), P.SERVER),
])
def test_s3s_errors(put, server, reply, problem):
    error = refused(lambda: put(reply))
    assert error.problem is problem
    assert error.http_status == reply.status
    assert len(server.seen) == 1


def test_the_words_and_the_wait_of_an_error(put):
    error = refused(lambda: put(xml("SlowDown", "Please reduce", status=503, **{"Retry-After": "4"})))
    assert error.detail == "SlowDown: Please reduce"
    assert error.retry_after == 4.0


@pytest.mark.parametrize("secure", [False, True])
def test_a_refusal_while_sending_is_read(secure, request):
    """S3 answers and closes while megabytes are still on their way: its words must arrive, not a broken pipe."""
    context = request.getfixturevalue("trusted_tls") if secure else None
    megabyte = b"x" * 1024 * 1024
    reply = xml("EntityTooLarge", status=400, Connection="close")
    reply.early = True
    sent = []
    with ScriptedServer([reply], context) as server, StorageClient(loopback=not secure) as client:
        url = server.url.replace("127.0.0.1", "localhost") if secure else server.url
        pieces = [megabyte] * 64
        error = refused(lambda: client.put(f"{url}/k?{QUERY}", pieces, 64 * len(megabyte), sent.append, bool))
    assert error.problem is P.UPLOAD_REFUSED
    assert "EntityTooLarge" in error.detail
    assert len(sent) < 64


@pytest.fixture
def trusted_tls(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return server_context(tmp_path, "localhost")


@pytest.mark.parametrize("reply", [RESET, CLOSE])
def test_a_break_may_be_sent_again(put, server, reply):
    error = refused(lambda: put(reply))
    assert error.problem is P.UNANSWERED
    assert len(server.seen) == 1  # the caller decides


def test_nothing_there_is_offline():
    with StorageClient(loopback=True) as client:
        error = refused(lambda: client.put(f"http://127.0.0.1:1/k?{QUERY}", [b"x"], 1, lambda _sent: None, bool))
    assert error.problem is P.OFFLINE


@pytest.mark.parametrize("url", ["http://bucket.s3.amazonaws.com/k", "ftp://x/y", "", "https://u:p@h/k"])
def test_an_unsafe_address_is_never_opened(url):
    with StorageClient(loopback=False) as client:
        error = refused(lambda: client.put(f"{url}?{QUERY}", [b"x"], 1, lambda _sent: None, bool))
    assert error.problem is P.UPLOAD_REFUSED


def test_cancelling_between_pieces(put):
    sent = []
    with pytest.raises(CancelledError):
        put(STORED, chunks=[b"x"] * 10, length=10, progress=sent.append, cancelled=lambda: len(sent) > 2)
    assert sent == [1, 2, 3]


def test_abort_while_the_answer_is_awaited(server):
    server.replies[:] = [HANG]
    client = StorageClient(loopback=True)
    threading.Thread(target=lambda: (server.arrived.wait(10), client.abort())).start()
    with pytest.raises(CancelledError):
        client.put(f"{server.url}/k?{QUERY}", [b"x"], 1, lambda _sent: None, bool)
    client.close()


@pytest.mark.parametrize(("chunks", "length"), [((b"abc",), 6), ((b"abc", b"defg"), 6), ((), 1)])
def test_an_archive_of_another_length_is_not_stored(put, chunks, length):
    with pytest.raises(DatasetError):
        put(STORED, chunks=chunks, length=length)


def test_what_the_archive_raises_comes_through(put):
    def changed():
        yield b"abc"
        raise SourceChangedError("changed")

    with pytest.raises(SourceChangedError):
        put(STORED, chunks=changed())


def test_an_unreadable_photo_is_said_in_words(put):
    def gone():
        yield b"abc"
        raise FileNotFoundError(2, "No such file")

    with pytest.raises(DatasetError):
        put(STORED, chunks=gone())


def test_the_log_names_no_query(put, caplog):
    caplog.set_level(logging.DEBUG)
    put(STORED)
    assert "PUT /b/k.zip: 200, 6 bytes" in caplog.text
    assert "X-Amz" not in caplog.text


@pytest.mark.parametrize(("url", "end"), [
    (f"https://b/k?{QUERY}", 1_750_000_900.0),
    ("https://b/k?Expires=1750000000&Signature=x", 1_750_000_000.0),
    ("https://b/k", None),
    ("https://b/k?X-Amz-Date=yesterday&X-Amz-Expires=1", None),
    ("https://b/k?X-Amz-Date=20250615T150640Z", None),
    ("https://b/k?X-Amz-Date=20250615T150640Z&X-Amz-Expires=" + "9" * 400, None),
    ("https://[b/k", None),
])
def test_when_an_address_ends(url, end):
    assert expires_at(url) == end


def test_what_an_address_binds():
    assert not binds_content_type(f"https://b/k?{QUERY}")
    assert binds_content_type("https://b/k?X-Amz-SignedHeaders=host;Content-Type")


# -- an answer in the storage's place

PAGE = Reply(200, b"<html><title>Blocked</title></html>", {"Content-Type": "text/html", "ETag": '"page"'})
BARE = Reply(200)
MD5 = "e80b5017098950fc58aad83c8c14978e"  # of abcdef
SECRET = Reply(403, b"<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
KMS = {"x-amz-server-side-encryption": "aws:kms"}


def first_byte(total, etag=""):
    return Reply(206, b"a", {"Content-Range": f"bytes 0-0/{total}", "ETag": etag})


@pytest.mark.parametrize("reply", [
    Reply(200, headers={"ETag": f'"{MD5}"'}), Reply(200, headers={"ETag": MD5.upper()}),
    Reply(200, headers={"ETag": f'"{"0" * 32}"', **KMS}), Reply(200, headers={"ETag": '"0x8DC-1"'}),
    Reply(204, headers={"ETag": f'"{MD5}"'}),
])
def test_an_etag_proves_an_upload(put, server, reply):
    assert put(reply, readable_at="/b/k.zip") == reply.headers["ETag"]
    assert len(server.seen) == 1


class HeldHash:
    """A digest that is too slow: it takes nothing before `go`."""

    def __init__(self):
        self.go = threading.Event()
        self.sizes = []
        self._md5 = hashlib.md5(usedforsecurity=False)

    def update(self, data):
        self.go.wait()
        self.sizes.append(len(data))
        self._md5.update(data)

    def hexdigest(self):
        return self._md5.hexdigest()


def test_a_digest_that_is_slower_than_the_line_reads_again_what_it_missed():
    pieces = [bytes([number]) * (number + 1) for number in range(60)]
    held = HeldHash()
    with RunningDigest(held, waits=False) as digest:
        for piece in pieces:
            digest.add(piece)  # never waits
        held.go.set()
        assert digest.hexdigest(pieces) == hashlib.md5(b"".join(pieces), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(("speed", "beside"), [(100_000_000, 8), (1_000_000_000, 5)])  # bytes a second
def test_a_digest_leaves_the_processor_to_a_line_within_this_computer(monkeypatch, speed, beside):
    pieces = [bytes([number]) * 1_000_000 for number in range(8)]
    clock, held = [5.0], HeldHash()
    monkeypatch.setattr(running_digest, "monotonic", lambda: clock[0])
    held.go.set()
    with RunningDigest(held, waits=False) as digest:
        for piece in pieces:
            clock[0] += len(piece) / speed
            digest.add(piece)
        sums = digest.hexdigest(pieces)
    assert sums == hashlib.md5(b"".join(pieces), usedforsecurity=False).hexdigest()
    assert held.sizes.count(0) == beside % 8  # what it took beside the line is skipped when all is read again

@pytest.mark.parametrize("replies", [
    [Reply(200, headers={"ETag": f'"{"0" * 32}"'})],
    [PAGE, SECRET], [BARE, SECRET], [PAGE, PAGE], [BARE, PAGE],
    [BARE, first_byte(5)], [BARE, Reply(200, b"abcde")],
    [BARE, Reply(302, headers={"Location": "https://login.example/"})], [BARE, CLOSE],
    [Reply(200, b'{"ok": true}', {"Content-Type": "application/json"}), SECRET],
])
def test_nothing_less_does(put, server, replies):
    error = refused(lambda: put(*replies, readable_at="/b/k.zip"))
    assert error.problem is P.UPLOAD_UNSURE
    assert "paid request was not sent" in error.advice
    assert all(seen.method == "GET" and not seen.query for seen in server.seen[1:])


@pytest.mark.parametrize("found", [first_byte(6), Reply(200, b"abcdef")])
@pytest.mark.parametrize("answer", [PAGE, BARE])
def test_without_an_etag_the_file_itself_is_asked_for(put, server, answer, found):
    put(answer, found, readable_at="/b/k.zip")
    assert server.seen[1].headers["range"] == "bytes=0-0"


def test_an_address_whose_signature_is_not_for_the_put_alone_is_asked_itself(put, server):
    put(BARE, first_byte(6), query="sv=2025&sig=5ecre7")
    assert (server.seen[1].method, server.seen[1].query) == ("GET", "sv=2025&sig=5ecre7")

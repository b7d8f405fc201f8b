"""The download: whole, resumed, changed meanwhile, cut, cancelled; its length and its hash."""

import hashlib
import io

import pytest

from segmind_studio.api.download import is_strong
from segmind_studio.api.hosts import redirected
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StoreError
from tests.fakes.scripted_server import CLOSE, RESET, Reply, json_reply

P = ApiProblem
BODY = bytes(range(256)) * 12_000  # three pieces
SHA = hashlib.sha256(BODY).hexdigest()


def whole(**more):
    return Reply(200, BODY, {"ETag": '"v1"'}, **more)


SIZE = len(BODY)


def part(start, total=SIZE, body=BODY, **headers):
    span = f"bytes {start}-{SIZE - 1}/{total}"
    return Reply(206, body[start:], {"Content-Range": span, **(headers or {"ETag": '"v1"'})})


@pytest.fixture
def fetch(server):
    """Download into a target; returns the result."""
    def run(*replies, target=None, offset=0, etag="", progress=lambda *_seen: None, cancelled=bool, **more):
        server.replies[:] = replies
        with StorageClient(loopback=True) as client:
            return client.download(
                f"{server.url}/w.safetensors?X-Amz-Signature=5ecre7", io.BytesIO() if target is None else target,
                offset=offset, etag=etag, progress=progress, cancelled=cancelled, **more,
            )

    return run


def test_a_whole_file(fetch, server):
    target, seen, started = io.BytesIO(), [], []
    found = fetch(whole(), target=target, progress=lambda got, total: seen.append((got, total)),
                  started=lambda etag, total: started.append((etag, total)))
    assert target.getvalue() == BODY
    assert (found.total, found.etag, found.sha256, found.resumed) == (len(BODY), '"v1"', SHA, False)
    assert seen[0] == (0, len(BODY))
    assert seen[-1] == (len(BODY), len(BODY))
    assert started == [('"v1"', len(BODY))]
    assert not {"x-api-key", "authorization", "range"} & set(server.seen[0].headers)
    assert server.seen[0].headers["accept-encoding"] == "identity"


def test_a_file_of_unknown_length(fetch):
    target = io.BytesIO()
    found = fetch(whole(length=False), target=target)
    assert (target.getvalue(), found.total, found.sha256) == (BODY, len(BODY), SHA)


def test_an_empty_file(fetch):
    assert fetch(Reply(200, b"")).total == 0


def test_resuming_asks_for_the_rest_only(fetch, server):
    target, seen = io.BytesIO(BODY[:1000]), []
    found = fetch(
        part(1000), target=target, offset=1000, etag='"v1"', progress=lambda got, _total: seen.append(got),
    )
    assert server.seen[0].headers["range"] == "bytes=1000-"
    assert server.seen[0].headers["if-range"] == '"v1"'
    assert target.getvalue() == BODY
    assert (found.total, found.sha256, found.resumed) == (len(BODY), SHA, True)
    assert seen[0] == 1000
    assert len(server.seen) == 1


def test_a_file_that_changed_comes_whole(fetch):
    target = io.BytesIO(b"old bytes" * 1_000_000)
    found = fetch(whole(), target=target, offset=1000, etag='"v0"')
    assert target.getvalue() == BODY
    assert (found.sha256, found.resumed) == (SHA, False)


@pytest.mark.parametrize("first", [
    Reply(416, b"", {"Content-Range": f"bytes */{len(BODY)}"}),
    part(500), Reply(206, BODY[1000:]), Reply(206, BODY[1000:], {"Content-Range": "nonsense"}),
])
def test_where_it_cannot_be_resumed_all_of_it_comes(fetch, server, first):
    target = io.BytesIO(BODY[:1000])
    found = fetch(first, whole(), target=target, offset=1000, etag='"v1"')
    assert (target.getvalue(), found.sha256) == (BODY, SHA)
    assert "range" not in server.seen[1].headers


@pytest.mark.parametrize("named", [{"ETag": '"v2"'}, {"ETag": 'W/"v1"'}, {"ETag": ""}, {"Server": "names none"}])
def test_a_part_of_another_version_is_never_put_behind_the_first(fetch, server, named):
    other = BODY[::-1]
    target = io.BytesIO(BODY[:1000])
    found = fetch(part(1000, body=other, **named), whole(), target=target, offset=1000, etag='"v1"')
    assert (target.getvalue(), found.sha256, found.resumed) == (BODY, SHA, False)
    assert "range" not in server.seen[1].headers


@pytest.mark.parametrize("etag", ["", 'W/"v1"', "v1", '"'])
def test_without_a_strong_etag_nothing_is_resumed(fetch, server, etag):
    assert not is_strong(etag)
    target = io.BytesIO(BODY[:1000])
    assert fetch(whole(), target=target, offset=1000, etag=etag).sha256 == SHA
    assert "range" not in server.seen[0].headers


def test_a_part_that_was_not_asked_for_is_an_error(fetch):
    with pytest.raises(ApiError) as caught:
        fetch(part(500))
    assert caught.value.problem is P.UNANSWERED


@pytest.mark.parametrize("reply", [RESET, CLOSE, whole(cut=2_000_000), whole(cut=10), whole(cut=0)])
def test_a_break_keeps_what_came(fetch, reply):
    target = io.BytesIO()
    with pytest.raises(ApiError) as caught:
        fetch(reply, target=target)
    assert caught.value.problem is P.UNANSWERED
    assert BODY.startswith(target.getvalue())
    if not isinstance(reply, str):
        assert len(target.getvalue()) == reply.cut


def test_a_wrong_total_is_noticed(fetch):
    with pytest.raises(ApiError) as caught:
        fetch(part(1000, total=len(BODY) + 5), target=io.BytesIO(BODY[:1000]), offset=1000, etag='"v1"')
    assert caught.value.problem is P.UNANSWERED


@pytest.mark.parametrize(("reply", "problem"), [
    (Reply(403, b"<Error><Code>AccessDenied</Code></Error>"), P.UPLOAD_EXPIRED),
    (Reply(404, b"<Error><Code>NoSuchKey</Code></Error>"), P.NOT_FOUND),
    (Reply(503), P.SLOW_DOWN),
    (json_reply({}, 302, Location="ftp://elsewhere.example/x"), P.ODD_ANSWER),
    (json_reply({}, 302), P.ODD_ANSWER),
])
def test_errors(fetch, server, reply, problem):
    target = io.BytesIO(b"untouched")
    with pytest.raises(ApiError) as caught:
        fetch(reply, target=target)
    assert caught.value.problem is problem
    assert "5ecre7" not in f"{caught.value} {caught.value.detail}"
    assert target.getvalue() == b"untouched"
    assert len(server.seen) == 1


def test_cancelling_between_pieces(fetch):
    seen = []
    with pytest.raises(CancelledError):
        fetch(whole(), progress=lambda got, _total: seen.append(got), cancelled=lambda: len(seen) > 1)
    assert len(seen) == 2


class FullDisk(io.BytesIO):
    def write(self, _data):
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_said_in_words(fetch):
    with pytest.raises(StoreError) as caught:
        fetch(whole(), target=FullDisk())
    assert "disk space" in caught.value.advice


class Sipping(io.BytesIO):
    """Take only a little at a time, as an unbuffered file may."""

    def write(self, data):
        return super().write(bytes(data[:100_000]))


def test_a_target_that_takes_a_little_at_a_time_gets_all(fetch):
    target = Sipping()
    assert fetch(whole(), target=target).sha256 == SHA
    assert target.getvalue() == BODY


def test_a_stop_at_the_start_writes_nothing(fetch):
    def started(_etag, _total):
        raise StoreError("no room")

    target = io.BytesIO()
    with pytest.raises(StoreError):
        fetch(whole(), target=target, started=started)
    assert target.getvalue() == b""


# -- redirects: without a key, to https or on this computer, and not on and on


def moved(port, status=302, place="/moved"):
    return Reply(status, headers={"Location": f"http://localhost:{port}{place}"})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_followed(fetch, server, status):
    target = io.BytesIO()
    fetch(moved(server.port, status), whole(), target=target)
    assert target.getvalue() == BODY
    assert [seen.path for seen in server.seen] == ["/w.safetensors", "/moved"]
    assert server.seen[1].headers["host"].startswith("localhost")
    assert not {"x-api-key", "authorization", "cookie", "referer"} & set(server.seen[1].headers)


def test_the_rest_of_a_file_is_asked_for_where_a_redirect_leads(fetch, server):
    target = io.BytesIO(BODY[:1000])
    assert fetch(moved(server.port), part(1000), target=target, offset=1000, etag='"v1"').resumed
    assert server.seen[1].headers["range"] == "bytes=1000-"


@pytest.mark.parametrize(("count", "right"), [(5, True), (6, False)])
def test_it_goes_on_five_times_at_most(fetch, server, count, right):
    replies = [moved(server.port, place=f"/{number}") for number in range(count)]
    if right:
        assert fetch(*replies, whole()).total == SIZE
        return
    with pytest.raises(ApiError) as caught:
        fetch(*replies, whole())
    assert caught.value.problem is P.ODD_ANSWER
    assert len(server.seen) == 6


def test_elsewhere_only_https_is_opened():
    assert redirected("https://a.example/x", "http://127.0.0.1/y", loopback=False) == ""
    assert redirected("https://a.example/x", "//b.example/y", loopback=False) == "https://b.example/y"
    assert redirected("https://a.example/x", "/y", loopback=False) == "https://a.example/y"
    assert redirected("https://a.example/x", "http://[", loopback=False) == ""


# -- a part whose range lies


@pytest.mark.parametrize("span", [
    f"bytes 1000-{SIZE - 1}/4000", f"bytes 1000-500/{SIZE}", f"bytes 1000-2000/{SIZE}", "bytes 1000-0/*",
    f"bytes 1000-{'9' * 5000}/*",
])
def test_a_part_whose_range_lies_is_not_taken_and_all_comes_again(fetch, server, span):
    target = io.BytesIO(BODY[:1000])
    lie = Reply(206, BODY[1000:], {"Content-Range": span, "ETag": '"v1"'})
    found = fetch(lie, whole(), target=target, offset=1000, etag='"v1"')
    assert (target.getvalue(), found.total, found.resumed) == (BODY, SIZE, False)


def test_more_than_the_whole_is_kept_nowhere(fetch):
    target = io.BytesIO(BODY[:1000])
    lie = Reply(206, BODY, {"Content-Range": f"bytes 1000-{SIZE - 1}/{SIZE}", "ETag": '"v1"'}, length=False)
    with pytest.raises(ApiError) as caught:
        fetch(lie, target=target, offset=1000, etag='"v1"')
    assert caught.value.problem is P.UNANSWERED
    assert target.getvalue() == b""

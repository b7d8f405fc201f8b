"""Answers that come packed are unpacked within a bound: some bytes could become all of the memory."""

import gzip
import io
import itertools
import json
import tracemalloc
import zlib

import pytest

import segmind_studio.api.transport  # noqa: F401  # httpx takes memory of its own, once
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.form import TrainingForm
from tests.fakes.scripted_server import Reply

BODY = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"}).body("https://b.s3.aws/x.zip")
TWICE = gzip.compress(gzip.compress(b"\0" * 2**26))  # 64 MiB in 400 bytes
ODD = ApiProblem.ODD_ANSWER
MOST = 8 * 2**20  # bytes that reading such an answer may take


def packed(status=200, body=TWICE, encoding="gzip, gzip", **more):
    return Reply(status, body, {"Content-Encoding": encoding, "Content-Type": "application/json"}, **more)


@pytest.fixture(autouse=True)
def _in_little_memory():
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST


BOMB = gzip.compress(b"[" + b" " * 2**26)  # 64 MiB in 64 KiB


@pytest.mark.parametrize(("encoding", "body"), [
    *((encoding, TWICE) for encoding in ("gzip, gzip", "br", "zstd", "identity, br", "x")),
    ("gzip", BOMB), ("GZIP", BOMB), ("deflate", BOMB), ("gzip", gzip.compress(b"[]")[:-9]), ("gzip", b"[]"),
    ("deflate", b"\x00"),
], ids=itertools.count())
def test_what_cannot_be_unpacked_within_a_bound_is_an_odd_answer(ask, encoding, body):
    with pytest.raises(ApiError) as caught:
        ask(packed(body=body, encoding=encoding)).list_jobs()
    assert (caught.value.problem, caught.value.may_have_arrived) == (ODD, False)
    assert encoding in caught.value.detail


def raw_deflated(body):
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(body) + machine.flush()


@pytest.mark.parametrize(("encoding", "pack"), [
    ("gzip", gzip.compress), ("x-gzip", gzip.compress), ("GZIP, identity", gzip.compress),
    ("deflate", zlib.compress), ("deflate", raw_deflated),
])
def test_what_is_packed_in_one_known_way_is_read(ask, encoding, pack):
    rows = [{"id": f"job-{number}", "name": "anna"} for number in range(200)]
    listing = ask(packed(body=pack(json.dumps(rows).encode()), encoding=encoding)).list_jobs()
    assert len(listing.jobs) == 200


@pytest.mark.parametrize(("body", "taken"), [
    pytest.param(gzip.compress(b'{"finetune_id": "x"}'), True, id="small"), pytest.param(BOMB, False, id="bomb"),
])
def test_a_packed_answer_to_a_submit(ask, server, body, taken):
    client = ask(packed(body=body, encoding="gzip"))
    if taken:
        assert client.submit(BODY).service_id == "x"
        return
    with pytest.raises(ApiError) as caught:
        client.submit(BODY)
    assert (caught.value.problem, caught.value.may_have_arrived) == (ODD, True)
    assert len(server.seen) == 1


def test_the_words_of_a_packed_error_are_read(ask):
    with pytest.raises(ApiError) as caught:
        ask(packed(400, gzip.compress(b'{"error": "theme is wrong"}'), "gzip")).submit(BODY)
    assert caught.value.detail == "theme is wrong"


@pytest.mark.parametrize(("status", "problem", "arrived"), [
    (400, ApiProblem.BAD_REQUEST, False), (401, ApiProblem.BAD_KEY, False), (503, ApiProblem.SERVER, True),
])
def test_the_status_of_a_packed_error_says_enough(ask, status, problem, arrived):
    with pytest.raises(ApiError) as caught:
        ask(packed(status)).submit(BODY)
    assert (caught.value.problem, caught.value.may_have_arrived, caught.value.detail) == (problem, arrived, "")


def fetched(server, *replies, offset=0):
    server.replies[:] = replies
    target = io.BytesIO(b"0123456789"[:offset])
    with StorageClient(loopback=True) as storage:
        storage.download(
            f"{server.url}/w", target, offset=offset, etag='"v1"', progress=lambda *_seen: None, cancelled=bool,
        )
    return target.getvalue()


@pytest.mark.parametrize("more", [{}, {"length": False}])
def test_a_packed_file_is_not_taken(server, more):
    with pytest.raises(ApiError) as caught:
        fetched(server, packed(**more))
    assert caught.value.problem is ODD


def test_a_packed_error_of_the_storage(server):
    with pytest.raises(ApiError) as caught:
        fetched(server, packed(404))
    assert caught.value.problem is ApiProblem.NOT_FOUND


def test_a_plain_answer_may_say_that_it_is_plain(ask, server):
    plain = {"Content-Encoding": "identity", "Content-Type": "application/json"}
    assert ask(Reply(200, b"[]", plain)).list_jobs().jobs == ()
    assert fetched(server, Reply(200, b"0123456789", {"Content-Encoding": "aws-chunked"})) == b"0123456789"


def test_plain_answers_are_asked_for(ask, server):
    ask(Reply(200, b"[]")).list_jobs()
    fetched(server, Reply(200, b"x"))
    assert [seen.headers["accept-encoding"] for seen in server.seen] == ["identity", "identity"]

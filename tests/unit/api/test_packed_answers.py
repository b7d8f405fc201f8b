"""Answers that come packed are never unpacked: some bytes could become all of the memory."""

import gzip
import io
import tracemalloc

import pytest

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


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip", "deflate", "br", "zstd", "GZIP", "identity, br", "x"])
def test_a_packed_list_is_an_odd_answer(ask, encoding):
    with pytest.raises(ApiError) as caught:
        ask(packed(encoding=encoding)).list_jobs()
    assert (caught.value.problem, caught.value.may_have_arrived) == (ODD, False)
    assert encoding in caught.value.detail


def test_a_packed_answer_to_a_submit_may_have_started_a_run(ask, server):
    with pytest.raises(ApiError) as caught:
        ask(packed(body=gzip.compress(b'{"id": "x"}'), encoding="gzip")).submit(BODY)
    assert (caught.value.problem, caught.value.may_have_arrived) == (ODD, True)
    assert len(server.seen) == 1


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

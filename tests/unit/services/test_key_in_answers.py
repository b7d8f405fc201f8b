"""A service that repeats the key in its answers: it reaches no row, no file, no value and no error."""

import base64
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.errors import ApiError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.masks import masked_body
from segmind_studio.services.runs.apply_listing import settle
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.store.journal import Journal
from tests.fakes.connections import KEY, connection_to
from tests.fakes.scripted_server import Reply, ScriptedServer, json_reply

ODD_KEY = 'SG_a"b/c+d&e\\f=9'  # of a shape that every way of writing writes in another way
BODY = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"}).body("https://b.s3.aws/x.zip")


def ways(key):
    """Write a key as an answer may: plain, as an address, escaped, and in base64 wherever it begins."""
    coded = [base64.b64encode(before + key.encode() + b":").decode() for before in (b"", b"u", b"me")]
    return [key, quote(key, safe=""), *coded, base64.urlsafe_b64encode(key.encode()).decode()]


def traces(key, text):
    """Find what of the key is in a text."""
    coded = base64.b64encode(key.encode())[:18].decode()
    return [way for way in (key, quote(key, safe=""), json.dumps(key)[1:-1], coded) if way in text]


def a_list(key):
    fields = {f"field{number}": way for number, way in enumerate(ways(key))}
    return [{
        "id": "x", "name": f"n {key}", "status": f"FAILED {key}", "error_message": f"bad key {key}", "slug": key,
        "debug": {"x-api-key": key, key: ["Authorization", fields]}, "cloud_storage_url": f"https://b/w?key={key}",
    }]


def escaped(value):
    """Write JSON with every letter of every text escaped: it is the same value."""
    text = json.dumps(value)
    for letter in "SG":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Reply(200, text.encode(), {"Content-Type": "application/json"})


@pytest.fixture
def server():
    with ScriptedServer() as server:
        yield server


@pytest.mark.parametrize("key", [KEY, ODD_KEY])
@pytest.mark.parametrize("written", [json_reply, escaped])
def test_a_list_that_repeats_the_key_leaves_none_on_the_disk(server, database, tmp_path, key, written):
    server.replies[:] = [written(a_list(key))]
    with SegmindClient(connection_to(server.url, key=key)) as client:
        listing = client.list_jobs()
    settle(Journal(database), "a1", listing, time.time(), LiveRuns())
    (run,) = Journal(database).runs("a1")
    assert run.service_id == "x"
    assert run.status.startswith("FAILED")
    assert server.seen[0].headers["x-api-key"] == key
    database.close()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not traces(key, path.read_bytes().decode("latin-1")), path
    assert not traces(key, repr(listing))


CALLS = [
    lambda client: client.list_jobs(),
    lambda client: client.details("x"),
    lambda client: client.submit(BODY),
    lambda client: client.credits(),
    lambda client: client.webhooks(),
    lambda client: client.dispatch_logs("w"),
    lambda client: client.weights_link("https://b/w"),
    lambda client: client.generate("slug", {"prompt": "x"}),
    lambda client: client.upload_ticket("dataset.zip"),
]


def echo(key, status):
    row = {
        "id": "x", "webhook_id": "w", "url": "https://127.0.0.1:1/", "said": key,
        "error_description": f"the key {key}", key: 1,
    }
    return json_reply([row], status, X_Request_Id=key, X_Cost=key)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("reply", [
    echo(KEY, 200), echo(KEY, 400), echo(KEY, 401),
    Reply(200, f"https://b/w?key={KEY}".encode(), {"X-Request-Id": KEY}),
    Reply(200, b"\x89PNG\r\n\x1a\n" + KEY.encode(), {"X-Request-Id": KEY, "Content-Type": "image/png"}),
    Reply(200, KEY.encode(), {"Content-Encoding": KEY}),
    Reply(raw=f"HTTP/1.1 {KEY} x\r\n\r\n".encode()), Reply(raw=f"HTTP/1.1 200 OK\r\n{KEY}\r\n\r\n".encode()),
    Reply(raw=f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{KEY}\r\n".encode()),
])
def test_no_value_and_no_error_of_any_call_holds_the_key(server, caplog, call, reply):
    server.replies[:] = [reply]
    caplog.set_level("DEBUG")
    with SegmindClient(connection_to(server.url)) as client:
        try:
            found = call(client)
        except ApiError as error:
            found = f"{error!r} {error} {error.detail}"
    assert not traces(KEY, repr(found) + repr(getattr(found, "image", "")))
    assert not traces(KEY, caplog.text)


@settings(max_examples=100)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40), st.binary(max_size=7))
def test_masking_keeps_the_length_and_finds_every_form(key, before):
    for way in ways(key):
        body = before + way.encode() + b"."
        masked = masked_body(body, key)
        assert len(masked) == len(body)
        assert key.encode() not in masked
    coded = base64.b64encode(before + key.encode())
    assert coded[-(-len(before) * 4 // 3):(len(before) + len(key)) * 4 // 3] not in masked_body(coded, key)


@pytest.mark.parametrize("secret", ["", "k", "status"])
def test_a_short_text_is_no_key_and_spoils_no_answer(secret):
    assert masked_body(b'{"status": "ok"}', secret) == b'{"status": "ok"}'

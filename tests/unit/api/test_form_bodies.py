"""Requests that are documented as forms, at a service that wants them in another way."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.errors import ApiError, ApiProblem
from tests.fakes.connections import connection_to
from tests.fakes.scripted_server import ScriptedServer, json_reply, text_reply
from tests.fakes.typed import the

FORM, JSON, PARTS = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"
WEIGHTS = "https://storage.example/w.safetensors"
LINK = "https://storage.example/w?sig=1"
REFUSALS = [
    (406, {"error": "Not Acceptable: Content-Type is not supported"}), (415, {}),
    (422, {"detail": [{"loc": ["body", "request_id"], "msg": "Field required"}]}),
    (400, {"error": "The body is not valid JSON"}),
]


def kind_of(seen):
    return seen.headers["content-type"].partition(";")[0]


def server_that_takes(wanted, status=406, words=None):
    def answer(seen):
        if kind_of(seen) != wanted:
            return json_reply(words or {"error": "Content-Type is not supported"}, status)
        return text_reply(LINK) if seen.path.endswith("download") else json_reply({})

    return ScriptedServer([answer])


@pytest.mark.parametrize("wanted", [FORM, JSON, PARTS])
def test_what_a_service_takes_is_found_and_remembered_per_address(wanted):
    tried = [FORM, JSON, PARTS]
    tried = tried[: tried.index(wanted) + 1]
    with server_that_takes(wanted) as server:
        for expected in (tried, [wanted]):  # the second client is a new one
            server.seen.clear()
            with SegmindClient(connection_to(server.url)) as client:
                client.set_public("job-1", True)
            assert [kind_of(seen) for seen in server.seen] == expected
        server.seen.clear()
        with SegmindClient(connection_to(server.url)) as client:
            assert client.weights_link(WEIGHTS) == LINK
        assert [kind_of(seen) for seen in server.seen] == tried


@pytest.mark.parametrize(("status", "words"), REFUSALS)
def test_every_way_to_refuse_a_form_is_understood(status, words):
    with server_that_takes(JSON, status, words) as server, SegmindClient(connection_to(server.url)) as client:
        client.set_public("job-1", False)
        assert server.seen[-1].json() == {"request_id": "job-1", "segmind_public": "False"}


def test_the_parts_hold_what_the_form_held():
    with server_that_takes(PARTS) as server, SegmindClient(connection_to(server.url)) as client:
        client.set_public("job-1", True)
        seen = server.seen[-1]
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    told = {
        part.get_param("name", header="content-disposition"): the(str, part.get_payload()).strip()
        for part in message_from_bytes(head + seen.body).walk() if not part.is_multipart()
    }
    assert told == {"request_id": "job-1", "segmind_public": "True"}


def test_where_nothing_is_taken_the_advice_names_the_console():
    with server_that_takes("nothing") as server, SegmindClient(connection_to(server.url)) as client:
        with pytest.raises(ApiError) as caught:
            client.set_public("job-1", True)
        assert len(server.seen) == 3
    assert caught.value.problem is ApiProblem.CONTENT_TYPE
    assert "console" in caught.value.advice
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize("reply", [
    json_reply({"error": "Finetune request not found"}, 404), json_reply({"error": "broken"}, 500),
    json_reply({"error": "invalid_api_key"}, 401), json_reply({"error": "segmind_public must be a switch"}, 400),
])
def test_another_refusal_is_not_asked_again_in_another_form(reply):
    with ScriptedServer([replace(reply)]) as server, SegmindClient(connection_to(server.url)) as client:
        with pytest.raises(ApiError):
            client.set_public("job-1", True)
        assert len(server.seen) == 1

"""Captions from a model: what is sent to it, what is read of its answers, and where its key goes."""

import base64
from pathlib import Path

import pytest

from segmind_studio.api.caption_client import CaptionClient
from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.captioning import (
    CaptionEndpoint,
    CaptionMode,
    caption_of,
    checked_endpoint,
    combined,
    filled_instruction,
    instruction_for,
)
from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from tests.fakes.scripted_server import RESET, json_reply, text_reply

KEY = "sk-model-0123456789"


def told(content):
    return json_reply({"choices": [{"message": {"role": "assistant", "content": content}}]})


@pytest.fixture
def caption(server):
    def ask(reply, key=KEY):
        server.replies[:] = [reply]
        endpoint = CaptionEndpoint(f"{server.url}/v1/", "llava")
        with CaptionClient(endpoint, ApiKey(key) if key else None) as client:
            return client.caption(b"\xff\xd8 a picture", "Describe it.")

    return ask


def test_a_call_holds_the_instruction_the_picture_and_the_models_own_key(server, caption):
    assert caption(told("A cat.")) == "A cat."
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", "/v1/chat/completions")
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert "x-api-key" not in seen.headers
    body = seen.json()
    text, picture = body["messages"][0]["content"]
    assert (body["model"], text["text"]) == ("llava", "Describe it.")
    assert base64.b64decode(picture["image_url"]["url"].partition(",")[2]) == b"\xff\xd8 a picture"


def test_without_a_key_none_is_sent(server, caption):
    caption(told("A cat."), key="")
    assert "authorization" not in server.seen[0].headers


@pytest.mark.parametrize(("reply", "problem"), [
    (json_reply({"error": {"message": f"bad key {KEY}"}}, 401), ApiProblem.BAD_KEY),
    (json_reply({"error": "model not found"}, 404), ApiProblem.NOT_FOUND),
    (text_reply("<html>busy</html>", 429, "text/html"), ApiProblem.RATE_LIMITED),
    (text_reply("out of memory", 500), ApiProblem.SERVER), (text_reply("too large", 413), ApiProblem.BAD_REQUEST),
    (text_reply("<html>a page</html>", 200, "text/html"), ApiProblem.ODD_ANSWER),
    (json_reply({"choices": []}), ApiProblem.ODD_ANSWER), (json_reply([1]), ApiProblem.ODD_ANSWER),
    (told("   "), ApiProblem.ODD_ANSWER), (told(None), ApiProblem.ODD_ANSWER),
    (text_reply("", 307, Location="http://127.0.0.1:1/"), ApiProblem.BAD_REQUEST), (RESET, ApiProblem.UNANSWERED),
])
def test_each_error_is_named_and_the_call_is_not_repeated(server, caption, reply, problem):
    with pytest.raises(ApiError) as raised:
        caption(reply)
    assert raised.value.problem is problem
    assert KEY not in f"{raised.value} {raised.value.detail}"
    assert len(server.seen) == 1


@pytest.mark.parametrize(("answer", "text"), [
    ('"A cat\n on a mat."', "A cat on a mat."), ("<think>what is it</think> A cat", "A cat"),
    ("Fur, so a cat\n</think>\n\nA cat", "A cat"),  # the server began it
    ("<think>It may be a cat, or", ""),  # it was cut off
    ("Caption: a cat", "a cat"), ("“Ein Bär”", "Ein Bär"), ('"A" and "B"', '"A" and "B"'), ("", ""),
])
def test_an_answer_becomes_one_line(answer, text):
    assert caption_of(answer) == text


def test_a_model_that_takes_only_the_newer_limit_gets_it_and_is_not_asked_a_third_time(server):
    words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    refused = json_reply({"error": {"message": words}}, 400)
    endpoint = CaptionEndpoint(f"{server.url}/v1", "gpt")
    with CaptionClient(endpoint, None) as client:
        server.replies[:] = [refused, told("A cat."), told("A dog."), refused]
        assert [client.caption(b"\xff\xd8", "Describe it.") for _photo in range(2)] == ["A cat.", "A dog."]
        with pytest.raises(ApiError):
            client.caption(b"\xff\xd8", "Describe it.")
    limits = [[key for key in seen.json() if key.startswith("max_")] for seen in server.seen]
    assert limits == [["max_tokens"], *[["max_completion_tokens"]] * 3]


def test_parts_of_an_answer_are_joined(caption):
    parts = [{"type": "text", "text": "A cat"}, {"type": "text", "text": "on a mat"}]
    assert caption(told(parts)) == "A cat on a mat"


@pytest.mark.parametrize(("url", "has_key", "fine"), [
    ("https://api.example.com/v1", True, True), ("http://127.0.0.1:11434/v1", True, True),
    ("http://localhost:1234", False, True), ("http://192.168.1.5:8080/v1", False, True),
    ("http://nas.local:11434/v1", False, True), ("http://nas.local:11434/v1", True, False),
    ("http://local.example.com", False, False), ("http://192.168.1.5:8080/v1", True, False),
    ("http://api.example.com/v1", False, False),
    ("ftp://example.com", False, False), ("https://user:pass@example.com", True, False), ("", False, False),
    ("https://example.com/v1?key=1", False, False), ("https://example.com:99999", False, False),
])
def test_pictures_and_keys_go_to_safe_addresses_only(url, has_key, fine):
    try:
        checked_endpoint(url, "model", has_key=has_key)
    except StudioError:
        assert not fine
    else:
        assert fine


def test_what_becomes_of_a_proposal():
    assert combined("a cat, ", "a mat", CaptionMode.APPEND) == "a cat, a mat"
    assert combined("A cat. ", "It sits.", CaptionMode.APPEND) == "A cat. It sits."
    assert combined("", "a mat", CaptionMode.APPEND) == "a mat"
    assert combined("a cat", "a mat", CaptionMode.OVERWRITE) == "a mat"
    themes = [instruction_for(theme) for theme in ("CHARACTER", "PRODUCT", "STYLE", "GENERAL")]
    assert len(set(themes)) == len(themes)
    assert all("{trigger}" in text for text in themes)
    assert instruction_for("NEW") == instruction_for("GENERAL")


def test_placeholders_are_filled_in_once_and_other_braces_stay():
    photo = Photo("1", Path("/pets/old {name}/tom.cat.jpg"), caption=" a {folder} cat ")
    filled = filled_instruction('{trigger}|{caption}|{name}|{folder}|{Name}|{"a": {}}', photo, "OHWX")
    assert filled == 'OHWX|a {folder} cat|tom.cat|old {name}|{Name}|{"a": {}}'
    assert filled_instruction("{trigger}", photo, " ") == "TOK"


def test_the_models_of_a_server_are_listed_without_a_key(server):
    server.replies[:] = [json_reply({"data": [
        {"id": "llava:13b"}, {"id": " llava:13b"}, {"id": 3}, {}, "x", {"id": ""}, {"id": "a\nb"},
        {"id": "z" * 201},
    ]})]
    with CaptionClient(CaptionEndpoint(f"{server.url}/v1/chat/completions", ""), ApiKey(KEY)) as client:
        assert client.models() == ("llava:13b",)
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("GET", "/v1/models")
    assert KEY not in str(seen.headers)


@pytest.mark.parametrize("reply", [
    json_reply({"data": []}), json_reply({"data": "none"}), json_reply([1]), text_reply("<html>a page</html>"),
    text_reply("no", 404), text_reply("[" * 100_000), json_reply({}, 302, Location="http://127.0.0.1:9/v1/models"),
])
def test_a_server_without_a_list_of_models_has_none(server, reply):
    server.replies[:] = [reply]
    with CaptionClient(CaptionEndpoint(f"{server.url}/v1", ""), None) as client, pytest.raises(ApiError):
        client.models()
    assert len(server.seen) == 1

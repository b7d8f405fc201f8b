"""Every refusal becomes the right problem, in words, without the key; and says whether it may have arrived."""

import json

import pytest

from segmind_studio.api.answers import Answer
from segmind_studio.api.problems import problem_of
from segmind_studio.core.errors import ApiError, ApiProblem
from tests.fakes.connections import KEY
from tests.fakes.scripted_server import Reply, json_reply, text_reply
from tests.unit.api.test_client_requests import BODY

P = ApiProblem
HTML = (
    "<!doctype html><html><head><title>503 Service</title></head>"
    "<body><h1>Sorry &amp; bye</h1><p>x</p></body></html>"
)
XML = (
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>'
    "<HostId>secret</HostId></Error>"
)


def error_for(status, body="", content_type="application/json", *, acts=False, **headers):
    text = body if isinstance(body, str) else json.dumps(body)
    named = {"content-type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return problem_of(Answer(status, named, text.encode(), acts, KEY))


@pytest.mark.parametrize(("status", "body", "problem"), [
    (400, {"error": "name is required"}, P.BAD_REQUEST),
    (401, {"error": "missing_api_key", "error_description": "Missing x-api-key header"}, P.MISSING_KEY),
    (401, {"error": "API key required"}, P.MISSING_KEY),
    (401, {"error": "invalid_api_key", "error_description": "The API key is invalid"}, P.BAD_KEY),
    (401, {"error": "This key is no longer valid"}, P.BAD_KEY),
    (401, "", P.BAD_KEY),
    (402, {"error": "pay"}, P.NO_CREDITS),
    (403, {"message": "You are not allowed"}, P.FORBIDDEN),
    (404, {"detail": "Finetune request not found"}, P.NOT_FOUND),
    (404, {"detail": "This model is deprecated"}, P.RETIRED),
    (406, {"error": "Content-Type must be application/json"}, P.CONTENT_TYPE),
    (406, {"error": "Insufficient credits"}, P.NO_CREDITS),
    (406, {"error": "Please top up your balance"}, P.NO_CREDITS),
    (406, {"error": "Your team's credit limit is reached"}, P.TEAM_LIMIT),
    (406, {"error": "Usage limit exceeded"}, P.TEAM_LIMIT),
    (406, {"error": "no"}, P.BAD_REQUEST),
    (408, "", P.UNANSWERED),
    (410, "", P.RETIRED),
    (400, {"error": "Fine-tuning no longer accepts new jobs"}, P.RETIRED),
    (500, {"error": "This endpoint was retired"}, P.RETIRED),
    (400, {"error": "Unknown field 'mode'. Fine-tuning is no longer available for new accounts."}, P.RETIRED),
    (400, {"error": "Your request was refused: this service is retired."}, P.RETIRED),
    (403, {"error": "Your plan no longer includes fine-tuning."}, P.FORBIDDEN),
    (400, {"error": "The parameter 'priority' is deprecated, use 'mode'."}, P.BAD_REQUEST),
    (400, {"error": "theme STYLE is no longer supported"}, P.BAD_REQUEST),
    (400, {"error": "HIGH_RES_ONLY is deprecated, use QUALITY."}, P.BAD_REQUEST),
    (422, {"error": "lora_rank 16 is deprecated; use 32"}, P.BAD_REQUEST),
    (400, {"error": "iterations above 500 are no longer supported"}, P.BAD_REQUEST),
    (400, {"error": "The uploaded file is no longer available"}, P.BAD_REQUEST),
    (400, {"error": "presigned upload no longer valid"}, P.BAD_REQUEST),
    (400, {"error": "data_source_path must no longer be an http URL"}, P.BAD_REQUEST),
    (404, {"error": "This link is no longer valid"}, P.NOT_FOUND),
    (400, {"error": "base_model FLUX_PRO is no longer supported"}, P.RETIRED),
    (404, {"error": "Image fine-tuning is no longer offered."}, P.RETIRED),
    (400, {"error": "The upload service has been retired."}, P.RETIRED),
    (402, {"error": "Your trial has ended: fine-tuning is no longer free."}, P.NO_CREDITS),
    (403, {"error": "You are no longer a member of this team."}, P.FORBIDDEN),
    (404, {"error": "This finetune no longer exists."}, P.NOT_FOUND),
    (406, {"error": "You no longer have enough credits."}, P.NO_CREDITS),
    (415, "", P.CONTENT_TYPE),
    (422, {"detail": [{"loc": ["body", "name"], "msg": "Field required"}]}, P.BAD_REQUEST),
    (429, {"message": "Slow down. This key is no longer fast."}, P.RATE_LIMITED),
    (500, {"error": "KeyError"}, P.SERVER),
    (502, HTML, P.SERVER),
    (503, "Service no longer up", P.SERVER),
    (504, "", P.SERVER),
    (418, "teapot", P.BAD_REQUEST),
    (302, "", P.ODD_ANSWER),
])
def test_status_and_words_decide(status, body, problem):
    error = error_for(status, body)
    assert error.problem is problem
    assert error.http_status == status
    assert error.title.endswith(".")
    assert error.advice.endswith(".")


@pytest.mark.parametrize(("status", "arrived"), [
    (400, False), (401, False), (403, False), (404, False), (406, False), (408, True), (410, False), (422, False),
    (429, False), (500, True), (502, True), (503, True), (504, True), (301, True), (303, True), (307, False),
])
def test_what_acts_may_have_arrived(status, arrived):
    assert error_for(status, "x", acts=True).may_have_arrived is arrived
    assert not error_for(status, "x").may_have_arrived


@pytest.mark.parametrize(("body", "content_type", "words"), [
    ({"error": "text"}, "application/json", "text"),
    ({"error": "invalid_api_key", "error_description": "Bad key"}, "application/json", "invalid_api_key: Bad key"),
    ({"message": "m"}, "application/json", "m"),
    ({"detail": "d"}, "text/plain", "d"),
    ({"detail": [{"loc": ["body", "name"], "msg": "required"}]}, "application/json", "body.name: required"),
    ({"error": {"message": "inner"}}, "application/json", "inner"),
    ({"errors": ["one", "two"]}, "application/json", "one: two"),
    ({"odd": 1}, "application/json", '{"odd": 1}'),
    ([], "application/json", "[]"),
    (HTML, "text/html; charset=utf-8", "503 Service: Sorry & bye"),
    (HTML, "text/plain", "503 Service: Sorry & bye"),
    ("<html><body><b>only</b> text</body></html>", "text/html", "only text"),
    (XML, "application/xml", "AccessDenied: Request has expired"),
    ("just text\x00\x1b[31m", "text/plain", "just text [31m"),
    ("", "text/plain", ""),
    ("{broken", "application/json", "{broken"),
])
def test_the_words_are_plain(body, content_type, words):
    assert error_for(400, body, content_type).detail == words


@pytest.mark.parametrize("body", [
    {"error": f"Key {KEY} is bad"}, f"Key {KEY} is bad", f"<html><title>{KEY}</title></html>", {"x": [KEY]},
    {"error": "x" * 1990 + KEY},
])
def test_the_key_is_in_no_text(body):
    error = error_for(400, body)
    assert KEY not in error.detail
    assert len(error.detail) <= 2000


def test_a_signature_is_in_no_text():
    error = error_for(400, "bad: https://b/x?X-Amz-Credential=AK%2Fx&X-Amz-Signature=abc123&y=1", "text/plain")
    assert "abc123" not in error.detail
    assert "AK%2F" not in error.detail


def test_long_words_are_cut():
    assert len(error_for(400, "ab " * 5000, "text/plain").detail) == 2000


@pytest.mark.parametrize(("reply", "problem", "arrived"), [
    (json_reply({"error": "bad"}, 400), P.BAD_REQUEST, False),
    (json_reply({"error": "oops"}, 500), P.SERVER, True),
    (text_reply(HTML, 503, "text/html"), P.SERVER, True),
    (text_reply(HTML, 200, "text/html"), P.ODD_ANSWER, True),
    (Reply(200, b""), P.ODD_ANSWER, True),
    (Reply(204), P.ODD_ANSWER, True),
    (json_reply({"status": "REQUESTED"}), P.ODD_ANSWER, True),
    (json_reply({"error": "quota"}), P.ODD_ANSWER, True),
    (json_reply({}, 307, Location="/elsewhere"), P.ODD_ANSWER, False),
    (Reply(400, b"half of it", {"Content-Type": "text/plain"}, cut=4), P.BAD_REQUEST, False),
    (Reply(500, b"half of it", {"Content-Type": "text/plain"}, cut=4), P.SERVER, True),
    (Reply(200, b"not gzip", {"Content-Encoding": "gzip"}), P.ODD_ANSWER, True),
    (Reply(200, b'{"id": "x"}', cut=5), P.UNANSWERED, True),
])
def test_a_submit_knows_whether_it_may_have_arrived(ask, server, reply, problem, arrived):
    with pytest.raises(ApiError) as caught:
        ask(reply).submit(BODY)
    assert caught.value.problem is problem
    assert caught.value.may_have_arrived is arrived
    assert len(server.seen) == 1  # never sent twice


def test_credits_without_a_record_are_no_error(ask):
    assert ask(json_reply({"detail": "no record"}, 404)).credits().total is None


def test_credits_at_a_strange_address_are_one(ask):
    with pytest.raises(ApiError) as caught:
        ask(text_reply(HTML, 404, "text/html")).credits()
    assert caught.value.problem is P.NOT_FOUND

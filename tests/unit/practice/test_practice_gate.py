from __future__ import annotations

import httpx
import pytest
from practice_bench import NO_TLS

SUBMIT = "/finetune/request/submit"
ALL = [
    ("POST", SUBMIT), ("GET", "/finetune/request/details"), ("GET", "/finetune/request/list"),
    ("GET", "/finetune/request/upload/pre-signed-url"), ("PUT", "/finetune/request/access-update"),
    ("GET", "/finetune/request/file/download"), ("GET", "/v1/get-user-credits"), ("POST", "/v1/some-model"),
    ("POST", "/v2/some-model"), ("GET", "/v2/requests/some-id"), ("GET", "/v2/requests/some-id/status"),
    ("GET", "/webhook/get"), ("POST", "/webhook/add"), ("POST", "/webhook/update"), ("GET", "/webhook/inactive"),
    ("GET", "/webhook/dispatch-logs"),
]


def bare(practice, method, path, **options):
    with httpx.Client(base_url=practice.address.api, trust_env=False, verify=NO_TLS) as client:
        return client.request(method, path, **options)


@pytest.fixture
def every(shared):
    """Answer each endpoint's refusal of a request with given headers."""
    def ask(headers):
        options = {"trust_env": False, "verify": NO_TLS, "headers": headers}
        with httpx.Client(base_url=shared.address.api, **options) as client:
            return [client.request(method, path) for method, path in ALL]
    return ask


def test_both_401_differ_everywhere_and_bearer_is_none_of_them(shared, every):
    missing, bad = every({}), every({"x-api-key": "SG_0000000000000000"})
    assert {answer.status_code for answer in missing + bad} == {401}
    assert {answer.text for answer in missing}.isdisjoint(answer.text for answer in bad)
    assert missing[0].json() == {"error": "Missing x-api-key header."}
    assert bad[0].json()["error"] == "invalid_api_key"
    assert bad[0].json()["status_code"] == 401
    assert bad[0].json()["error_description"]
    bearer = every({"Authorization": f"Bearer {shared.address.key}"})
    assert {answer.status_code for answer in bearer} == {401}
    assert "Bearer" in bearer[0].json()["error"]


def test_the_key_has_segminds_shape(shared):
    assert shared.address.key.startswith("SG_")
    assert len(bytes.fromhex(shared.address.key[3:])) == 8
    assert shared.address.key not in repr(shared.address)


JSON_ENDPOINTS = [
    ("POST", SUBMIT), ("GET", "/finetune/request/details"), ("GET", "/finetune/request/upload/pre-signed-url"),
    ("POST", "/v1/x"), ("POST", "/v2/x"), ("POST", "/webhook/add"), ("POST", "/webhook/update"),
]


@pytest.mark.parametrize(("method", "path"), JSON_ENDPOINTS)
def test_json_is_wanted_and_said_so(shared, method, path):
    missing = shared.client.request(method, path, content=b"{}")
    other = shared.client.request(method, path, content=b"{}", headers={"Content-Type": "text/plain"})
    assert (missing.status_code, other.status_code) == (406, 406)
    assert "Content-Type header is missing" in missing.json()["error"]
    assert "text/plain is not supported" in other.json()["error"]
    for content in (b"{", b"[]", b'{"a": NaN}', b"\xff", b"[" * 100_000):
        broken = shared.client.request(
            method, path, content=content, headers={"Content-Type": "application/json; charset=utf-8"},
        )
        assert (broken.status_code, list(broken.json())) == (400, ["detail"])


@pytest.mark.parametrize(("method", "path"), [
    ("PUT", "/finetune/request/access-update"), ("GET", "/finetune/request/file/download"),
])
def test_a_form_is_wanted_and_said_so(shared, method, path):
    answer = shared.client.request(method, path, json={"request_id": "x"})
    assert answer.status_code == 406
    assert "x-www-form-urlencoded" in answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), [
    ("GET", SUBMIT), ("PUT", SUBMIT), ("HEAD", "/finetune/request/list"), ("POST", "/finetune/request/details"),
    ("POST", "/finetune/request/access-update"), ("DELETE", "/webhook/inactive"), ("GET", "/v1/some-model"),
])
def test_a_wrong_method_is_answered_in_html(shared, method, path):
    answer = shared.client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["content-type"].startswith("text/html")
    assert method == "HEAD" or "<h1>405 Method Not Allowed</h1>" in answer.text


def test_an_unknown_place_is_404(shared):
    for path in ("/", "/finetune/request/list/", "/finetune", "/practice/requests"):
        assert shared.client.get(path).status_code == 404
    assert shared.client.get("/nowhere").json() == {"detail": "Not Found"}


def test_a_huge_body_is_refused(shared):
    answer = shared.client.post(SUBMIT, json={"name": "x" * 3_000_000})
    assert (answer.status_code, answer.json()) == (400, {"detail": "The body is too large"})


def test_requests_are_remembered_without_their_values(practice):
    practice.client.get("/finetune/request/list")
    bare(practice, "GET", "/finetune/request/list?secret=1")
    seen = [request for request in practice.server.requests() if request.path == "/finetune/request/list"]
    assert [(request.method, request.status) for request in seen] == [("GET", 200), ("GET", 401)]
    assert "x-api-key" in seen[0].headers
    assert "x-api-key" not in seen[1].headers


def test_it_listens_on_this_computer_only(shared):
    for url in (shared.address.api, shared.address.s3):
        assert httpx.URL(url).host == "127.0.0.1"

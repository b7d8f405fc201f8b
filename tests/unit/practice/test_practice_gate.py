from __future__ import annotations

import gzip
import socket

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


PAGES = [
    {"Host": "evil.example:80"}, {"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"}, {"Host": ""},
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "Cross-Site"},
]


@pytest.mark.parametrize("side", ["api", "s3"])
@pytest.mark.parametrize("headers", PAGES)
def test_a_page_in_a_browser_is_refused_before_anything_is_kept_of_it(shared, side, headers):
    """Also one that knows the key, and one that has made its own host a name of this computer."""
    before = len(shared.server.requests())
    with httpx.Client(base_url=getattr(shared.address, side), trust_env=False, verify=NO_TLS) as client:
        key = {"x-api-key": shared.address.key}
        answer = client.get("/v1/get-user-credits", headers={**(key if side == "api" else {}), **headers})
    assert answer.status_code == 403
    assert answer.content == b""
    assert len(shared.server.requests()) == before


def test_what_is_kept_of_a_request_is_short(start):
    practice = start()
    many = {f"X-{n}-{'y' * 300}": "z" for n in range(60)}
    bare(practice, "GET", "/" + "x" * 6000, headers=many)
    (seen,) = practice.server.requests()
    assert len(seen.path) + sum(map(len, seen.headers)) < 4000


def test_garbage_on_the_port_leaves_a_few_short_lines_in_the_log(start, caplog):
    practice = start()
    port = int(practice.address.api.rpartition(":")[2])
    for _turn in range(60):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"x" * 9000 + b"\r\n\r\n")
            connection.recv(100)
    lines = [record for record in caplog.records if record.name.startswith(("aiohttp", "segmind_studio"))]
    assert 0 < len(lines) < 30
    assert max(len(caplog.handler.format(record)) for record in lines) < 500
    caplog.clear()


def test_a_packed_body_is_not_unpacked(shared):
    body = gzip.compress(b"{" + b" " * 500_000 + b"}")
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = shared.client.request("POST", SUBMIT, content=body, headers=headers)
    assert answer.status_code == 400

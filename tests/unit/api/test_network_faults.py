"""What the network does to a call: broken, slow, cut, too large; and what is asked again by itself."""

import json
import logging
import socket
import subprocess
import sys
import threading

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from tests.fakes.certificates import server_context
from tests.fakes.connections import KEY, connection_to
from tests.fakes.scripted_server import CLOSE, HANG, RESET, Reply, ScriptedServer, json_reply
from tests.unit.api.test_client_requests import BODY

P = ApiProblem
OK = json_reply([{"finetune_id": "f1", "status": "AVAILABLE"}])


def failure(action):
    with pytest.raises(ApiError) as caught:
        action()
    assert caught.value.__cause__ is None  # httpx's exceptions hold the request, and that holds the key
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value


@pytest.mark.parametrize("url", ["http://127.0.0.1", "https://nothing.invalid", f"https://{'a' * 70}.invalid"])
def test_nothing_there_means_nothing_left(url):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        port = taken.getsockname()[1]
        with SegmindClient(connection_to(f"{url}:{port}"), timeout=2.0) as client:
            error = failure(lambda: client.submit(BODY))
    assert error.problem is P.OFFLINE
    assert not error.may_have_arrived
    assert error.http_status == 0


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory):
    return server_context(tmp_path_factory.mktemp("tls"), "127.0.0.1")


def test_an_untrusted_certificate_means_nothing_left(self_signed):
    with ScriptedServer([OK], self_signed) as server, SegmindClient(connection_to(server.url)) as client:
        error = failure(lambda: client.submit(BODY))
    assert error.problem is P.OFFLINE
    assert not error.may_have_arrived
    assert "certificate" in error.title
    assert not server.seen


def test_plain_http_where_tls_is_spoken_is_no_crash(self_signed):
    with ScriptedServer([OK], self_signed) as server:
        url = server.url.replace("https", "http")
        with SegmindClient(connection_to(url), timeout=2.0) as client:
            assert failure(lambda: client.submit(BODY)).problem is P.UNANSWERED


@pytest.mark.parametrize("reply", [
    RESET, CLOSE, HANG, Reply(raw=b"garbage\r\n\r\n"), Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
    Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
])
def test_a_lost_answer_to_a_submit_is_unknown_and_not_asked_again(ask, server, reply):
    error = failure(lambda: ask(reply, timeout=0.3)._caller.ask(  # the submit's own time-out is a minute
        "POST", f"{server.url}/finetune/request/submit", body=BODY, acts=True,
    ))
    assert error.problem is P.UNANSWERED
    assert error.may_have_arrived
    assert len(server.seen) == 1


@pytest.mark.parametrize("first", [RESET, CLOSE, json_reply({"error": "x"}, 500)])
def test_a_get_is_asked_once_more(ask, server, first):
    assert ask(first, OK).list_jobs().jobs[0].service_id == "f1"
    assert len(server.seen) == 2


@pytest.mark.parametrize(("reply", "problem"), [
    (RESET, P.UNANSWERED), (json_reply({}, 500), P.SERVER),
])
def test_and_only_once(ask, server, reply, problem):
    error = failure(ask(reply).list_jobs)
    assert error.problem is problem
    assert not error.may_have_arrived
    assert len(server.seen) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 429, 502, 503, 504])
def test_other_codes_are_not_asked_again(ask, server, status):
    failure(ask(json_reply({}, status)).list_jobs)
    assert len(server.seen) == 1


def test_a_time_out_is_not_asked_again(ask, server):
    error = failure(ask(HANG, timeout=0.2).list_jobs)
    assert error.problem is P.UNANSWERED
    assert not error.may_have_arrived
    assert len(server.seen) == 1


@pytest.mark.parametrize("reply", [RESET, json_reply({}, 500)])
def test_deleting_a_webhook_is_never_asked_again(ask, server, reply):
    error = failure(lambda: ask(reply).remove_webhook("w1"))
    assert error.may_have_arrived
    assert len(server.seen) == 1


@pytest.mark.parametrize("reply", [RESET, json_reply({}, 500)])
def test_visibility_is_never_asked_again(ask, server, reply):
    assert failure(lambda: ask(reply).set_public("f1", public=True)).may_have_arrived
    assert len(server.seen) == 1


def test_too_large_an_answer_is_left(ask):
    megabyte = b" " * 1024 * 1024
    error = failure(lambda: ask(Reply(200, megabyte * 33)).details("x"))
    assert error.problem is P.ODD_ANSWER
    assert "too large" in error.title


def test_of_a_list_that_is_too_long_what_comes_first_is_taken(ask):
    row = json.dumps({"id": "a", "name": "x" * 1000}).encode()
    listing = ask(Reply(200, b"[" + row + b"," + b" " * 33 * 1024 * 1024 + b"]")).list_jobs()
    assert [job.service_id for job in listing.jobs] == ["a"]
    assert not listing.complete


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_carries_no_key(ask, server, status):
    with ScriptedServer([OK]) as elsewhere:
        failure(ask(Reply(status, headers={"Location": f"{elsewhere.url}/x"})).list_jobs)
        assert not elsewhere.seen
    assert len(server.seen) == 1


def test_abort_ends_a_waiting_call_at_once(ask, server):
    client = ask(HANG, timeout=600.0)  # longer than any test may take
    threading.Thread(target=lambda: (server.arrived.wait(10), client.abort())).start()
    with pytest.raises(CancelledError):
        client.submit(BODY)
    with pytest.raises(CancelledError):
        client.list_jobs()
    assert len(server.seen) == 1


def test_abort_before_the_first_call(ask, server):
    client = ask(OK)
    client.abort()
    with pytest.raises(CancelledError):
        client.list_jobs()
    assert not server.seen


@pytest.mark.parametrize(("key", "problem"), [("", P.MISSING_KEY), ("SG_ä", P.BAD_KEY), ("SG_a\nX: y", P.BAD_KEY)])
def test_a_key_that_is_no_header_is_never_sent(ask, server, key, problem):
    error = failure(ask(OK, key=key).list_jobs)
    assert error.problem is problem
    assert not server.seen


def test_the_log_has_no_query_no_header_and_no_key(ask, caplog):
    caplog.set_level(logging.DEBUG)
    ask(json_reply({"finetune": {"id": "secret-id", "status": "x"}})).details("secret-id")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("segmind_studio")]
    assert any("GET /finetune/request/details: 200" in line for line in ours)
    assert KEY not in caplog.text
    assert "secret-id" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))]


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "nonsense://x"])
def test_the_proxy_of_the_environment_is_not_for_this_computer(ask, monkeypatch, proxy):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    assert ask(OK).list_jobs().jobs


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://x"])
def test_a_proxy_that_cannot_be_used_is_said_in_words(monkeypatch, proxy):
    monkeypatch.setenv("ALL_PROXY", proxy)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with SegmindClient(connection_to("https://api.segmind.com")) as client:
        error = failure(client.list_jobs)
    assert error.problem is P.OFFLINE
    assert "proxy" in error.advice


def test_httpx_is_not_imported_before_the_first_call():
    code = (
        "import sys; import segmind_studio.api.client, segmind_studio.api.storage; "
        "sys.exit('httpx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603

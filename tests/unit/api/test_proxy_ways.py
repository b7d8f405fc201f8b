"""Proxies: what one can read, what goes past it, and what is said when it does not work."""

import io
import threading
from dataclasses import replace

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.storage import StorageClient
from segmind_studio.core.errors import ApiError, CancelledError
from segmind_studio.core.errors import ApiProblem as P
from segmind_studio.core.proxies import Proxy, ProxyKind
from tests.fakes.certificates import server_context
from tests.fakes.connect_proxy import ConnectProxy
from tests.fakes.connections import KEY, connection_to
from tests.fakes.scripted_server import HANG, Reply, ScriptedServer

SEGMIND = "https://api.segmind.com"
BODY = {"name": "n", "data_source_path": "https://x/y.zip", "instance_prompt": "p", "base_model": "FLUX_PRO"}
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return server_context(folder, "api.segmind.com"), folder / "cert"


@pytest.fixture
def far(tls, monkeypatch):
    """A server that stands for api.segmind.com, whose certificate this computer trusts."""
    context, certificate = tls
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ScriptedServer([Reply(200, b"[]", {"ETag": '"e"'})], context) as server:
        yield server


@pytest.fixture
def proxy(far):
    with ConnectProxy(far.port) as one:
        yield one


def client(url, kind, address=""):
    return SegmindClient(replace(connection_to(url), proxy=Proxy(kind, address)), timeout=5.0)


def failure(action):
    with pytest.raises(ApiError) as caught:
        action()
    return caught.value


def through_own(proxy):
    return lambda: client(SEGMIND, ProxyKind.OWN, proxy.url)


def through_the_systems(proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    return lambda: client(SEGMIND, ProxyKind.SYSTEM)


@pytest.mark.parametrize("own", [True, False], ids=["own", "system"])
def test_a_proxy_carries_the_key_but_cannot_read_it(proxy, far, monkeypatch, own):
    make = through_own(proxy) if own else through_the_systems(proxy, monkeypatch)
    with make() as speaker:
        assert speaker.list_jobs().jobs == ()
    assert [head.splitlines()[0] for head in proxy.heads] == ["CONNECT api.segmind.com:443 HTTP/1.1"]
    assert far.seen[0].headers["x-api-key"] == KEY
    assert len(proxy.bytes_seen) > 500  # the whole talk went through it
    for readable in (KEY.encode(), b"x-api-key", b"finetune"):
        assert readable not in bytes(proxy.bytes_seen)


def test_what_is_stored_goes_through_the_proxy_too(proxy, far):
    with StorageClient(loopback=False, proxy=Proxy(ProxyKind.OWN, proxy.url)) as storage:
        storage.put("https://api.segmind.com/bucket/a.zip", [b"abc"], 3, print, lambda: False)
        target = io.BytesIO()
        storage.download(
            "https://api.segmind.com/bucket/a.zip", target, progress=lambda *_: None, cancelled=lambda: False,
        )
    assert far.seen[0].body == b"abc"
    assert target.getvalue() == b"[]"
    assert {head.splitlines()[0] for head in proxy.heads} == {"CONNECT api.segmind.com:443 HTTP/1.1"}


def test_a_proxy_that_reads_along_is_found_out_and_told_nothing(tls, tmp_path, monkeypatch):
    """It answers in the service's place, with a certificate that nobody trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tls[1]))
    stranger = server_context(tmp_path, "api.segmind.com")
    with (
        ScriptedServer([Reply(200, b"[]")], stranger) as server, ConnectProxy(server.port) as proxy,
        client(SEGMIND, ProxyKind.OWN, proxy.url) as speaker,
    ):
        error = failure(lambda: speaker.submit(BODY))
        assert not server.seen
        assert KEY.encode() not in bytes(proxy.bytes_seen)
    assert (error.problem, error.may_have_arrived) == (P.OFFLINE, False)
    assert "certificate" in error.title


def test_no_proxy_means_none_whatever_the_system_says(proxy, monkeypatch):
    for name in VARIABLES:
        monkeypatch.setenv(name, proxy.url)
    with client("https://nothing.invalid", ProxyKind.NONE) as speaker:
        assert failure(speaker.list_jobs).problem is P.OFFLINE
    assert proxy.heads == []


def test_the_own_proxy_holds_whatever_the_system_says(proxy, monkeypatch):
    for name in VARIABLES:
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "*")
    with client(SEGMIND, ProxyKind.OWN, proxy.url) as speaker:
        speaker.list_jobs()
    assert len(proxy.heads) == 1


@pytest.mark.parametrize("kind", [ProxyKind.OWN, ProxyKind.SYSTEM])
def test_nothing_on_this_computer_goes_through_a_proxy(proxy, monkeypatch, kind):
    for name in VARIABLES:
        monkeypatch.setenv(name, proxy.url)
    with ScriptedServer([Reply(200, b"[]", {"ETag": '"e"'})]) as here:
        with client(here.url, kind, proxy.url) as speaker:
            speaker.list_jobs()
        with StorageClient(loopback=True, proxy=Proxy(kind, proxy.url)) as storage:
            storage.put(f"{here.url}/a.zip", [b"abc"], 3, print, lambda: False)
        assert len(here.seen) == 2
    assert proxy.heads == []


def test_a_service_elsewhere_that_names_this_computer_is_followed_past_the_proxy(tmp_path, monkeypatch):
    context = server_context(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    with ScriptedServer([Reply(200, b"", {"ETag": '"e"'})], context) as here, ConnectProxy(here.port) as proxy:
        with StorageClient(loopback=False, proxy=Proxy(ProxyKind.OWN, proxy.url)) as storage:
            storage.put(f"{here.url}/a.zip", [b"abc"], 3, print, lambda: False)
        assert len(here.seen) == 1
        assert proxy.heads == []


@pytest.mark.parametrize(("status", "words"), [(407, "a name and a password"), (403, "Settings, under Advanced")])
def test_a_proxy_that_refuses_is_said_and_nothing_was_sent(far, status, words):
    with ConnectProxy(far.port, status) as proxy, client(SEGMIND, ProxyKind.OWN, proxy.url) as speaker:
        error = failure(lambda: speaker.submit(BODY))
    assert (error.problem, error.may_have_arrived) == (P.OFFLINE, False)
    assert words in error.advice
    assert "proxy" in error.title.lower()
    assert not far.seen


def test_a_proxy_that_is_not_there_means_nothing_left():
    with client(SEGMIND, ProxyKind.OWN, "http://127.0.0.1:1") as speaker:
        error = failure(lambda: speaker.submit(BODY))
    assert (error.problem, error.may_have_arrived) == (P.OFFLINE, False)


@pytest.mark.parametrize("address", ["", "http://me:secret-word@127.0.0.1:1", "socks5://127.0.0.1:1", "x"])
def test_an_address_that_was_written_by_hand_sends_nothing_past_the_proxy(address):
    """Without a usable proxy the request does not go out another way."""
    with client("https://nothing.invalid", ProxyKind.OWN, address) as speaker:
        error = failure(speaker.list_jobs)
    assert error.title == "The proxy cannot be used."
    assert "secret-word" not in f"{error} {error.detail}"


def test_a_call_through_a_tunnel_can_be_cut(tls, monkeypatch):
    context, certificate = tls
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        ScriptedServer([HANG], context) as far, ConnectProxy(far.port) as proxy,
        client(SEGMIND, ProxyKind.OWN, proxy.url) as speaker,
    ):
        cutter = threading.Thread(target=lambda: (far.arrived.wait(10), speaker.abort()))
        cutter.start()
        with pytest.raises(CancelledError):
            speaker.list_jobs()
        cutter.join()

"""A proxy's address: what is taken, and that no name or password ever is."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.errors import StudioError
from segmind_studio.core.proxies import checked_proxy_url


@pytest.mark.parametrize(("typed", "url"), [
    ("http://proxy.example.org:3128", "http://proxy.example.org:3128"),
    (" proxy.example.org:3128/ ", "http://proxy.example.org:3128"),
    ("http://127.0.0.1:3128/", "http://127.0.0.1:3128"),
    ("[::1]:3128", "http://[::1]:3128"),
])
def test_a_host_and_a_port_are_taken(typed, url):
    assert checked_proxy_url(typed) == url


@pytest.mark.parametrize("typed", [
    "", "proxy", "http://proxy", "https://proxy:1", "socks5://proxy:1", "http://proxy:0", "http://proxy:99999",
    "http://proxy:1/path", "http://proxy:1?x", "http://pro xy:1", "http://:1", "http://[::1:1", "http://pr\u043exy:1",
    "http://proxy:1#x", "http:\\\\proxy:1",
])
def test_anything_else_is_said_to_be_none(typed):
    with pytest.raises(StudioError) as caught:
        checked_proxy_url(typed)
    assert "http://host:port" in caught.value.advice


@pytest.mark.parametrize("typed", [
    "http://me:secret@proxy:3128", "me:secret@proxy:3128", "http://me@proxy:3128", "http://proxy:3128@",
    "http://me:se/secret@proxy:3128", "http://me:#secret@proxy",
])
def test_a_name_and_a_password_are_refused_without_repeating_them(typed):
    with pytest.raises(StudioError) as caught:
        checked_proxy_url(typed)
    assert "not stored here" in caught.value.title
    assert "secret" not in f"{caught.value}{caught.value.detail}"


@pytest.mark.parametrize("typed", ["http://me:secret", "me:secret:proxy:3128", "http://me:secret/x", "secret"])
def test_what_is_no_address_is_not_repeated(typed):
    with pytest.raises(StudioError) as caught:
        checked_proxy_url(typed)
    assert "secret" not in f"{caught.value}{caught.value.detail}"


@given(st.text() | st.text(alphabet="htp:/@\\.[]proxy0123#?% \n").map(lambda text: "http://" + text))
def test_whatever_is_taken_holds_a_host_and_a_port_alone(text):
    try:
        url = checked_proxy_url(text)
    except StudioError:
        return
    parts = urlsplit(url)
    assert (parts.scheme, parts.username, parts.password, parts.path, parts.query) == ("http", None, None, "", "")
    assert parts.hostname
    assert parts.port
    assert checked_proxy_url(url) == url

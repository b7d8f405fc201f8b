"""Where the key may go, and which addresses of an answer may be opened."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.api.hosts import may_have_key, origin, safe_url
from segmind_studio.core.accounts import AccountKind
from tests.fakes.connections import connection_to

SEGMIND = connection_to("https://api.segmind.com", "https://api.spotprod.segmind.com")
PRACTICE = connection_to("http://127.0.0.1:4000", kind=AccountKind.PRACTICE)
PROXY = connection_to("https://segmind.example.org:8443/v")


@pytest.mark.parametrize("url", [
    "https://api.segmind.com/v1/x", "https://API.segmind.com/v1/x", "https://api.segmind.com:443/x?y=1",
    "https://api.spotprod.segmind.com/webhook/get",
])
def test_segmind_may_have_its_key(url):
    assert may_have_key(url, SEGMIND)


@pytest.mark.parametrize("url", [
    "http://api.segmind.com/v1/x", "https://api.segmind.com:8443/x", "https://segmind.com.evil.org/x",
    "https://evilsegmind.com/x", "https://api.segmind.com@evil.org/x", "https://evil.org/api.segmind.com",
    "https://evil.org\\@api.segmind.com/x", "https://evil.org#@api.segmind.com", "https://evil.org?.segmind.com",
    "//api.segmind.com/x", "", "x", "https://",
    "https://api.segmind.com\n.evil.org/x", "https://api.segmind.com /x",
    "http://127.0.0.1:4000/v1/x", "https://xn--segmind-.com/", "ftp://api.segmind.com/x", "https://\uff41pi.segmind.com/x",
    "https://[::1]:x/", "https://api.segmind.com:99999/x", "https://api%2esegmind.com/x",
    "https://blog.segmind.com/x", "https://docs.segmind.com/x", "https://models.segmind.com/v1/x", "https://segmind.com/",
])
def test_nobody_else_may(url):
    assert not may_have_key(url, SEGMIND)


def test_a_practice_key_never_leaves_practice():
    assert may_have_key("http://127.0.0.1:4000/v1/x", PRACTICE)
    assert not may_have_key("http://127.0.0.1:4001/v1/x", PRACTICE)
    assert not may_have_key("http://localhost:4000/v1/x", PRACTICE)
    assert not may_have_key("https://api.segmind.com/v1/x", PRACTICE)


def test_a_key_for_another_address_goes_to_that_origin_alone():
    assert may_have_key("https://segmind.example.org:8443/v1", PROXY)
    assert not may_have_key("https://segmind.example.org/v1", PROXY)
    assert not may_have_key("https://api.segmind.com/v1", PROXY)
    assert not may_have_key("https://api.spotprod.segmind.com/v1", PROXY)


@pytest.mark.parametrize(("url", "far", "near"), [
    ("https://b.s3.amazonaws.com/x?y=1", True, True),
    ("http://b.s3.amazonaws.com/x", False, False),
    ("http://127.0.0.1:9/x", False, True),
    ("http://localhost/x", False, True),
    ("http://[::1]:9/x", False, True),
    ("http://127.0.0.1.evil.org/x", False, False),
    ("file:///etc/passwd", False, False),
    ("javascript:alert(1)", False, False),
    ("s3://bucket/x", False, False),
    ("https://user:pw@host/x", False, False),
    ("https://b/x y", False, False),
    ("", False, False),
])
def test_only_safe_addresses_are_opened(url, far, near):
    assert safe_url(url, loopback=False) == (url if far else "")
    assert safe_url(url, loopback=True) == (url if near else "")


@settings(max_examples=100)
@given(st.text() | st.text(alphabet="https:/@\\.[]segmind.com?#%1 \n").map(lambda text: "https://" + text))
def test_no_text_breaks_it(text):
    place = origin(text)
    if place is not None and may_have_key(text, SEGMIND):
        assert place in {("https", "api.segmind.com", 443), ("https", "api.spotprod.segmind.com", 443)}

"""A key is never shown by accident, and goes only to addresses that are safe."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.accounts import (
    PRACTICE_ACCOUNT_ID,
    SEGMIND_API_URL,
    SEGMIND_WEBHOOK_URL,
    Account,
    AccountKind,
    ApiKey,
    Connection,
    Credits,
    checked_api_url,
)
from segmind_studio.core.errors import StudioError

TEXT = "SG_0123456789abcdef"
ACCOUNT = Account("a", "Mine", AccountKind.SEGMIND)


@settings(max_examples=100)
@given(text=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=60))
def test_no_text_of_a_key_holds_it(text: str):
    key = ApiKey(text)
    connection = Connection(ACCOUNT, SEGMIND_API_URL, SEGMIND_WEBHOOK_URL, key)
    shown = ApiKey("unrelated").__repr__() + "".join((repr(key), str(key), f"{key}", repr(connection), key.masked))
    if text not in "ApiKey(…)" + repr(connection):
        assert text not in shown
    assert key.reveal() == text


def test_the_mask_shows_three_and_two():
    assert ApiKey(TEXT).masked == "SG_…ef"
    assert ApiKey("short").masked == "…"
    assert ApiKey("").masked == "…"


def test_a_pasted_key_loses_its_blanks():
    assert ApiKey(f"  {TEXT}\n").reveal() == TEXT


@pytest.mark.parametrize(("text", "usual"), [
    (TEXT, True), ("SG_0123456789ABCDEF", True), ("SG_0123", False), ("sg_0123456789abcdef", False), ("", False),
    (TEXT + "0", False), ("SG_0123456789abcdeg", False),
])
def test_the_usual_shape_is_only_a_hint(*, text: str, usual: bool):
    assert ApiKey(text).looks_usual == usual


def test_keys_compare_by_text_and_only_with_keys():
    assert ApiKey(TEXT) == ApiKey(TEXT)
    assert ApiKey(TEXT) != ApiKey(TEXT[:-1])
    assert ApiKey(TEXT) != TEXT
    assert len({ApiKey(TEXT), ApiKey(TEXT)}) == 1
    assert hash(ApiKey(TEXT)) != hash(TEXT)
    assert ApiKey(TEXT)
    assert not ApiKey("  ")


def test_a_key_is_never_written_to_disk():
    with pytest.raises(TypeError):
        pickle.dumps(ApiKey(TEXT))
    with pytest.raises(TypeError):
        copy.deepcopy(ApiKey(TEXT))


def test_practice_is_known_by_its_kind():
    practice = Account(PRACTICE_ACCOUNT_ID, "Practice", AccountKind.PRACTICE)
    url = "http://127.0.0.1:4000"
    assert Connection(practice, url, url, ApiKey("x")).practice
    assert not Connection(ACCOUNT, url, url, ApiKey("x")).practice


@pytest.mark.parametrize(("url", "loopback"), [
    ("http://127.0.0.1:8080", True), ("http://localhost", True), ("https://[::1]:1", True),
    ("https://api.segmind.com", False), ("https://127.0.0.1.example.org", False), ("", False),
])
def test_only_this_computer_is_loopback(*, url: str, loopback: bool):
    assert Connection(ACCOUNT, url, url, ApiKey("x")).loopback == loopback


@pytest.mark.parametrize(("paid", "free", "total"), [
    (12.5, 0.01, 12.51), (12.5, None, 12.5), (None, 0.5, 0.5), (None, None, None), (0.0, 0.0, 0.0),
])
def test_credits_add_up_when_known(paid: float | None, free: float | None, total: float | None):
    found = Credits(paid, free).total
    assert found == (None if total is None else pytest.approx(total))


@pytest.mark.parametrize(("typed", "url"), [
    ("https://api.segmind.com", "https://api.segmind.com"), (" https://api.segmind.com/ ", "https://api.segmind.com"),
    ("https://proxy.example.org:8443/segmind//", "https://proxy.example.org:8443/segmind"),
    ("http://127.0.0.1:9000", "http://127.0.0.1:9000"), ("http://localhost", "http://localhost"),
    ("http://[::1]:9000/", "http://[::1]:9000"),
])
def test_safe_addresses(typed: str, url: str):
    assert checked_api_url(typed) == url


@pytest.mark.parametrize("typed", [
    "", "api.segmind.com", "http://api.segmind.com", "ftp://127.0.0.1", "https://", "https:///x", "file:///etc",
    "http://127.0.0.1.example.org", "http://localhost.example.org", "https://me:pw@example.org",
    "https://:pw@example.org", "http://localhost@example.org", "https://example.org?x=1", "https://example.org?",
    "https://example.org#", "https://example.org/#a", "https://exa\nmple.org", "https://example.org/a b",
    "https://example.org:99999", "https://example.org:x", "https://[::1", "http://localhost\\@example.org",
])
def test_addresses_a_key_may_not_go_to(typed: str):
    with pytest.raises(StudioError) as caught:
        checked_api_url(typed)
    assert "https://" in caught.value.advice


@given(text=st.text())
def test_any_text_is_taken_or_refused_in_words(text: str):
    try:
        url = checked_api_url(text)
    except StudioError:
        return
    assert url.lower().startswith(("https://", "http://"))
    assert checked_api_url(url) == url


def test_an_id_that_holds_an_address_finds_no_key_of_that_address():
    """What the settings say is not believed: the address of a key is a part of its name in the keyring."""
    kind, address = AccountKind.SEGMIND, "https://proxy.example.org"
    other = Account("abc", "Mine", kind, api_url=address)
    for forged in (f"abc {address}", f"abc%20{address}", "abc https%3A//proxy.example.org"):
        assert Account(forged, "Mine", kind).keyring_name != other.keyring_name
        assert Account(forged, "Mine", kind, api_url=address).keyring_name != other.keyring_name
    assert Account("0123456789abcdef", "Mine", kind).keyring_name == "0123456789abcdef"
    assert Account("abc", "Mine", kind, api_url=address).keyring_name == f"abc {address}"

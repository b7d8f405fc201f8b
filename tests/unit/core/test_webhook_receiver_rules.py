"""The receiver's rules: what a payload is worth, limits, addresses, and the lines for forwarding."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.cadence import (
    BACKGROUND_PER_MINUTE,
    EVENTS_LAST_S,
    EVENTS_S,
    LISTINGS_PER_MINUTE,
    PRACTICE_SHORTEST_S,
    QUICK_S,
    SLOW_S,
    Cadence,
)
from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import STATUS_ORDER, Phase, Run, is_further
from segmind_studio.core.webhook_receiver import (
    MOST_BODY,
    Forwarder,
    RateLimit,
    Verdict,
    address_at,
    checked_host,
    is_open_to_others,
    is_secret_path,
    local_address,
    public_host,
    read_payload,
    snippet,
    verdict_of,
)
from segmind_studio.core.webhooks import SAMPLE_ID, WebhookEvent, indented, sample_payload

PATH = "/hooks/" + "a1-_" * 8


def run_at(status: str, error: str = "") -> Run:
    return Run("r1", "a", "cat", Phase.ACCEPTED, 1.0, 1.0, service_id="f1", status=status, error=error)


@pytest.mark.parametrize(("listed", "reported", "further"), [
    ("REQUESTED", "AVAILABLE", True), ("TRAINING_COMPLETED", "INFERENCE_QUEUED", True), ("", "AVAILABLE", True),
    ("AVAILABLE", "TRAINING_COMPLETED", False), ("AVAILABLE", "AVAILABLE", False), ("REQUESTED", "", False),
    ("INFERENCE_QUEUED", "training_completed", False), ("DEPLOYING", "INFERENCE_QUEUED", False),
    ("REQUESTED", "SOMETHING_NEW", True), ("FAILED", "AVAILABLE", False), ("REQUESTED", "requested", False),
])
def test_only_a_state_further_than_the_listed_one_is_news(listed: str, reported: str, further: bool):  # noqa: FBT001
    assert is_further(reported, run_at(listed)) is further
    event = WebhookEvent("f1", reported)
    expected = Verdict.REPORTED if further else Verdict.KNOWN if reported else Verdict.UNREADABLE
    assert verdict_of(event, run_at(listed)) is expected


def test_what_names_no_run_of_the_account_is_told_apart():
    assert verdict_of(None, None) is Verdict.UNREADABLE
    assert verdict_of(WebhookEvent("", "AVAILABLE"), None) is Verdict.UNREADABLE
    assert verdict_of(WebhookEvent("f2", "AVAILABLE"), None) is Verdict.NO_RUN
    sample = read_payload(json.dumps(sample_payload()).encode())
    assert verdict_of(sample.event, None) is Verdict.SAMPLE
    assert sample.event == WebhookEvent(SAMPLE_ID, STATUS_ORDER[-1])


@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_any_body_is_a_payload(body: bytes):
    payload = read_payload(body)
    assert payload.is_json or payload.event is None
    indented(payload.text)


def test_an_id_is_one_short_line_and_a_nest_is_no_json():
    event = read_payload(json.dumps({"id": "a\n\u202eb" * 999, "status": "X" * 9999}).encode()).event
    assert event is not None
    assert len(event.service_id) <= 200
    assert not set(event.service_id) & set("\n\u202e")
    for body in (b"[" * MOST_BODY, b'{"a":' * 50_000, b"[" + b"0," * 100_000 + b"0]"):
        assert not read_payload(body).is_json


def test_the_rate_limit_gives_a_burst_and_then_so_many_a_minute():
    limit = RateLimit(60.0, 3)
    assert [limit.allows(0.0) for _ in range(4)] == [True, True, True, False]
    assert [limit.allows(1.0), limit.allows(1.0)] == [True, False]
    assert [limit.allows(1000.0) for _ in range(4)] == [True, True, True, False]
    assert not limit.allows(0.0), "a clock that goes back gives nothing"


@pytest.mark.parametrize(("typed", "host"), [
    (" 127.0.0.1 ", "127.0.0.1"), ("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("[::1]", "::1"),  # noqa: S104
    ("192.168.1.5", "192.168.1.5"), ("my.house", None), ("", None), ("127.0.0.1:80", None), ("1.2.3", None),
])
def test_it_listens_on_an_address_only(typed: str, host: str | None):
    if host is None:
        with pytest.raises(StudioError):
            checked_host(typed)
    else:
        assert checked_host(typed) == host
        assert is_open_to_others(host) is (host not in {"127.0.0.1", "::1"})


def test_addresses_are_written_as_others_read_them():
    assert address_at("::1", 80) == "[::1]:80"
    assert local_address("0.0.0.0", 80) == "127.0.0.1:80"  # noqa: S104
    assert local_address("::", 80) == "[::1]:80"
    assert is_secret_path(PATH)
    assert not any(map(is_secret_path, ("", "/hooks/", "/hooks/short", PATH + "/", PATH + ";", PATH + " {")))


@pytest.mark.parametrize(("typed", "host"), [
    ("hooks.me.example", "hooks.me.example"), ("https://hooks.me.example/x?y", "hooks.me.example"),
    ("hooks.me.example:8443", "hooks.me.example:8443"), ("http://hooks.me.example", ""), ("a b", ""), ("", ""),
    ("you@hooks.me.example", ""), ("x;y", ""), ("https://x:port", ""), ("ä.example", ""), ("{x}", ""),
])
def test_the_name_of_a_server_is_read_from_what_is_typed(typed: str, host: str):
    assert public_host(typed) == host


def test_only_the_secret_path_is_passed_on():
    for kind in Forwarder:
        lines = snippet(kind, "127.0.0.1:24380", PATH, "hooks.me.example")
        assert lines.count("{") == lines.count("}")
        if kind is not Forwarder.SSH:
            assert PATH in lines
            assert lines.count("127.0.0.1:24380") == 1
    assert "-R 127.0.0.1:24380:127.0.0.1:24380 you@" in snippet(Forwarder.SSH, "127.0.0.1:24380", PATH, "")


def test_events_slow_the_polling_only_while_they_come_and_a_run_is_active():
    live = Cadence()
    assert live.wait(active=True, events=True) == EVENTS_S > QUICK_S
    assert live.wait(active=False, events=True) == SLOW_S
    assert live.wait(active=True, events=True, failures=1) < live.wait(active=True, failures=9)
    assert not live.eventful(None, 100.0)
    assert live.eventful(100.0, 100.0 + EVENTS_LAST_S - 1)
    assert not live.eventful(100.0, 100.0 + EVENTS_LAST_S)


@given(st.lists(st.floats(0, 300), max_size=12).map(sorted))
def test_listings_by_events_keep_the_limit_per_minute(wanted: list[float]):
    live, asked = Cadence(), []
    for at in wanted:
        now = max(at, asked[-1] if asked else 0.0)
        asked.append(now + live.room(asked, now))
    assert all(
        sum(begun <= at < begun + 60.0 - 1e-6 for at in asked) <= LISTINGS_PER_MINUTE < BACKGROUND_PER_MINUTE
        for begun in asked
    )


def test_practice_may_be_asked_more_often():
    practice = Cadence(practice=True, speed=100.0)
    assert practice.room([1.0] * 9, 1.0) == PRACTICE_SHORTEST_S
    assert practice.room([], 1.0) == 0.0

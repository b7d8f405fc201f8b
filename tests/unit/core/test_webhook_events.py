"""Reading webhook payloads of unpublished shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.webhooks import EVENTS, WebhookEvent, read_event


@pytest.mark.parametrize("inside", [None, "finetune", "data", "payload", "event"])
@pytest.mark.parametrize("id_key", ["finetune_id", "request_id", "id"])
@pytest.mark.parametrize("state_key", ["status", "event", "event_type", "type"])
@pytest.mark.parametrize("status", EVENTS)
def test_the_id_and_the_status_are_found(inside: str | None, id_key: str, state_key: str, status: str):
    facts = {id_key: "job-1", state_key: status}
    payload = facts if inside is None else {inside: facts}
    assert read_event(payload) == WebhookEvent("job-1", status)


def test_the_addresses_are_read():
    event = read_event({"finetune_id": "j", "data": {"status": "AVAILABLE", "inference_api_url": "https://x"},
                        "trained_model_url": "https://w"})
    assert event == WebhookEvent("j", "AVAILABLE", "https://w", "https://x")


def test_the_status_inside_wins_over_the_kind_of_event_outside():
    event = read_event({"type": "FINETUNE", "id": "evt", "data": {"finetune_id": "job", "status": "AVAILABLE"}})
    assert event == WebhookEvent("job", "AVAILABLE")


@pytest.mark.parametrize("payload", [
    None, 3, "AVAILABLE", [], [{"id": "x"}], {}, {"id": 3}, {"id": ""}, {"data": "x"}, {"event": {"name": "x"}},
])
def test_what_says_nothing_is_nothing(payload: object):
    assert read_event(payload) is None


WORDS = st.sampled_from(["finetune_id", "id", "status", "event", "data", "finetune", "payload", "type", "other"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
)


@given(payload=JSON)
def test_any_json_is_read_or_left(payload: object):
    event = read_event(payload)
    assert event is None or event.service_id or event.status

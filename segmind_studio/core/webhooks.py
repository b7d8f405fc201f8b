"""Webhooks: the three events, the one-webhook rule, and a tolerant reader of their payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from segmind_studio.core.numbers import decoded_json
from segmind_studio.record import record

EVENTS = ("TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE")  # seed
DEFAULT_EVENT_TYPE = "FINETUNE"  # not published; editable
SAMPLE_ID = "00000000-0000-4000-8000-000000000000"  # of a sample: no run has it
_IDS = ("finetune_id", "request_id", "id")
_STATES = ("status", "event", "event_type", "type")
_INSIDE = ("finetune", "data", "payload", "event")
_READABLE = 100_000  # characters; a longer text is not decoded for showing


@record
class Webhook:
    """The account's one webhook for fine-tunes, as the service describes it."""

    webhook_id: str
    url: str
    types: tuple[str, ...] = ()
    raw: str = ""


def webhook_for(webhooks: Sequence[Webhook], types: Sequence[str] = (DEFAULT_EVENT_TYPE,)) -> Webhook | None:
    """Return the one with these event types, else the first: an account may have others for other events."""
    wanted = {name.casefold() for name in types}
    fitting = (webhook for webhook in webhooks if wanted & {name.casefold() for name in webhook.types})
    return next(fitting, webhooks[0] if webhooks else None)


@record
class WebhookEvent:
    """The content of a delivered payload; missing texts are ""."""

    service_id: str
    status: str
    trained_model_url: str = ""
    inference_api_url: str = ""


def read_event(payload: object) -> WebhookEvent | None:
    """Return the event of a payload of unpublished shape (see the contract); None without both id and status."""
    if not isinstance(payload, Mapping):
        return None
    top = cast("Mapping[str, object]", payload)
    layers = [top]
    layers += [cast("Mapping[str, object]", v) for k in _INSIDE if isinstance(v := top.get(k), Mapping)]
    event = WebhookEvent(
        _first(layers, _IDS), _first(layers, _STATES),
        _first(layers, ("trained_model_url",)), _first(layers, ("inference_api_url",)),
    )
    return event if event.service_id or event.status else None


def sample_payload() -> dict[str, object]:
    """Return an event about no run, to try out a receiver with."""
    return {"finetune_id": SAMPLE_ID, "name": "sample", "status": EVENTS[-1], "test": True}


def indented(text: str) -> str:
    """Return JSON with indents, and the JSON that stands in its texts too; anything else as it came."""
    if len(text) > _READABLE:
        return text
    try:
        value = decoded_json(text)
        return json.dumps(_opened(value), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _opened(value: object) -> object:
    """Return an object whose texts that hold an object themselves, as in a log of payloads, are decoded."""
    if not isinstance(value, Mapping):
        return value
    fields = cast("Mapping[str, object]", value)
    return {name: _object_in(inner) if isinstance(inner, str) else inner for name, inner in fields.items()}


def _object_in(text: str) -> object:
    if not text.lstrip().startswith("{"):
        return text
    try:
        return decoded_json(text)
    except ValueError:
        return text


def _first(layers: list[Mapping[str, object]], keys: tuple[str, ...]) -> str:
    for key in keys:
        for layer in layers:
            value = layer.get(key)
            if isinstance(value, str) and value:
                return value
    return ""

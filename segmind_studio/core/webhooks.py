"""Webhooks: the three events, the one-webhook rule, and a tolerant reader of their payloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

EVENTS = ("TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE")  # seed
DEFAULT_EVENT_TYPE = "FINETUNE"  # not published; editable
_IDS = ("finetune_id", "request_id", "id")
_STATES = ("status", "event", "event_type", "type")
_INSIDE = ("finetune", "data", "payload", "event")


@dataclass(frozen=True, slots=True)
class Webhook:
    """The account's one webhook for fine-tunes, as the service describes it."""

    webhook_id: str
    url: str
    types: tuple[str, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
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


def _first(layers: list[Mapping[str, object]], keys: tuple[str, ...]) -> str:
    for key in keys:
        for layer in layers:
            value = layer.get(key)
            if isinstance(value, str) and value:
                return value
    return ""

"""The webhook calls. Their answers are not documented, so they are read tolerantly."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from typing_extensions import override

from segmind_studio.api.answers import Call
from segmind_studio.api.caller import Caller
from segmind_studio.api.decode import refuse_reported_error
from segmind_studio.api.hosts import safe_url
from segmind_studio.api.jobs import address_of
from segmind_studio.api.problems import odd_answer
from segmind_studio.api.reading import Fields, fields_of, json_of, raw_text, shortened, switch_of, text_of
from segmind_studio.api.unwrap import rows_of
from segmind_studio.core.accounts import LOOPBACK_HOSTS
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.proxies import Proxy
from segmind_studio.core.texts import line_of
from segmind_studio.core.webhooks import Webhook, sample_payload
from segmind_studio.texts import _

if TYPE_CHECKING:
    from segmind_studio.api.transport import Transport

_IDS = ("webhook_id", "id", "_id")
_URLS = ("webhook_url", "url")
_LISTS = ("webhooks", "webhook", "data", "items", "results", "payload")
_LOGS = ("logs", "dispatch_logs", "dispatchLogs", "data", "items", "results")
_OFF = frozenset({"inactive", "deleted", "disabled"})
_NONE_YET = frozenset({404})
_MOST_ROWS, _LONGEST_TYPE = 1000, 100  # characters
_SAMPLE_HEADERS = {"Content-Type": "application/json", "User-Agent": "segmind-studio"}  # no key
_SAMPLE_S, _SAMPLE_ANSWER = 10.0, 4096  # seconds, bytes


def listed(caller: Caller) -> tuple[Webhook, ...]:
    """Return the active webhooks; the service may answer 404 when there are none."""
    answer = caller.ask("GET", _url(caller, "get"), answers=_NONE_YET)
    if not answer.ok and not answer.is_html:
        return ()
    value = json_of(answer)
    for one in (value, _inner(value)):
        single = _webhook(one)
        if single is not None:
            return (single,) if _active(one) else ()
    rows = rows_of(value, _LISTS)
    if rows is None:
        raise odd_answer(answer)
    return tuple(found for row in rows[:_MOST_ROWS] if (found := _webhook(row)) is not None and _active(row))


def check(caller: Caller, url: str, types: tuple[str, ...]) -> None:
    """Raise ApiError when this webhook is not valid; nothing is sent."""
    _body(caller, url, types)


def add(caller: Caller, url: str, types: tuple[str, ...]) -> None:
    """Register `url` for the event types."""
    refuse_reported_error(caller.ask("POST", _url(caller, "add"), body=_body(caller, url, types), acts=True))


def update(caller: Caller, webhook_id: str, url: str, types: tuple[str, ...]) -> None:
    """Change a webhook's address and event types."""
    body = {"webhook_id": webhook_id, **_body(caller, url, types)}
    refuse_reported_error(caller.ask("POST", _url(caller, "update"), body=body, acts=True))


def remove(caller: Caller, webhook_id: str) -> None:
    """Delete a webhook: a GET that acts, so it is never repeated automatically."""
    refuse_reported_error(caller.ask("GET", _url(caller, "inactive"), query={"webhook_id": webhook_id}, acts=True))


class _SampleCall(Call):
    """A call whose path is secret: whoever knows it can send to the receiver."""

    __slots__ = ()

    @property
    @override
    def path(self) -> str:
        return "(a webhook)"


def send_sample(url: str, proxy: Proxy, watch: Callable[[Transport], AbstractContextManager[object]]) -> int:
    """Send an event about no run to an address of the user's, without a key; return the status of the answer.

    Blocking. `watch` surrounds the call, so that a stop can cut it. StudioError when there is no answer. The
    answer's text is not read.
    """
    from segmind_studio.api.transport import Transport  # noqa: PLC0415  # httpx takes long to import

    if not safe_url(url, loopback=True):
        raise StudioError(_("A sample event needs an https:// address."), _("Nothing was sent."))
    loopback = (urlsplit(url).hostname or "") in LOOPBACK_HOSTS
    transport = Transport(loopback=loopback, proxy=proxy)
    body = json.dumps(sample_payload()).encode()
    try:
        with watch(transport):
            return transport.send(_SampleCall(
                "POST", url, _SAMPLE_HEADERS, body, acts=True, read_timeout=_SAMPLE_S, limit=_SAMPLE_ANSWER,
                partly=True,
            )).status
    finally:
        transport.close()


def dispatch_logs(caller: Caller, webhook_id: str) -> list[dict[str, object]]:
    """Return deliveries as the service lists them, one dictionary each."""
    answer = caller.ask("GET", _url(caller, "dispatch-logs"), query={"webhook_id": webhook_id}, answers=_NONE_YET)
    if not answer.ok and not answer.is_html:
        return []
    rows = rows_of(json_of(answer), _LOGS)
    if rows is None:
        raise odd_answer(answer)
    cut = [shortened(row) for row in rows[:_MOST_ROWS]]
    return [cast("dict[str, object]", row) if isinstance(row, dict) else {"value": row} for row in cut]


def _url(caller: Caller, name: str) -> str:
    return f"{caller.connection.webhook_url.rstrip('/')}/webhook/{name}"


def _body(caller: Caller, url: str, types: tuple[str, ...]) -> dict[str, object]:
    wanted = [name.strip() for name in types if name.strip()]
    if not safe_url(url, loopback=caller.loopback) or not wanted:
        raise ApiError(
            ApiProblem.BAD_REQUEST, _("The webhook could not be registered."),
            _("Enter an https:// address and at least one event type. Nothing was sent."),
        )
    return {"webhook_url": url, "event": {"types": wanted}}


def _inner(value: object) -> object:
    fields = fields_of(value) or {}
    return next((fields[name] for name in _LISTS if isinstance(fields.get(name), dict)), None)


def _webhook(value: object) -> Webhook | None:
    fields = fields_of(value)
    if fields is None:
        return None
    webhook_id, url = _first(fields, _IDS), _first(fields, _URLS)
    return Webhook(webhook_id, url, _types(fields), raw_text(value)) if webhook_id and url else None


def _first(fields: Fields, names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := address_of(fields.get(name)))), "")


def _types(fields: Fields) -> tuple[str, ...]:
    event = fields_of(fields.get("event")) or {}
    for value in (event.get("types"), fields.get("types"), fields.get("event_types"), fields.get("event")):
        rows = cast("list[object]", value) if isinstance(value, list) else [value]
        names = tuple(text for row in rows[:_MOST_ROWS] if (text := line_of(text_of(row), _LONGEST_TYPE)))
        if names:
            return names
    return ()


def _active(value: object) -> bool:
    fields: Mapping[str, object] = fields_of(value) or {}
    for name in ("active", "is_active"):
        if switch_of(fields.get(name)) is False:
            return False
    return text_of(fields.get("status")).lower() not in _OFF

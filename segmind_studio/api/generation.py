"""Try a finished model: one paid call, direct (v1) or through the queue (v2), and the image in its answer."""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit

from segmind_studio.api.answers import IMAGE_LIMIT, Answer
from segmind_studio.api.caller import Caller
from segmind_studio.api.error_text import clean_error_text, messages_in
from segmind_studio.api.hosts import safe_url
from segmind_studio.api.problems import odd_answer, problem_of
from segmind_studio.api.reading import Fields, fields_of, json_of, number_of, text_of
from segmind_studio.api.served_errors import reports_error
from segmind_studio.api.values import Generated, QueueTicket
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from segmind_studio.texts import _

_KEYS = ("image", "images", "output", "outputs", "url", "image_url", "result", "data", "base64", "b64_json")
_DEPTH = 4
_MOST_TEXTS = 50


def is_image(body: bytes) -> bool:
    """Return by the first bytes whether this is a JPEG, PNG, WebP or GIF."""
    return body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")) or (
        body[:4] == b"RIFF" and body[8:12] == b"WEBP"
    )


def image_in(value: object, *, loopback: bool) -> bytes | str | None:
    """Return the first image's bytes, or the address of one, from a decoded answer; None without either."""
    for _count, text in zip(range(_MOST_TEXTS), _texts(value, _DEPTH), strict=False):
        url = safe_url(text, loopback=loopback)
        if url:
            return url
        body = _decoded(text)
        if is_image(body):
            return body
    return None


def _decoded(text: str) -> bytes:
    data = text.partition(",")[2] if text.startswith("data:image/") else text
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif depth and isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _texts(item, depth - 1)
    elif depth and isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        for key in _KEYS:
            if key in fields:
                yield from _texts(fields[key], depth - 1)


GENERATE_TIMEOUT_S = 180.0
POLL_S = 1.0
LONGEST_POLL_S = 5.0
QUEUE_PATIENCE_S = 600.0  # the official SDK waits as long
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_FAILED_WITH_BODY = frozenset({422})
_LONGEST_WORD = 200  # characters
_LONGEST_PAUSE_S = 60.0
_PASSING = frozenset({ApiProblem.OFFLINE, ApiProblem.UNANSWERED, ApiProblem.SERVER, ApiProblem.RATE_LIMITED})


class QueueFailedError(ApiError):
    """The service says that a queued image failed."""


def generate(caller: Caller, slug_or_url: str, params: Mapping[str, object]) -> Generated:
    """Generate an image and wait for it."""
    url = slug_or_url if "://" in slug_or_url else _url(caller, "v1", slug_or_url)
    answer = caller.ask(
        "POST", url, body=params, acts=True, timeout=GENERATE_TIMEOUT_S, limit=IMAGE_LIMIT,
    )
    return _generated(caller, answer, answer.headers)


def queue(caller: Caller, slug_or_url: str, params: Mapping[str, object]) -> QueueTicket:
    """Put an image into the queue: the one paid call."""
    url = slug_or_url if "://" in slug_or_url else _url(caller, "v2", slug_or_url)
    answer = caller.ask("POST", url, body=params, acts=True)
    fields = fields_of(json_of(answer)) or {}
    status_url, response_url = text_of(fields.get("status_url")), text_of(fields.get("response_url"))
    if not (status_url and response_url):
        raise odd_answer(answer)
    return QueueTicket(
        (text_of(fields.get("request_id")) or answer.headers.get("x-request-id", ""))[:_LONGEST_WORD],
        status_url, response_url, number_of(answer.headers.get("x-cost")),
        number_of(answer.headers.get("x-remaining-credits")),
    )


def queued_image(
    caller: Caller, ticket: QueueTicket, *, cancelled: Callable[[], bool], wait: Callable[[float], object],
) -> Generated:
    """Poll until a queued image is ready, and download it. A cancel does not stop the paid work.

    Whatever goes wrong, the image may have been made and paid, except when the service says that it failed.
    """
    try:
        _wait_until_made(caller, ticket.status_url, cancelled, wait)
        result = caller.ask("GET", ticket.response_url, answers=_FAILED_WITH_BODY, limit=IMAGE_LIMIT)
        _raise_if_failed(result)
        made = _generated(caller, result, result.headers, ticket.request_id)
    except QueueFailedError:
        raise
    except ApiError as error:
        error.may_have_arrived = True
        raise
    cost = ticket.cost if made.cost is None else made.cost
    remaining = ticket.remaining if made.remaining is None else made.remaining
    return replace(made, cost=cost, remaining=remaining)


def _wait_until_made(
    caller: Caller, status_url: str, cancelled: Callable[[], bool], wait: Callable[[float], object],
) -> None:
    """Poll until the image is made; trouble that passes by itself is waited out."""
    give_up_at, pause = time.monotonic() + QUEUE_PATIENCE_S, POLL_S
    while True:
        late = time.monotonic() > give_up_at
        try:
            if not _waiting(caller, status_url):
                return
        except ApiError as error:
            if error.problem not in _PASSING or late:
                raise
            pause = max(pause, min(error.retry_after or 0.0, _LONGEST_PAUSE_S))
        if late:
            raise ApiError(
                ApiProblem.UNANSWERED, _("The picture is not ready yet."),
                _("The service may still be working on it. Try again later."), may_have_arrived=True,
            )
        wait(pause)
        if cancelled():
            raise CancelledError
        pause = min(LONGEST_POLL_S, pause * 1.2)


def ticket_now(ticket: QueueTicket, connection: Connection) -> QueueTicket:
    """Return a ticket of an earlier start with the port that the practice service has now; others as they are."""
    if not connection.loopback:
        return ticket
    status_url, response_url = (
        connection.api_url.rstrip("/") + urlsplit(url).path for url in (ticket.status_url, ticket.response_url)
    )
    return replace(ticket, status_url=status_url, response_url=response_url)


def _url(caller: Caller, version: str, slug: str) -> str:
    if not _SLUG.fullmatch(slug) or ".." in slug:
        raise ApiError(
            ApiProblem.BAD_REQUEST, _("This model cannot be used."),
            _("Its name is not a Segmind model name. Nothing was sent."), slug[:200],
        )
    return f"{caller.connection.api_url.rstrip('/')}/{version}/{slug}"


def _waiting(caller: Caller, status_url: str) -> bool:
    answer = caller.ask("GET", status_url, answers=_FAILED_WITH_BODY)
    _raise_if_failed(answer)
    fields = fields_of(json_of(answer)) or {}
    if reports_error(fields) and not _state(fields):
        raise odd_answer(answer)
    return _state(fields) != "COMPLETED"


def _state(fields: Fields) -> str:
    return text_of(fields.get("status")).upper()


def _raise_if_failed(answer: Answer) -> None:
    """Raise QueueFailedError for a failed image, which is served with 422 and a valid body."""
    if answer.ok and answer.content_type not in {"application/json", ""}:
        return
    if not answer.ok or answer.body[:1] == b"{":
        fields = fields_of(json_of(answer)) or {}
        if not answer.ok and _state(fields) != "FAILED":
            raise problem_of(answer)
        if _state(fields) == "FAILED":
            words = ": ".join(messages_in(fields))
            raise QueueFailedError(
                ApiProblem.BAD_REQUEST, _("The picture could not be made."),
                _("Read the service's message below, change the prompt or the settings, then try again."),
                clean_error_text(words, answer.secret), http_status=answer.status,
            )


def _generated(
    caller: Caller, answer: Answer, headers: Mapping[str, str], request_id: str = "",
) -> Generated:
    image, content_type = answer.body, answer.content_type
    cost = number_of(headers.get("x-cost"))
    if not is_image(image):
        value = json_of(answer)
        cost = _metered(value) if cost is None else cost
        found = image_in(value, loopback=caller.loopback)
        if isinstance(found, str):
            image, content_type = _fetched(caller, found)
        elif found is not None:
            image, content_type = found, ""
        else:
            raise odd_answer(answer)
    return Generated(
        image, content_type[:_LONGEST_WORD], cost, number_of(headers.get("x-remaining-credits")),
        (request_id or headers.get("x-request-id", ""))[:_LONGEST_WORD],
    )


def _metered(value: object) -> float | None:
    """Return the cost from `metrics` of a queued answer, None when it is missing."""
    metrics = fields_of((fields_of(value) or {}).get("metrics")) or {}
    return number_of(metrics.get("cost"))


def _fetched(caller: Caller, url: str) -> tuple[bytes, str]:
    """Download an image that the answer only links to, without the key; it is paid even if this fails."""
    try:
        answer = caller.fetch(url, IMAGE_LIMIT)
    except ApiError as error:
        error.may_have_arrived = True
        raise
    if not is_image(answer.body):
        raise ApiError(
            ApiProblem.ODD_ANSWER, _("The service made a picture, but it cannot be fetched."),
            _("Look for it on Segmind's website."), may_have_arrived=True,
        )
    return answer.body, answer.content_type

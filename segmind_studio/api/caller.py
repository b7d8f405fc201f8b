"""Send calls for one connection: the key is added here, and only for hosts that may have it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

from segmind_studio.api.answers import JSON_LIMIT, KEY_HEADER, Answer, Call
from segmind_studio.api.hosts import MOST_REDIRECTS, REDIRECTS, may_have_key, redirected
from segmind_studio.api.problems import problem_of
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from segmind_studio.texts import _

if TYPE_CHECKING:
    from segmind_studio.api.transport import Transport

_OF_THE_FORM = re.compile(r"content.?type|media type|\bjson\b|multipart|field required", re.IGNORECASE)
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


class Caller:
    """Call one service for one account. Blocking; for one thread, except `abort`.

    `timeout` is in seconds between two pieces of an answer. No connection is opened before the first call.
    """

    def __init__(self, connection: Connection, timeout: float) -> None:
        self.connection = connection
        self.timeout = timeout
        self.loopback = connection.loopback
        self._transport: Transport | None = None
        self._aborted = False

    def ask(  # noqa: PLR0913  # one parameter for each part of a request
        self, method: str, url: str, *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        acts: bool = False,
        timeout: float | None = None,
        limit: int = JSON_LIMIT,
        partly: bool = False,
        answers: frozenset[int] = frozenset(),
    ) -> Answer:
        """Send a request with the key and return its answer.

        `body` is sent as JSON, whatever the method (this service reads bodies of GET). Raises ApiError for every
        answer but 2xx and the statuses in `answers`.
        """
        content = None if body is None else (JSON_TYPE, _json_bytes(body))
        wait = self.timeout if timeout is None else timeout
        answer = self._asked(method, url, query, content, acts, wait, limit, partly=partly)
        if answer.ok or answer.status in answers:
            return answer
        raise problem_of(answer)

    def ask_with_form(self, method: str, url: str, form: Mapping[str, str], *, acts: bool = False) -> Answer:
        """Send a form with the key, as documented; where forms are refused, send it as JSON, then as multipart.

        The format that an address accepted is kept until the app ends. Such a refusal changed nothing, and these
        requests may safely be sent twice. Raises ApiError, which names the console when no format was accepted.
        """
        ways = sorted(_WAYS, key=lambda way: way != _taken.get(url, FORM_TYPE))
        refused: ApiError | None = None
        for way in ways:
            answer = self._asked(method, url, None, _WAYS[way](form), acts, self.timeout, JSON_LIMIT)
            if answer.ok:
                _taken[url] = way
                return answer
            error = problem_of(answer)
            if not _refuses_the_form(error):
                raise error
            refused = refused or error
        _taken.pop(url, None)
        raise ApiError(
            ApiProblem.CONTENT_TYPE, _("The service does not accept this request."),
            _("Use Segmind's console on its website instead. Nothing was changed."),
            refused.detail if refused else "", http_status=refused.http_status if refused else 0,
        )

    def _asked(  # noqa: PLR0913, PLR0917  # the parts of a call
        self, method: str, url: str, query: Mapping[str, str] | None, content: tuple[str, bytes] | None,
        acts: bool, timeout: float, limit: int, *, partly: bool = False,  # noqa: FBT001  # the same
    ) -> Answer:
        if not may_have_key(url, self.connection):
            raise ApiError(
                ApiProblem.BAD_REQUEST, _("Your key is not sent to this address."),
                _("It does not belong to Segmind. Nothing was sent."), url.partition("?")[0],
            )
        headers = {KEY_HEADER: _header(self.connection.key.reveal())}
        kind, data = content or ("", b"")
        if kind:
            headers["Content-Type"] = kind
        place = f"{url}?{urlencode(query)}" if query else url
        return self._send(Call(method, place, headers, data, acts, timeout, limit, partly))

    def fetch(self, url: str, limit: int) -> Answer:
        """Download a file from any address, without the key; redirects to other https addresses are followed."""
        place, left = url, MOST_REDIRECTS
        while True:
            answer = self._send(Call("GET", place, read_timeout=self.timeout, limit=limit))
            if answer.ok:
                return answer
            place = redirected(place, answer.headers.get("location", ""), loopback=self.loopback)
            if answer.status not in REDIRECTS or not place or not left:
                raise problem_of(answer)
            left -= 1

    def close(self) -> None:
        """Close every connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def abort(self) -> None:
        """End the running call with CancelledError, from any thread, and refuse every later one."""
        self._aborted = True
        transport = self._transport
        if transport is not None:
            transport.abort()

    def _send(self, call: Call) -> Answer:
        if self._transport is None:
            from segmind_studio.api.transport import Transport  # noqa: PLC0415  # httpx takes 60 ms to import

            self._transport = Transport(loopback=self.loopback, proxy=self.connection.proxy)
        if self._aborted:
            raise CancelledError
        return self._transport.send(call)


def _as_form(form: Mapping[str, str]) -> tuple[str, bytes]:
    return FORM_TYPE, urlencode(form).encode()


def _as_json(form: Mapping[str, str]) -> tuple[str, bytes]:
    return JSON_TYPE, _json_bytes(form)


def _in_parts(form: Mapping[str, str]) -> tuple[str, bytes]:
    boundary = uuid4().hex
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    )
    return f"multipart/form-data; boundary={boundary}", f"{''.join(parts)}--{boundary}--\r\n".encode()


_WAYS = {FORM_TYPE: _as_form, JSON_TYPE: _as_json, "multipart/form-data": _in_parts}
_taken: dict[str, str] = {}  # by address; what a service accepts does not depend on the client


def _refuses_the_form(error: ApiError) -> bool:
    """Return whether a refusal is about the format of the request, not about its values."""
    if error.problem is ApiProblem.BAD_REQUEST:
        return bool(_OF_THE_FORM.search(error.detail))
    return error.problem is ApiProblem.CONTENT_TYPE


def _header(key: str) -> str:
    """Return the key as a header value, "" when it cannot be one."""
    if not key:
        raise ApiError(ApiProblem.MISSING_KEY, _("No key is set up."), _("Add one in Settings. Nothing was sent."))
    if not (key.isascii() and key.isprintable()):
        raise ApiError(
            ApiProblem.BAD_KEY, _("This key contains characters that a key cannot have."),
            _("Copy it again from Segmind. Nothing was sent."),
        )
    return key


def _json_bytes(body: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:  # UnicodeEncodeError is a ValueError
        raise ApiError(
            ApiProblem.BAD_REQUEST, _("The request could not be written."),
            _("One of its values is not a text, a number or a switch. Nothing was sent."), str(error),
        ) from None

"""Send calls for one connection: the key goes in here, and only towards hosts that may have it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from segmind_studio.api.answers import JSON_LIMIT, KEY_HEADER, Answer, Call
from segmind_studio.api.hosts import may_have_key
from segmind_studio.api.problems import problem_of
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError

if TYPE_CHECKING:
    from segmind_studio.api.transport import Transport

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


class Caller:
    """Ask one service in the name of one account. Blocking; for one thread, except `abort`.

    `timeout` is in seconds between two pieces of an answer. Nothing is opened before the first call.
    """

    def __init__(self, connection: Connection, timeout: float) -> None:
        self.connection = connection
        self.timeout = timeout
        self.loopback = connection.loopback
        self._transport: Transport | None = None
        self._aborted = False

    def ask(  # noqa: PLR0913  # one value for each thing a request may have
        self, method: str, url: str, *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        form: Mapping[str, str] | None = None,
        acts: bool = False,
        timeout: float | None = None,
        limit: int = JSON_LIMIT,
        answers: frozenset[int] = frozenset(),
    ) -> Answer:
        """Send a request with the key and give its answer.

        `body` goes out as JSON and `form` as a form, whatever the method (this service reads bodies of GET).
        Raises ApiError for every answer but 2xx and the statuses in `answers`.
        """
        if not may_have_key(url, self.connection):
            raise ApiError(
                ApiProblem.BAD_REQUEST, "This address may not be told your key.",
                "It is not one of Segmind's. Nothing was sent.", url.partition("?")[0],
            )
        headers = {KEY_HEADER: _header(self.connection.key.reveal())}
        content = b""
        if body is not None:
            headers["Content-Type"] = JSON_TYPE
            content = _json_bytes(body)
        elif form is not None:
            headers["Content-Type"] = FORM_TYPE
            content = urlencode(form).encode()
        call = Call(
            method, f"{url}?{urlencode(query)}" if query else url, headers, content, acts,
            self.timeout if timeout is None else timeout, limit,
        )
        answer = self._send(call)
        if answer.ok or answer.status in answers:
            return answer
        raise problem_of(answer)

    def fetch(self, url: str, limit: int) -> Answer:
        """Get a file from anywhere, without the key."""
        answer = self._send(Call("GET", url, read_timeout=self.timeout, limit=limit))
        if answer.ok:
            return answer
        raise problem_of(answer)

    def close(self) -> None:
        """Close every connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def abort(self) -> None:
        """End the call that is under way with CancelledError, from any thread, and refuse every later one."""
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


def _header(key: str) -> str:
    """Give the key as a header value; one that cannot be a header is no key."""
    if not key:
        raise ApiError(ApiProblem.MISSING_KEY, "There is no key.", "Add one in Settings. Nothing was sent.")
    if not (key.isascii() and key.isprintable()):
        raise ApiError(
            ApiProblem.BAD_KEY, "This key holds characters that no key has.",
            "Copy it again from Segmind. Nothing was sent.",
        )
    return key


def _json_bytes(body: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:  # UnicodeEncodeError is a ValueError
        raise ApiError(
            ApiProblem.BAD_REQUEST, "This cannot be written as a request.",
            "One of its values is no text, number or switch. Nothing was sent.", str(error),
        ) from None

"""The answers of the API in the shapes of its documentation, refusals included."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiohttp import web


class RefusalError(Exception):
    """A refusal, raised anywhere and sent by the middleware."""

    def __init__(
        self, status: int, body: object, *, headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body
        self.headers = headers
        self.content_type = content_type

    def response(self) -> web.Response:
        """Return the answer to send."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return web.Response(
            status=self.status, text=text, headers=self.headers, content_type=self.content_type, charset="utf-8",
        )


def refused(reason: str) -> RefusalError:
    """Return a 400 with the reason as `error`."""
    return RefusalError(400, {"error": reason})


def refused_field(place: tuple[str, ...], reason: str) -> RefusalError:
    """Return a 400 with the reason as a `detail` list, as for a field that is missing or of a wrong type."""
    return RefusalError(400, {"detail": [{"loc": ["body", *place], "msg": reason}]})


def not_found(what: str) -> RefusalError:
    """Return a 404."""
    return RefusalError(404, {"error": f"{what} not found"})


def too_few_credits() -> RefusalError:
    """Return the 406 for missing credits."""
    return RefusalError(406, {"error": "Insufficient credits. Please top up your account to continue."})


def team_limit() -> RefusalError:
    """Return the 406 of a team whose owner has set a limit."""
    return RefusalError(406, {"error": "Your team has reached its limit. Please contact the owner of the team."})


def missing_key(*, bearer: bool) -> RefusalError:
    """Return the 401 for a request without the header; the text differs from the one for a bad key."""
    words = "Missing x-api-key header."
    if bearer:
        words += " Authorization: Bearer is not supported."
    return RefusalError(401, {"error": words})


def bad_key() -> RefusalError:
    """Return the 401 for a key that is not ours."""
    return RefusalError(401, {
        "error": "invalid_api_key", "error_description": "The API key is invalid or was revoked.",
        "status_code": 401,
    })


def wrong_content_type(wanted: str, given: str) -> RefusalError:
    """Return the 406 for a body of a type that is missing or not `wanted`."""
    if not given:
        return RefusalError(406, {"error": f"Not Acceptable: the Content-Type header is missing, use {wanted}"})
    return RefusalError(406, {"error": f"Not Acceptable: Content-Type {given} is not supported, use {wanted}"})


def html(status: int, title: str) -> RefusalError:
    """Return a gateway's HTML page: for 405 and 503, and in place of an answer."""
    page = (
        f"<html>\n<head><title>{status} {title}</title></head>\n<body>\n"
        f"<center><h1>{status} {title}</h1></center>\n</body>\n</html>\n"
    )
    return RefusalError(status, page, content_type="text/html")

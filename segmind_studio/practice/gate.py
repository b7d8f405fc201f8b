"""The checks before every handler: allowed callers, the request log, the faults, the key, the refusals.

Any page that is open in a browser of this computer can send requests to this port. It must not fill the memory or
the log with them.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from typing_extensions import override

from segmind_studio.core.practice import Fault
from segmind_studio.practice.answers import RefusalError, bad_key, html, missing_key
from segmind_studio.practice.context import CONTEXT, Context
from segmind_studio.practice.database import stamp
from segmind_studio.practice.faults import SeenRequest

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_SLOW_S = 4.0
_LEAST_SLOW_S = 0.5
_LIMITED_FOR_S = 5.0
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost"})
_OWN_SITES = frozenset({"none", "same-origin"})  # an address that the user typed
_LONGEST_PATH, _LONGEST_NAME, _MOST_NAMES = 300, 60, 40  # stored of a request
_LONGEST_LINE, _MOST_LINES = 300, 20


@web.middleware
async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the request and its status; delay it while the service is slow. For both ports.

    A request from a page in a browser is refused before anything of it is read or stored.
    """
    if _from_a_page(request):
        return web.Response(status=403, headers={"Connection": "close"})
    context = request.app[CONTEXT]
    status = 0
    try:
        if context.faults.on(Fault.SLOW):
            await asyncio.sleep(max(_LEAST_SLOW_S, _SLOW_S / max(1.0, context.jobs.speed)))
        response = await handler(request)
    except ConnectionError:  # the client has disconnected; nobody reads this answer
        return web.Response(status=400)
    else:
        cut = request.transport is None or request.transport.is_closing()
        status = 0 if cut else response.status
        return response
    finally:
        names = sorted({name.lower()[:_LONGEST_NAME] for name in request.headers})[:_MOST_NAMES]
        context.seen.add(SeenRequest(
            request.method[:_LONGEST_NAME], request.path[:_LONGEST_PATH], tuple(names), status,
        ))


def _from_a_page(request: web.Request) -> bool:
    """Return whether a browser's page sent it, not a program.

    Then it has an Origin header, a Sec-Fetch-Site header, or another Host: any name can resolve to this computer.
    The app sends none of these.
    """
    host, colon, port = request.headers.get("Host", "").rpartition(":")
    name = (host if colon and port.isdecimal() else port).lower()
    site = request.headers.get("Sec-Fetch-Site", "none").lower()
    return name not in _LOOPBACK_NAMES or "Origin" in request.headers or site not in _OWN_SITES


class SparingFilter(logging.Filter):
    """Pass some lines of the server library, each short and without a traceback, and drop the others.

    The library writes one for each request that is no HTTP, with the request's own bytes in it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed = 0

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        self._passed += 1
        if self._passed > _MOST_LINES:
            return False
        error = record.exc_info[1] if record.exc_info else None
        text = f"{record.getMessage()} {type(error).__name__ if error else ''}".strip()
        more = " No more of these are written." if self._passed == _MOST_LINES else ""
        record.msg, record.args, record.exc_info = f"{text[:_LONGEST_LINE]}{more}", (), None
        return True


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pass a request of the API, or answer with the matching refusal."""
    context = request.app[CONTEXT]
    try:
        _check(request, context)
        context.jobs.advance(time.time())
        return _packed(await handler(request), context)
    except RefusalError as refusal:
        return refusal.response()
    except web.HTTPRequestEntityTooLarge:
        return RefusalError(400, {"detail": "The body is too large"}).response()


def _check(request: web.Request, context: Context) -> None:
    faults = context.faults
    if faults.on(Fault.UNAVAILABLE):
        raise html(503, "Service Temporarily Unavailable")
    problem = request.match_info.http_exception
    if isinstance(problem, web.HTTPMethodNotAllowed):
        raise html(405, "Method Not Allowed")
    if problem is not None:
        raise RefusalError(404, {"detail": "Not Found"})
    given = request.headers.get("x-api-key", "")
    if not given:
        raise missing_key(bearer="Authorization" in request.headers)
    if given != context.address.key:
        raise bad_key()
    if faults.on(Fault.RATE_LIMIT):
        reset = stamp(math.ceil(time.time() + _LIMITED_FOR_S))
        raise RefusalError(429, {"message": "Rate limit exceeded. Please slow down."},
                           headers={"x-rate-limit-reset-at-utc": reset})
    if faults.on(Fault.SERVER_ERROR):
        raise RefusalError(500, {"error": "Internal server error"})


def _packed(response: web.StreamResponse, context: Context) -> web.StreamResponse:
    if context.faults.on(Fault.PACKED) and isinstance(response, web.Response):
        response.enable_compression(web.ContentCoding.gzip)
    return response

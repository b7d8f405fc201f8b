"""What stands before every handler: the request log, the faults, the key, and the shapes of refusals."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from segmind_studio.core.practice import Fault
from segmind_studio.practice.answers import RefusalError, bad_key, html, missing_key
from segmind_studio.practice.context import CONTEXT, Context
from segmind_studio.practice.database import stamp
from segmind_studio.practice.faults import SeenRequest

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_SLOW_S = 4.0
_LEAST_SLOW_S = 0.5
_LIMITED_FOR_S = 5.0


@web.middleware
async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Note the request and how it was answered; delay it while the service is slow. For both sides."""
    context = request.app[CONTEXT]
    status = 0
    try:
        if context.faults.on(Fault.SLOW):
            await asyncio.sleep(max(_LEAST_SLOW_S, _SLOW_S / max(1.0, context.jobs.speed)))
        response = await handler(request)
    except ConnectionError:  # the other side went away; nobody reads this answer
        return web.Response(status=400)
    else:
        cut = request.transport is None or request.transport.is_closing()
        status = 0 if cut else response.status
        return response
    finally:
        context.seen.add(SeenRequest(
            request.method, request.path, tuple(sorted(name.lower() for name in request.headers)), status,
        ))


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request of the API pass, or answer with the refusal that fits it."""
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

"""The endpoints of finished models, and the balance: /v1/{slug}, /v2/{slug} with its polling, credits."""

from __future__ import annotations

import hashlib
import re
import time
from functools import partial
from uuid import uuid4

from aiohttp import web

from segmind_studio.practice.answers import not_found, refused
from segmind_studio.practice.context import CONTEXT, Context, json_body
from segmind_studio.practice.images import ImageRequest, read_image_request, render
from segmind_studio.practice.jobs import JobRow

_PRICE_CENTS = 6
_QUEUED_FOR_S = 3.0  # at speed 1
_IMAGE_HOLDS_S = 3600
_MODERATED = re.compile(r"\bnsfw\b", re.IGNORECASE)
_MODERATED_WORDS = "Request moderated: the prompt is not allowed."


def add_model_routes(app: web.Application) -> None:
    """Add them to the API."""
    app.router.add_route("GET", "/v1/get-user-credits", _credits)
    app.router.add_route("POST", "/v1/{slug}", _now)
    app.router.add_route("GET", "/v2/requests/{request_id}/status", _status)
    app.router.add_route("GET", "/v2/requests/{request_id}", _result)
    app.router.add_route("POST", "/v2/{slug}", _later)


async def _credits(request: web.Request) -> web.StreamResponse:
    jobs = request.app[CONTEXT].jobs
    return web.json_response({"credits": jobs.balance_cents / 100, "free-credits": 0.0})


async def _now(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    job, order = await _read(request, context)
    if _MODERATED.search(order.prompt):
        raise refused(_MODERATED_WORDS)
    _pay(context)
    data = await _rendered(context, job, order)
    return web.Response(body=data, content_type=order.content_type, headers={
        "x-cost": f"{_PRICE_CENTS / 100:.2f}",
        "x-remaining-credits": f"{context.jobs.balance_cents / 100:.2f}",
        "x-request-id": str(uuid4()),
    })


async def _later(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    job, order = await _read(request, context)
    request_id = str(uuid4())
    moderated = bool(_MODERATED.search(order.prompt))
    key = f"pictures/{request_id}.{order.image_format.lower()}"
    if not moderated:
        _pay(context)
        data = await _rendered(context, job, order)
        aside = context.objects.aside()
        await context.in_worker(partial(aside.write_bytes, data))
        context.objects.add(key, aside, f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"')
    now = time.time()
    context.database.run(
        "INSERT INTO pictures VALUES (?, ?, ?, ?, ?)", request_id, key, _MODERATED_WORDS if moderated else "",
        now, now + _QUEUED_FOR_S / context.jobs.speed,
    )
    base = f"{context.origins.api}/v2/requests/{request_id}"
    return web.json_response({"request_id": request_id, "status_url": f"{base}/status", "response_url": base})


async def _read(request: web.Request, context: Context) -> tuple[JobRow, ImageRequest]:
    slug = request.match_info["slug"]
    body = await json_body(request)
    job = context.jobs.find_ready(slug)
    if job is None:
        raise not_found(f"Model {slug}")
    return job, read_image_request(body)


def _pay(context: Context) -> None:
    context.jobs.refill(_PRICE_CENTS)
    with context.database.transaction():
        context.jobs.charge(_PRICE_CENTS)


async def _rendered(context: Context, job: JobRow, order: ImageRequest) -> bytes:
    return await context.in_worker(partial(render, order, context.copies_folder(job.finetune_id)))


async def _status(request: web.Request) -> web.StreamResponse:
    body = _asked(request)
    return web.json_response(body, status=422 if body["status"] == "FAILED" else 200)


async def _result(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    body = _asked(request)
    if body["status"] == "COMPLETED":
        row = context.database.row("SELECT * FROM pictures WHERE request_id = ?", body["request_id"])
        body["output"] = context.signer.sign(
            "GET", context.origins.storage, f"/{context.objects.bucket}/{row['key'] if row else ''}",
            at=time.time(), expires_s=_IMAGE_HOLDS_S,
        )
        body["metrics"] = {"cost": _PRICE_CENTS / 100}
    return web.json_response(body, status=422 if body["status"] == "FAILED" else 200)


def _asked(request: web.Request) -> dict[str, object]:
    """Return the body with the state of a queued image."""
    context = request.app[CONTEXT]
    request_id = request.match_info["request_id"]
    row = context.database.row("SELECT * FROM pictures WHERE request_id = ?", request_id)
    if row is None:
        raise not_found("Request")
    now = time.time()
    if now < (row["started_at"] + row["due_at"]) / 2:
        return {"request_id": request_id, "status": "QUEUED"}
    if now < row["due_at"]:
        return {"request_id": request_id, "status": "PROCESSING"}
    if row["error"]:
        return {"request_id": request_id, "status": "FAILED", "error": row["error"]}
    return {"request_id": request_id, "status": "COMPLETED"}

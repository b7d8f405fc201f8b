"""The fine-tune endpoints: submit, details, list, upload address, visibility, weights link."""

from __future__ import annotations

import shutil
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from aiohttp import web

from segmind_studio.core.practice import Fault
from segmind_studio.practice.answers import RefusalError, html, not_found, refused, team_limit, too_few_credits
from segmind_studio.practice.context import CONTEXT, Context, form_body, json_body
from segmind_studio.practice.fetching import fetch_zip
from segmind_studio.practice.jobs import JobRow, weights_key
from segmind_studio.practice.rules import Order, read_order
from segmind_studio.practice.storage import etag_of
from segmind_studio.practice.weights import write_weights
from segmind_studio.practice.zips import MAX_ZIP_BYTES, RUNS_WITH_COPIES, copy_images, thin_copies

_UPLOAD_HOLDS_S = 900
_DOWNLOAD_HOLDS_S = 300
_EXPIRED_SINCE_S = 60
_LONGEST_FILE_NAME = 128


def add_finetune_routes(app: web.Application) -> None:
    """Add them to the API; a path accepts its own method only, not even HEAD."""
    base = "/finetune/request"
    app.router.add_route("POST", f"{base}/submit", _submit)
    app.router.add_route("GET", f"{base}/details", _details)
    app.router.add_route("GET", f"{base}/list", _list)
    app.router.add_route("GET", f"{base}/upload/pre-signed-url", _upload_address)
    app.router.add_route("PUT", f"{base}/access-update", _access_update)
    app.router.add_route("GET", f"{base}/file/download", _download_link)


async def _submit(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    body = await json_body(request)
    if context.faults.on(Fault.RETIRED):
        raise RefusalError(410, {
            "error": "Fine-tuning is deprecated and no longer accepts new requests. "
                     "Existing models stay available.",
        })
    order = read_order(body)
    if context.faults.on(Fault.TEAM_LIMIT):
        raise team_limit()
    context.jobs.refill(order.price_cents)
    if context.jobs.balance_cents < order.price_cents:
        raise too_few_credits()
    finetune_id = str(uuid4())
    job = await _start(context, order, finetune_id)
    if context.faults.take(Fault.LOST_ANSWER) and request.transport is not None:
        request.transport.abort()
    if context.faults.take(Fault.HTML_ANSWER):
        raise html(200, "Please wait")
    return web.json_response({"status": "REQUESTED", "finetune_id": job.finetune_id, "name": job.name})


async def _start(context: Context, order: Order, finetune_id: str) -> JobRow:
    """Check the zip and start the run."""
    copies = context.copies_folder(finetune_id)
    key = context.objects.key_of(order.data_source_path)
    if key:
        stored = context.objects.find(key)
        if stored is None:
            raise refused("data_source_path could not be read: there is no such upload")
        context.objects.renew(key)
        if stored.size >= MAX_ZIP_BYTES:
            raise refused("data_source_path is too large: the zip must be under 100 MB")
        await context.in_worker(partial(copy_images, stored.path, copies))
    else:
        with TemporaryDirectory(dir=context.folder, ignore_cleanup_errors=True) as folder:
            fetched = Path(folder) / "fetched.zip"
            await fetch_zip(context.session, order.data_source_path, fetched)
            await context.in_worker(partial(copy_images, fetched, copies))
    try:
        job = context.jobs.add(order, finetune_id, "AWS_S3" if key else "URL", time.time())
    except RefusalError:
        await context.in_worker(partial(shutil.rmtree, copies, ignore_errors=True))
        raise
    older = [context.copies_folder(found) for found in context.jobs.older(RUNS_WITH_COPIES, most=1)]
    await context.in_worker(partial(thin_copies, older))
    context.dispatcher.wake()
    return job


async def _details(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    body = await json_body(request)
    job = _wanted_job(context, body.get("request_id"))
    return web.json_response({"finetune": job.as_json(context.origins)})


async def _list(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    rows = [job.as_json(context.origins) for job in context.jobs.listed(time.time())]
    if context.faults.on(Fault.FLAPPING_STATUS) and context.faults.every_other(Fault.FLAPPING_STATUS):
        rows = [{**job, "status": "REQUESTED", "error_message": None} for job in rows]
    if rows and context.faults.take(Fault.MISSING_ROW):
        rows = rows[1:]
    if rows and context.faults.take(Fault.EMPTY_LIST):
        rows = []
    return web.json_response(rows)


async def _upload_address(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    name = (await json_body(request)).get("name")
    if name is None:
        raise RefusalError(400, {"detail": [{"loc": ["body", "name"], "msg": "Field required"}]})
    if not isinstance(name, str) or not _good_file_name(name):
        raise refused("name must be a short file name in plain letters that ends in .zip")
    context.jobs.refill()
    path = f"/{context.objects.bucket}/uploads/{context.user}/{uuid4()}-{name}"
    now = time.time()
    if context.faults.take(Fault.EXPIRED_UPLOAD):
        now -= _UPLOAD_HOLDS_S + _EXPIRED_SINCE_S
    origin = context.origins.storage
    signed = context.signer.sign("PUT", origin, path, at=now, expires_s=_UPLOAD_HOLDS_S)
    return web.json_response({"presigned_url": signed, "s3_url": origin + path})


def _good_file_name(name: str) -> bool:
    plain = all(char.isascii() and (char.isalnum() or char in "-_.") for char in name)
    return plain and name.endswith(".zip") and len(".zip") < len(name) <= _LONGEST_FILE_NAME


async def _access_update(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    form = await form_body(request)
    public = form.get("segmind_public")
    job = _wanted_job(context, form.get("request_id"))
    if public not in {"True", "False"}:
        raise refused("segmind_public must be True or False")
    context.jobs.set_public(job.finetune_id, public=public == "True", now=time.time())
    return web.Response(status=200)


async def _download_link(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    url = (await form_body(request)).get("cloud_storage_url")
    if not url:
        raise refused("cloud_storage_url is required")
    key = context.objects.key_of(url)
    job = next((job for job in context.jobs.all() if job.trained and weights_key(job.finetune_id) == key), None)
    if job is None:
        raise not_found("File")
    if context.objects.find(key) is None:
        aside = context.objects.aside()
        write = partial(write_weights, finetune_id=job.finetune_id, body=job.body)
        context.objects.add(key, aside, await context.in_worker(partial(etag_of, aside, write)))
    link = context.signer.sign(
        "GET", context.origins.storage, f"/{context.objects.bucket}/{key}",
        at=time.time(), expires_s=_DOWNLOAD_HOLDS_S,
    )
    return web.Response(text=link)


def _wanted_job(context: Context, request_id: object) -> JobRow:
    if request_id is None:
        raise RefusalError(400, {"detail": [{"loc": ["body", "request_id"], "msg": "Field required"}]})
    job = context.jobs.find(request_id) if isinstance(request_id, str) else None
    if job is None:
        raise not_found("Finetune request")
    return job

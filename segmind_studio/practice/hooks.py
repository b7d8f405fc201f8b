"""The webhook endpoints: get, add, update, inactive (a GET that deletes) and dispatch-logs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from aiohttp import web

from segmind_studio.practice.answers import refused, refused_field
from segmind_studio.practice.context import CONTEXT, json_body


def add_webhook_routes(app: web.Application) -> None:
    """Add them to the API."""
    app.router.add_route("GET", "/webhook/get", _get)
    app.router.add_route("POST", "/webhook/add", _add)
    app.router.add_route("POST", "/webhook/update", _update)
    app.router.add_route("GET", "/webhook/inactive", _remove)
    app.router.add_route("GET", "/webhook/dispatch-logs", _logs)


async def _get(request: web.Request) -> web.StreamResponse:
    webhook = request.app[CONTEXT].webhooks.registered()
    return web.json_response({"webhooks": [webhook] if webhook else []})


async def _add(request: web.Request) -> web.StreamResponse:
    url, types = _read(body := await json_body(request))
    if "webhook_id" in body:
        raise refused("webhook_id is not known yet; use update")
    return web.json_response(request.app[CONTEXT].webhooks.add(url, types, time.time()))


async def _update(request: web.Request) -> web.StreamResponse:
    url, types = _read(body := await json_body(request))
    webhook_id = body.get("webhook_id")
    if not isinstance(webhook_id, str):
        raise refused_field(("webhook_id",), "Field required")
    return web.json_response(request.app[CONTEXT].webhooks.update(webhook_id, url, types))


async def _remove(request: web.Request) -> web.StreamResponse:
    request.app[CONTEXT].webhooks.remove(_wanted(request))
    return web.json_response({"status": "success", "message": "Webhook deleted"})


async def _logs(request: web.Request) -> web.StreamResponse:
    return web.json_response({"logs": request.app[CONTEXT].webhooks.logs(_wanted(request))})


def _wanted(request: web.Request) -> str:
    webhook_id = request.query.get("webhook_id", "")
    if not webhook_id:
        raise refused("webhook_id is required")
    return webhook_id


def _read(body: Mapping[str, object]) -> tuple[str, list[str]]:
    url = body.get("webhook_url")
    if not isinstance(url, str) or not _is_web_address(url):
        raise refused("webhook_url must be an http(s) URL")
    event = body.get("event")
    types = cast("Mapping[str, object]", event).get("types") if isinstance(event, dict) else None
    if not isinstance(types, list) or not types:
        raise refused_field(("event", "types"), "Input should be a list with at least one type")
    names = cast("list[object]", types)
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise refused_field(("event", "types"), "Each type should be a valid string")
    return url, [str(name) for name in names]


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and not any(char.isspace() for char in url)

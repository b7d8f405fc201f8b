"""The storage side on its own port: presigned PUT and GET with S3's behaviour and S3's XML."""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from uuid import uuid4
from xml.sax.saxutils import escape

from aiohttp import web

from segmind_studio.core.practice import Fault
from segmind_studio.practice.answers import html
from segmind_studio.practice.context import CONTEXT, Context
from segmind_studio.practice.database import stamp
from segmind_studio.practice.gate import Handler, watch
from segmind_studio.practice.signing import BadSignatureError, ExpiredError
from segmind_studio.practice.storage import Digest, StoredObject

MAX_OBJECT_BYTES = 100_000_000
MAX_PATH = 300  # characters of a path that are stored
_PIECE = 1 << 18
_OTHER_HOST = "localhost"  # another host name than 127.0.0.1
_MOVED_HOLDS_S = 300
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_SIGNATURE_WORDS = "The request signature we calculated does not match the signature you provided."


class StorageRefusalError(Exception):
    """One of S3's error codes; `more` are further elements of the XML."""

    def __init__(self, status: int, code: str, message: str, **more: str) -> None:
        super().__init__(code)
        self.status = status
        self.parts = {"Code": code, "Message": message, **more}

    def response(self) -> web.Response:
        """Return the XML answer."""
        parts = {**self.parts, "RequestId": uuid4().hex[:16].upper()}
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items())
        return web.Response(
            status=self.status, content_type="application/xml", charset="utf-8",
            text=f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>',
        )


def storage_app(context: Context) -> web.Application:
    """Return the application of the storage side."""
    app = web.Application(middlewares=[watch, _xml_refusals])
    app[CONTEXT] = context
    app.router.add_route("*", "/{place:.*}", _any)
    return app


@web.middleware
async def _xml_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except StorageRefusalError as refusal:
        return refusal.response()


async def _any(request: web.Request) -> web.StreamResponse:
    context = request.app[CONTEXT]
    if "x-api-key" in request.headers:
        context.seen.add_breach(request.path[:MAX_PATH])
        raise StorageRefusalError(403, "AccessDenied", "Access Denied")
    if "Authorization" in request.headers:
        raise StorageRefusalError(400, "InvalidArgument", "Only one auth mechanism allowed")
    if request.method == "PUT":
        return await _put(request, context)
    if request.method == "GET":
        return await _get(request, context)
    raise StorageRefusalError(
        405, "MethodNotAllowed", "The specified method is not allowed against this resource.",
    )


def _check_signature(request: web.Request, context: Context) -> str:
    """Return the requested key, when the address was signed for this method and has not expired."""
    query = dict(request.query)
    if "X-Amz-Signature" not in query:
        raise StorageRefusalError(403, "AccessDenied", "Access Denied")
    if len(query) != len(request.query):
        raise StorageRefusalError(403, "SignatureDoesNotMatch", _SIGNATURE_WORDS)
    try:
        context.signer.check(
            request.method, request.headers.get("Host", ""), request.path, query, now=time.time(),
        )
    except BadSignatureError as error:
        raise StorageRefusalError(403, "SignatureDoesNotMatch", _SIGNATURE_WORDS) from error
    except ExpiredError as error:
        raise StorageRefusalError(
            403, "AccessDenied", "Request has expired", **{"X-Amz-Expires": query["X-Amz-Expires"]},
            Expires=stamp(error.expired_at), ServerTime=stamp(error.now),
        ) from error
    bucket, _, key = request.path.removeprefix("/").partition("/")
    if bucket != context.objects.bucket:
        raise StorageRefusalError(404, "NoSuchBucket", "The specified bucket does not exist")
    return key


async def _put(request: web.Request, context: Context) -> web.StreamResponse:
    if "Transfer-Encoding" in request.headers:
        raise StorageRefusalError(
            501, "NotImplemented", "A header you provided implies functionality that is not implemented",
            Header="Transfer-Encoding",
        )
    key = _check_signature(request, context)
    if "Content-Type" in request.headers:  # never among the signed headers
        raise StorageRefusalError(403, "SignatureDoesNotMatch", _SIGNATURE_WORDS)
    length = request.content_length
    if length is None:
        raise StorageRefusalError(
            411, "MissingContentLength", "You must provide the Content-Length HTTP header.",
        )
    if length > MAX_OBJECT_BYTES:
        raise StorageRefusalError(
            400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size",
            ProposedSize=str(length), MaxSizeAllowed=str(MAX_OBJECT_BYTES),
        )
    if context.faults.take(Fault.SLOW_DOWN):
        raise StorageRefusalError(503, "SlowDown", "Please reduce your request rate.")
    if context.faults.take(Fault.STORAGE_PAGE):
        async for _piece in request.content.iter_chunked(_PIECE):
            pass
        return html(200, "This connection is filtered").response()
    stored = await _receive(request, context, key, length)
    return web.Response(status=200, headers={"ETag": stored.etag})


async def _receive(request: web.Request, context: Context, key: str, length: int) -> StoredObject:
    aside = context.objects.aside()
    try:
        with aside.open("wb") as file:
            digest = Digest(file)
            async for piece in request.content.iter_chunked(_PIECE):
                digest.write(piece)
        if digest.size != length:
            raise StorageRefusalError(
                400, "IncompleteBody", "You did not provide the number of bytes specified by Content-Length.",
            )
        return context.objects.add(key, aside, digest.etag)
    finally:
        aside.unlink(missing_ok=True)


async def _get(request: web.Request, context: Context) -> web.StreamResponse:
    key = _check_signature(request, context)
    stored = context.objects.find(key)
    if stored is None:
        raise StorageRefusalError(404, "NoSuchKey", "The specified key does not exist.")
    if context.faults.on(Fault.MODEL_MOVED) and request.url.host != _OTHER_HOST:
        origin = f"{request.scheme}://{_OTHER_HOST}:{request.url.port}"
        moved = context.signer.sign("GET", origin, request.path, at=time.time(), expires_s=_MOVED_HOLDS_S)
        return web.Response(status=302, headers={"Location": moved})
    part = _part(request, stored)
    first, last = part or (0, stored.size - 1)
    headers = {
        "ETag": stored.etag, "Accept-Ranges": "bytes", "Content-Type": "binary/octet-stream",
        "Last-Modified": formatdate(stored.stored_at, usegmt=True),
    }
    if part:
        headers["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    response = web.StreamResponse(status=206 if part else 200, headers=headers)
    response.content_length = last - first + 1
    await response.prepare(request)
    cut = context.faults.take(Fault.CUT_DOWNLOAD)
    with stored.path.open("rb") as file:
        file.seek(first)
        left = (last - first + 1) // (2 if cut else 1)
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            await response.write(piece)
    if cut and request.transport is not None:
        request.transport.close()  # what was written is still sent
    else:
        await response.write_eof()
    return response


def _part(request: web.Request, stored: StoredObject) -> tuple[int, int] | None:
    """Return the first and the last byte of the requested range, None for the whole file.

    Several ranges at once, and a range whose `If-Range` no longer matches, are ignored.
    """
    given = _RANGE.fullmatch(request.headers.get("Range", ""))
    if given is None or given.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", stored.etag) != stored.etag:
        return None
    start, stop = given.groups()
    end = stored.size - 1
    first = int(start) if start else max(0, stored.size - int(stop))
    last = min(int(stop), end) if start and stop else end
    if first > last:
        raise StorageRefusalError(416, "InvalidRange", "The requested range is not satisfiable",
                                  ActualObjectSize=str(stored.size))
    return first, last

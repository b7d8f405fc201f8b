"""Find the picture in an answer: bytes, base64, a data URI or an https address. Pure functions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import cast

from segmind_studio.api.hosts import safe_url

_KEYS = ("image", "images", "output", "outputs", "url", "image_url", "result", "data", "base64", "b64_json")
_DEPTH = 4
_MOST_TEXTS = 50


def is_picture(body: bytes) -> bool:
    """Tell by the first bytes whether this is a JPEG, PNG, WebP or GIF."""
    return body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")) or (
        body[:4] == b"RIFF" and body[8:12] == b"WEBP"
    )


def picture_in(value: object, *, loopback: bool) -> bytes | str | None:
    """Give the first picture's bytes, or the address of one, from a decoded answer; None without either."""
    for _count, text in zip(range(_MOST_TEXTS), _texts(value, _DEPTH), strict=False):
        url = safe_url(text, loopback=loopback)
        if url:
            return url
        body = _decoded(text)
        if is_picture(body):
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

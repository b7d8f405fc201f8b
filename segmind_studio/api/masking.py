"""Take the key out of answers that repeat it, before anything reads them. Pure functions."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from segmind_studio.core.numbers import decoded_json

_LEAST = 8  # characters; a shorter text is no key, and stands by chance in half of all answers
_GROUP = 3  # bytes that base64 writes as four characters


def masked_body(body: bytes, secret: str) -> bytes:
    """Give the bytes with the secret starred out: as it is, quoted for an address, and in base64.

    The length stays, so that lengths written elsewhere in a file still hold.
    """
    for form in _forms(secret):
        if form in body:
            body = body.replace(form, b"*" * len(form))
    return body


def masked_line(text: str, secret: str) -> str:
    """Give a header's value with the secret starred out."""
    return masked_body(text.encode("utf-8", "surrogateescape"), secret).decode("utf-8", "surrogateescape")


def masked_json(value: object, body: bytes, secret: str) -> object:
    """Give a decoded `body` that went through `masked_body` without what escapes may have hidden from that."""
    if len(secret) < _LEAST or not (b"\\" in body or b"\0" in body):
        return value
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    masked = masked_body(text, secret)
    return value if masked is text else decoded_json(masked)


def _forms(secret: str) -> list[bytes]:
    if len(secret) < _LEAST:
        return []
    plain = secret.encode("utf-8", "replace")
    found = {plain, json.dumps(secret)[1:-1].encode(), quote(secret, safe="").encode()}
    for before in range(_GROUP):  # where in a group of three bytes it begins decides how base64 writes it
        coded = base64.b64encode(bytes(before) + plain)
        begin, end = -(-before * 4 // _GROUP), (before + len(plain)) * 4 // _GROUP
        found |= {coded[begin:end], coded[begin:end].replace(b"+", b"-").replace(b"/", b"_")}
    return sorted(found, key=len, reverse=True)

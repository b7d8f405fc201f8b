"""Texts in a PNG (PNG, third edition, 11.3.3): put in without decoding it, so every pixel stays as it came."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FIRST = len(SIGNATURE) + 25  # after the header, which has a fixed length
_AROUND = 12  # length, kind and checksum
_TEXTS = {b"tEXt", b"iTXt", b"zTXt"}


def with_texts(content: bytes, texts: Mapping[str, str]) -> bytes:
    """Return a PNG with these texts by keyword, in place of earlier ones of the same keywords.

    Anything but a PNG is returned as it is. Keywords are 1 to 79 characters of Latin-1.
    """
    if not content.startswith(SIGNATURE) or len(content) < _FIRST:
        return content
    keys = {_keyword(name) for name in texts}
    new = b"".join(_chunk(*_text(name, text)) for name, text in texts.items())
    rest = b"".join(
        content[start:end] for kind, start, end in _chunks(content)
        if kind not in _TEXTS or content[start + 8 : end].partition(b"\0")[0] not in keys
    )
    return content[:_FIRST] + new + rest


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind and the place of each chunk after the header; what is cut off is yielded as it is."""
    start = _FIRST
    while start < len(content):
        if start + _AROUND > len(content):
            yield b"", start, len(content)
            return
        length, kind = struct.unpack(">I4s", content[start : start + 8])
        end = min(start + length + _AROUND, len(content))
        yield kind, start, end
        start = end


def _keyword(name: str) -> bytes:
    return name.encode("latin-1")


def _text(name: str, text: str) -> tuple[bytes, bytes]:
    """Return kind and data: the plain form that every program reads, where the text allows it."""
    if text.isascii():
        return b"tEXt", _keyword(name) + b"\0" + text.encode("ascii").replace(b"\0", b" ")
    packed = text.replace("\0", " ").encode("utf-8", "replace")
    return b"iTXt", _keyword(name) + b"\0\0\0\0\0" + packed


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

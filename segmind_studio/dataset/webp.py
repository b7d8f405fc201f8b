"""Read how a WebP is built (RFC 9649), without decoding it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from segmind_studio.dataset.exif import MAX_EXIF_BYTES, UPRIGHT, orientation_of
from segmind_studio.dataset.layout import (
    MAX_BLOCKS,
    BrokenPictureError,
    Layout,
    Part,
    Span,
    cut_off,
    damaged,
    joined,
    read_at,
    size_of,
)

_PICTURE = {b"VP8 ", b"VP8L", b"ALPH", b"ICCP"}  # what stays, besides the VP8X head
_HAS_EXIF, _HAS_XMP, _ANIMATED = 0x08, 0x04, 0x02
_HEAD = 12
_KEY_FRAME_START = b"\x9d\x01\x2a"
_LOSSLESS_START = 0x2F


def is_webp(head: bytes) -> bool:
    """Tell by the first 12 bytes."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def read_webp(file: BinaryIO, size: int) -> Layout:
    """Give the layout, or raise BrokenPictureError; reads the head of every chunk and no picture data."""
    head = read_at(file, 0, _HEAD)
    if not is_webp(head):
        raise damaged()
    parts: list[Part] = []
    dimensions: tuple[int, int] | None = None
    orientation, lossless = UPRIGHT, False
    for kind, at, length in _chunks(file, size, struct.unpack("<I", head[4:8])[0] + 8):
        if kind == b"VP8X":
            parts.append(_head_without_metadata(file, at, length))
        elif kind in _PICTURE:
            parts += [Span(at, 8 + length), b"\0" * (length & 1)]
        elif kind == b"EXIF" and length <= MAX_EXIF_BYTES:
            orientation = orientation_of(read_at(file, at + 8, length).removeprefix(b"Exif\0\0"))
        if kind in {b"VP8 ", b"VP8L"} and dimensions is None:
            lossless = kind == b"VP8L"
            dimensions = _dimensions(file, at + 8, lossless=lossless)
    if dimensions is None or 0 in dimensions:
        raise damaged()
    body = sum(map(size_of, parts)) + 4
    start: Part = b"RIFF" + struct.pack("<I", body) + b"WEBP"
    return Layout("WEBP", *dimensions, orientation, joined([start, *parts]), lossless)


def _chunks(file: BinaryIO, size: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Give kind, offset and data length of every chunk up to `end`, where the file says it ends."""
    if end > size + 1:  # some writers leave the last padding byte out
        raise cut_off()
    at = _HEAD
    for _block in range(MAX_BLOCKS):
        if at + 8 > end:
            return
        kind, length = struct.unpack("<4sI", read_at(file, at, 8))
        if at + 8 + length > size:
            raise cut_off()
        yield kind, at, length
        at += 8 + length + (length & 1)
    raise damaged()


def _head_without_metadata(file: BinaryIO, at: int, length: int) -> bytes:
    """Give the extended head with the flags of the dropped chunks cleared."""
    if length != 10:  # noqa: PLR2004  # fixed by the format
        raise damaged()
    chunk = bytearray(read_at(file, at, 18))
    if chunk[8] & _ANIMATED:
        raise BrokenPictureError("This is an animation. Save one picture of it as a JPEG or PNG.")
    chunk[8] &= ~(_HAS_EXIF | _HAS_XMP) & 0xFF
    return bytes(chunk)


def _dimensions(file: BinaryIO, at: int, *, lossless: bool) -> tuple[int, int]:
    data = read_at(file, at, 10)
    if lossless:
        if data[0] != _LOSSLESS_START:
            raise damaged()
        (bits,) = struct.unpack("<I", data[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[3:6] != _KEY_FRAME_START:
        raise damaged()
    width, height = struct.unpack("<HH", data[6:10])
    return width & 0x3FFF, height & 0x3FFF

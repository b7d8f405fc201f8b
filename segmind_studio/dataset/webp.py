"""Read the structure of a WebP (RFC 9649), without decoding it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from segmind_studio.dataset.exif import MAX_EXIF_BYTES, UPRIGHT, orientation_in_xmp, orientation_of, tiff_in
from segmind_studio.dataset.layout import (
    MAX_BLOCKS,
    MAX_PROFILE_BYTES,
    BrokenImageError,
    Layout,
    Part,
    Span,
    cut_off,
    damaged,
    joined,
    read_at,
    size_of,
)
from segmind_studio.texts import _

_PICTURE = {b"VP8 ", b"VP8L", b"ALPH", b"ICCP"}  # what remains, besides the VP8X header
_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _HAS_XMP, _ANIMATED = 0x20, 0x10, 0x08, 0x04, 0x02
_ALPHA_BIT = 0x10  # of the last byte of a lossless header
_LONGEST = {b"EXIF": MAX_EXIF_BYTES, b"XMP ": MAX_EXIF_BYTES, b"ICCP": MAX_PROFILE_BYTES}
_HEAD = 12
_KEY_FRAME_START = b"\x9d\x01\x2a"
_LOSSLESS_START = 0x2F


def is_webp(head: bytes) -> bool:
    """Return whether the first 12 bytes are those of a WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def read_webp(file: BinaryIO, size: int) -> Layout:
    """Return the layout, or raise BrokenImageError; reads the header of every chunk and no pixel data."""
    head = read_at(file, 0, _HEAD)
    if not is_webp(head):
        raise damaged()
    parts: list[Part] = []
    bare: list[Part] = []
    dimensions: tuple[int, int] | None = None
    lossless, alpha = False, False
    metadata: dict[bytes, bytes] = {}
    for kind, at, length in _chunks(file, size, struct.unpack("<I", head[4:8])[0] + 8):
        if kind == b"VP8X":
            chunk = _head_without_metadata(file, at, length)
            alpha |= bool(chunk[8] & _HAS_ALPHA)
            parts.append(chunk)
            bare.append(chunk[:8] + bytes([chunk[8] & ~_HAS_PROFILE]) + chunk[9:])
        elif kind in _PICTURE:
            here = [Span(at, 8 + length), b"\0" * (length & 1)]
            parts += here
            bare += here if kind != b"ICCP" else []
        if kind in {b"EXIF", b"XMP ", b"ICCP"} and kind not in metadata and length <= _LONGEST[kind]:
            metadata[kind] = read_at(file, at + 8, length)
        alpha |= kind == b"ALPH"
        if kind in {b"VP8 ", b"VP8L"} and dimensions is None:
            lossless = kind == b"VP8L"
            alpha |= lossless and bool(read_at(file, at + 8, 5)[4] & _ALPHA_BIT)
            dimensions = _dimensions(file, at + 8, lossless=lossless)
    if dimensions is None or 0 in dimensions:
        raise damaged()
    exif = tiff_in(metadata.get(b"EXIF", b""))
    return Layout(
        "WEBP", *dimensions,
        orientation_of(exif) or orientation_in_xmp(metadata.get(b"XMP ", b"")) or UPRIGHT,
        _whole(parts), lossless, bare_parts=_whole(bare), alpha=alpha,
        profile=metadata.get(b"ICCP", b""), exif=exif,
    )


def _whole(parts: list[Part]) -> tuple[Part, ...]:
    start: Part = b"RIFF" + struct.pack("<I", sum(map(size_of, parts)) + 4) + b"WEBP"
    return joined([start, *parts])


def _chunks(file: BinaryIO, size: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, offset and data length of every chunk up to `end`, the end according to the file's header."""
    if end > size + 1:  # some writers omit the last padding byte
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
    """Return the extended header with the flags of the dropped chunks cleared."""
    if length != 10:  # noqa: PLR2004  # fixed by the format
        raise damaged()
    chunk = bytearray(read_at(file, at, 18))
    if chunk[8] & _ANIMATED:
        raise BrokenImageError(_("This is an animation. Save one picture of it as a JPEG or PNG."))
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

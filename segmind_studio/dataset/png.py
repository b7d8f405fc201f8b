"""Read how a PNG is built (PNG, third edition), without decoding it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from segmind_studio.dataset.exif import MAX_EXIF_BYTES, UPRIGHT, orientation_of
from segmind_studio.dataset.layout import MAX_BLOCKS, Layout, Part, Span, cut_off, damaged, joined, read_at

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What the look of the pixels depends on; other extra chunks are words, times, places and thumbnails.
_COLOURS = {b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"mDCV", b"cLLI", b"tRNS", b"sBIT"}
_ANCILLARY = 0x20  # the case of the first letter
_AROUND = 12  # length, kind and checksum


def read_png(file: BinaryIO, size: int) -> Layout:
    """Give the layout, or raise BrokenPictureError; reads the head of every chunk and no picture data."""
    if read_at(file, 0, 8) != SIGNATURE:
        raise damaged()
    parts: list[Part] = [Span(0, 8)]
    width, height, orientation, seen_data = 0, 0, UPRIGHT, False
    for kind, at, length in _chunks(file, size):
        if kind == b"IHDR":
            width, height = struct.unpack(">II", read_at(file, at + 8, 8))
        elif kind == b"eXIf" and length <= MAX_EXIF_BYTES:
            orientation = orientation_of(read_at(file, at + 8, length))
        seen_data = seen_data or kind == b"IDAT"
        if not kind[0] & _ANCILLARY or kind in _COLOURS:
            parts.append(Span(at, length + _AROUND))
    if not seen_data or width == 0 or height == 0:
        raise damaged()
    return Layout("PNG", width, height, orientation, joined(parts), lossless=True)


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Give kind, offset and data length of every chunk, the header first, to the end of the picture."""
    at = 8
    for block in range(MAX_BLOCKS):
        length, kind = struct.unpack(">I4s", read_at(file, at, 8))
        if not kind.isalpha() or (block == 0) != (kind == b"IHDR"):
            raise damaged()
        if at + _AROUND + length > size:
            raise cut_off()
        yield kind, at, length
        if kind == b"IEND":
            return
        at += _AROUND + length
    raise damaged()

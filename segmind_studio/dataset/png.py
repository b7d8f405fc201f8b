"""Read how a PNG is built (PNG, third edition), without decoding it."""

from __future__ import annotations

import struct
from typing import BinaryIO

from segmind_studio.dataset.exif import MAX_EXIF_BYTES, UPRIGHT, orientation_of
from segmind_studio.dataset.layout import Layout, Part, Span, cut_off, damaged, joined, read_at

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What the look of the pixels depends on; other extra chunks are words, times, places and thumbnails.
_COLOURS = {b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"mDCV", b"cLLI", b"tRNS", b"sBIT"}
_ANCILLARY = 0x20  # the case of the first letter


def read_png(file: BinaryIO, size: int) -> Layout:
    """Give the layout, or raise BrokenPictureError; reads the head of every chunk and no picture data."""
    if read_at(file, 0, 8) != SIGNATURE:
        raise damaged()
    parts: list[Part] = [Span(0, 8)]
    width = height = 0
    orientation, seen_data, at = UPRIGHT, False, 8
    while True:
        length, kind = struct.unpack(">I4s", read_at(file, at, 8))
        end = at + 12 + length
        if not kind.isalpha():
            raise damaged()
        if end > size:
            raise cut_off()
        if (at == 8) != (kind == b"IHDR"):  # noqa: PLR2004  # the header comes first, and once
            raise damaged()
        if kind == b"IHDR":
            width, height = struct.unpack(">II", read_at(file, at + 8, 8))
        elif kind == b"IDAT":
            seen_data = True
        elif kind == b"eXIf" and length <= MAX_EXIF_BYTES:
            orientation = orientation_of(read_at(file, at + 8, length))
        if not kind[0] & _ANCILLARY or kind in _COLOURS:
            parts.append(Span(at, end - at))
        at = end
        if kind == b"IEND":
            break
    if not seen_data or width == 0 or height == 0:
        raise damaged()
    return Layout("PNG", width, height, orientation, joined(parts), lossless=True)

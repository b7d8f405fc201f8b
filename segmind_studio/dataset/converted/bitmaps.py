"""Read the headers of BMP (Microsoft's BITMAPINFOHEADER and its successors) and GIF (GIF89a), without decoding.

Pillow reads them too, but neither tells where a file that was cut off should end, nor bounds what it reads.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from segmind_studio.dataset.layout import (
    MAX_BLOCKS,
    Layout,
    Span,
    cut_off,
    damaged,
    read_at,
)

GIF = (b"GIF87a", b"GIF89a")
_OLD_HEADER = 12  # of OS/2; its sides have 16 bits
_NEW_HEADERS = frozenset({40, 52, 56, 64, 108, 124})
_DEPTHS = frozenset({1, 2, 4, 8, 16, 24, 32})
_RAW, _RLE8, _RLE4, _BIT_FIELDS, _ALPHA_FIELDS = 0, 1, 2, 3, 6
_WITH_ALPHA = 32  # bits per pixel
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL, _IS_TRANSPARENT = 0xF9, 0x01
_HAS_TABLE, _TABLE_SIZE = 0x80, 0x07


def is_bmp(head: bytes) -> bool:
    """Return by the first 16 bytes whether it may be a BMP: its two letters also begin words."""
    return head[:2] == b"BM" and head[15:16] == b"\0" and head[14] in _NEW_HEADERS | {_OLD_HEADER}


def read_bmp(file: BinaryIO, size: int) -> Layout:
    """Return the layout of a BMP, or raise BrokenImageError."""
    pixels_at, header = struct.unpack("<II", read_at(file, 10, 8))
    if header == _OLD_HEADER:
        width, height, _planes, depth = struct.unpack("<HHHH", read_at(file, 18, 8))
        packing = _RAW
    else:
        width, height, _planes, depth, packing = struct.unpack("<iiHHI", read_at(file, 18, 16))
    width, height = abs(width), abs(height)  # a negative height means that the first row is the upper one
    if not width or not height or depth not in _DEPTHS:
        raise damaged()
    if packing not in {_RAW, _RLE8, _RLE4, _BIT_FIELDS, _ALPHA_FIELDS}:
        raise damaged()
    rows = (width * depth + 31) // 32 * 4 * height
    if pixels_at > size or (packing in {_RAW, _BIT_FIELDS, _ALPHA_FIELDS} and pixels_at + rows > size):
        raise cut_off()
    whole = (Span(0, size),)
    return Layout("BMP", width, height, parts=whole, bare_parts=whole, lossless=True, alpha=depth == _WITH_ALPHA)


def read_gif(file: BinaryIO, size: int) -> Layout:
    """Return the layout of a GIF's first picture, or raise BrokenImageError.

    Pillow enlarges the screen when the first picture is larger; so does this.
    """
    head = read_at(file, 0, 13)
    width, height, flags = struct.unpack_from("<HHB", head, 6)
    at = 13 + _table_bytes(flags)
    alpha, pictures = False, 0
    for _block in range(MAX_BLOCKS):
        kind = _byte(file, at)
        if kind == _EXTENSION:
            if not pictures and _byte(file, at + 1) == _GRAPHIC_CONTROL:
                alpha |= bool(_byte(file, at + 3) & _IS_TRANSPARENT)
            at = _after_blocks(file, at + 2)
        elif kind == _IMAGE and pictures:
            pictures += 1
            break
        elif kind == _IMAGE:
            left, top, wide, high, flags = struct.unpack("<HHHHB", read_at(file, at + 1, 9))
            width, height = max(width, left + wide), max(height, top + high)
            alpha |= (wide, high) != (width, height)  # the rest of the screen is empty
            pictures = 1
            at = _after_blocks(file, at + 11 + _table_bytes(flags))
            if at >= size:
                break  # without an end mark, which no decoder needs
        elif pictures:
            break  # its end mark, or bytes that no decoder needs
        else:
            raise damaged()
    if not pictures or not width or not height:
        raise damaged()
    whole = (Span(0, size),)
    return Layout(
        "GIF", width, height, parts=whole, bare_parts=whole, lossless=True, alpha=alpha, several=pictures > 1,
    )


def _byte(file: BinaryIO, at: int) -> int:
    return read_at(file, at, 1)[0]


def _table_bytes(flags: int) -> int:
    return 3 << (flags & _TABLE_SIZE) + 1 if flags & _HAS_TABLE else 0


def _after_blocks(file: BinaryIO, at: int) -> int:
    """Return where a chain of blocks ends that each begin with their length."""
    for _block in range(MAX_BLOCKS * 4):
        length = _byte(file, at)
        at += 1 + length
        if not length:
            return at
    raise damaged()

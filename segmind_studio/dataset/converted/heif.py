"""Read the header of a HEIF or AVIF (ISO 23008-12, boxes of ISO 14496-12), without decoding.

The size is that of the primary item's own properties; iPhones store it as a grid of tiles. EXIF inside counts for
nothing here: the file's own properties say how it is turned (ISO 23008-12, 6.5.10), and decoders obey them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from segmind_studio.dataset.exif import UPRIGHT
from segmind_studio.dataset.layout import (
    MAX_PIXELS,
    MAX_PROFILE_BYTES,
    Colours,
    Layout,
    NotAnImageError,
    Span,
    cut_off,
    damaged,
    read_at,
)
from segmind_studio.texts import N_

_FILM = N_("This file is a film or a picture of another kind. Save it as a JPEG, PNG or WebP.")
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_AVIF = frozenset({b"avif", b"avis"})
_ANY = frozenset({b"mif1", b"msf1"})
_BRANDS_AT, _MAX_BRANDS = 16, 64
_MAX_META = MAX_PROFILE_BYTES + (4 << 20)
_MAX_BOXES = 20_000
_SIDES = 8  # bytes
_ICC = frozenset({b"prof", b"rICC"})
_PRIMARIES_UNKNOWN = 2
_ALPHA = (b"auxiliary:alpha", b"hevc:2015:auxid:1")
# How an AVIF must be turned, as EXIF says it: by quarter turns to the left and the mirror's axis, None without
_TURNS: dict[tuple[int, int | None], int] = {
    (0, None): 1, (0, 0): 4, (0, 1): 2, (1, None): 8, (1, 0): 5, (1, 1): 7,
    (2, None): 3, (2, 0): 2, (2, 1): 4, (3, None): 6, (3, 0): 7, (3, 1): 5,
}


def is_heif(head: bytes) -> bool:
    """Return by the first 12 bytes whether it may be a HEIF or AVIF."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC | _AVIF | _ANY


def read_heif(file: BinaryIO, size: int) -> Layout:
    """Return the layout of the primary picture, as it is decoded, or raise BrokenImageError."""
    image_format, brand = "", b""
    meta = b""
    for kind, at, length in _top_boxes(file, size):
        if kind == b"ftyp":
            brand, image_format = _format_of(read_at(file, at, min(length, 8 + 4 * _MAX_BRANDS)))
        elif kind == b"meta":
            if length > _MAX_META:
                raise damaged()
            meta = read_at(file, at, length)
    if not image_format:
        raise NotAnImageError(str(_FILM))
    if not meta:
        raise damaged()
    try:
        return _layout(image_format, brand, _items(meta), size)
    except struct.error as error:
        raise damaged() from error


def _format_of(brands: bytes) -> tuple[bytes, str]:
    major, others = brands[:4], {brands[at : at + 4] for at in range(8, len(brands), 4)}
    if major in _AVIF or (major not in _HEIC and others & _AVIF):
        return major, "AVIF"
    return major, "HEIF" if major in _HEIC or others & _HEIC else ""


def _top_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and length of each outer box's content; BrokenImageError when one ends behind the file."""
    at = 0
    for _box in range(_MAX_BOXES):
        if at + _SIDES > size:
            return
        length, kind = struct.unpack(">I4s", read_at(file, at, 8))
        head = 8
        if length == 1:
            length, head = struct.unpack(">Q", read_at(file, at + 8, 8))[0], 16
        elif length == 0:
            length = size - at
        if length < head:
            raise damaged()
        if at + length > size:
            raise cut_off()
        yield kind, at + head, length - head
        at += length
    raise damaged()


@dataclass(slots=True)
class _Items:
    """What is read of the `meta` box: the properties by their number, from 1, and those of each item, in order."""

    primary: int = 0
    properties: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    of_item: dict[int, list[int]] = field(default_factory=dict[int, list[int]])


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _box in range(_MAX_BOXES):
        if at + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        length = length or len(data) - at
        if length < _SIDES or at + length > len(data):
            raise damaged()
        yield kind, data[at + 8 : at + length]
        at += length
    raise damaged()


def _items(meta: bytes) -> _Items:
    found = _Items()
    for kind, content in _boxes(meta[4:]):
        if kind == b"pitm":
            found.primary = struct.unpack_from(">H" if content[:1] == b"\0" else ">I", content, 4)[0]
        elif kind == b"iprp":
            for inner, data in _boxes(content):
                if inner == b"ipco":
                    found.properties = list(_boxes(data))
                elif inner == b"ipma":
                    _associate(data, found.of_item)
    return found


def _associate(data: bytes, of_item: dict[int, list[int]]) -> None:
    version, wide, count = struct.unpack_from(">B2xBI", data)
    at, wide = 8, wide & 1
    for _item in range(min(count, _MAX_BOXES)):
        item, amount = struct.unpack_from(">IB" if version else ">HB", data, at)
        at += 5 if version else 3
        numbers = struct.unpack_from(f">{amount}{'H' if wide else 'B'}", data, at)
        at += amount * (2 if wide else 1)
        of_item.setdefault(item, []).extend(number & (0x7FFF if wide else 0x7F) for number in numbers)


def _layout(image_format: str, brand: bytes, items: _Items, size: int) -> Layout:
    own = [
        items.properties[number - 1] for number in items.of_item.get(items.primary, ())
        if 0 < number <= len(items.properties)
    ]
    turns, axis = 0, None
    for kind, data in own:
        if kind == b"irot":
            turns = (data or b"\0")[0] & 3
        elif kind == b"imir":
            axis = (data or b"\0")[0] & 1
    alpha = any(kind == b"auxC" and any(name in data for name in _ALPHA) for kind, data in items.properties)
    depth, channels, profile, colours = _colours(own)
    sides, largest = _sides(own, image_format), _largest(items.properties)
    if largest[0] * largest[1] > MAX_PIXELS:
        sides = largest  # too large to be opened
    whole = (Span(0, size),)
    return Layout(
        image_format, *sides, _TURNS[turns, axis] if image_format == "AVIF" else UPRIGHT,
        whole, bare_parts=whole, channels=channels, depth=depth, profile=profile, alpha=alpha, colours=colours,
        several=brand == b"avis",
    )


def _sides(own: list[tuple[bytes, bytes]], image_format: str) -> tuple[int, int]:
    """Return width and height as decoded: libheif cuts and turns in the properties' order; Pillow does not."""
    width = height = 0
    for kind, data in own:
        if kind == b"ispe":
            width, height = struct.unpack_from(">II", data, 4)
        elif image_format == "HEIF" and kind == b"clap":
            wide, wide_by, high, high_by = struct.unpack_from(">IIII", data)
            if not wide_by or not high_by:
                raise damaged()
            width, height = min(width, wide // wide_by), min(height, high // high_by)
        elif image_format == "HEIF" and kind == b"irot" and data[:1] and data[0] & 1:
            width, height = height, width
    if not width or not height:
        raise damaged()
    return width, height


def _largest(properties: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Return the largest size that is declared anywhere in the file: a decoder may need that much memory."""
    sides = [struct.unpack_from(">II", data, 4) for kind, data in properties if kind == b"ispe"]
    return max(((width, height) for width, height in sides), key=lambda side: side[0] * side[1], default=(0, 0))


def _colours(own: list[tuple[bytes, bytes]]) -> tuple[int, int, bytes, Colours]:
    """Return bits and number of channels, and what is declared: a profile has priority over numbers."""
    depth, channels, profile, codes = 8, 3, b"", tuple[int, ...]()
    for kind, data in own:
        if kind == b"pixi":
            bits = data[5 : 5 + int.from_bytes(data[4:5], "big")]
            depth, channels = max(bits, default=8), 1 if len(bits) == 1 else 3
        elif kind == b"colr" and data[:4] in _ICC:
            profile = data[4:]
        elif kind == b"colr" and data[:4] == b"nclx":
            codes = (*struct.unpack_from(">HH", data, 4), 0, 1)
    if profile or not codes or codes[0] == _PRIMARIES_UNKNOWN:
        return depth, channels, profile, Colours()
    return depth, channels, profile, Colours(codes=codes)

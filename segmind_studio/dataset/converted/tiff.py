"""Read the first directory of a TIFF (TIFF 6.0, BigTIFF), without decoding. Raw photos are TIFFs, too: refused."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from segmind_studio.dataset.exif import displayed
from segmind_studio.dataset.layout import (
    MAX_PROFILE_BYTES,
    BrokenImageError,
    Layout,
    NotAnImageError,
    Span,
    cut_off,
    damaged,
    read_at,
)
from segmind_studio.texts import N_

TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
RAW = N_("This file is a raw photo. Save it as a JPEG, PNG or WebP.")
_ODD = N_("This kind of TIFF cannot be read. Save it as a JPEG, PNG or WebP.")
_CANON = b"CR"  # in bytes 8 and 9 of a CR2
_MAX_ENTRIES = 4096
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_ORIENTATION, _SAMPLES, _EXTRA, _SAMPLE_FORMAT, _PROFILE = 274, 277, 338, 339, 34675
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES, _DNG = 273, 279, 324, 325, 50706
_MAX_STRIPS = 200_000
_WHITE_IS_ZERO, _GREY, _RGB, _PALETTE, _PRINT, _VIDEO = 0, 1, 2, 3, 5, 6
_DEEP, _BYTE, _SIGNED = 16, 8, 2
# Those that Pillow reads: none, CCITT, LZW, JPEG, Deflate, PackBits, LZMA, Zstandard, WebP
_PACKINGS = frozenset({1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000, 50001})


@dataclass(slots=True)
class _Directory:
    """The entries of one directory, by tag: type, count, and where their values are."""

    file: BinaryIO
    order: str
    entries: dict[int, tuple[int, int, int]]
    following: int  # where the next directory is, 0 without one

    def numbers(self, tag: int, most: int = 16) -> tuple[int, ...]:
        """Return the first whole numbers of an entry, () without it."""
        kind, count, at = self.entries.get(tag, (0, 0, 0))
        letter = _NUMBERS.get(kind)
        if letter is None:
            return ()
        count = min(count, most)
        return struct.unpack(f"{self.order}{count}{letter}", read_at(self.file, at, count * _SIZES[kind]))

    def number(self, tag: int, default: int = 0) -> int:
        """Return the first number of an entry."""
        return next(iter(self.numbers(tag, 1)), default)

    def data(self, tag: int, most: int) -> bytes:
        """Return the bytes of an entry, b"" without it, or when they are more than `most`."""
        kind, count, at = self.entries.get(tag, (0, 0, 0))
        length = count * _SIZES.get(kind, 0)
        return read_at(self.file, at, length) if 0 < length <= most else b""


def read_tiff(file: BinaryIO, size: int) -> Layout:
    """Return the layout of a TIFF's first picture, as Pillow decodes it: turned upright. BrokenImageError."""
    here = _directory(file, read_at(file, 0, 16) if size >= 16 else read_at(file, 0, 8))  # noqa: PLR2004  # BigTIFF's
    if here.number(_SUBFILE) & 1 or _DNG in here.entries:
        raise NotAnImageError(str(RAW))
    width, height = here.number(_WIDTH), here.number(_HEIGHT)
    bits = here.numbers(_BITS) or (1,)
    colours = here.number(_PHOTOMETRIC, -1)
    if not width or not height:
        raise damaged()
    _refuse_odd(here, bits, colours)
    _see_end(here, size)
    orientation = here.number(_ORIENTATION, 1)
    whole = (Span(0, size),)
    samples = here.number(_SAMPLES, 1)
    own = {_WHITE_IS_ZERO: 1, _GREY: 1, _RGB: 3, _PALETTE: 1, _PRINT: 4}.get(colours, samples)
    return Layout(
        "TIFF", *displayed(width, height, orientation), parts=whole, bare_parts=whole, lossless=True,
        channels={_PRINT: 4, _RGB: 3, _PALETTE: 3, _VIDEO: 3}.get(colours, 1), depth=max(bits),
        alpha=samples > own, profile=here.data(_PROFILE, MAX_PROFILE_BYTES), several=bool(here.following),
    )


def _refuse_odd(here: _Directory, bits: tuple[int, ...], colours: int) -> None:
    deep = max(bits) > _BYTE
    if (
        colours not in {_WHITE_IS_ZERO, _GREY, _RGB, _PALETTE, _PRINT, _VIDEO}
        or here.number(_COMPRESSION, 1) not in _PACKINGS
        or max(bits) > _DEEP
        or max(here.numbers(_SAMPLE_FORMAT), default=1) >= _SIGNED
        or (deep and colours == _WHITE_IS_ZERO)  # Pillow does not invert it
    ):
        raise BrokenImageError(str(_ODD))


def _see_end(here: _Directory, size: int) -> None:
    """Raise BrokenImageError when a strip or tile ends behind the file."""
    for place, length in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        starts = here.numbers(place, _MAX_STRIPS)
        if starts:
            lengths = here.numbers(length, _MAX_STRIPS) or (0,) * len(starts)
            if any(start + long > size for start, long in zip(starts, lengths, strict=False)):
                raise cut_off()
            return
    raise damaged()


def _directory(file: BinaryIO, head: bytes) -> _Directory:
    order = "<" if head[:2] == b"II" else ">"
    if head[8:10] == _CANON:
        raise NotAnImageError(str(RAW))
    big = b"+" in head[2:4]
    if big and len(head) < 16:  # noqa: PLR2004  # the length of its header
        raise cut_off()
    start = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)[0]
    count_bytes, entry_bytes, inline = (8, 20, 8) if big else (2, 12, 4)
    count = struct.unpack(order + ("Q" if big else "H"), read_at(file, start, count_bytes))[0]
    if not 0 < count <= _MAX_ENTRIES:
        raise damaged()
    first = start + count_bytes
    table = read_at(file, first, count * entry_bytes)
    entries: dict[int, tuple[int, int, int]] = {}
    for at in range(0, len(table), entry_bytes):
        tag, kind, amount = struct.unpack_from(order + ("HHQ" if big else "HHI"), table, at)
        value = at + entry_bytes - inline
        place = first + value
        if amount * _SIZES.get(kind, 0) > inline:
            place = struct.unpack_from(order + ("Q" if big else "I"), table, value)[0]
        entries.setdefault(tag, (kind, amount, place))
    file.seek(first + len(table))
    more = file.read(inline)
    following = int.from_bytes(more, "little" if order == "<" else "big") if len(more) == inline else 0
    return _Directory(file, order, entries, following)

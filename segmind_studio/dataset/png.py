"""Read the structure of a PNG (PNG, third edition), without decoding it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from segmind_studio.core.conversions import DAMAGED, HUGE
from segmind_studio.dataset.exif import (
    MAX_EXIF_BYTES,
    UPRIGHT,
    orientation_in_xmp,
    orientation_of,
    raw_profile,
    tiff_in,
)
from segmind_studio.dataset.layout import (
    MAX_BLOCKS,
    MAX_PROFILE_BYTES,
    Colours,
    Layout,
    Part,
    Span,
    cut_off,
    damaged,
    joined,
    read_at,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What the pixels' colours depend on; other extra chunks are texts, times, places and thumbnails.
_COLOURS = {b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"mDCV", b"cLLI", b"tRNS", b"sBIT"}
_LENGTHS = {b"sRGB": 1, b"gAMA": 4, b"cHRM": 32, b"cICP": 4}  # bytes, fixed by the format
_ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
_PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_AROUND = 12  # length, kind and checksum


MAX_TEXT_BYTES = 1 << 20  # Pillow refuses a larger text or profile (decompressed), and the whole image with it
_MAX_ALL_TEXT_BYTES = 64 << 20  # the same for all texts together
_MAX_PACKED = 32 << 20  # longer chunks are not read: nothing that matters here is that long
_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 1, 6: 3}  # by colour type; a palette's entries are RGB
_PALETTE, _WITH_ALPHA = 3, {4, 6}
_RAW_PROFILES = (b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type xmp")
_XMP = b"XML:com.adobe.xmp"
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_WORDS = _TEXTS | {b"eXIf"}


def read_png(file: BinaryIO, size: int) -> Layout:
    """Return the layout, or raise BrokenImageError; reads the header of every chunk and no pixel data."""
    if read_at(file, 0, 8) != SIGNATURE:
        raise damaged()
    found = _Found()
    for kind, at, length in _chunks(file, size):
        if kind == b"IHDR":
            found.head = struct.unpack(">IIBB", read_at(file, at + 8, 10))
        elif kind in _COLOURS or kind in _WORDS:
            if length != _LENGTHS.get(kind, length) or not _unharmed(file, at, length):
                found.refused = True
                continue  # it is ignored, as by libpng
            if kind in _TEXTS:
                found.take_text(kind, file, at + 8, length)
            else:
                found.take(kind, file, at + 8, length)
        found.take_order(kind, length)
        if kind in _PIXELS or kind in _COLOURS:
            found.parts.append(Span(at, length + _AROUND))
            if kind != b"iCCP":
                found.bare_parts.append(Span(at, length + _AROUND))
    width, height, depth, colour_type = found.head
    if not found.seen_data or width == 0 or height == 0 or colour_type not in _CHANNELS:
        raise damaged()
    return Layout(
        "PNG", width, height, found.orientation, joined(found.parts), lossless=True,
        bare_parts=joined(found.bare_parts), channels=_CHANNELS[colour_type],
        depth=8 if colour_type == _PALETTE else depth, alpha=colour_type in _WITH_ALPHA or bool(found.clear),
        clear=found.clear, profile=found.profile, profile_trouble=found.profile_trouble,
        colours=Colours(found.srgb, found.gamma, found.corners, found.codes), exif=found.exif or found.text_exif,
        refused=found.refused or found.text_bytes > _MAX_ALL_TEXT_BYTES, late=found.late,
        short_palette=colour_type == _PALETTE and found.entries < 2**depth,
    )


def _unharmed(file: BinaryIO, at: int, length: int) -> bool:
    """Return whether a chunk has its checksum; a chunk that is too long to read counts as damaged."""
    if length > _MAX_PACKED:
        return False
    data = read_at(file, at + 4, length + 8)
    return zlib.crc32(data[:-4]) == int.from_bytes(data[-4:], "big")


@dataclass(slots=True)
class _Found:
    """The content of the extra chunks; of those that are allowed only once, the first counts."""

    head: tuple[int, int, int, int] = (0, 0, 0, 0)
    seen_data: bool = False
    parts: list[Part] = field(default_factory=lambda: [Span(0, 8)])
    bare_parts: list[Part] = field(default_factory=lambda: [Span(0, 8)])
    exif: bytes = b""
    text_exif: bytes = b""
    xmp_orientation: int = 0
    clear: bytes = b""
    profile: bytes = b""
    profile_trouble: str = ""
    srgb: bool = False
    gamma: int = 0
    corners: tuple[int, ...] = ()
    codes: tuple[int, ...] = ()
    text_bytes: int = 0
    entries: int = 0  # of the palette
    late: bool = False  # see `Layout`
    refused: bool = False

    @property
    def orientation(self) -> int:
        """Return the orientation by EXIF, else by the text chunk, else by XMP."""
        return orientation_of(self.exif) or orientation_of(self.text_exif) or self.xmp_orientation or UPRIGHT

    def take(self, kind: bytes, file: BinaryIO, at: int, length: int) -> None:
        """Read a chunk about colours, transparency or EXIF, of the right length."""
        if kind == b"iCCP" and not self.profile and not self.profile_trouble:
            self._take_profile(read_at(file, at, length))
        elif kind == b"sRGB":
            self.srgb = True
        elif kind == b"gAMA":
            (self.gamma,) = struct.unpack(">I", read_at(file, at, 4))
        elif kind == b"cHRM":
            self.corners = struct.unpack(">8I", read_at(file, at, 32))
        elif kind == b"cICP":
            primaries, transfer, matrix, full = read_at(file, at, 4)
            self.codes = (primaries, transfer) if (matrix, full) == (0, 1) else ()
        elif kind == b"tRNS" and length <= 256:  # noqa: PLR2004  # at most one byte for each entry of a palette
            self.clear = read_at(file, at, length)
        elif kind == b"eXIf" and length <= MAX_EXIF_BYTES:
            self.exif = tiff_in(read_at(file, at, length))

    def take_order(self, kind: bytes, length: int) -> None:
        """Check the place of the pixel data, and find chunks that decoders do not know or may refuse."""
        self.refused |= kind not in _PIXELS and kind[:1].isupper()
        if kind == b"IDAT":
            self.refused |= self.seen_data and self.late  # its data must not be split
        self.late |= (self.seen_data and kind not in _PIXELS) or kind in _ANIMATION
        self.seen_data |= kind == b"IDAT"
        if kind == b"PLTE":
            self.entries = length // 3

    def _take_profile(self, data: bytes) -> None:
        _name, _zero, packed = data.partition(b"\0")
        try:
            unpacker = zlib.decompressobj()
            profile = unpacker.decompress(packed[1:], MAX_PROFILE_BYTES)
        except zlib.error:
            self.profile_trouble = DAMAGED
            return
        if len(profile) > MAX_TEXT_BYTES:
            self.profile_trouble = HUGE  # it can be used, but the file cannot be sent unchanged
        self.profile = profile if unpacker.eof else b""
        if not unpacker.eof:
            self.profile_trouble = self.profile_trouble or DAMAGED

    def take_text(self, kind: bytes, file: BinaryIO, at: int, length: int) -> None:
        """Read a text as far as it may contain an orientation, and mark one that is too large for Pillow."""
        if self.text_bytes > _MAX_ALL_TEXT_BYTES:
            return  # too much already
        keyword, text, too_long = _text(kind, read_at(file, at, length))
        self.text_bytes += min(len(text), MAX_TEXT_BYTES)
        self.refused |= too_long
        if keyword in _RAW_PROFILES:
            block = raw_profile(text)
            self.text_exif = self.text_exif or tiff_in(block)
            self.xmp_orientation = self.xmp_orientation or orientation_in_xmp(block)
        elif keyword == _XMP:
            self.xmp_orientation = orientation_in_xmp(text) or self.xmp_orientation


def _text(kind: bytes, data: bytes) -> tuple[bytes, bytes, bool]:
    """Return keyword and text of a text chunk, decompressed up to Pillow's limit, and whether it is longer."""
    keyword, _zero, text = data.partition(b"\0")
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        text = text[1:]
    elif kind == b"iTXt":
        packed = text[:1] == b"\1"
        text = text[2:].partition(b"\0")[2].partition(b"\0")[2]  # language, translated keyword
    if packed:
        try:
            text = zlib.decompressobj().decompress(text, MAX_TEXT_BYTES + 1)
        except zlib.error:
            text = b""
    return keyword, text, packed and len(text) > MAX_TEXT_BYTES


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, offset and data length of every chunk, the header first, to the end of the image."""
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

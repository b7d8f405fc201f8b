"""The structure of an image file: the result of the format readers, and their common functions."""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from typing_extensions import Buffer, override

from segmind_studio.core.errors import DatasetError
from segmind_studio.record import record
from segmind_studio.texts import N_, _

CUT_OFF = N_("This picture is cut off: the end of the file is missing.")
TOO_LARGE = N_("It has 100 MB or more, too much for one photo. Save it smaller.")
MAX_BLOCKS = 100_000  # segments or chunks of one file; a hostile one can have millions
MAX_PIXELS = 89_000_000  # more is a decompression bomb to the decoders (Pillow's own first limit)
MAX_PROFILE_BYTES = 16 << 20  # a larger colour profile is invalid: those of printers have 2 MB


_BUFFER = 256 * 1024


@record
class Span:
    """A range of bytes of the source file."""

    offset: int
    length: int


Part = Span | bytes  # bytes of the file, or bytes that replace them


@record
class Colours:
    """A file's colour declarations besides a profile (PNG, third edition: 11.3.2).

    `gamma` is gAMA's value times 100,000; `corners` are cHRM's eight: x and y of white, red, green and blue, times
    100,000; `codes` are cICP's primaries and transfer (ITU-T H.273). 0 and empty when missing.
    """

    srgb: bool = False
    gamma: int = 0
    corners: tuple[int, ...] = ()
    codes: tuple[int, ...] = ()


@record
class Layout:
    """The result of a format reader. Width and height are as stored, before the orientation (1 to 8) is applied.

    `parts` is the file without its metadata, with every pixel and colour, `bare_parts` the same without the colour
    profile; both are empty after a quick read of a JPEG. `lossless` is True for a WebP (or PNG) without loss.
    `channels` is 1 for grey, 3, or 4 for CMYK, `depth` the bits of each. `alpha` is True when parts may be
    transparent; `clear` is PNG's tRNS. `profile` is the colour profile, and `profile_trouble` why it cannot be
    used, as in `core.conversions`. `exif` is the TIFF block in it.
    """

    image_format: str  # "JPEG", "PNG", "WEBP", or one of `core.conversions.WRITTEN_AS`
    width: int
    height: int
    orientation: int = 1
    parts: tuple[Part, ...] = ()
    lossless: bool = False
    bare_parts: tuple[Part, ...] = ()
    channels: int = 3
    depth: int = 8
    alpha: bool = False
    clear: bytes = b""
    profile: bytes = b""
    profile_trouble: str = ""
    colours: Colours = Colours()
    exif: bytes = b""
    progressive: bool = False
    refused: bool = False  # it has chunks for which decoders refuse the whole image
    late: bool = False  # a PNG has chunks that are read only while decoding: after its pixels, or an animation's
    several: bool = False  # it holds more pictures, of which only the first is used
    short_palette: bool = False  # an index may be beyond it, where decoders choose different colours


class BrokenImageError(DatasetError):
    """An image cannot be used; the title says why in one sentence."""


class NotAnImageError(BrokenImageError):
    """A file does not begin like any accepted image format."""


class SlowImageError(BrokenImageError):
    """Decoding would take much longer than for usual files."""


def cut_off() -> BrokenImageError:
    """Return the error for a file whose end is missing."""
    return BrokenImageError(CUT_OFF.message)


def damaged() -> BrokenImageError:
    """Return the error for a file that violates its format's rules."""
    return BrokenImageError(_("This picture is damaged and cannot be read."))


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Return exactly `length` bytes, or raise BrokenImageError because the file ends before."""
    file.seek(offset)
    data = file.read(length)
    if len(data) < length:
        raise cut_off()
    return data


def joined(parts: list[Part]) -> tuple[Part, ...]:
    """Merge spans that touch and literals that follow each other; empty ones are dropped."""
    result: list[Part] = []
    for part in parts:
        last = result[-1] if result else None
        if isinstance(part, bytes):
            if isinstance(last, bytes):
                result[-1] = last + part
            elif part:
                result.append(part)
        elif isinstance(last, Span) and last.offset + last.length == part.offset:
            result[-1] = Span(last.offset, last.length + part.length)
        elif part.length:
            result.append(part)
    return tuple(result)


def size_of(part: Part) -> int:
    """Return the number of bytes of a part."""
    return len(part) if isinstance(part, bytes) else part.length


def opened_parts(file: BinaryIO, parts: tuple[Part, ...]) -> io.BufferedReader:
    """Open parts of a file as if they were a file, so that a decoder sees nothing else."""
    return io.BufferedReader(_PartsFile(file, parts), _BUFFER)


class _PartsFile(io.RawIOBase):

    def __init__(self, file: BinaryIO, parts: tuple[Part, ...]) -> None:
        self._file = file
        self._parts = parts
        self._at = 0
        self._size = sum(map(size_of, parts))

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    @override
    def tell(self) -> int:
        return self._at

    @override
    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer).cast("B")
        start = 0
        for part in self._parts:
            length = size_of(part)
            within = self._at - start
            if within < length:
                data = self._bytes(part, within, min(len(view), length - within))
                view[: len(data)] = data
                self._at += len(data)
                return len(data)
            start += length
        return 0

    def _bytes(self, part: Part, within: int, length: int) -> bytes:
        if isinstance(part, bytes):
            return part[within : within + length]
        self._file.seek(part.offset + within)
        return self._file.read(length)

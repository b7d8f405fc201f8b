"""How a picture file is built: the answer of the three format readers, and how they read."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import BinaryIO

from typing_extensions import Buffer, override

from segmind_studio.core.errors import DatasetError
from segmind_studio.texts import N_, _

CUT_OFF = N_("This picture is cut off: the end of the file is missing.")
TOO_LARGE = N_("It has 100 MB or more, too much for one photo. Save it smaller.")
MAX_BLOCKS = 100_000  # segments or chunks of one file; a hostile one can have millions
MAX_PIXELS = 89_000_000  # more is a decompression bomb to the decoders (Pillow's own first limit)
MAX_PROFILE_BYTES = 16 << 20  # a larger colour profile is none: printers' tables have 2 MB


_BUFFER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Span:
    """A run of bytes of the source file."""

    offset: int
    length: int


Part = Span | bytes  # bytes of the file, or bytes that stand in their place


@dataclass(frozen=True, slots=True)
class Colours:
    """What a file says about its colours, apart from a profile (PNG, third edition: 11.3.2).

    `gamma` is gAMA's value times 100,000; `corners` are cHRM's eight: x and y of white, red, green and blue,
    times 100,000; `codes` are cICP's primaries and transfer (ITU-T H.273). 0 and empty when not said.
    """

    srgb: bool = False
    gamma: int = 0
    corners: tuple[int, ...] = ()
    codes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What a format reader found. Width and height are as stored, before the orientation (1 to 8) is applied.

    `parts` is the file without its metadata, every pixel and colour kept, `bare_parts` the same without the
    colour profile; both are empty after a quick look at a JPEG. `lossless` tells a WebP (or PNG) that
    loses nothing from one that does. `channels` is 1 for grey, 3, or 4 for CMYK, `depth` the bits of each.
    `alpha` is True when parts may be transparent; `clear` is PNG's tRNS. `profile` is the colour profile, and
    `profile_trouble` why it cannot be used, as `core.conversions` names it. `exif` is the TIFF block in it.
    """

    image_format: str  # "JPEG", "PNG", "WEBP"
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
    refused: bool = False  # beside the picture stand chunks for which decoders refuse all of it
    late: bool = False  # chunks of a PNG are met only when it is decoded: behind its pixels, or an animation's
    short_palette: bool = False  # an index may be beyond it, where each decoder puts another colour


class BrokenPictureError(DatasetError):
    """Tell in one sentence why a picture cannot be used."""


class NotAPictureError(BrokenPictureError):
    """Tell that a file does not begin like any picture that is taken."""


class EndlessPictureError(BrokenPictureError):
    """Tell that decoding would take longer than anybody expects of such a file."""


def cut_off() -> BrokenPictureError:
    """Return the error for a file whose end is missing."""
    return BrokenPictureError(CUT_OFF.message)


def damaged() -> BrokenPictureError:
    """Return the error for a file that breaks its format's rules."""
    return BrokenPictureError(_("This picture is damaged and cannot be read."))


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Read exactly `length` bytes, or raise BrokenPictureError because the file ends before."""
    file.seek(offset)
    data = file.read(length)
    if len(data) < length:
        raise cut_off()
    return data


def joined(parts: list[Part]) -> tuple[Part, ...]:
    """Merge spans that touch and literals that follow each other; empty ones vanish."""
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
    """Open parts of a file as if they were a file of their own, so that a decoder sees nothing else."""
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

"""How a picture file is built: the answer of the three format readers, and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from segmind_studio.core.errors import DatasetError

CUT_OFF = "This picture is cut off: the end of the file is missing."
MAX_BLOCKS = 100_000  # segments or chunks of one file; a hostile one can have millions


@dataclass(frozen=True, slots=True)
class Span:
    """A run of bytes of the source file."""

    offset: int
    length: int


Part = Span | bytes  # bytes of the file, or bytes that stand in their place


@dataclass(frozen=True, slots=True)
class Layout:
    """What a format reader found. Width and height are as stored, before EXIF orientation.

    `parts` is the file without its metadata, every pixel and colour kept; empty after a quick look.
    `lossless` tells a WebP (or PNG) that loses nothing from one that does.
    """

    image_format: str  # "JPEG", "PNG", "WEBP"
    width: int
    height: int
    orientation: int = 1
    parts: tuple[Part, ...] = ()
    lossless: bool = False


class BrokenPictureError(DatasetError):
    """Tell in one sentence why a picture cannot be used."""


def cut_off() -> BrokenPictureError:
    """Give the error for a file whose end is missing."""
    return BrokenPictureError(CUT_OFF)


def damaged() -> BrokenPictureError:
    """Give the error for a file that breaks its format's rules."""
    return BrokenPictureError("This picture is damaged and cannot be read.")


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
    """Give the number of bytes of a part."""
    return len(part) if isinstance(part, bytes) else part.length

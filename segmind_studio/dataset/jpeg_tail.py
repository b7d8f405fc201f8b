"""Find what hides between a JPEG's picture and its end mark: a lost end mark makes anything part of the picture.

Where the coded data ends is known to nobody but a decoder. So the last bytes are looked at first: coded data is as
good as random. Only if they are not, a decoder is given all but the last byte. When it has finished the last row
without that byte, the picture ended before.
"""

from __future__ import annotations

import os
from contextlib import suppress
from io import BytesIO
from typing import BinaryIO

from segmind_studio.dataset.layout import Layout, opened_parts

_END = 2  # bytes of the end mark
_FILLED = 64 * 1024
_LOOKED_AT = 2048  # one in 3000 pictures has no FF in so many bytes
_PLAIN = 8  # one in 256 pictures has no byte above 127 in so many
_WORDS = 24  # no picture ends in so many printable characters
_DISTINCT = 6
_ASCII, _SPACE = 0x80, 0x20


def has_tail(file: BinaryIO, layout: Layout) -> bool:
    """Return whether bytes that are no part of the picture stand before its end mark; the layout is a whole one.

    Less than about ten bytes are not found, and bytes of one value do not count: some cameras fill a block up
    with them. Of a progressive picture, which no decoder shows before its end mark, only words are found.
    """
    with opened_parts(file, layout.bare_parts) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _END - _FILLED))
        last = stream.read()[:-_END]
        filled = len(last) - len(last.rstrip(last[-1:]))
        last = last[: len(last) - filled][-_LOOKED_AT:]
        if layout.progressive:
            words = last[-_WORDS:]
            return len(set(words)) >= _DISTINCT and all(_SPACE <= byte < _ASCII for byte in words)
        if max(last[-_PLAIN:], default=0) >= _ASCII and b"\xff" in last:
            return False
        return bool(last) and _ends_early(stream, size - _END - filled - 1)


def _ends_early(stream: BinaryIO, size: int) -> bool:
    """Decode the first `size` bytes and tell whether the last row came out as it does from the whole file."""
    stream.seek(0)
    early = _last_row(BytesIO(stream.read(size)))
    if not early.strip(b"\0"):
        return False  # it did not come out, or it is black and nobody can tell
    stream.seek(0)
    return early == _last_row(stream)


def _last_row(stream: BinaryIO) -> bytes:
    """Return the last row as far as it can be decoded; one that cannot is black, as a new picture is."""
    from PIL import Image  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    try:
        with Image.open(stream, formats=("JPEG",)) as image:
            with suppress(OSError):  # cut off: what was decoded stays
                image.load()
            image.tile = []  # so that it is not decoded again
            return image.crop((0, image.height - 1, image.width, image.height)).tobytes()
    except (OSError, SyntaxError, ValueError, TypeError):
        return b""  # it is damaged, and found to be so elsewhere

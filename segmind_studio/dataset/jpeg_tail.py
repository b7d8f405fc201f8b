"""Find foreign bytes between a JPEG's image data and its end marker, such as those after a lost end marker.

Only a decoder knows where the coded data ends. So the last bytes are examined first: coded data looks random. Only
if they do not, a decoder gets all but the last byte. If it finishes the last row without that byte, the image
ended before.
"""

from __future__ import annotations

import os
from contextlib import suppress
from io import BytesIO
from typing import BinaryIO

from segmind_studio.dataset.layout import Layout, opened_parts

_END = 2  # bytes of the end marker
_FILLED = 64 * 1024
_LOOKED_AT = 2048  # one in 3000 pictures has no FF in so many bytes
_PLAIN = 8  # one in 256 pictures has no byte above 127 in so many
_WORDS = 24  # no picture ends in so many printable characters
_DISTINCT = 6
_ASCII, _SPACE = 0x80, 0x20


def has_tail(file: BinaryIO, layout: Layout) -> bool:
    """Return whether foreign bytes are before the end marker; the layout must have been read completely.

    Fewer than about ten bytes are not found, and bytes of one value are ignored: some cameras pad a block with
    them. In a progressive image, which decoders show only at its end marker, only text is found.
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
    """Decode the first `size` bytes and return whether the last row is the same as from the whole file."""
    stream.seek(0)
    early = _last_row(BytesIO(stream.read(size)))
    if not early.strip(b"\0"):
        return False  # it was not decoded, or it is black and cannot be compared
    stream.seek(0)
    return early == _last_row(stream)


def _last_row(stream: BinaryIO) -> bytes:
    """Return the last row as far as it can be decoded; undecoded rows are black, as in a new image."""
    from PIL import Image  # noqa: PLC0415  # 13 ms, not needed at the start of the app

    try:
        with Image.open(stream, formats=("JPEG",)) as image:
            with suppress(OSError):  # cut off: the decoded part remains
                image.load()
            image.tile = []  # so that it is not decoded again
            return image.crop((0, image.height - 1, image.width, image.height)).tobytes()
    except (OSError, SyntaxError, ValueError, TypeError):
        return b""  # it is damaged, which another check reports

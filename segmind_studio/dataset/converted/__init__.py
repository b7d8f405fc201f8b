"""Formats that a trainer does not read: each is converted for the archive, so only its header is needed here."""

from __future__ import annotations

from typing import BinaryIO

from segmind_studio.dataset.converted.bitmaps import GIF, is_bmp, read_bmp, read_gif
from segmind_studio.dataset.converted.heif import is_heif, read_heif
from segmind_studio.dataset.converted.tiff import TIFF, read_tiff
from segmind_studio.dataset.layout import Layout


def is_converted(head: bytes) -> bool:
    """Return by the first 16 bytes whether it may be a HEIF, AVIF, TIFF, BMP or GIF."""
    return head.startswith((*GIF, *TIFF)) or is_bmp(head) or is_heif(head)


def read_converted(file: BinaryIO, size: int, head: bytes) -> Layout:
    """Return the layout of a file for which `is_converted` is True, or raise BrokenImageError.

    Reads headers only. `parts` and `bare_parts` are the whole file: nothing of it is sent as it is.
    """
    if head.startswith(TIFF):
        return read_tiff(file, size)
    if head.startswith(GIF):
        return read_gif(file, size)
    return read_bmp(file, size) if is_bmp(head) else read_heif(file, size)

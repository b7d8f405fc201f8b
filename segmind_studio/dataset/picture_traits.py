"""Measure a picture's focus, noise, exposure and colours, and look whether its file says where it was taken."""

from __future__ import annotations

import os
import struct
from itertools import accumulate
from pathlib import Path

from PIL import Image, ImageFilter

from segmind_studio.core.errors import StudioError
from segmind_studio.core.picture_traits import PictureTraits
from segmind_studio.dataset.files import open_regular
from segmind_studio.dataset.strip import layout_of

_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
# Immerkær, Fast Noise Variance Estimation, 1996: blind to edges and slopes
_NOISE = ImageFilter.Kernel((3, 3), (1, -2, 1, -2, 4, -2, 1, -2, 1), scale=1, offset=128)
_STRENGTH = [abs(value - 128) for value in range(256)]
_BLOCK = 24  # pixels
_GREY_SIDE = 64  # pixels: enough to find a cut-out of half of the picture
_SHARPEST, _CALMEST = 0.95, 0.20  # of the blocks
_LEVELS = (0.02, 0.05, 0.95, 0.98)
_GPS, _LATITUDE = 0x8825, 2
_XMP_PLACE = b"exif:GPSLatitude"
_SEARCHED = 256 * 1024  # bytes at each end of a file
_ENTRY = 12
_HEADERS = {b"II*\0": "<", b"MM\0*": ">"}
_MOST_ENTRIES = 1000


def traits_of(grey: Image.Image, colours: bytes, *, placed: bool = False) -> PictureTraits:
    """Measure a grey picture of at least 3 by 3 pixels; `colours` and `placed` are as in `PictureTraits`."""
    edges, noise = (_blocks(grey, kernel) for kernel in (_EDGES, _NOISE))
    histogram = list(accumulate(grey.histogram()))
    low, dark, bright, high = (
        next(level for level, count in enumerate(histogram) if count >= share * histogram[-1]) for share in _LEVELS
    )
    focus = 100 * edges[int(_SHARPEST * (len(edges) - 1))] / max(1, high - low)
    small = grey.copy()
    small.thumbnail((_GREY_SIDE, _GREY_SIDE), Image.Resampling.BOX)
    return PictureTraits(
        focus, noise[int(_CALMEST * (len(noise) - 1))], (low, dark, bright, high), colours, placed,
        small.tobytes(), small.width,
    )


def _blocks(grey: Image.Image, kernel: ImageFilter.Kernel) -> list[float]:
    """Return the mean strength of what the kernel finds in each block, sorted."""
    width, height = grey.size
    found = grey.filter(kernel).point(_STRENGTH).crop((1, 1, width - 1, height - 1))  # the border is not filtered
    size = (max(1, width // _BLOCK), max(1, height // _BLOCK))
    means = found.convert("F").resize(size, Image.Resampling.BOX)  # with fractions: of blurred ones all are small
    return sorted(struct.unpack(f"={size[0] * size[1]}f", means.tobytes()))


def says_place(path: Path) -> bool:
    """Return whether a file holds a place (GPS) in EXIF, or in an XMP packet near its beginning or end.

    False for one that cannot be read. Reads headers and at most half a megabyte more.
    """
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if _in_exif(layout_of(file, size, whole=False).exif):
                return True
            file.seek(0)
            if _XMP_PLACE in file.read(_SEARCHED):
                return True
            file.seek(max(0, size - _SEARCHED))
            return _XMP_PLACE in file.read(_SEARCHED)
    except (StudioError, OSError, ValueError):
        return False


def _in_exif(tiff: bytes) -> bool:
    """Return whether the GPS block of EXIF has a latitude (Exif 2.32, 4.6.6)."""
    order = _HEADERS.get(tiff[:4])
    if order is None:
        return False
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        gps = _value_of(tiff, order, first, _GPS)
        return gps is not None and _value_of(tiff, order, gps, _LATITUDE) is not None
    except struct.error:
        return False


def _value_of(tiff: bytes, order: str, start: int, wanted: int) -> int | None:
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for place in range(start + 2, start + 2 + _ENTRY * min(count, _MOST_ENTRIES), _ENTRY):
        tag, _kind, _count, value = struct.unpack_from(order + "HHII", tiff, place)
        if tag == wanted:
            return int(value)
    return None

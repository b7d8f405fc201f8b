"""Measure a photo as training sees it: fingerprint, sharpness, noise, exposure and colours.

Also look whether its file says where it was taken. Without Qt: the window and the command line find the same.
"""

from __future__ import annotations

import os
import struct
from itertools import accumulate
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

from segmind_studio.core.datasets import WHITE
from segmind_studio.core.errors import StudioError
from segmind_studio.core.likeness import MEASURED_SIDE, PictureMeasures
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.core.picture_traits import PictureTraits
from segmind_studio.dataset.conversion import Pixels, screen_pixels
from segmind_studio.dataset.edits import edited_pixels
from segmind_studio.dataset.files import open_regular
from segmind_studio.dataset.layout import BrokenImageError
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
_COARSE = 4  # places on each side of a picture whose mean colours are kept
_LEAST_SIDE = 3  # pixels
_MOST_PIXELS = MEASURED_SIDE**2
_HEADERS = {b"II*\0": "<", b"MM\0*": ">"}
_MOST_ENTRIES = 1000


def measures_of(path: Path, edit: PhotoEdit = NO_EDIT) -> PictureMeasures | None:
    """Return the measures of a photo with its edit; None when it cannot be decoded. For any thread, blocks."""
    pixels = _pixels_of(path, edit)
    if pixels is None:
        return None
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    return measured(image, placed=says_place(path))


def measured(image: Image.Image, *, placed: bool = False) -> PictureMeasures:
    """Return the measures of an RGB picture of at most `MEASURED_SIDE`; `placed` is as in `PictureTraits`."""
    grey = image.convert("L")
    small = grey.resize((9, 8), Image.Resampling.BOX)
    mirror = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    sharpness = ImageStat.Stat(grey.filter(_EDGES)).var[0]
    colours = image.resize((_COARSE, _COARSE), Image.Resampling.BOX).tobytes()
    traits = traits_of(grey, colours, placed=placed) if min(grey.size) >= _LEAST_SIDE else None
    return PictureMeasures(
        _fingerprint(small.tobytes()), _fingerprint(mirror.tobytes()), sharpness, _look(colours), traits,
    )


def _pixels_of(path: Path, edit: PhotoEdit) -> Pixels | None:
    if edit:
        return edited_pixels(path, edit, WHITE, MEASURED_SIDE, _MOST_PIXELS)
    try:
        with path.open("rb") as file:
            layout = layout_of(file, os.fstat(file.fileno()).st_size, whole=False)
    except (OSError, ValueError, BrokenImageError):
        return None
    scale = min(1.0, MEASURED_SIDE / max(layout.width, layout.height))
    size = max(1, round(layout.width * scale)), max(1, round(layout.height * scale))
    return screen_pixels(path, layout, size, smooth=True)


def _look(colours: bytes) -> bytes:
    """Return brightness and colours of these places, the same for the mirrored picture."""
    coarse = Image.frombytes("RGB", (_COARSE, _COARSE), colours).convert("YCbCr")
    mirror = coarse.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    left = (0, 0, _COARSE // 2, _COARSE)
    middle, apart = Image.blend(coarse, mirror, 0.5).crop(left), ImageChops.difference(coarse, mirror).crop(left)
    return middle.tobytes() + apart.tobytes()


def _fingerprint(pixels: bytes) -> int:
    bits = 0
    for row in range(0, 72, 9):
        for place in range(row, row + 8):
            bits = bits << 1 | (pixels[place] > pixels[place + 1])
    return bits


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

"""Apply a person's edit of a photo to its pixels, for the archive and for the window alike."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from segmind_studio.core.photo_edits import PhotoEdit, crop_box, edited_size, straightened_size, turned_size
from segmind_studio.dataset.conversion import Pixels, rendered
from segmind_studio.dataset.exif import displayed
from segmind_studio.dataset.layout import BrokenImageError
from segmind_studio.dataset.strip import layout_of

if TYPE_CHECKING:
    from PIL.Image import Image

_FINER = 2  # a small picture is cut from one this many times larger, so that its edges lie where they belong
_SMALL = 1_000_000  # pixels; up to here, decoding all of it takes no longer
Size = tuple[int, int]


def edited(image: Image, edit: PhotoEdit) -> Image:
    """Return an upright image with the edit. One that is only turned and cropped keeps its mode and its pixels."""
    return _cut(_turned(image, edit), image.size, edit, edited_size(*image.size, edit))


def edited_pixels(path: Path, edit: PhotoEdit, background: str, side: int, most: int) -> Pixels | None:
    """Return an edited photo for the window within `side` pixels (0: whole), None when it cannot be decoded.

    A whole one has at most `most` pixels. Blocks, for any thread.
    """
    try:
        with path.open("rb") as file:
            layout = layout_of(file, file.seek(0, os.SEEK_END), whole=True)
            upright = displayed(layout.width, layout.height, layout.orientation)
            whole = edited_size(*upright, edit)
            scale = min(1.0, side / max(whole) if side else math.sqrt(most / (whole[0] * whole[1])))
            size = max(1, round(whole[0] * scale)), max(1, round(whole[1] * scale))
            finer = max(scale * _FINER, math.sqrt(_SMALL / (layout.width * layout.height)))
            decoded = None if finer >= 1 else (
                max(1, round(layout.width * finer)), max(1, round(layout.height * finer)),
            )
            image = _cut(_turned(rendered(file, layout, background, decoded), edit), upright, edit, size)
    except (OSError, BrokenImageError):
        return None
    return Pixels(*size, image.tobytes())


def _turned(image: Image, edit: PhotoEdit) -> Image:
    from PIL.Image import Transpose  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    way = {
        (1, False): Transpose.ROTATE_270, (2, False): Transpose.ROTATE_180, (3, False): Transpose.ROTATE_90,
        (0, True): Transpose.FLIP_LEFT_RIGHT, (1, True): Transpose.TRANSPOSE, (2, True): Transpose.FLIP_TOP_BOTTOM,
        (3, True): Transpose.TRANSVERSE,
    }.get((edit.turns, edit.mirrored))
    return image if way is None else image.transpose(way)


def _cut(image: Image, upright: Size, edit: PhotoEdit, size: Size) -> Image:
    """Straighten and crop a turned image to `size`; it may be a smaller decoding of a photo of size `upright`."""
    from PIL.Image import Resampling  # noqa: PLC0415  # as above

    box = crop_box(*upright, edit)
    wide, high = turned_size(*upright, edit)
    scale_x, scale_y = image.width / wide, image.height / high
    if edit.angle:
        image = _straightened(image, upright, edit, (scale_x, scale_y))
    elif image.size == (wide, high) and size == (box[2] - box[0], box[3] - box[1]):
        return image.crop(box)
    else:
        edges = (box[0] * scale_x, box[1] * scale_y, box[2] * scale_x, box[3] * scale_y)
        return image.resize(size, Resampling.BOX, edges)
    return image if image.size == size else image.resize(size, Resampling.BOX)


def _straightened(image: Image, upright: Size, edit: PhotoEdit, scale: tuple[float, float]) -> Image:
    """Return the cropped part, turned by the small angle round the middle, at its scale."""
    from PIL.Image import Resampling, Transform  # noqa: PLC0415  # as above

    left, top, right, bottom = crop_box(*upright, edit)
    frame = straightened_size(*upright, edit)
    size = max(1, round((right - left) * scale[0])), max(1, round((bottom - top) * scale[1]))
    step_x, step_y = (right - left) / size[0], (bottom - top) / size[1]  # photo pixels for one here
    across, along = math.cos(math.radians(edit.angle)), math.sin(math.radians(edit.angle))
    x, y = left - frame[0] / 2, top - frame[1] / 2  # from the middle
    rows = (
        across * step_x * scale[0], along * step_y * scale[0],
        image.width / 2 + (across * x + along * y) * scale[0],
        -along * step_x * scale[1], across * step_y * scale[1],
        image.height / 2 + (across * y - along * x) * scale[1],
    )
    return image.transform(size, Transform.AFFINE, rows, Resampling.BICUBIC)

"""Guess which part of a photo shows its subject, from edges and from colours unlike those at the border.

No model: a proposal that a person looks at.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segmind_studio.core.photo_edits import WHOLE_PICTURE, Crop, PhotoEdit, rounded_crop
from segmind_studio.dataset.edits import edited_pixels

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE = 192  # pixels: enough for the outline of a subject
_RING = 0.06  # of a side: taken as the background
_TAIL = 0.006  # of all that stands out, left out at each end
_PAD = 0.05  # of a side, round what was found
_HEADROOM = 0.12  # of the height, above it: hair and hats differ less from what is behind than faces do
_MOST_OF_IT = 0.6  # of the area: a proposal that leaves out less cuts off more than it gains
_MOST = 1_000_000


def subject_of(path: Path, edit: PhotoEdit, background: str) -> Crop | None:
    """Return the part of the turned and straightened photo that stands out, None when it cannot be decoded.

    The edit's own crop does not matter. Blocks, for any thread.
    """
    from PIL import Image  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    pixels = edited_pixels(path, edit.uncropped(), background, _SIDE, _MOST)
    if pixels is None:
        return None
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    return standing_out(image)


def standing_out(image: Image) -> Crop:
    """Return the part of an RGB image that stands out; the whole image when nothing does."""
    from PIL import Image, ImageChops, ImageFilter, ImageStat  # noqa: PLC0415  # as above

    wide, high = image.size
    smooth = image.filter(ImageFilter.GaussianBlur(1))
    apart = None
    for colour in _border_colours(smooth):
        difference = ImageChops.difference(smooth, Image.new("RGB", image.size, colour)).split()
        here = ImageChops.lighter(ImageChops.lighter(difference[0], difference[1]), difference[2])
        apart = here if apart is None else ImageChops.darker(apart, here)
    edges = smooth.convert("L").filter(ImageFilter.FIND_EDGES)
    inner = (2, 2, max(3, wide - 2), max(3, high - 2))  # the filter leaves the border as it is
    framed = Image.new("L", image.size)
    framed.paste(edges.crop(inner), inner[:2])
    both = ImageChops.add(framed, apart or framed)
    both = both.filter(ImageFilter.GaussianBlur(max(image.size) / 48))
    middle = Image.radial_gradient("L").resize(image.size).point([max(60, 255 - value) for value in range(256)])
    both = ImageChops.multiply(both, middle)
    floor = ImageStat.Stat(both).mean[0]
    both = both.point([max(0, round(value - floor)) for value in range(256)])
    left, right = _ends(both.resize((wide, 1), Image.Resampling.BOX))
    top, bottom = _ends(both.resize((1, high), Image.Resampling.BOX))
    found = rounded_crop(left - _PAD, top - _HEADROOM, right + _PAD, bottom + _PAD)
    return found if found.width * found.height < _MOST_OF_IT else WHOLE_PICTURE


def _border_colours(image: Image) -> list[tuple[int, ...]]:
    """Return the mean colours of the four borders."""
    from PIL import ImageStat  # noqa: PLC0415  # as above

    wide, high = image.size
    x, y = max(1, round(wide * _RING)), max(1, round(high * _RING))
    boxes = ((0, 0, wide, y), (0, high - y, wide, high), (0, 0, x, high), (wide - x, 0, wide, high))
    return [tuple(round(value) for value in ImageStat.Stat(image.crop(box)).mean) for box in boxes]


def _ends(line: Image) -> tuple[float, float]:
    """Return between which fractions of a line nearly all of its light lies; (0, 1) for a dark one."""
    values = line.tobytes()
    total = sum(values)
    if not total:
        return 0.0, 1.0
    first, last = 0, len(values)
    gone = 0
    for place, value in enumerate(values):
        gone += value
        if gone <= total * _TAIL:
            first = place + 1
        if gone >= total * (1 - _TAIL):
            last = place + 1
            break
    return first / len(values), max(last, first + 1) / len(values)

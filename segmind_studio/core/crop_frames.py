"""Move and resize a crop, free or in a ratio. Fractions in, fractions out; nothing is drawn here.

A `shape` is the width of the wanted crop divided by its height, both as fractions of the picture: 1.5 for 3:2 in a
square picture. `shape_of` makes it of a ratio in pixels. None means free.
"""

from __future__ import annotations

from math import ceil

from segmind_studio.core.datasets import EXTREME_ASPECT, SMALL_SIDE_PIXELS
from segmind_studio.core.photo_edits import WHOLE_PICTURE, Crop, rounded_crop
from segmind_studio.record import record

LEAST = 0.02  # of the width and of the height: a smaller crop cannot be grasped
_TALL = ((1, 1), (2, 3), (3, 4), (4, 5), (9, 16))
RATIOS = (*_TALL, *((high, wide) for wide, high in _TALL[1:]))  # width and height


@record
class Handle:
    """A place where a crop is grasped: -1 is the left or the top edge, 1 the right or the bottom, 0 neither."""

    across: int
    down: int


INSIDE = Handle(0, 0)  # moves it
HANDLES = tuple(Handle(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y)


def shape_of(ratio: tuple[int, int], size: tuple[int, int]) -> float:
    """Return the shape of a crop with this ratio in a picture of this size in pixels."""
    return ratio[0] * size[1] / (ratio[1] * size[0])


def moved(crop: Crop, x: float, y: float) -> Crop:
    """Return the crop moved as far as the picture allows; its size stays."""
    x = min(max(x, -crop.left), 1 - crop.right)
    y = min(max(y, -crop.top), 1 - crop.bottom)
    return rounded_crop(crop.left + x, crop.top + y, crop.right + x, crop.bottom + y)


def resized(crop: Crop, handle: Handle, x: float, y: float, shape: float | None = None) -> Crop:
    """Return the crop with the grasped edges moved; the opposite ones stay, or the middle of an edge alone."""
    if handle == INSIDE:
        return moved(crop, x, y)
    width = crop.width + handle.across * x
    height = crop.height + handle.down * y
    if shape is not None:
        if not handle.across or (handle.down and height * shape > width):
            width = height * shape
        height = width / shape
    room_x = _room(crop.left, crop.right, handle.across)
    room_y = _room(crop.top, crop.bottom, handle.down)
    width, height = _bounded(width, height, room_x, room_y, shape)
    left, right = _placed(crop.left, crop.right, handle.across, width)
    top, bottom = _placed(crop.top, crop.bottom, handle.down, height)
    return rounded_crop(left, top, right, bottom)


def centred(shape: float | None, middle: tuple[float, float] = (0.5, 0.5)) -> Crop:
    """Return the largest crop of this shape, round `middle` as far as the picture allows."""
    if shape is None:
        return WHOLE_PICTURE
    width, height = min(1.0, shape), min(1.0, 1 / shape)
    left = min(max(middle[0] - width / 2, 0.0), 1 - width)
    top = min(max(middle[1] - height / 2, 0.0), 1 - height)
    return rounded_crop(left, top, left + width, top + height)


def reshaped(crop: Crop, shape: float | None) -> Crop:
    """Return a crop of this shape with about the same area and the same middle, inside the picture."""
    if shape is None:
        return crop
    area = crop.width * crop.height
    width, height = _bounded((area * shape) ** 0.5, (area / shape) ** 0.5, 1.0, 1.0, shape)
    return _round(crop, width, height)


def holding(crop: Crop, shape: float | None) -> Crop:
    """Return the smallest crop of this shape that holds all of `crop`, or as much of it as the picture allows."""
    if shape is None:
        return crop
    width = max(crop.width, crop.height * shape)
    return _round(crop, *_bounded(width, width / shape, 1.0, 1.0, shape))


def widened(crop: Crop, size: tuple[int, int]) -> Crop:
    """Return the smallest crop round this one that no check calls small or long, in a picture of this size.

    Of a picture that is itself smaller or longer, it is no smaller or longer than that.
    """
    least, longest = min(SMALL_SIDE_PIXELS, *size), max(EXTREME_ASPECT, max(size) / min(size))
    wide, high = max(crop.width * size[0], least), max(crop.height * size[1], least)
    wide, high = max(wide, high / longest), max(high, wide / longest)
    left, width = _spread(crop.left, crop.right, wide, size[0])
    top, height = _spread(crop.top, crop.bottom, high, size[1])
    return rounded_crop(left / size[0], top / size[1], (left + width) / size[0], (top + height) / size[1])


def _spread(low: float, high: float, length: float, side: int) -> tuple[int, int]:
    """Return start and length in whole pixels of a span of at least this length round a part of a side."""
    pixels = min(side, ceil(round(length, 1)))  # an edge is stored to a tenth of a pixel
    return min(max(0, round((low + high) / 2 * side - pixels / 2)), side - pixels), pixels


def warned_of(crop: Crop, size: tuple[int, int]) -> bool:
    """Return whether a check calls this part of a picture small or long, though not the whole picture."""
    wide, high = round(crop.width * size[0]), round(crop.height * size[1])
    return min(wide, high) < min(SMALL_SIDE_PIXELS, *size) or (
        max(wide, high) > EXTREME_ASPECT * min(wide, high) and max(size) <= EXTREME_ASPECT * min(size)
    )


def in_whole_pixels(crop: Crop, ratio: tuple[int, int], size: tuple[int, int]) -> Crop:
    """Return the crop with edges between pixels, so that 1:1 is a square also in pixels; as near as they allow."""
    wide, high = size
    width = min(wide, max(1, round(crop.width * wide)))
    height = min(high, max(1, round(width * ratio[1] / ratio[0])))
    left = min(round(crop.left * wide), wide - width)
    top = min(round(crop.top * high), high - height)
    return rounded_crop(left / wide, top / high, (left + width) / wide, (top + height) / high)


def _round(crop: Crop, width: float, height: float) -> Crop:
    left = min(max((crop.left + crop.right - width) / 2, 0.0), 1 - width)
    top = min(max((crop.top + crop.bottom - height) / 2, 0.0), 1 - height)
    return rounded_crop(left, top, left + width, top + height)


def _room(low: float, high: float, side: int) -> float:
    """Return how long a side can become."""
    if side:
        return 1 - low if side > 0 else high
    return min(low + high, 2 - low - high)  # both of its ends move


def _bounded(
    width: float, height: float, room_x: float, room_y: float, shape: float | None
) -> tuple[float, float]:
    if shape is None:
        return min(max(width, LEAST), room_x), min(max(height, LEAST), room_y)
    width = max(width, LEAST, LEAST * shape)
    width = min(width, room_x, room_y * shape)
    return width, width / shape


def _placed(low: float, high: float, side: int, length: float) -> tuple[float, float]:
    if side:
        return (low, low + length) if side > 0 else (high - length, high)
    middle = (low + high) / 2
    return middle - length / 2, middle + length / 2

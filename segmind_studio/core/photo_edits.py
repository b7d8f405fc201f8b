"""What a person does to one photo before training: turn, mirror, straighten, crop. Values and geometry only.

The file is never written. An edit is applied to the upright picture in this order: quarter turns, mirror, the
small angle, crop. A straightened picture is cut to the largest rectangle of its own shape that has no empty
corner, so it has no pixel that was not photographed; the crop is a part of that rectangle.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import cast

from segmind_studio.record import record

QUARTERS = 4
MAX_ANGLE = 45.0  # degrees; more is a quarter turn and less than that
USED_PIXELS = 1_000_000  # a photo is used at about this size
_PLACES = 6  # digits of a fraction: a tenth of a pixel of the largest picture


@record
class Crop:
    """A part of a picture, each edge as a fraction of its width or height. ValueError when empty or outside."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def __post_init__(self) -> None:
        if not (0.0 <= self.left < self.right <= 1.0 and 0.0 <= self.top < self.bottom <= 1.0):
            raise ValueError(self)

    @property
    def width(self) -> float:
        """Return the width as a fraction."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the height as a fraction."""
        return self.bottom - self.top

    def turned_right(self) -> Crop:
        """Return the same part after a quarter turn clockwise."""
        return rounded_crop(1 - self.bottom, self.left, 1 - self.top, self.right)

    def mirrored(self) -> Crop:
        """Return the same part after left and right change places."""
        return rounded_crop(1 - self.right, self.top, 1 - self.left, self.bottom)


WHOLE_PICTURE = Crop()


@record
class PhotoEdit:
    """What is done to one photo; the default is nothing. ValueError when a value is out of range.

    `turns` are quarter turns clockwise, 0 to 3; `mirrored` is left to right, after the turns; `angle` is in
    degrees clockwise, at most 45 to each side.
    """

    turns: int = 0
    mirrored: bool = False
    angle: float = 0.0
    crop: Crop = WHOLE_PICTURE

    def __post_init__(self) -> None:
        if self.turns not in range(QUARTERS) or not -MAX_ANGLE <= self.angle <= MAX_ANGLE:
            raise ValueError(self)

    def __bool__(self) -> bool:
        return self is not NO_EDIT and self != NO_EDIT

    @property
    def cropped(self) -> bool:
        """Return whether a part is cut away by hand."""
        return self.crop != WHOLE_PICTURE

    def turned(self, quarters: int) -> PhotoEdit:
        """Return the edit with what is seen turned clockwise by so many quarters; the crop turns along."""
        crop = self.crop
        for _quarter in range(quarters % QUARTERS):
            crop = crop.turned_right()
        way = -quarters if self.mirrored else quarters  # the mirror comes after the turn
        return replace(self, turns=(self.turns + way) % QUARTERS, crop=crop)

    def flipped(self) -> PhotoEdit:
        """Return the edit with what is seen mirrored left to right."""
        return replace(self, mirrored=not self.mirrored, angle=-self.angle or 0.0, crop=self.crop.mirrored())

    def uncropped(self) -> PhotoEdit:
        """Return the edit without its crop."""
        return replace(self, crop=WHOLE_PICTURE)


NO_EDIT = PhotoEdit()


def rounded_crop(left: float, top: float, right: float, bottom: float) -> Crop:
    """Return a crop with its edges moved into the picture, rounded as they are stored. ValueError when empty."""
    return Crop(*(round(min(max(edge, 0.0), 1.0), _PLACES) + 0.0 for edge in (left, top, right, bottom)))


def edit_values(edit: PhotoEdit) -> list[int | float]:
    """Return an edit as plain numbers: turns, 1 when mirrored, the angle, and the edges of the crop."""
    crop = edit.crop
    return [edit.turns, int(edit.mirrored), edit.angle, crop.left, crop.top, crop.right, crop.bottom]


def edit_with_values(values: object) -> PhotoEdit:
    """Return the edit that `edit_values` wrote; ValueError for anything else."""
    try:
        turns, mirrored, *numbers = cast("list[float]", values)
        angle, *edges = (float(number) for number in numbers)
        return PhotoEdit(_whole(turns), bool(_whole(mirrored)), angle, Crop(*edges))
    except TypeError as error:
        raise ValueError(str(error)) from error


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(value)  # bad data, not a bad call
    return value


def turned_size(width: int, height: int, edit: PhotoEdit) -> tuple[int, int]:
    """Return the size in pixels after the quarter turns."""
    return (height, width) if edit.turns % 2 else (width, height)


def straightened_size(width: int, height: int, edit: PhotoEdit) -> tuple[int, int]:
    """Return the size in pixels of the turned and straightened picture, of which the crop is a part."""
    wide, high = turned_size(width, height, edit)
    if not edit.angle or not wide or not high:
        return wide, high
    across, along = abs(math.cos(math.radians(edit.angle))), abs(math.sin(math.radians(edit.angle)))
    scale = min(wide / (wide * across + high * along), high / (wide * along + high * across))
    return max(1, math.floor(wide * scale)), max(1, math.floor(high * scale))


def crop_box(width: int, height: int, edit: PhotoEdit) -> tuple[int, int, int, int]:
    """Return the crop's edges (left, top, right, bottom) in pixels of the straightened picture, never empty."""
    wide, high = straightened_size(width, height, edit)
    left, right = _span(edit.crop.left, edit.crop.right, wide)
    top, bottom = _span(edit.crop.top, edit.crop.bottom, high)
    return left, top, right, bottom


def edited_size(width: int, height: int, edit: PhotoEdit) -> tuple[int, int]:
    """Return the exact size in pixels of the edited photo; `width` and `height` are those of the upright one."""
    if edit is NO_EDIT or not width or not height:  # the usual case, asked for each photo that is painted
        return width, height
    left, top, right, bottom = crop_box(width, height, edit)
    return right - left, bottom - top


def used_size(width: int, height: int) -> tuple[int, int]:
    """Return about the size at which training uses a picture: its shape at one megapixel, never larger than it."""
    if width * height <= USED_PIXELS:
        return width, height
    scale = math.sqrt(USED_PIXELS / (width * height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def below_used_size(width: int, height: int) -> bool:
    """Return whether training has to enlarge a picture of this size."""
    return 0 < width * height < USED_PIXELS


def _span(low: float, high: float, pixels: int) -> tuple[int, int]:
    start = min(round(low * pixels), pixels - 1)
    return start, max(start + 1, round(high * pixels))

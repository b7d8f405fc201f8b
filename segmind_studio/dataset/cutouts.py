"""Find pictures that are cut out of another one, by comparing small grey copies.

The middle square of each picture is looked for in squares of all others, by fingerprints as in `core.likeness`;
what is near is then compared pixel by pixel, as a whole. A cut-out of less than half of the shorter side is not
found, and hardly one of an even texture. Skies and hills, all darker towards the ground, are alike as wholes: a
part must also have the contrast of its place, and be like it without the course of light in rows and columns.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from math import sqrt
from operator import mul
from typing import TypeVar

from PIL import Image

from segmind_studio.core.datasets import MEASURED_UNASKED
from segmind_studio.record import record

MOST_COMPARED = MEASURED_UNASKED  # pictures; among more, only those with related names are compared
_SIZES = (1.0, 0.88, 0.77, 0.68, 0.6, 0.53, 0.47)  # of the shorter side
_STEP = 0.14  # of a square's side, from one to the next
_NEAR_BITS = 20  # of 64: squares that may be the same
_NEAR_LIGHT = 14  # of 255: so much may their mean brightness differ
_TRIED = 4  # squares, the nearest ones
_COARSE = (10, 10)  # pixels, for the first comparison
_WORTH_A_LOOK = 0.6  # correlation of the first comparison
_SAME, _SURELY = 0.92, 0.97  # correlation of a cut-out with its place
_SAME_DETAIL = 0.7  # correlation without that course; unlike pictures reach 0.62, photographs have 0.9
_LEAST_DETAIL = 1.0  # of 255, standard deviation: less is noise
_MOST_CONTRAST = 1.33  # of a cut-out, by that of its place, or the other way round
_LEAST_SPREAD = 8.0  # of 255, standard deviation: less has nothing to compare
_LARGEST_PART = 0.88  # of the picture's area; more is a near duplicate
_COMPARED_SIDE = 20  # pixels
_FIRST_STEP, _LAST_STEP = 0.08, 0.01  # of a side
_WAYS = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))

K = TypeVar("K")
Box = tuple[float, float, float, float]


@record
class _Square:
    light: int
    fingerprint: int
    box: Box


def cutouts(
    pictures: Mapping[K, Image.Image], stopped: Callable[[], bool] = bool, compared: Collection[K] = (),
) -> Iterator[tuple[K, K]]:
    """Yield each picture (grey, of some 64 pixels) that is cut out of another, mirrored ones too, with that one.

    Each is compared with each, which takes seconds for MOST_COMPARED pictures: not for the GUI thread. Those that
    were `compared` with each other before are not compared again.
    """
    middles = {name: _middles(picture) for name, picture in pictures.items()}
    fresh = {name: both for name, both in middles.items() if name not in compared}
    for whole, picture in pictures.items():
        parts = fresh if whole in compared else middles
        if not parts:
            continue
        squares = sorted(_squares(picture), key=_light)
        lights = [square.light for square in squares]
        for name, both in parts.items():
            if stopped():  # at each: beside other work a picture takes seconds, and the app ends meanwhile
                return
            if name != whole and any(
                _found_in(part, square, squares, lights, picture) for part, square in both
            ):
                yield name, whole


def families(names: Mapping[K, str]) -> Iterator[list[K]]:
    """Yield what is to be compared with each other, of files with these names without their suffixes.

    All of at most MOST_COMPARED; of more only files named like another one with something behind it, as programs
    name what they cut out ("beach", "beach_crop", "beach (2)").
    """
    if len(names) <= MOST_COMPARED:
        yield list(names)
        return
    family: list[K] = []
    first = ""
    for name in sorted(names, key=lambda name: names[name].casefold()):
        stem = names[name].casefold()
        if not family or not stem.startswith(first) or len(family) == MOST_COMPARED:
            if len(family) > 1:
                yield family
            family, first = [], stem
        family.append(name)
    if len(family) > 1:
        yield family


def _light(square: _Square) -> int:
    return square.light


def _middles(picture: Image.Image) -> list[tuple[Image.Image, _Square]]:
    """Return a picture and its mirror image, each with its middle square; [] for one that is nearly blank."""
    if _centred(picture.tobytes()) is None:
        return []
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    mirrored = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return [(part, _square(part, box)) for part in (picture, mirrored)]


def _squares(picture: Image.Image) -> Iterator[_Square]:
    width, height = picture.size
    for size in _SIZES:
        side = size * min(width, height)
        step = _STEP * side
        for top in _places(height - side, step):
            for left in _places(width - side, step):
                yield _square(picture, (left, top, left + side, top + side))


def _places(room: float, step: float) -> list[float]:
    count = max(1, round(room / step) + 1) if room > 1 else 1
    return [room * place / max(1, count - 1) for place in range(count)]


def _square(picture: Image.Image, box: Box) -> _Square:
    pixels = picture.resize((9, 8), Image.Resampling.BOX, box).tobytes()
    bits = 0
    for row in range(0, 72, 9):
        for place in range(row, row + 8):
            bits = bits << 1 | (pixels[place] > pixels[place + 1])
    return _Square(sum(pixels) // 72, bits, box)


def _found_in(
    part: Image.Image, middle: _Square, squares: list[_Square], lights: list[int], whole: Image.Image,
) -> bool:
    first = bisect_left(lights, middle.light - _NEAR_LIGHT)
    last = bisect_right(lights, middle.light + _NEAR_LIGHT)
    wanted = middle.fingerprint
    near = [
        (bits, square.box) for square in squares[first:last]
        if (bits := (square.fingerprint ^ wanted).bit_count()) <= _NEAR_BITS
    ]
    if not near:
        return False
    coarse = _centred(part.resize(_COARSE, Image.Resampling.BOX, middle.box).tobytes())
    if coarse is None:
        return False
    fitting = [(_likeness(coarse, whole, box, _COARSE), box) for _bits, box in sorted(near)[:_TRIED]]
    likeness, box = max(fitting)
    return likeness >= _WORTH_A_LOOK and _same(part, box, whole)


def _same(part: Image.Image, square: Box, whole: Image.Image) -> bool:
    """Compare a whole cut-out with its place, which is moved and scaled until it fits best.

    Its middle square is about at `square`.
    """
    width, height = part.size
    shorter = min(width, height)
    ratio = _COMPARED_SIDE / max(width, height)
    size = (max(4, round(width * ratio)), max(4, round(height * ratio)))
    wanted = _centred(part.resize(size, Image.Resampling.BOX).tobytes())
    if wanted is None:
        return False

    def likeness(x: float, y: float, side: float) -> float:
        wide, high = side * width / shorter / 2, side * height / shorter / 2
        return _likeness(wanted, whole, (x - wide, y - high, x + wide, y + high), size)

    side = square[2] - square[0]
    at = ((square[0] + square[2]) / 2, (square[1] + square[3]) / 2, side)
    best, step = likeness(*at), _FIRST_STEP
    while step >= _LAST_STEP and best < _SURELY:
        move = step * at[2]
        ways = [(at[0] + x * move, at[1] + y * move, at[2] + z * move) for x, y, z in _WAYS]
        found, place = max((likeness(*way), way) for way in ways)
        if found > best:
            best, at = found, place
        else:
            step /= 2
    area = at[2] * at[2] * width * height / shorter**2
    if best < _SAME or area > _LARGEST_PART * whole.width * whole.height:
        return False
    wide, high = at[2] * width / shorter / 2, at[2] * height / shorter / 2
    place = _inside((at[0] - wide, at[1] - high, at[0] + wide, at[1] + high), whole)
    one, other = part.resize(size, Image.Resampling.BOX), whole.resize(size, Image.Resampling.BOX, place)
    return _same_detail(one.tobytes(), other.tobytes(), size[0])


def _same_detail(part: bytes, place: bytes, width: int) -> bool:
    """Compare the contrast of two pictures of one size, and what is in them besides a course of light."""
    contrast = _spread(_away(part)) / max(1e-9, _spread(_away(place)))
    if not 1 / _MOST_CONTRAST <= contrast <= _MOST_CONTRAST:
        return False
    one, other = _detail(part, width), _detail(place, width)
    if min(_spread(one), _spread(other)) < _LEAST_DETAIL:
        return False
    return sum(map(mul, one, other)) >= _SAME_DETAIL * len(one) * _spread(one) * _spread(other)


def _detail(pixels: bytes, width: int) -> list[float]:
    """Return the pixels without the mean of their row and of their column."""
    middle = sum(pixels) / len(pixels)
    rows = [sum(pixels[start:start + width]) / width - middle for start in range(0, len(pixels), width)]
    columns = [sum(pixels[start::width]) * width / len(pixels) for start in range(width)]
    return [pixel - rows[place // width] - columns[place % width] for place, pixel in enumerate(pixels)]


def _likeness(wanted: list[float], whole: Image.Image, box: Box, size: tuple[int, int]) -> float:
    """Return the correlation of a cut-out with a part of a picture; -1 where the part is beyond it."""
    slack = 1.0  # pixels
    if min(box[:2]) < -slack or box[2] > whole.width + slack or box[3] > whole.height + slack:
        return -1.0
    there = _centred(whole.resize(size, Image.Resampling.BOX, _inside(box, whole)).tobytes())
    return sum(map(mul, wanted, there)) if there is not None else -1.0


def _inside(box: Box, whole: Image.Image) -> Box:
    return max(0.0, box[0]), max(0.0, box[1]), min(whole.width, box[2]), min(whole.height, box[3])


def _centred(pixels: bytes) -> list[float] | None:
    """Return pixels with mean 0 and length 1; None for a part without anything to compare."""
    away = _away(pixels)
    spread = _spread(away)
    if spread < _LEAST_SPREAD:
        return None
    length = spread * sqrt(len(pixels))
    return [value / length for value in away]


def _away(pixels: bytes) -> list[float]:
    middle = sum(pixels) / len(pixels)
    return [pixel - middle for pixel in pixels]


def _spread(away: list[float]) -> float:
    """Return the standard deviation of values whose mean is 0."""
    return sqrt(sum(map(mul, away, away)) / len(away))

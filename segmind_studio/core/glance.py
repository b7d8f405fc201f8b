"""The set at a glance: where each photo stands in a plot of sizes, ratios, sharpness, caption lengths or likeness.

Values and pure functions; `ui/data/glance` draws them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from math import ceil, log2
from types import MappingProxyType

from segmind_studio.core.datasets import USED_MEGAPIXELS, Photo
from segmind_studio.core.likeness import BLURRED, PictureMeasures
from segmind_studio.core.likeness_map import likeness_map
from segmind_studio.record import record

USED_PIXELS = USED_MEGAPIXELS * 1_000_000
_SIDES = (128, 256, 512, 1024, 2048, 4096, 8192, 16384)  # pixels
_RATIOS = ((1, 3), (1, 2), (2, 3), (1, 1), (3, 2), (2, 1), (3, 1))
_LEAST_RATIO = 1.1  # octaves to each side of a square
_COLUMNS = 48  # dots side by side in a stack plot
_LEAST_STACK = 8  # dots that fill the height
_LEAST_LENGTH = 100  # characters
_SHARPNESS = (1, 10, 100, 1000, 10_000)
_NONE: Mapping[str, PictureMeasures] = MappingProxyType({})


class PlotKind(StrEnum):
    """What is plotted."""

    SIZES = "sizes"  # with crops; width to the right, height upwards, both in octaves
    RATIOS = "ratios"  # width by height, in octaves; photos are stacked
    SHARPNESS = "sharpness"  # measured sharpness, in octaves; photos are stacked
    CAPTIONS = "captions"  # characters of the caption; photos are stacked
    LIKENESS = "likeness"  # a map: alike photos lie near each other


MEASURED = frozenset({PlotKind.SHARPNESS, PlotKind.LIKENESS})  # need the photos measured


@record
class PlotSpot:
    """A place in a plot, 0 to 1 from the left and from below, and the photos that stand there."""

    x: float
    y: float
    photos: tuple[Photo, ...]

    @property
    def used(self) -> bool:
        """Return whether any of its photos goes into the package."""
        return any(photo.used for photo in self.photos)


@record
class PlotTick:
    """A mark on an axis, 0 to 1 along it."""

    at: float
    text: str


@record
class GlancePlot:
    """A plot of photos: its spots from left to right, then upwards.

    `line` has the ends of the line of the size that training uses, or below which photos look blurred, as x1, y1,
    x2, y2; None without one. `cells` has the columns and rows of a map, in whose cells the photos lie.
    """

    kind: PlotKind
    spots: tuple[PlotSpot, ...] = ()
    across: tuple[PlotTick, ...] = ()
    upwards: tuple[PlotTick, ...] = ()
    line: tuple[float, float, float, float] | None = None
    cells: tuple[int, int] | None = None


def plot_of(
    kind: PlotKind, photos: Iterable[Photo], measures: Mapping[str, PictureMeasures] = _NONE,
) -> GlancePlot:
    """Return the plot of the photos that can be read, excluded ones too; for `MEASURED`, of those with measures.

    Up to half a second for 10,000 photos, so not for the GUI thread.
    """
    readable = [photo for photo in photos if not photo.problem and photo.width > 0 and photo.height > 0]
    if kind is PlotKind.SIZES:
        return _sizes(readable)
    if kind is PlotKind.RATIOS:
        return _ratios(readable)
    if kind is PlotKind.CAPTIONS:
        return _captions(readable)
    known = [photo for photo in readable if photo.photo_id in measures]
    return (_sharpness if kind is PlotKind.SHARPNESS else _likeness)(known, measures)


def below_used_size(photo: Photo) -> bool:
    """Return whether training would enlarge the photo, as it is cropped."""
    width, height = photo.edited_size
    return width * height < USED_PIXELS


def _sizes(photos: Sequence[Photo]) -> GlancePlot:
    middle = log2(USED_PIXELS)
    sides = [log2(side) for photo in photos for side in photo.edited_size]
    low = min([middle / 2 - 1, *sides]) - 0.25
    high = max([middle / 2 + 1, *sides]) + 0.25

    def place(value: float) -> float:
        return (value - low) / (high - low)

    same: dict[tuple[int, int], list[Photo]] = {}
    for photo in photos:
        same.setdefault(photo.edited_size, []).append(photo)
    spots = tuple(
        PlotSpot(place(log2(width)), place(log2(height)), tuple(same[width, height]))
        for width, height in sorted(same)
    )
    ticks = tuple(PlotTick(place(log2(side)), str(side)) for side in _SIDES if low <= log2(side) <= high)
    left, right = max(low, middle - high), min(high, middle - low)
    line = (place(left), place(middle - left), place(right), place(middle - right))
    return GlancePlot(PlotKind.SIZES, spots, ticks, ticks, line)


def _ratios(photos: Sequence[Photo]) -> GlancePlot:
    ratios = [log2(width / height) for width, height in (photo.edited_size for photo in photos)]
    reach = max([_LEAST_RATIO, *map(abs, ratios)])
    spots, upwards = _stacked(photos, [(ratio + reach) / (2 * reach) for ratio in ratios])
    ticks = tuple(
        PlotTick((log2(width / height) + reach) / (2 * reach), f"{width}:{height}")
        for width, height in _RATIOS if abs(log2(width / height)) <= reach
    )
    return GlancePlot(PlotKind.RATIOS, spots, ticks, upwards)


def _captions(photos: Sequence[Photo]) -> GlancePlot:
    lengths = [len(photo.caption.strip()) for photo in photos]
    longest = max([_LEAST_LENGTH, *lengths])
    step = _round_step(longest / 5)
    end = ceil(longest / step) * step
    spots, upwards = _stacked(photos, [length / end for length in lengths])
    ticks = tuple(PlotTick(at / end, str(at)) for at in range(0, end + 1, step))
    return GlancePlot(PlotKind.CAPTIONS, spots, ticks, upwards)


def _sharpness(photos: Sequence[Photo], measures: Mapping[str, PictureMeasures]) -> GlancePlot:
    values = [log2(max(1.0, measures[photo.photo_id].sharpness)) for photo in photos]
    blurred = log2(BLURRED)
    low = min([blurred - 1, *values]) - 0.25
    high = max([blurred + 1, *values]) + 0.25

    def place(value: float) -> float:
        return (value - low) / (high - low)

    spots, upwards = _stacked(photos, [place(value) for value in values])
    ticks = tuple(PlotTick(place(log2(mark)), str(mark)) for mark in _SHARPNESS if low <= log2(mark) <= high)
    line = (place(blurred), 0.0, place(blurred), 1.0)
    return GlancePlot(PlotKind.SHARPNESS, spots, ticks, upwards, line)


def _likeness(photos: Sequence[Photo], measures: Mapping[str, PictureMeasures]) -> GlancePlot:
    by_id = {photo.photo_id: photo for photo in photos if measures[photo.photo_id].look}
    found = likeness_map({name: measures[name].look for name in by_id})
    cells = sorted((cell, name) for name, cell in found.cells.items())
    spots = tuple(
        PlotSpot((column + 0.5) / found.columns, (row + 0.5) / found.rows, (by_id[name],))
        for (column, row), name in cells
    )
    return GlancePlot(PlotKind.LIKENESS, spots, cells=(found.columns, found.rows))


def _round_step(about: float) -> int:
    """Return 1, 2 or 5 with zeros, at least `about`."""
    size = 1
    while True:
        for first in (1, 2, 5):
            if first * size >= about:
                return first * size
        size *= 10


def _stacked(
    photos: Sequence[Photo], places: Sequence[float],
) -> tuple[tuple[PlotSpot, ...], tuple[PlotTick, ...]]:
    """Stack photos in columns, so that none hides another."""
    columns: dict[int, list[Photo]] = {}
    for photo, place in zip(photos, places, strict=True):
        columns.setdefault(round(place * _COLUMNS), []).append(photo)
    tallest = max([_LEAST_STACK, *map(len, columns.values())])
    spots = tuple(
        PlotSpot(column / _COLUMNS, (row + 0.5) / tallest, (photo,))
        for column in sorted(columns) for row, photo in enumerate(columns[column])
    )
    return spots, (PlotTick(0, "0"), PlotTick(1, str(tallest)))

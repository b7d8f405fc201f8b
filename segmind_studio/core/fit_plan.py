"""Fit a dataset to a size in bytes: what is done to each photo, by degrees, and an estimate of the result.

The degrees are an order of values of `PhotoFit`: first photos far above the used size are scaled down, at best
quality and never below the used size with a margin; only then the quality is lowered, never below a floor. What is
small already keeps its bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean

from segmind_studio.core.conversions import WRITTEN_AS
from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, Dataset, PackageOptions, Photo
from segmind_studio.core.photo_edits import USED_PIXELS
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, fitted_size, written_kind
from segmind_studio.record import record

FLOOR_PIXELS = USED_PIXELS * 144 // 100  # a margin of a fifth for each side
BEST_QUALITY, LEAST_QUALITY = 95, 80  # of JPEG; below, blocks show in skies and skin
MEASURED_QUALITIES = (95, 88, 80)
TARGET_BYTES = MAX_ARCHIVE_BYTES - MAX_ARCHIVE_BYTES // 100  # just under the limit
_SMALLER = 0.85  # of the pixels, from one degree to the next
_FINER = 2  # of the quality, from one degree to the next
_SMALL = 0.3  # bytes for a pixel; a JPEG of so few is small already
_BESIDE = 320  # bytes for a photo's names and caption in the archive
_LOSSY = frozenset({"JPEG", "WEBP"})


@record
class FitSample:
    """The bytes of one photo, encoded for a measurement with so many pixels, at this quality, as this kind."""

    photo_id: str
    kind: str  # "JPEG", "PNG" or "WEBP"
    pixels: int
    quality: int
    size: int


@record
class FitForecast:
    """What a fit would do: the size of the package in bytes, and the number of photos scaled and encoded again."""

    fit: PhotoFit
    size: int
    scaled: int
    encoded: int


@record
class FitLoss:
    """A photo and its smaller copy; `likeness` is their SSIM at the size of the copy."""

    photo: Photo
    copy: Path
    width: int
    height: int
    likeness: float


@record
class FitResult:
    """A fit that was made: exact bytes of the archive, and the photo that lost most, None when all keep theirs."""

    fit: PhotoFit
    size: int
    scaled: int
    encoded: int
    worst: FitLoss | None = None


def degrees(photos: Iterable[Photo], *, as_jpeg: bool) -> tuple[PhotoFit, ...]:
    """Return all degrees from the mildest to the strongest; the first one scales no photo."""
    most = max((math.prod(photo.edited_size) for photo in photos), default=0)
    found = [PhotoFit(max(most, FLOOR_PIXELS), BEST_QUALITY, as_jpeg)]
    while found[-1].pixels > FLOOR_PIXELS:
        found.append(PhotoFit(max(FLOOR_PIXELS, int(found[-1].pixels * _SMALLER)), BEST_QUALITY, as_jpeg))
    found += [
        PhotoFit(FLOOR_PIXELS, max(quality, LEAST_QUALITY), as_jpeg)
        for quality in range(BEST_QUALITY - _FINER, LEAST_QUALITY - _FINER, -_FINER)
    ]
    return tuple(found)


def fit_for(photo: Photo, degree: PhotoFit) -> PhotoFit:
    """Return what this degree does to a photo; NO_FIT for one that keeps its bytes."""
    pixels = math.prod(photo.edited_size)
    kind = written_kind(photo.image_format, degree)
    own = WRITTEN_AS.get(photo.image_format, photo.image_format)
    if not pixels:
        return NO_FIT
    if pixels > degree.pixels or kind != own:
        return degree
    heavy = kind in _LOSSY and degree.quality < BEST_QUALITY and _own_size(photo) > pixels * _SMALL
    return degree if heavy else NO_FIT


class FitEstimate:
    """Estimates of packages, from the measured bytes of some of their photos."""

    def __init__(self, samples: Sequence[FitSample]) -> None:
        self._own: dict[tuple[str, str], list[FitSample]] = {}
        self._all: dict[str, list[FitSample]] = {}
        for sample in samples:
            self._own.setdefault((sample.photo_id, sample.kind), []).append(sample)
            self._all.setdefault(sample.kind, []).append(sample)

    def size_of(self, photo: Photo, degree: PhotoFit) -> int:
        """Return the bytes of one photo with this degree."""
        fit = fit_for(photo, degree)
        if not fit:
            return _own_size(photo)
        kind = written_kind(photo.image_format, fit)
        samples = self._own.get((photo.photo_id, kind)) or self._all.get(kind)
        pixels = math.prod(fitted_size(*photo.edited_size, fit))
        if not samples:
            return min(photo.size, round(photo.size * pixels / max(1, math.prod(photo.edited_size))))
        size = round(pixels * _bytes_each(samples, pixels, fit.quality))
        return size if pixels == math.prod(photo.edited_size) and kind == "PNG" else min(size, photo.size)

    def forecast(self, photos: Sequence[Photo], degree: PhotoFit) -> FitForecast:
        """Return what a degree would do to all photos."""
        size = sum(self.size_of(photo, degree) + _BESIDE for photo in photos if photo.used)
        return FitForecast(degree, size, *counts(photos, degree))

    def mildest(self, photos: Sequence[Photo], target: int, *, as_jpeg: bool, factor: float = 1.0) -> FitForecast:
        """Return the mildest degree whose estimate times `factor` is below `target` bytes, else the strongest."""
        ladder = degrees(photos, as_jpeg=as_jpeg)
        low, high = 0, len(ladder) - 1
        while low < high:
            middle = (low + high) // 2
            if self.forecast(photos, ladder[middle]).size * factor < target:
                high = middle
            else:
                low = middle + 1
        return self.forecast(photos, ladder[low])


@record
class FitOrder:
    """A fit to be made: of which dataset, beginning with which degree, until it is below `target` bytes."""

    dataset: Dataset
    forecast: FitForecast
    estimate: FitEstimate
    target: int
    options: PackageOptions


def _own_size(photo: Photo) -> int:
    """Return about the bytes of a photo without a fit: those of its file, or of the part that its crop leaves."""
    whole = photo.width * photo.height
    return round(photo.size * math.prod(photo.edited_size) / whole) if whole else photo.size


def counts(photos: Iterable[Photo], degree: PhotoFit) -> tuple[int, int]:
    """Return how many photos a degree scales, and how many it only encodes again."""
    fits = [(photo, fit) for photo in photos if (fit := fit_for(photo, degree))]
    scaled = sum(math.prod(photo.edited_size) > fit.pixels for photo, fit in fits)
    return scaled, len(fits) - scaled


def next_degree(photos: Sequence[Photo], degree: PhotoFit) -> PhotoFit | None:
    """Return the next stronger degree, None after the last one."""
    ladder = degrees(photos, as_jpeg=degree.as_jpeg)
    return next((one for one in ladder if strength(one) > strength(degree)), None)


def strength(degree: PhotoFit) -> tuple[int, int]:
    """Return a sort key: a stronger degree has fewer pixels, or as many at a lower quality."""
    return -degree.pixels, -degree.quality


def fits_of(photos: Iterable[Photo], degree: PhotoFit) -> Mapping[str, PhotoFit]:
    """Return what a degree does to each photo, by photo id."""
    return {photo.photo_id: fit_for(photo, degree) for photo in photos}


def late_fits(photos: Sequence[Photo]) -> Mapping[str, PhotoFit]:
    """Return what the fit of a dataset does to the photos that do not have it, by photo id.

    They were added after the fit, or an edit or another file made them larger. Empty where nothing is fitted.
    """
    degree = max((photo.fit for photo in photos if photo.fit), key=strength, default=NO_FIT)
    if not degree:
        return {}
    bare = (photo for photo in photos if not photo.fit and not photo.problem)
    return {photo.photo_id: fit for photo in bare if (fit := fit_for(photo, degree))}


def _bytes_each(samples: Sequence[FitSample], pixels: int, quality: int) -> float:
    """Return the bytes for a pixel: between the measured sizes by the logarithm, between qualities likewise."""
    points = [
        (math.log(size), fmean(sample.size / sample.pixels for sample in samples if sample.pixels == size
                               and sample.quality == near))
        for near in (_nearest(samples, quality),)
        for size in sorted({sample.pixels for sample in samples if sample.quality == near})
    ]
    return _between(points, math.log(pixels)) * _by_quality(samples, quality)


def _nearest(samples: Sequence[FitSample], quality: int) -> int:
    return min({sample.quality for sample in samples}, key=lambda known: abs(known - quality))


def _by_quality(samples: Sequence[FitSample], quality: int) -> float:
    """Return the bytes at this quality as a multiple of those at the nearest measured one."""
    means = [
        (float(known), math.log(fmean(s.size / s.pixels for s in samples if s.quality == known)))
        for known in sorted({sample.quality for sample in samples})
    ]
    near = dict(means)[float(_nearest(samples, quality))]
    return math.exp(_between(means, float(quality)) - near)


def _between(points: Sequence[tuple[float, float]], at: float) -> float:
    """Return the value on the line through the two points round `at`, or that of the nearest end."""
    if at <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return points[-1][1]

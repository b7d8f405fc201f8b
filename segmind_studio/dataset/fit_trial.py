"""Fit photos on all cores: measure a few for the estimate, make the smaller copies, find the one that lost most.

The copies are those that the archive takes later: they are made by its own plan, in its own cache.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.errors import CancelledError
from segmind_studio.core.fit_plan import (
    BEST_QUALITY,
    FLOOR_PIXELS,
    LEAST_QUALITY,
    MEASURED_QUALITIES,
    FitEstimate,
    FitLoss,
    FitOrder,
    FitResult,
    FitSample,
    counts,
    fit_for,
    fits_of,
    next_degree,
    strength,
)
from segmind_studio.core.photo_edits import NO_EDIT
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, fitted_size, written_kind
from segmind_studio.core.runs import ManifestItem
from segmind_studio.dataset.archive import ArchivePlan, PlanCache, manifest_of, plan
from segmind_studio.dataset.conversion import as_stored, exact_changes_of, rendered
from segmind_studio.dataset.fitting import fitted_way, likeness, resized, unpacked
from segmind_studio.dataset.layout import BrokenImageError
from segmind_studio.dataset.prepare import Recipe, recipe_image
from segmind_studio.dataset.strip import layout_of

if TYPE_CHECKING:
    from PIL.Image import Image

R = TypeVar("R")
Step = Callable[[int, int], None]  # how many are done, of how many
Cancelled = Callable[[], bool]
_MOST_SAMPLES = 8
_PIXELS_AT_ONCE = 100_000_000  # decoded at one time, about 400 MB; a larger photo is alone
_BLOCKS_A_CORE, _MOST_BLOCKS = 3, 16  # of Pillow's memory, each of at most 16 MB: decoded, scaled, in between
_CAPTION = ".txt"
_4_2_0 = 2


class _Room:
    """Let so many pixels be decoded at one time; one that is larger than all of it waits for the others."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def of(self, pixels: int) -> Generator[None]:
        wanted = min(pixels, self._most)
        with self._changed:
            self._changed.wait_for(lambda: self._used + wanted <= self._most)
            self._used += wanted
        try:
            yield
        finally:
            with self._changed:
                self._used -= wanted
                self._changed.notify_all()


@contextmanager
def _memory_reused() -> Generator[None]:
    """Let Pillow use the memory of one image for the next one; new memory for each takes a sixth of the time."""
    from PIL import Image  # noqa: PLC0415  # 13 ms that the start of the app need not pay

    before = Image.core.get_blocks_max()
    Image.core.set_blocks_max(max(before, min(_MOST_BLOCKS, _BLOCKS_A_CORE * (os.cpu_count() or 1))))
    try:
        yield
    finally:
        Image.core.set_blocks_max(before)  # frees what is above it


def on_all_cores(
    photos: Sequence[Photo], work: Callable[[Photo], R], step: Step, cancelled: Cancelled,
) -> list[R]:
    """Return what `work` returns for each photo, in order. The first error ends all; CancelledError."""
    room, broken = _Room(_PIXELS_AT_ONCE), threading.Event()

    def one(photo: Photo) -> R:
        with room.of(photo.width * photo.height):
            if broken.is_set() or cancelled():
                raise CancelledError
            return work(photo)

    with _memory_reused(), ThreadPoolExecutor(os.cpu_count(), "fit") as pool:
        futures = [pool.submit(one, photo) for photo in photos]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                step(done, len(futures))
        except BaseException:
            broken.set()
            for future in futures:
                future.cancel()
            raise
    return [future.result() for future in futures]


def measured(dataset: Dataset, step: Step, cancelled: Cancelled) -> FitEstimate:
    """Encode some photos in several ways; return the estimate that follows. CancelledError."""
    strongest = PhotoFit(FLOOR_PIXELS, LEAST_QUALITY, as_jpeg=True)
    touched = sorted((photo for photo in dataset.used if fit_for(photo, strongest)), key=_size)
    apart = max(1, len(touched) / _MOST_SAMPLES)
    chosen = [touched[int(number * apart)] for number in range(min(_MOST_SAMPLES, len(touched)))]
    found = on_all_cores(chosen, lambda photo: _samples(photo, dataset.background), step, cancelled)
    return FitEstimate([sample for samples in found for sample in samples])


def made(
    order: FitOrder, prepared: Path, plans: PlanCache, steps: tuple[Step, Step], cancelled: Cancelled,
) -> FitResult:
    """Make all copies, by stronger degrees until the archive is below the target or no degree is left.

    The first of `steps` counts photos, from the beginning for each degree, the second those that are compared at
    the end. Raises what `archive.plan` raises; copies that are complete stay for the next time.
    """
    dataset, degree, options = order.dataset, order.forecast.fit, order.options
    photos = dataset.used
    while True:
        fitted = with_fits(dataset, degree)
        on_all_cores(
            fitted.used,
            lambda photo: plan(_alone(dataset, photo), options, prepared, plans, cancelled), steps[0], cancelled,
        )
        archive = plan(manifest_of(fitted), options, prepared, plans, cancelled)
        stronger = next_degree(photos, degree)
        if archive.size < order.target or stronger is None:
            break
        factor = archive.size / max(1, order.estimate.forecast(photos, degree).size)
        next_one = order.estimate.mildest(photos, order.target, as_jpeg=degree.as_jpeg, factor=factor).fit
        degree = max(stronger, next_one, key=strength)
    losses = _losses(fitted, archive, steps[1], cancelled)
    worst = min(losses, key=_likeness, default=None)
    return FitResult(degree, archive.size, *counts(photos, degree), worst)


def with_fits(dataset: Dataset, degree: PhotoFit) -> Dataset:
    """Return the dataset with this degree on all of its photos."""
    fits = fits_of(dataset.photos, degree)
    return replace(dataset, photos=tuple(replace(photo, fit=fits[photo.photo_id]) for photo in dataset.photos))


def _alone(dataset: Dataset, photo: Photo) -> tuple[ManifestItem, ...]:
    return manifest_of(replace(dataset, photos=(photo,)))


def _size(photo: Photo) -> int:
    return photo.size


def _likeness(loss: FitLoss) -> float:
    return loss.likeness


def _samples(photo: Photo, background: str) -> list[FitSample]:
    """Encode one photo whole, with twice the least pixels and with the least, in each quality and kind."""
    found: list[FitSample] = []
    kinds = dict.fromkeys(written_kind(photo.image_format, PhotoFit(1, 1, as_jpeg)) for as_jpeg in (False, True))
    try:
        with photo.path.open("rb") as file:
            layout = layout_of(file, file.seek(0, os.SEEK_END), whole=True)
            changes = exact_changes_of(file, layout)
            image = recipe_image(file, Recipe(layout, changes, background, keep_metadata=False, edit=photo.edit))
        whole = image.width * image.height
        for most in (whole, 2 * FLOOR_PIXELS, FLOOR_PIXELS):
            image = resized(image, fitted_size(*image.size, PhotoFit(most, BEST_QUALITY)))
            for kind in kinds:
                plain = image if kind == "PNG" else unpacked(image)  # as the archive has it
                best = (BEST_QUALITY,)
                for quality in best if kind == "PNG" or most > 2 * FLOOR_PIXELS else MEASURED_QUALITIES:
                    data = BytesIO()
                    plain.save(data, kind, **fitted_way(kind, quality, _4_2_0, layout))
                    pixels = plain.width * plain.height
                    found.append(FitSample(photo.photo_id, kind, pixels, quality, len(data.getvalue())))
    except (OSError, ValueError, BrokenImageError):
        return []  # the fit itself says which photo cannot be read
    return found


def _losses(fitted: Dataset, archive: ArchivePlan, step: Step, cancelled: Cancelled) -> list[FitLoss]:
    """Compare each photo with its copy; those that keep their bytes are left out."""
    images = [entry for entry in archive.entries if not entry.name.endswith(_CAPTION)]
    copies = {
        photo.photo_id: entry.source for photo, entry in zip(fitted.used, images, strict=True)
        if photo.fit and entry.source is not None and entry.source != photo.path
    }
    photos = [photo for photo in fitted.used if photo.photo_id in copies]

    def compare(photo: Photo) -> FitLoss:
        from PIL import Image  # noqa: PLC0415  # 13 ms that the start of the app need not pay

        copy = copies[photo.photo_id]
        with Image.open(copy) as sent:
            sent.load()
            alike = likeness(_whole(photo, fitted.background, sent.size), sent)
        return FitLoss(replace(photo, fit=NO_FIT), copy, *sent.size, alike)

    return on_all_cores(photos, compare, step, cancelled)


def _whole(photo: Photo, background: str, size: tuple[int, int]) -> Image:
    """Return the brightness of the photo without its fit, scaled to this size as well as can be."""
    from PIL.Image import Resampling  # noqa: PLC0415  # as above

    with photo.path.open("rb") as file:
        layout = layout_of(file, file.seek(0, os.SEEK_END), whole=True)
        recipe = Recipe(layout, exact_changes_of(file, layout), background, keep_metadata=False, edit=photo.edit)
        stored = fitted_size(layout.width, layout.height, PhotoFit(max(1, math.prod(size)), BEST_QUALITY))
        if photo.edit != NO_EDIT:
            image = recipe_image(file, recipe)
        elif recipe.as_it_is:
            image = as_stored(file, layout, stored)
        else:
            image = rendered(file, layout, background, stored)
    plain = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    return plain.convert("L").resize(size, Resampling.LANCZOS)

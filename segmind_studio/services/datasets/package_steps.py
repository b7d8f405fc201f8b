"""Compute what would be sent of a dataset, and what the checks say of it. Without Qt; slow, for a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from pathlib import Path

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, Dataset, PackageInfo, PackageOptions, Photo
from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset.archive import PlanCache, manifest_of, plan
from segmind_studio.dataset.caption_lint import CaptionLint
from segmind_studio.dataset.checks import ContentDigests, findings
from segmind_studio.dataset.exif import UPRIGHT
from segmind_studio.dataset.inspection import look_again
from segmind_studio.dataset.orphans import OrphanCaptions

PLANNED_BYTES = 5 * MAX_ARCHIVE_BYTES  # far above what can be sent, so reading more is useless
Cancelled = Callable[[], bool]


class PackageSteps:
    """Look at the files again, plan the archive, check the photos; each file is read once. For one thread."""

    def __init__(self, imports: Path, prepared: Path, plans: PlanCache | None = None) -> None:
        self._prepared = prepared
        self.plans = plans or PlanCache()
        self._digests = ContentDigests()
        self._captions = CaptionLint()
        self._orphans = OrphanCaptions(imports)

    def looked_at(self, dataset: Dataset, cancelled: Cancelled) -> tuple[Dataset, tuple[Photo, ...]]:
        """Return the dataset as its files are now, and the photos that differ. CancelledError."""
        changed: list[Photo] = []
        for photo in dataset.photos:
            if cancelled():
                raise CancelledError
            now = look_again(photo)
            if now is not photo:
                changed.append(now)
        return dataset.with_photos(tuple(changed)), tuple(changed)

    def guess(self, dataset: Dataset) -> int:
        """Return about how many bytes the archive has, without reading a photo."""
        return sum(min(photo.size, prod(photo.sent_size)) if photo.fit else photo.size for photo in dataset.used)

    def is_quick(self, dataset: Dataset, options: PackageOptions) -> bool:
        """Return whether nothing has to be converted for the plan."""
        slow = tuple(p for p in dataset.used if p.changes or p.orientation != UPRIGHT or p.edit or p.fit)
        items = manifest_of(replace(dataset, photos=slow))
        return self.plans.holds(items, options, self._prepared)

    def tried(
        self, dataset: Dataset, options: PackageOptions, cancelled: Cancelled,
    ) -> tuple[Dataset, tuple[Photo, ...]]:
        """Plan each photo alone, and set the problem of each photo that cannot be used; also return those."""
        unusable: list[Photo] = []
        for photo in dataset.used:
            item = manifest_of(replace(dataset, photos=(photo,)))
            try:
                plan(item, options, self._prepared, self.plans, cancelled)
            except DatasetError as error:
                cause = error.__cause__
                if isinstance(cause, DatasetError):
                    unusable.append(replace(photo, problem=cause.title))
                else:  # its disk may be away for a moment: the next look inspects a file of another size and time
                    unusable.append(replace(photo, problem=error.title, size=0, mtime_ns=0))
        return dataset.with_photos(tuple(unusable)), tuple(unusable)

    def measure(self, dataset: Dataset, options: PackageOptions, cancelled: Cancelled) -> tuple[int, str]:
        """Return the archive's exact size in bytes, 0 without a photo, and its fingerprint. StudioError."""
        archive = plan(manifest_of(dataset), options, self._prepared, self.plans, cancelled)
        return archive.size if archive.image_count else 0, archive.fingerprint

    def info(  # noqa: PLR0913  # the parts of one answer
        self, dataset: Dataset, size: int, cancelled: Cancelled, *, trigger_word: str, exact: bool,
        fingerprint: str = "",
    ) -> PackageInfo:
        """Return the description of the package with all findings."""
        used = dataset.used
        captions = self._captions.look(used, trigger_word)
        return PackageInfo(
            image_count=len(used),
            caption_count=sum(bool(photo.caption.strip()) for photo in used),
            excluded_count=sum(photo.excluded for photo in dataset.photos),
            size=size,
            findings=(
                *findings(dataset, trigger_word, package_size=size, digests=self._digests, captions=captions),
                *self._orphans.look(dataset.photos, cancelled),
            ),
            exact=exact,
            fingerprint=fingerprint,
            vocabulary=captions.vocabulary,
        )

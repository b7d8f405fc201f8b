"""Which photos the grid shows: four chips and a search. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from segmind_studio.core.datasets import Check, Finding, Photo, Severity

CAPTION_CHECKS = frozenset({Check.NO_CAPTION, Check.NO_TRIGGER, Check.MISREAD})


class Show(StrEnum):
    """The chips above the grid."""

    ALL = "all"
    NO_CAPTION = "no_caption"
    PROBLEMS = "problems"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """One chip, and words to look for in names and captions ("" for none)."""

    show: Show = Show.ALL
    words: str = ""

    @property
    def narrows(self) -> bool:
        """Tell whether it can hide anything."""
        return self.show is not Show.ALL or bool(self.words.strip())


def without_caption(photo: Photo) -> bool:
    """Tell whether a photo that goes into the package has no caption."""
    return photo.used and not photo.caption.strip()


def troubled(photos: Iterable[Photo], findings: Iterable[Finding]) -> frozenset[str]:
    """Name the photos that cannot be used, or that a check of the picture itself wants looked at.

    Findings about captions have their own chip and badge; an excluded photo troubles nobody.
    """
    named = {
        photo_id
        for finding in findings
        if finding.severity is not Severity.INFO and finding.check not in CAPTION_CHECKS
        for photo_id in finding.photo_ids
    }
    return frozenset(
        photo.photo_id
        for photo in photos
        if not photo.excluded and (photo.problem or photo.photo_id in named)
    )


def passes(photo: Photo, wanted: PhotoFilter, in_trouble: frozenset[str]) -> bool:
    """Tell whether a photo is shown."""
    words = wanted.words.strip().casefold()
    if words and words not in photo.path.name.casefold() and words not in photo.caption.casefold():
        return False
    if wanted.show is Show.NO_CAPTION:
        return without_caption(photo)
    if wanted.show is Show.PROBLEMS:
        return photo.photo_id in in_trouble
    if wanted.show is Show.EXCLUDED:
        return photo.excluded
    return True


def counts(photos: Iterable[Photo], in_trouble: frozenset[str]) -> dict[Show, int]:
    """Count what each chip would show without a search."""
    found = dict.fromkeys(Show, 0)
    found[Show.PROBLEMS] = len(in_trouble)
    for photo in photos:
        found[Show.ALL] += 1
        found[Show.NO_CAPTION] += without_caption(photo)
        found[Show.EXCLUDED] += photo.excluded
    return found

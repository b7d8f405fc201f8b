"""What undo steps did to a dataset, as values that can be stored and applied in both directions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.record import record

MOST_STEPS = 200  # kept for each dataset
MOST_STEP_CHARACTERS = 8_000_000  # of JSON, kept for each dataset
# What a file is, not what the user did with it: an undo step leaves it as it was found last.
FILE_FACTS = frozenset({
    "photo_id", "width", "height", "size", "mtime_ns", "image_format", "orientation", "problem", "looked",
    "changes",
})
_EDITED = tuple(item.name for item in fields(Photo) if item.name not in FILE_FACTS)
_VALUES = attrgetter(*_EDITED)

PlacedPhoto = tuple[int, Photo]  # its index in `Dataset.photos`, and the photo


def insert(dataset: Dataset, photos: Iterable[PlacedPhoto]) -> Dataset:
    """Insert photos at their indexes; a photo that is already there is not changed."""
    there = {photo.photo_id for photo in dataset.photos}
    result = list(dataset.photos)
    for place, photo in sorted(photos, key=_place):
        if photo.photo_id not in there:
            there.add(photo.photo_id)
            result.insert(place, photo)
    return replace(dataset, photos=tuple(result))


def _place(item: PlacedPhoto) -> int:
    return item[0]


@record
class Difference:
    """What changed between two values of one dataset.

    `added` and `removed` are with their indexes; `edited` are photos before and after. `names` and `backgrounds`
    are the value before and after, () when it is the same.
    """

    added: tuple[tuple[int, Photo], ...] = ()
    removed: tuple[tuple[int, Photo], ...] = ()
    edited: tuple[tuple[Photo, Photo], ...] = ()
    names: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()

    @property
    def reverse(self) -> Difference:
        """Return the difference that takes this one back."""
        return Difference(
            self.removed, self.added, tuple((after, before) for before, after in self.edited),
            self.names[::-1], self.backgrounds[::-1],
        )

    def applied(self, dataset: Dataset) -> Dataset:
        """Return the dataset with this change; what is not there any more, or is there already, is left out."""
        changed = {before.photo_id: (before, after) for before, after in self.edited}
        gone = {photo.photo_id for _index, photo in self.removed}
        kept = tuple(
            edited_as(photo, *changed[photo.photo_id]) if photo.photo_id in changed else photo
            for photo in dataset.photos
            if photo.photo_id not in gone
        )
        return replace(
            insert(replace(dataset, photos=kept), self.added),
            name=self.names[-1] if self.names else dataset.name,
            background=self.backgrounds[-1] if self.backgrounds else dataset.background,
        )


@record
class UndoStep:
    """One named step of a dataset's history; `number` grows with each, `at` is seconds since the epoch, UTC."""

    number: int
    name: str
    at: float
    difference: Difference = Difference()


@record
class UndoHistory:
    """The steps of a dataset, oldest first; those with a number above `current` are undone."""

    steps: tuple[UndoStep, ...] = ()
    current: int = 0

    @property
    def applied(self) -> int:
        """Return how many steps are not undone."""
        return sum(step.number <= self.current for step in self.steps)


def difference(before: Dataset, after: Dataset) -> Difference:
    """Return what the user changed; what was only found out about files does not count."""
    names = () if before.name == after.name else (before.name, after.name)
    backgrounds = () if before.background == after.background else (before.background, after.background)
    others = [pair for pair in zip(before.photos, after.photos, strict=False) if pair[0] is not pair[1]]
    same = len(before.photos) == len(after.photos) and not [
        was for was, now in others if was.photo_id != now.photo_id
    ]
    if same:
        edited = tuple([
            pair for pair in others  # at first by what edits in bulk change: there may be very many
            if pair[0].caption != pair[1].caption or pair[0].excluded != pair[1].excluded or _differs(*pair)
        ])
        return Difference(edited=edited, names=names, backgrounds=backgrounds)
    old = {photo.photo_id: photo for photo in before.photos}
    new = {photo.photo_id for photo in after.photos}
    return Difference(
        tuple((place, photo) for place, photo in enumerate(after.photos) if photo.photo_id not in old),
        tuple((place, photo) for place, photo in enumerate(before.photos) if photo.photo_id not in new),
        tuple(
            (was, photo) for photo in after.photos
            if (was := old.get(photo.photo_id)) is not None and was is not photo and _differs(was, photo)
        ),
        names, backgrounds,
    )


def _differs(before: Photo, after: Photo) -> bool:
    return _VALUES(before) != _VALUES(after)


def edited_as(photo: Photo, before: Photo, after: Photo) -> Photo:
    """Return a photo with only those fields changed that the step changed."""
    changed: dict[str, Any] = {
        name: getattr(after, name) for name in _EDITED if getattr(before, name) != getattr(after, name)
    }
    return photo.having(**changed)

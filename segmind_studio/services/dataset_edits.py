"""Edits of a dataset as pure functions: removing with places, putting back, what an intake changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from segmind_studio.core.datasets import Dataset, Photo, ScanReport
from segmind_studio.dataset.damage import NOT_SAFE, Look, LookKey
from segmind_studio.dataset.layout import CUT_OFF

PlacedPhoto = tuple[int, Photo]  # its place in `Dataset.photos`, and the photo


@dataclass(frozen=True, slots=True)
class CaptionState:
    """All that is known of one photo's caption: its text, what its file held, other ways to read that."""

    text: str
    original: str = ""
    readings: tuple[str, ...] = ()

    @classmethod
    def of(cls, photo: Photo) -> CaptionState:
        """Return the state of a photo's caption."""
        return cls(photo.caption, photo.original_caption, photo.caption_readings)

    def on(self, photo: Photo) -> Photo:
        """Return the photo with this caption."""
        return replace(
            photo, caption=self.text, original_caption=self.original, caption_readings=self.readings,
        )


def with_captions(dataset: Dataset, states: Mapping[str, CaptionState]) -> tuple[Photo, ...]:
    """Return the photos that differ once their captions are these, by photo id."""
    return tuple(
        new
        for photo in dataset.photos
        if photo.photo_id in states and (new := states[photo.photo_id].on(photo)) != photo
    )


def placed(dataset: Dataset, photo_ids: Collection[str]) -> tuple[PlacedPhoto, ...]:
    """Give photos with their places, in order."""
    wanted = frozenset(photo_ids)
    return tuple((place, photo) for place, photo in enumerate(dataset.photos) if photo.photo_id in wanted)


def insert(dataset: Dataset, photos: Iterable[PlacedPhoto]) -> Dataset:
    """Put photos back in their places; one that is there already is left alone."""
    there = {photo.photo_id for photo in dataset.photos}
    result = list(dataset.photos)
    for place, photo in sorted(photos, key=_place):
        if photo.photo_id not in there:
            there.add(photo.photo_id)
            result.insert(place, photo)
    return replace(dataset, photos=tuple(result))


def _place(item: PlacedPhoto) -> int:
    return item[0]


def apply_report(dataset: Dataset, report: ScanReport) -> tuple[Dataset, ScanReport]:
    """Give the dataset with what an intake brought, and the report with the photos it changed."""
    texts, readings, renamed = dict(report.captions), dict(report.readings), dict(report.renamed)
    replaced = tuple(p for p in dataset.photos if texts.get(p.path, p.caption) != p.caption)
    changed = tuple(
        replace(
            p, caption=texts[p.path], original_caption=texts[p.path], caption_readings=readings.get(p.path, ()),
        )
        for p in replaced
    )
    moved = tuple(_renamed(p, renamed[p.path]) for p in dataset.photos if p.path in renamed)
    return dataset.with_photos(moved + changed + report.added), replace(report, replaced=replaced)


def _renamed(photo: Photo, now: Photo) -> Photo:
    """Give a photo under its other name; a caption that the person wrote stays."""
    moved = replace(now, photo_id=photo.photo_id, excluded=photo.excluded)
    return moved if photo.caption == photo.original_caption else replace(moved, caption=photo.caption)


def worth_a_look(photo: Photo, *, again: bool = False) -> bool:
    """Tell whether a full look at a photo can bring something new; `again` also where one was taken before."""
    return (again or not photo.looked) and photo.problem in {"", CUT_OFF}


def apply_looks(dataset: Dataset, looks: Mapping[LookKey, Look]) -> tuple[Photo, ...]:
    """Give the photos for which a full look at their very file brings something new.

    A problem stays one; of a file that is cut off, a look may say how much is missing.
    """
    fresh: list[Photo] = []
    times = {key.mtime_ns for key in looks}
    for photo in dataset.photos if looks else ():
        if not worth_a_look(photo, again=True) or photo.mtime_ns not in times:
            continue
        look = looks.get(LookKey(str(photo.path), photo.size, photo.mtime_ns))
        if look is None:
            continue
        looked = look.final and look.problem != NOT_SAFE
        changes = photo.changes if look.changes is None else look.changes
        width, height, orientation = look.lies or (photo.width, photo.height, photo.orientation)
        new = replace(
            photo, problem=look.problem, looked=looked, changes=changes,
            width=width, height=height, orientation=orientation,  # older versions read fewer signs of it
        )
        if new != photo and (looked or look.problem):
            fresh.append(new)
    return tuple(fresh)


def apply_facts(dataset: Dataset, looked_at: Iterable[Photo]) -> tuple[Photo, ...]:
    """Give the photos whose file facts differ now; captions and exclusion stay as the dataset has them.

    The look was taken on another thread, so the person may have edited or removed a photo meanwhile.
    """
    by_id = {photo.photo_id: photo for photo in looked_at}
    fresh: list[Photo] = []
    for old in dataset.photos if by_id else ():
        new = by_id.get(old.photo_id)
        if new is not None:
            facts = replace(
                new, caption=old.caption, original_caption=old.original_caption, excluded=old.excluded,
                caption_readings=old.caption_readings,
            )
            if facts != old:
                fresh.append(facts)
    return tuple(fresh)

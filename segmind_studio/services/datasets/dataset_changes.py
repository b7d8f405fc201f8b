"""What edits, intakes and looks make of a dataset: pure functions from one value to the next."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from segmind_studio.core.datasets import Dataset, PastCaption, Photo, ScanReport
from segmind_studio.core.photo_edits import NO_EDIT
from segmind_studio.core.photo_fit import NO_FIT
from segmind_studio.record import record

if TYPE_CHECKING:
    from segmind_studio.core.caption_files import CaptionFile
    from segmind_studio.core.undo_history import PlacedPhoto
    from segmind_studio.dataset.damage import Look, LookKey


class CaptionState(NamedTuple):
    """All data of one photo's caption: its text, the text of its file, and other possible decodings of that.

    `past` are its earlier texts; None for a new text: then the present one becomes the last of them. `model` is
    the text that a model proposed, None where that does not change.
    """

    text: str
    original: str = ""
    readings: tuple[str, ...] = ()
    past: tuple[PastCaption, ...] | None = None
    model: str | None = None

    @classmethod
    def of(cls, photo: Photo) -> CaptionState:
        """Return the state of a photo's caption."""
        return cls(
            photo.caption, photo.original_caption, photo.caption_readings, photo.caption_past, photo.model_caption,
        )

    def on(self, photo: Photo, now: float | None = None) -> Photo:
        """Return the photo with this caption, the same one if it has it; `now` as of `time.time`."""
        text, original, readings, past, model = self
        if model is None:
            model = photo.model_caption
        if text != photo.caption:
            if past is None:
                past = photo.past_with_caption(time.time() if now is None else now)
            return photo.with_caption(text, original, readings, past, model)
        if past is None:
            past = photo.caption_past
        before = photo.original_caption, photo.caption_readings, photo.caption_past, photo.model_caption
        if (original, readings, past, model) == before:
            return photo
        return photo.with_caption(text, original, readings, past, model)


def with_captions(dataset: Dataset, states: Mapping[str, CaptionState]) -> tuple[Photo, ...]:
    """Return the photos that these captions (by photo id) change, with the new captions."""
    now, find = time.time(), states.get
    return tuple([
        new
        for photo in dataset.photos
        if (state := find(photo.photo_id)) is not None and (new := state.on(photo, now)) is not photo
    ])


def with_texts(
    dataset: Dataset, texts: Mapping[str, str], readings: Mapping[str, tuple[str, ...]],
) -> tuple[Photo, ...]:
    """Return the photos whose captions become other texts (by photo id), with these; there may be very many.

    `readings` are the other decodings of those that stay uncertain.
    """
    now, find, read = time.time(), texts.get, readings.get
    return tuple([
        photo.with_caption(
            text, photo.original_caption, read(photo.photo_id, ()), photo.past_with_caption(now),
            photo.model_caption,
        )
        for photo in dataset.photos
        if (text := find(photo.photo_id)) is not None and text != photo.caption
    ])


def with_saved(dataset: Dataset, files: Iterable[CaptionFile]) -> tuple[Photo, ...]:
    """Return the photos whose caption files the app wrote, with these as what was read last."""
    texts = {photo_id: file.text for file in files for photo_id in file.photo_ids}
    return with_captions(dataset, {
        photo.photo_id: CaptionState(photo.caption, texts[photo.photo_id], photo.caption_readings)
        for photo in dataset.photos if photo.photo_id in texts
    })


def exchanged(dataset: Dataset, there: Iterable[Photo], wanted: Iterable[Photo]) -> tuple[Photo, ...]:
    """Return the `wanted` states of photos in place of those that are `there`, as undo and redo take them.

    A photo that is no more the very one that was there, such as one whose file was looked at since, gets only what
    differs between the two.
    """
    from segmind_studio.core.undo_history import edited_as  # noqa: PLC0415  # after the first paint

    befores = {photo.photo_id: photo for photo in there}
    afters = {photo.photo_id: photo for photo in wanted}
    return tuple([
        afters[photo.photo_id] if photo is before else edited_as(photo, before, afters[photo.photo_id])
        for photo in dataset.photos
        if (before := befores.get(photo.photo_id)) is not None
    ])


def placed(dataset: Dataset, photo_ids: Collection[str]) -> tuple[PlacedPhoto, ...]:
    """Return photos with their indexes, in order."""
    wanted = frozenset(photo_ids)
    return tuple((place, photo) for place, photo in enumerate(dataset.photos) if photo.photo_id in wanted)


@record
class CopyOptions:
    """What photos bring with them from another dataset."""

    captions: bool = True
    edits: bool = True
    exclusion: bool = True


def copies_of(photos: Iterable[Photo], options: CopyOptions) -> tuple[Photo, ...]:
    """Return photos of another dataset as new ones that refer to the same files.

    Ignored findings and what was fitted to a size stay behind: they depend on the other photos of a dataset.
    """
    return tuple(_copied(photo, options) for photo in photos)


def _copied(photo: Photo, options: CopyOptions) -> Photo:
    from uuid import uuid4  # noqa: PLC0415  # when first needed

    copy = replace(
        photo, photo_id=uuid4().hex, accepted=(), fit=NO_FIT, edit=photo.edit if options.edits else NO_EDIT,
        excluded=photo.excluded and options.exclusion,
    )
    if options.captions:
        return copy
    return replace(copy, caption="", original_caption="", caption_readings=(), caption_past=(), model_caption="")


def apply_report(dataset: Dataset, report: ScanReport) -> tuple[Dataset, ScanReport]:
    """Return the dataset with the result of an intake, and the report with the photos that changed."""
    texts, readings, renamed = dict(report.captions), dict(report.readings), dict(report.renamed)
    replaced = tuple(p for p in dataset.photos if texts.get(p.path, p.caption) != p.caption)
    changed = tuple(
        CaptionState(texts[p.path], texts[p.path], readings.get(p.path, ())).on(p) for p in replaced
    )
    moved = tuple(_renamed(p, renamed[p.path]) for p in dataset.photos if p.path in renamed)
    return dataset.with_photos(moved + changed + report.added), replace(report, replaced=replaced)


def _renamed(photo: Photo, now: Photo) -> Photo:
    """Return a photo under its new file name; a caption that the user wrote stays."""
    moved = replace(
        now, photo_id=photo.photo_id, excluded=photo.excluded, edit=photo.edit,
        caption_past=photo.caption_past, accepted=photo.accepted, model_caption=photo.model_caption,
        fit=photo.fit,
    )
    return moved if photo.caption == photo.original_caption else replace(moved, caption=photo.caption)


def worth_a_look(photo: Photo, *, again: bool = False) -> bool:
    """Return whether a full look at a photo can find something new; with `again`, also for a checked photo."""
    return (again or not photo.looked) and (not photo.problem or _only_cut_off(photo))  # of thousands, hardly one


def _only_cut_off(photo: Photo) -> bool:
    from segmind_studio.dataset.layout import CUT_OFF  # noqa: PLC0415  # when first needed

    return photo.problem == CUT_OFF.message


def apply_looks(dataset: Dataset, looks: Mapping[LookKey, Look]) -> tuple[Photo, ...]:
    """Return the photos for which a full look at exactly this file found something new.

    A known problem stays. For a file that is cut off, a look may add how much is missing.
    """
    if not looks:
        return ()
    from segmind_studio.dataset.damage import NOT_SAFE, LookKey  # noqa: PLC0415  # when first needed

    fresh: list[Photo] = []
    times = {key.mtime_ns for key in looks}
    for photo in [photo for photo in dataset.photos if photo.mtime_ns in times]:  # few of many
        look = looks.get(LookKey(str(photo.path), photo.size, photo.mtime_ns))
        if look is None or not worth_a_look(photo, again=True):
            continue
        looked = look.final and look.problem != NOT_SAFE.message
        changes = photo.changes if look.changes is None else look.changes
        width, height, orientation = look.geometry or (photo.width, photo.height, photo.orientation)
        new = {
            "problem": look.problem, "looked": looked, "changes": changes,
            "width": width, "height": height, "orientation": orientation,  # older versions read fewer marks of it
        }
        if (looked or look.problem) and any(getattr(photo, name) != value for name, value in new.items()):
            fresh.append(photo.having(**new))
    return tuple(fresh)


def apply_facts(dataset: Dataset, looked_at: Iterable[Photo]) -> tuple[Photo, ...]:
    """Return the photos whose file data differ now; captions and exclusion stay as in the dataset.

    The files were read on another thread, so the user may have edited or removed a photo since.
    """
    by_id = {photo.photo_id: photo for photo in looked_at}
    fresh: list[Photo] = []
    for old in dataset.photos if by_id else ():
        new = by_id.get(old.photo_id)
        if new is not None:
            facts = replace(
                new, caption=old.caption, original_caption=old.original_caption, excluded=old.excluded,
                caption_readings=old.caption_readings, caption_past=old.caption_past, accepted=old.accepted,
                edit=old.edit, model_caption=old.model_caption, fit=old.fit,
            )
            if facts != old:
                fresh.append(facts)
    return tuple(fresh)

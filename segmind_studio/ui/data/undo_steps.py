"""Everything on the Data place that can be undone, each step with a name."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

from PySide6.QtGui import QUndoCommand
from typing_extensions import override

from segmind_studio.core.datasets import PastCaption, Photo, ScanReport
from segmind_studio.services.datasets.dataset_changes import CaptionState
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.texts import _, ngettext

_TYPING = 1  # the id of caption edits, which may be joined


def states_of(datasets: DatasetService, photo_ids: Container[str]) -> dict[str, CaptionState]:
    """Return the captions of these photos as they are now, by photo id."""
    photos = datasets.dataset.photos
    return {photo.photo_id: CaptionState.of(photo) for photo in photos if photo.photo_id in photo_ids}


class _ChangeOfMany(QUndoCommand):
    """A change that is made once; undo and redo bring back the photos from before and after it.

    `make` makes it and returns the changed photos.
    """

    def __init__(
        self, datasets: DatasetService, photo_ids: Container[str], words: str,
        make: Callable[[], tuple[Photo, ...]],
    ) -> None:
        super().__init__(words)
        self._datasets = datasets
        self._make: Callable[[], tuple[Photo, ...]] | None = make
        self._old = tuple([photo for photo in datasets.dataset.photos if photo.photo_id in photo_ids])
        self._made: tuple[Photo, ...] = ()

    @override
    def redo(self) -> None:
        if self._make is None:
            self._datasets.exchange(self._old, self._made)
        else:
            self._made = self._make()
            self._make = None

    @override
    def undo(self) -> None:
        self._datasets.exchange(self._made, self._old)


class ExcludeCommand(_ChangeOfMany):
    """Leave photos out of the package, or take them back. Only photos that change are named."""

    def __init__(
        self, datasets: DatasetService, photo_ids: frozenset[str], *, excluded: bool, words: str = "",
    ) -> None:
        count = len(photo_ids)
        out = ngettext("Exclude {count} photo", "Exclude {count} photos", count)
        back = ngettext("Include {count} photo", "Include {count} photos", count)
        super().__init__(
            datasets, photo_ids, words or (out if excluded else back).format(count=count),
            lambda: datasets.set_excluded(photo_ids, excluded),
        )


class TypeCaptionCommand(QUndoCommand):
    """Type in one caption. Within one `sitting`, deleting and then writing is one step; deleting again is another.

    `sitting` is a number that changes whenever the user leaves the field or the photo; `past` are the texts before
    it.
    """

    def __init__(
        self, datasets: DatasetService, photo: Photo, new: str, sitting: int, past: tuple[PastCaption, ...],
    ) -> None:
        super().__init__(_("Edit caption"))
        self._datasets = datasets
        self.photo_id = photo.photo_id
        self.old = CaptionState.of(photo)
        self.new = new
        self.past = past
        self.sitting = sitting
        self.writes = len(new) >= len(photo.caption)

    @override
    def id(self) -> int:
        return _TYPING

    @override
    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, TypeCaptionCommand):
            return False
        if (other.photo_id, other.sitting) != (self.photo_id, self.sitting) or (self.writes and not other.writes):
            return False
        self.new = other.new
        self.writes = other.writes
        self.setObsolete(self.new == self.old.text and not self.old.readings)
        return True

    @override
    def redo(self) -> None:
        self._datasets.settle_captions({self.photo_id: CaptionState(self.new, self.old.original, past=self.past)})

    @override
    def undo(self) -> None:
        self._datasets.settle_captions({self.photo_id: self.old})


class CaptionsCommand(_ChangeOfMany):
    """Change captions, or only their uncertain decodings; the new states are by photo id."""

    def __init__(self, datasets: DatasetService, new: Mapping[str, CaptionState], words: str = "") -> None:
        super().__init__(datasets, new, words or _changed(len(new)), lambda: datasets.settle_captions(new))


class TextsCommand(_ChangeOfMany):
    """Write other texts into captions, by photo id; only those that change are named.

    `readings` are the other decodings of those that stay uncertain.
    """

    def __init__(
        self, datasets: DatasetService, texts: Mapping[str, str], readings: Mapping[str, tuple[str, ...]],
    ) -> None:
        super().__init__(datasets, texts, _changed(len(texts)), lambda: datasets.write_captions(texts, readings))


def _changed(count: int) -> str:
    return ngettext("Change {count} caption", "Change {count} captions", count).format(count=count)


class AcceptCommand(QUndoCommand):
    """Change which findings are ignored: the new values of `Photo.accepted` by photo id."""

    def __init__(self, datasets: DatasetService, new: Mapping[str, tuple[str, ...]], words: str) -> None:
        super().__init__(words)
        self._datasets = datasets
        self._new = dict(new)
        self._old = {p.photo_id: p.accepted for p in datasets.dataset.photos if p.photo_id in new}

    @override
    def redo(self) -> None:
        self._datasets.set_accepted(self._new)

    @override
    def undo(self) -> None:
        self._datasets.set_accepted(self._old)


class BackgroundCommand(QUndoCommand):
    """Change the colour behind transparent parts."""

    def __init__(self, datasets: DatasetService, colour: str) -> None:
        super().__init__(_("Change background"))
        self._datasets = datasets
        self._old = datasets.dataset.background
        self._new = colour

    @override
    def redo(self) -> None:
        self._datasets.set_background(self._new)

    @override
    def undo(self) -> None:
        self._datasets.set_background(self._old)


class RenameCommand(QUndoCommand):
    """Rename the dataset."""

    def __init__(self, datasets: DatasetService, name: str) -> None:
        super().__init__(_("Rename dataset"))
        self._datasets = datasets
        self._old = datasets.dataset.name
        self._new = name

    @override
    def redo(self) -> None:
        self._datasets.rename(self._new)

    @override
    def undo(self) -> None:
        self._datasets.rename(self._old)


class RemoveCommand(QUndoCommand):
    """Remove photos from the dataset; their files stay, and undo restores their position."""

    def __init__(self, datasets: DatasetService, photo_ids: frozenset[str], words: str = "") -> None:
        count = len(photo_ids)
        removed = ngettext("Remove {count} photo", "Remove {count} photos", count).format(count=count)
        super().__init__(words or removed)
        self._datasets = datasets
        self._photo_ids = photo_ids
        self._places = datasets.placed(photo_ids)

    @override
    def redo(self) -> None:
        self._places = self._datasets.placed(self._photo_ids)
        self._datasets.remove(self._photo_ids)

    @override
    def undo(self) -> None:
        self._datasets.restore(self._places)


class AddCopiesCommand(QUndoCommand):
    """Add photos of another dataset at the end."""

    def __init__(self, datasets: DatasetService, photos: Sequence[Photo], name: str) -> None:
        count = len(photos)
        words = ngettext("Add {count} photo from “{name}”", "Add {count} photos from “{name}”", count)
        super().__init__(words.format(count=count, name=name))
        self._datasets = datasets
        self._places = tuple(enumerate(photos, len(datasets.dataset.photos)))

    @override
    def redo(self) -> None:
        self._datasets.restore(self._places)

    @override
    def undo(self) -> None:
        ids = frozenset(photo.photo_id for _place, photo in self._places)
        self._places = self._datasets.placed(ids)
        self._datasets.remove(ids)


class RelocateCommand(QUndoCommand):
    """Set the paths of photos whose files were moved; `found` are the photos with their new ones."""

    def __init__(self, datasets: DatasetService, found: tuple[Photo, ...]) -> None:
        count = len(found)
        super().__init__(ngettext("Locate {count} photo", "Locate {count} photos", count).format(count=count))
        self._datasets = datasets
        self._new = {photo.photo_id: photo for photo in found}
        self._old = {photo.photo_id: photo for _place, photo in datasets.placed(self._new)}

    @override
    def redo(self) -> None:
        self._datasets.move_photos(self._new)

    @override
    def undo(self) -> None:
        self._datasets.move_photos(self._old)


class IntakeCommand(QUndoCommand):
    """Add the result of a finished intake: photos, and captions for photos that were there.

    The intake is already done when this is made, so the first `redo` changes nothing.
    """

    def __init__(self, datasets: DatasetService, report: ScanReport) -> None:
        count = len(report.added)
        super().__init__(
            ngettext("Add {count} photo", "Add {count} photos", count).format(count=count) if count
            else _("Add captions")
        )
        self._datasets = datasets
        self._photo_ids = frozenset(photo.photo_id for photo in report.added)
        self._places = datasets.placed(self._photo_ids)
        self._old = {photo.photo_id: CaptionState.of(photo) for photo in report.replaced}
        self._new = states_of(datasets, self._old)

    @override
    def redo(self) -> None:
        self._datasets.restore(self._places)
        self._datasets.settle_captions(self._new)

    @override
    def undo(self) -> None:
        self._places = self._datasets.placed(self._photo_ids)
        self._datasets.remove(self._photo_ids)
        self._datasets.settle_captions(self._old)

"""Edits of pictures as undo steps: one for all the photos that a command changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from typing_extensions import override

from segmind_studio.core.crop_frames import centred, in_whole_pixels, shape_of
from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit, straightened_size
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.texts import ngettext, sentences


class EditPhotosCommand(QUndoCommand):
    """Change what is done to pictures; the new edits are by photo id."""

    def __init__(self, datasets: DatasetService, new: Mapping[str, PhotoEdit], words: str) -> None:
        super().__init__(words)
        self._datasets = datasets
        self._new = dict(new)
        self._old = {
            photo.photo_id: photo.edit for photo in datasets.dataset.photos if photo.photo_id in self._new
        }

    @override
    def redo(self) -> None:
        self._datasets.set_edits(self._new)

    @override
    def undo(self) -> None:
        self._datasets.set_edits(self._old)


class PictureEditor(QObject):
    """Push edits of pictures on the undo stack; photos that would not change, or have no picture, are skipped.

    Signals: toast(str), after each step; GUI thread.
    """

    toast = Signal(str)

    def __init__(self, datasets: DatasetService, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._undo = undo

    def turn(self, photos: Iterable[Photo], quarters: int) -> None:
        """Turn photos clockwise by so many quarters."""
        new = _changed(photos, lambda photo: photo.edit.turned(quarters))
        count = len(new)
        self._push(
            new,
            ngettext("Rotate {count} photo", "Rotate {count} photos", count),
            ngettext("{count} photo rotated.", "{count} photos rotated.", count),
        )

    def mirror(self, photos: Iterable[Photo]) -> None:
        """Mirror photos left to right."""
        new = _changed(photos, lambda photo: photo.edit.flipped())
        count = len(new)
        self._push(
            new,
            ngettext("Flip {count} photo", "Flip {count} photos", count),
            ngettext("{count} photo flipped.", "{count} photos flipped.", count),
        )

    def reset(self, photos: Iterable[Photo]) -> None:
        """Take all edits of these pictures back."""
        new = _changed(photos, lambda _photo: NO_EDIT)
        count = len(new)
        self._push(
            new,
            ngettext("Reset {count} photo", "Reset {count} photos", count),
            ngettext("{count} photo reset.", "{count} photos reset.", count),
        )

    def change(self, photo: Photo, edit: PhotoEdit) -> None:
        """Set the edit of one photo, as the crop editor made it."""
        self._push(
            _changed((photo,), lambda _photo: edit),
            ngettext("Crop and rotate {count} photo", "Crop and rotate {count} photos", 1),
            ngettext("{count} photo changed.", "{count} photos changed.", 1),
        )

    def same_crop(
        self, photos: Iterable[Photo], first: Photo, edit: PhotoEdit, ratio: tuple[int, int] | None,
    ) -> None:
        """Set the edit of one photo, and crop the others alike; their turns and angles stay.

        They get the same part of the picture, or with a `ratio` (width and height) the largest crop of that shape
        in their middle.
        """
        def crop(photo: Photo) -> PhotoEdit:
            if photo.photo_id == first.photo_id:
                return edit
            own = photo.edit
            size = straightened_size(photo.width, photo.height, own)
            part = edit.crop if ratio is None else in_whole_pixels(centred(shape_of(ratio, size)), ratio, size)
            return PhotoEdit(own.turns, own.mirrored, own.angle, part)

        new = _changed(photos, crop)
        count = len(new)
        self._push(
            new,
            ngettext("Crop {count} photo the same way", "Crop {count} photos the same way", count),
            ngettext("{count} photo cropped.", "{count} photos cropped.", count),
        )

    def crop_each(self, photos: Iterable[Photo], edits: Mapping[str, PhotoEdit]) -> None:
        """Set the edits that were found for photos, by photo id, and say how many stay as they were."""
        new = _changed(photos, lambda photo: edits.get(photo.photo_id, photo.edit))
        count, same = len(new), len(edits) - len(new)
        unchanged = ngettext("{count} unchanged", "{count} unchanged", same).format(count=same) if same else ""
        if not new and unchanged:
            self.toast.emit(unchanged)
        self._push(
            new,
            ngettext("Crop {count} photo to its subject", "Crop {count} photos to their subjects", count),
            ngettext("{count} photo cropped.", "{count} photos cropped.", count),
            unchanged,
        )

    def _push(self, new: Mapping[str, PhotoEdit], step: str, done: str, more: str = "") -> None:
        if new:
            count = len(new)
            self._undo.push(EditPhotosCommand(self._datasets, new, step.format(count=count)))
            self.toast.emit(sentences(done.format(count=count), more))


def _changed(photos: Iterable[Photo], change: Callable[[Photo], PhotoEdit]) -> dict[str, PhotoEdit]:
    return {
        photo.photo_id: new
        for photo in photos
        if photo.width and (new := change(photo)) != photo.edit
    }

"""Look for the subjects of several photos, to crop each of them around its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.crop_frames import holding, in_whole_pixels, shape_of, warned_of
from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_edits import WHOLE_PICTURE, PhotoEdit, straightened_size
from segmind_studio.services.images.thumbnails import SubjectFound, Thumbnails

Ratio = tuple[int, int]
_AT_ONCE = 2  # so that thumbnails that become visible meanwhile wait for no more than these


class SubjectSearch(QObject):
    """Find the crop of each photo around its subject. GUI thread; the pictures are read on other threads.

    Signals (GUI thread): progressed(int, int), photos done and all; found(dict[str, PhotoEdit]), once at the end:
    the new edit by photo id, without the photos that cannot be read. A photo keeps its edit where all of it is the
    subject, and where a check would warn of the crop.
    """

    progressed = Signal(int, int)
    found = Signal(object)

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._ratio: Ratio | None = None
        self._waiting: list[Photo] = []
        self._asked: dict[str, Photo] = {}
        self._before: dict[str, PhotoEdit] = {}
        self._new: dict[str, PhotoEdit] = {}
        self._all = 0
        thumbnails.subject_found.connect(self._take)

    def begin(self, photos: Iterable[Photo], ratio: Ratio | None) -> None:
        """Look for the subjects of these photos as they are turned; with a ratio (width, height) crop to it."""
        self.stop()
        self._ratio = ratio
        asked = [photo for photo in photos if photo.shown and photo.width]
        self._before = {photo.photo_id: photo.edit for photo in asked}
        self._waiting = [replace(photo, edit=photo.edit.uncropped()) for photo in reversed(asked)]
        self._all = len(self._waiting)
        self._new = {}
        self._go_on()

    def stop(self) -> None:
        """Look for no more; `found` is not emitted."""
        self._waiting.clear()
        self._asked.clear()
        self._all = 0

    def _go_on(self) -> None:
        done = self._all - len(self._waiting) - len(self._asked)
        self.progressed.emit(done, self._all)
        if done == self._all:
            self._all = 0
            self.found.emit(self._new)
            return
        while self._waiting and len(self._asked) < _AT_ONCE:
            photo = self._waiting.pop()
            self._asked[photo.photo_id] = photo
            self._thumbnails.find_subject(photo)

    @Slot(object)
    def _take(self, answer: SubjectFound) -> None:
        photo = self._asked.get(answer.photo_id)
        if photo is None or answer.edit != photo.edit:  # another question of the crop editor
            return
        del self._asked[answer.photo_id]
        if answer.crop is not None:
            size = straightened_size(photo.width, photo.height, photo.edit)
            ratio, crop = self._ratio, answer.crop
            if ratio is not None:
                crop = in_whole_pixels(holding(crop, shape_of(ratio, size)), ratio, size)
            worse = warned_of(crop, size) or crop == WHOLE_PICTURE
            self._new[photo.photo_id] = self._before[photo.photo_id] if worse else replace(photo.edit, crop=crop)
        self._go_on()

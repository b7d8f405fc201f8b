"""Files of edited photos for other programs: the picture as training gets it, under the name that it has there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import Dataset, PackageOptions, Photo
from segmind_studio.core.errors import CancelledError, StoreError, StudioError
from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.core.photo_fit import PhotoFit
from segmind_studio.dataset.archive import PIECE, manifest_of, plan
from segmind_studio.dataset.names import StemPool, ascii_stem
from segmind_studio.dataset.zip_stream import bytes_of
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _

_PREFIX = "dragged-"
_Key = tuple[Path, int, int, PhotoEdit, PhotoFit, str, bool]


@dataclass(slots=True)
class _Place:
    """The temporary folder, made by the first file and removed at the end. For one thread at a time."""

    prepared: Path
    folder: Path | None = None

    def next(self) -> Path:
        """Return a new folder for one file. StoreError."""
        try:
            if self.folder is None:
                self.prepared.mkdir(mode=0o700, parents=True, exist_ok=True)
                for old in self.prepared.glob(f"{_PREFIX}*"):  # of a session that was killed
                    shutil.rmtree(old, ignore_errors=True)
                self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self.prepared))
            return Path(tempfile.mkdtemp(dir=self.folder))
        except OSError as error:
            raise unwritable(error) from error

    def remove(self) -> None:
        """Delete all files."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


def unwritable(error: OSError) -> StoreError:
    """Return the error for a temporary folder that cannot be written."""
    return StoreError(
        _("The app's folder for prepared photos is not writable."),
        _("Free some disk space, then try again."),
        error.strerror or str(error),
    )


class EditedFiles(QObject):
    """Make the files that are dragged out or copied. Lives in the GUI thread; the work is done on one other.

    Signals: ready(), files that were asked for are there; failed(StudioError). GUI thread.
    """

    ready = Signal()
    failed = Signal(object)

    def __init__(self, prepared: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._place = _Place(prepared)
        self._tasks = TaskRunner(1, self)
        self._made: dict[_Key, Path] = {}
        self._busy = False
        self._cancelled = Event()

    def paths(self, dataset: Dataset, photos: Sequence[Photo], options: PackageOptions) -> tuple[Path, ...]:
        """Return the photos' files, for edited ones what training gets; () while these are being made."""
        keys = {p.photo_id: _key(p, dataset, options) for p in photos if p.edit and not p.problem}
        missing = [p for p in photos if p.photo_id in keys and keys[p.photo_id] not in self._made]
        if not missing:
            return tuple(self._made[keys[p.photo_id]] if p.photo_id in keys else p.path for p in photos)
        if not self._busy and not self._cancelled.is_set():
            self._busy = True
            make = partial(_make, dataset, missing, options, self._place, self._cancelled)
            self._tasks.run(make, self._take, self._fail)
        return ()

    def ask_stop(self) -> None:
        """Make no further file."""
        self._cancelled.set()
        self._tasks.ask_stop()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the file that is being made, and delete all; False when the deadline passed."""
        ended = self._tasks.wait_end(deadline_ms)
        if ended:
            self._place.remove()
        return ended

    @Slot(object)
    def _take(self, made: dict[_Key, Path]) -> None:
        self._busy = False
        self._made |= made
        self.ready.emit()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._busy = False
        self.failed.emit(error)


def _key(photo: Photo, dataset: Dataset, options: PackageOptions) -> _Key:
    file = photo.path, photo.size, photo.mtime_ns
    return (*file, photo.edit, photo.fit, dataset.background, options.strip_metadata)


def _make(
    dataset: Dataset, photos: Sequence[Photo], options: PackageOptions, place: _Place, cancelled: Event,
) -> dict[_Key, Path]:
    """Write a file for each photo; SourceChangedError, DatasetError, StoreError, CancelledError."""
    stems = StemPool()
    named = {photo.photo_id: stems.take(ascii_stem(photo.path.stem)) for photo in dataset.used}
    made: dict[_Key, Path] = {}
    for photo in photos:
        if cancelled.is_set():
            raise CancelledError
        one = replace(dataset, photos=(replace(photo, excluded=False, caption=""),))
        archive = plan(manifest_of(one), options, place.prepared, cancelled=cancelled.is_set)
        stem = named.get(photo.photo_id) or stems.take(ascii_stem(photo.path.stem))
        target = place.next() / f"{stem}{Path(archive.entries[0].name).suffix}"
        try:
            with target.open("xb") as file:
                file.writelines(bytes_of(archive.entries[0], PIECE))
        except OSError as error:
            raise unwritable(error) from error
        made[_key(photo, dataset, options)] = target
    return made

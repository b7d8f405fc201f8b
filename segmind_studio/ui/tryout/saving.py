"""Save a picture to a chosen file, off the GUI thread."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _


class ImageSaver(QObject):
    """Copy the received file, or write the picture in another format.

    Signals:
        saved(object): Path; failed(object): StudioError. GUI thread.
    """

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = TaskRunner(1, self)

    def save(self, result: TryResult, target: Path) -> None:
        """Save a picture; a file of that name is replaced, the user was asked."""

        def work() -> Path:
            return save_image(result, target)

        self._tasks.run(work, self._done, self._failed)

    @Slot(object)
    def _done(self, target: Path) -> None:
        self.saved.emit(target)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.failed.emit(error)


def save_image(result: TryResult, target: Path) -> Path:
    """Write the picture; StoreError on a disk error. Blocking."""
    target = target if target.suffix else target.with_suffix(suffix_of(result))
    try:
        _write(result, target)
    except OSError as error:
        raise StoreError(
            _("The picture could not be saved."), _("Choose another folder, or a name that ends in .png or .jpg."),
            error.strerror or str(error),
        ) from error
    return target


def _write(result: TryResult, target: Path) -> None:
    came = result.path
    if came is not None and came.suffix.lower() == target.suffix.lower() and came.exists():
        if not _same(came, target):
            shutil.copyfile(came, target)
    elif not _image(result).save(str(target)):
        raise OSError(f"Qt cannot write {target.name}")


def _image(result: TryResult) -> QImage:
    """Return the picture, read from its file where it is not in memory."""
    return QImage(str(result.path)) if result.image.isNull() and result.path else result.image


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def suffix_of(result: TryResult) -> str:
    """Return the ending that the picture came with."""
    return result.path.suffix if result.path is not None and result.path.suffix else ".png"

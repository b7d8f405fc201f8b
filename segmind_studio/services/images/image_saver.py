"""Saves a generated image where the person wants it, off the GUI thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.services.images.decoding import reader_of
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.result_images import export_image, suffix_of


class ImageSaver(QObject):
    """Copy the stored file, or write the image again in another format. GUI thread; `tasks` does the work.

    Signals:
        saved(object): Path; failed(object): StudioError. GUI thread.
    """

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks

    def save(self, result: TryResult, target: Path) -> None:
        """Save an image; an existing file of that name is replaced, the person was asked."""
        self._tasks.run(partial(_export, result, target), self._done, self._failed)

    @staticmethod
    def name_for(result: TryResult) -> str:
        """Return the file name to suggest."""
        return result.path.name if result.path else f"picture{suffix_of(None)}"

    @Slot(object)
    def _done(self, target: Path) -> None:
        self.saved.emit(target)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.failed.emit(error)


def _export(result: TryResult, target: Path) -> Path:
    return export_image(result.path, target, partial(_encode, result))


def _encode(result: TryResult, target: Path) -> bool:
    """Write the image in the format of `target`'s suffix, read from its file where it is not in memory."""
    image = result.image
    if image.isNull() and result.path:
        reader = reader_of(result.path)
        image = reader.read() if reader else image
    return image.save(str(target))

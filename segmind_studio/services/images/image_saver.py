"""Saves a generated image where the person wants it, off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.result_filter import parameters_text, settings_of
from segmind_studio.services.images.decoding import reader_of
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.records import json_text
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

    def save(self, result: TryResult, target: Path, model: str = "") -> None:
        """Save an image; an existing file of that name is replaced, the person was asked.

        A PNG carries the settings in its texts; `model` is the name of the run.
        """
        self._tasks.run(partial(_export, result, target, model), self._done, self._failed)

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


def texts_of(image: GeneratedImage, model: str) -> Mapping[str, str]:
    """Return what is written into a PNG of an image, by keyword; see `result_filter.settings_of`."""
    return {
        "Software": "Segmind Studio", "parameters": parameters_text(image, model),
        "segmind-studio": json_text(settings_of(image, model)),
    }


def _export(result: TryResult, target: Path, model: str) -> Path:
    return export_image(result.path, target, partial(_encode, result), texts_of(result.generated, model))


def _encode(result: TryResult, target: Path) -> bool:
    """Write the image in the format of `target`'s suffix, read from its file where it is not in memory."""
    image = result.image
    if image.isNull() and result.path:
        reader = reader_of(result.path)
        image = reader.read() if reader else image
    return image.save(str(target))

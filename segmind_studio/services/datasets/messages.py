"""Messages between the dataset service and its two workers: requests, answers, and the library's interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from threading import Event
from typing import Protocol

from segmind_studio.core.datasets import (
    Dataset,
    DatasetSummary,
    PackageInfo,
    PackageOptions,
    Photo,
    ScanProgress,
    ScanReport,
)
from segmind_studio.core.errors import StudioError
from segmind_studio.core.undo_history import UndoHistory, UndoStep
from segmind_studio.record import record
from segmind_studio.services.datasets.pasted import PastedPicture


class DatasetLibrary(Protocol):
    """The methods that the service uses of `store.library.Library`; every call blocks and may raise StoreError."""

    def save(self, dataset: Dataset) -> None:
        """Store a dataset whole."""
        ...

    def save_photos(
        self, dataset_id: str, photos: tuple[Photo, ...], *, updated_at: float | None = None
    ) -> None:
        """Store some photos of a stored dataset; KeyError when it is not stored."""
        ...

    def load(self, dataset_id: str) -> Dataset | None:
        """Return a stored dataset."""
        ...

    def recent(self, limit: int = 20) -> tuple[DatasetSummary, ...]:
        """Return the stored datasets changed last, newest first, without those that were put away."""
        ...

    def summaries(self) -> tuple[DatasetSummary, ...]:
        """Return all stored datasets, newest first, those that were put away at the end; without photos."""
        ...

    def first_photos(self, dataset_id: str) -> tuple[Photo, ...]:
        """Return the photos to show beside the name of a dataset."""
        ...

    def delete(self, dataset_id: str) -> None:
        """Delete a dataset."""
        ...

    def set_archived(self, dataset_id: str, *, archived: bool) -> None:
        """Put a dataset away, or take it back."""
        ...

    def history(self, dataset_id: str) -> UndoHistory:
        """Return the stored undo steps of a dataset."""
        ...

    def save_history(
        self, dataset_id: str, steps: Iterable[UndoStep], *, keep_to: int, current: int
    ) -> None:
        """Store undo steps and remove those after `keep_to`; KeyError when the dataset is not stored."""
        ...


@record
class LoadRequest:
    """Request a dataset; with `missing_ok` (the last one of the previous session) it may be missing."""

    request_id: int
    dataset_id: str
    missing_ok: bool = False


@record
class LoadAnswer:
    """The dataset, None when there is none or it could not be read."""

    request: LoadRequest
    dataset: Dataset | None
    error: StudioError | None = None
    history: UndoHistory = field(default_factory=UndoHistory)


@record
class HistoryChange:
    """Undo steps that are new or grew; those after `keep_to` are gone, those after `current` undone."""

    dataset_id: str
    steps: tuple[UndoStep, ...]
    keep_to: int
    current: int


@record
class SaveRequest:
    """Store `dataset` whole, or only those of its photos that are named in `photos`."""

    dataset: Dataset
    photos: tuple[Photo, ...] = ()


@record
class SaveFailure:
    """The dataset on disk differs from the one in the window."""

    dataset_id: str
    error: StudioError


@record
class ScanRequest:
    """Request an intake. `cancelled` is set by the GUI thread and read by the worker.

    `known` are the dataset's photos with the captions that were read with them; names in zips are decoded with
    `code_page`, "" to guess. `picture` is one without a file: it is stored, then read like `paths`.
    """

    request_id: int
    paths: tuple[Path, ...]
    known: Mapping[Path, str]
    code_page: str = ""
    picture: PastedPicture | None = None
    cancelled: Event = field(default_factory=Event)


@record
class ScanStep:
    """The progress of an intake."""

    request_id: int
    progress: ScanProgress


@record
class ScanAnswer:
    """The result of an intake; `folder_name` is the first folder's, "" when no folder was given."""

    request_id: int
    report: ScanReport
    folder_name: str = ""
    error: StudioError | None = None


@record
class PackageRequest:
    """Request the plan of what would be sent."""

    request_id: int
    dataset: Dataset
    options: PackageOptions
    trigger_word: str
    cancelled: Event = field(default_factory=Event)


@record
class PackageAnswer:
    """What would be sent, and the photos whose files changed since they were read."""

    request_id: int
    info: PackageInfo
    changed: tuple[Photo, ...] = ()
    error: StudioError | None = None  # about the app's own folder, not about a photo


@record
class ExportRequest:
    """Request the archive as a file, or as `trainer` (a key of `core.trainers`) wants it, in a zip or a folder."""

    request_id: int
    dataset: Dataset
    options: PackageOptions
    target: Path
    trainer: str = ""
    as_folder: bool = False
    cancelled: Event = field(default_factory=Event)


@record
class ExportProgress:
    """Bytes written so far and in total."""

    done: int
    total: int


@record
class ExportStep:
    """The progress of an export."""

    request_id: int
    progress: ExportProgress


@record
class ExportAnswer:
    """The result of an export; `error` is None when the file is complete."""

    request_id: int
    target: Path
    error: StudioError | None = None

"""What the dataset service and its two workers say to each other: requests, answers, the library's shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


class DatasetLibrary(Protocol):
    """What the service needs of `store.library.Library`; every call blocks and may raise StoreError."""

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
        """Return the newest first."""
        ...

    def delete(self, dataset_id: str) -> None:
        """Forget a dataset."""
        ...


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Ask for a dataset; `quiet` when it may well be gone (the last one of the session before)."""

    request_id: int
    dataset_id: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class LoadAnswer:
    """The dataset, None when there is none or it could not be read."""

    request: LoadRequest
    dataset: Dataset | None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class SaveRequest:
    """Store `dataset` whole, or only those of its photos that are named in `photos`."""

    dataset: Dataset
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class SaveFailure:
    """Tell that a dataset is not on disk as it is on the screen."""

    dataset_id: str
    error: StudioError


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Ask for an intake. `cancelled` is set by the GUI thread and read by the worker.

    `known` are the dataset's photos with the captions that were read with them; names in zips are read in
    `code_page`, "" to guess.
    """

    request_id: int
    paths: tuple[Path, ...]
    known: Mapping[Path, str]
    code_page: str = ""
    cancelled: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class ScanStep:
    """How far an intake is."""

    request_id: int
    progress: ScanProgress


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What an intake brought; `folder_name` is the first folder's, "" when no folder was given."""

    request_id: int
    report: ScanReport
    folder_name: str = ""
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """Ask what would be sent."""

    request_id: int
    dataset: Dataset
    options: PackageOptions
    trigger_word: str
    cancelled: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class PackageAnswer:
    """What would be sent, and the photos whose files changed since they were looked at."""

    request_id: int
    info: PackageInfo
    changed: tuple[Photo, ...] = ()
    error: StudioError | None = None  # about the app's own folder, not about a photo


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Ask for the archive as a file."""

    request_id: int
    dataset: Dataset
    options: PackageOptions
    target: Path
    cancelled: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """Bytes written so far and in all."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ExportStep:
    """How far an export is."""

    request_id: int
    progress: ExportProgress


@dataclass(frozen=True, slots=True)
class ExportAnswer:
    """How an export ended; `error` is None when the file is there."""

    request_id: int
    target: Path
    error: StudioError | None = None

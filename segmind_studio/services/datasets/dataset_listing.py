"""The list of all stored datasets, read when somebody looks at it; see `DatasetStore.recent` for the last ones."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from segmind_studio.services.datasets.dataset_store import DatasetStore
from segmind_studio.services.datasets.dataset_store_worker import DatasetStoreWorker


class DatasetListing(QObject):
    """Ask the store worker for all datasets, and for the photos to show beside some of them. GUI thread.

    Signals:
        listed(tuple[DatasetSummary, ...]): the answer of `ask`, newest first, those put away at the end.
        first_read(Mapping[str, tuple[Photo, ...]]): the answer of `ask_first`, by the datasets' ids.
        failed(StudioError): one of them could not be read.
    """

    listed = Signal(object)
    first_read = Signal(object)
    failed = Signal(object)
    _all_wanted = Signal()
    _first_wanted = Signal(object)

    def __init__(self, store: DatasetStore, worker: DatasetStoreWorker, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._all_wanted.connect(worker.read_all)
        self._first_wanted.connect(worker.read_first)
        worker.all_read.connect(self.listed)
        worker.first_read.connect(self.first_read)
        worker.read_failed.connect(self.failed)

    def ask(self) -> None:
        """Read all datasets, after every change that was asked for before."""
        self._store.flush()
        self._all_wanted.emit()

    def ask_first(self, dataset_ids: tuple[str, ...]) -> None:
        """Read the first photos of these datasets."""
        self._first_wanted.emit(dataset_ids)

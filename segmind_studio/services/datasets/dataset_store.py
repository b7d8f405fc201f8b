"""The service's access to stored datasets: open one, store it whole or in part, list the recent ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.datasets import Dataset, DatasetSummary, Photo
from segmind_studio.services.datasets.messages import (
    HistoryChange,
    LoadAnswer,
    LoadRequest,
    SaveFailure,
    SaveRequest,
)
from segmind_studio.services.datasets.threads import DatasetThreads

WRITE_EVERY_MS = 300  # for edited photos: each write waits for the disk, and a caption changes with each key press


class DatasetStore(QObject):
    """Send requests to the store worker. GUI thread. Edits are written at most every 300 ms, the rest at once.

    Signals:
        loaded(Dataset | None, UndoHistory): the answer to the newest `load`; None when there is nothing to open.
        peeked(Dataset): the answer to the newest `peek`; a dataset that is not there any more is `failed`.
        recent_changed(tuple[DatasetSummary, ...]), failed(StudioError).
    """

    loaded = Signal(object, object)
    peeked = Signal(object)
    recent_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, threads: DatasetThreads, parent: QObject) -> None:
        super().__init__(parent)
        self.recent: tuple[DatasetSummary, ...] = ()
        self._threads = threads
        self._stored: set[str] = set()  # ids of datasets that are stored whole, or queued
        self._loading: LoadRequest | None = None
        self._peeking: LoadRequest | None = None
        self._last_id = 0
        self._edited: tuple[Dataset, list[tuple[Photo, ...]]] | None = None  # not written yet, the newest last
        self._history: HistoryChange | None = None  # not written yet
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_EVERY_MS)
        self._timer.timeout.connect(self.flush)
        threads.store_worker.loaded.connect(self._on_loaded)
        threads.store_worker.recent_read.connect(self._on_recent)
        threads.store_worker.save_failed.connect(self._on_save_failed)

    def load(self, dataset_id: str, *, missing_ok: bool) -> None:
        """Read a dataset; a missing one is an error unless `missing_ok`."""
        self.flush()
        self._last_id += 1
        self._loading = LoadRequest(self._last_id, dataset_id, missing_ok)
        self._threads.load_wanted.emit(self._loading)

    def peek(self, dataset_id: str) -> None:
        """Read a dataset that is not to be opened; `peeked` is the answer."""
        self.flush()
        self._last_id += 1
        self._peeking = LoadRequest(self._last_id, dataset_id)
        self._threads.load_wanted.emit(self._peeking)

    def give_up_loading(self) -> None:
        """Ignore the answer of the running load."""
        self._loading = None

    def save(self, dataset: Dataset, photos: tuple[Photo, ...] = ()) -> None:
        """Store a dataset. If the rest is stored already, only `photos` of it, after a short delay."""
        if photos and dataset.dataset_id in self._stored:
            before = self._edited[1] if self._edited and self._edited[0].dataset_id == dataset.dataset_id else None
            if before is None:
                self.flush()
            self._edited = dataset, [*(before or ()), photos]
            if not self._timer.isActive():
                self._timer.start()
            return
        self.flush()
        self._stored.add(dataset.dataset_id)
        self._threads.save_wanted.emit(SaveRequest(dataset, ()))

    @Slot()
    def flush(self) -> None:
        """Write the waiting edits now."""
        self._timer.stop()
        edited, self._edited = self._edited, None
        if edited is not None:
            dataset, parts = edited
            if len(parts) > 1:
                newest = {photo.photo_id: photo for photo in chain.from_iterable(parts)}
                parts = [tuple(newest.values())]
            self._threads.save_wanted.emit(SaveRequest(dataset, parts[0]))
        history, self._history = self._history, None
        if history is not None:
            self._threads.history_wanted.emit(history)

    def note_history(self, change: HistoryChange) -> None:
        """Store a change of the undo steps, with the next write of edits."""
        before = self._history
        if before is not None and before.dataset_id != change.dataset_id:
            self.flush()
            before = None
        if before is not None:
            kept = {step.number: step for step in before.steps if step.number <= change.keep_to}
            new = {step.number: step for step in change.steps}
            change = replace(
                change, steps=tuple((kept | new).values()), keep_to=min(before.keep_to, change.keep_to),
            )
        self._history = change
        if not self._timer.isActive():
            self._timer.start()

    def save_if_missing(self, dataset: Dataset) -> None:
        """Store a dataset with photos whose last save failed."""
        if dataset.photos and dataset.dataset_id not in self._stored:
            self.save(dataset)

    def set_archived(self, dataset_id: str, *, archived: bool) -> None:
        """Put a dataset away, or take it back."""
        self.flush()
        self._threads.archive_wanted.emit(dataset_id, archived)

    def delete(self, dataset_id: str) -> None:
        """Delete a dataset."""
        self.flush()
        self._stored.discard(dataset_id)
        self._threads.delete_wanted.emit(dataset_id)

    @Slot(object)
    def _on_loaded(self, answer: LoadAnswer) -> None:
        if answer.request == self._peeking:
            self._peeking = None
            if answer.error is not None:
                self.failed.emit(answer.error)
            if answer.dataset is not None:
                self.peeked.emit(answer.dataset)
            return
        if answer.request != self._loading:
            return
        self._loading = None
        if answer.dataset is not None:
            self._stored.add(answer.dataset.dataset_id)
        if answer.error is not None:
            self.failed.emit(answer.error)
        self.loaded.emit(answer.dataset, answer.history)

    @Slot(object)
    def _on_recent(self, recent: tuple[DatasetSummary, ...]) -> None:
        if recent != self.recent:
            self.recent = recent
            self.recent_changed.emit(recent)

    @Slot(object)
    def _on_save_failed(self, failure: SaveFailure) -> None:
        self._stored.discard(failure.dataset_id)  # the next edit, or the end of the app, stores it whole
        self.failed.emit(failure.error)

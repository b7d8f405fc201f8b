"""A library of datasets in memory, for tests of the dataset service; it can be set to refuse."""

from collections.abc import Iterable
from dataclasses import replace
from threading import Lock

from segmind_studio.core.datasets import Dataset, DatasetSummary, Photo
from segmind_studio.core.errors import StoreError
from segmind_studio.core.undo_history import UndoHistory, UndoStep


class MemoryLibrary:
    """Store datasets as `store.library.Library` does. `calls` names the calls in order."""

    def __init__(self, *datasets: Dataset) -> None:
        self._lock = Lock()
        self._datasets = {dataset.dataset_id: dataset for dataset in datasets}
        self._archived: frozenset[str] = frozenset()
        self._histories: dict[str, UndoHistory] = {}
        self.calls: list[str] = []
        self.refusing = False

    def save(self, dataset: Dataset) -> None:
        self._note("save")
        with self._lock:
            self._datasets[dataset.dataset_id] = dataset

    def save_photos(
        self, dataset_id: str, photos: tuple[Photo, ...], *, updated_at: float | None = None
    ) -> None:
        self._note("save_photos")
        with self._lock:
            dataset = self._datasets[dataset_id].with_photos(tuple(photos))
            at = dataset.updated_at if updated_at is None else updated_at
            self._datasets[dataset_id] = replace(dataset, updated_at=at)

    def load(self, dataset_id: str) -> Dataset | None:
        self._note("load")
        with self._lock:
            return self._datasets.get(dataset_id)

    def recent(self, limit: int = 20) -> tuple[DatasetSummary, ...]:
        self._note("recent")
        with self._lock:
            return tuple(one for one in self.summaries() if not one.archived)[:limit]

    def summaries(self) -> tuple[DatasetSummary, ...]:
        newest = sorted(self._datasets.values(), key=lambda d: d.updated_at, reverse=True)
        found = [
            DatasetSummary(d.dataset_id, d.name, len(d.photos), d.updated_at, d.dataset_id in self._archived)
            for d in newest
        ]
        return tuple(sorted(found, key=lambda one: one.archived))

    def first_photos(self, dataset_id: str) -> tuple[Photo, ...]:
        return self._datasets[dataset_id].photos[:4]

    def delete(self, dataset_id: str) -> None:
        self._note("delete")
        with self._lock:
            self._datasets.pop(dataset_id, None)

    def set_archived(self, dataset_id: str, *, archived: bool) -> None:
        with self._lock:
            self._archived = self._archived | {dataset_id} if archived else self._archived - {dataset_id}

    def history(self, dataset_id: str) -> UndoHistory:
        with self._lock:
            return self._histories.get(dataset_id, UndoHistory())

    def save_history(
        self, dataset_id: str, steps: Iterable[UndoStep], *, keep_to: int, current: int
    ) -> None:
        with self._lock:
            kept = {step.number: step for step in self.history_of(dataset_id) if step.number <= keep_to}
            kept |= {step.number: step for step in steps}
            self._histories[dataset_id] = UndoHistory(tuple(kept.values()), current)

    def history_of(self, dataset_id: str) -> tuple[UndoStep, ...]:
        return self._histories.get(dataset_id, UndoHistory()).steps

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if self.refusing:
            raise StoreError("The disk is full.", "Make some room.")

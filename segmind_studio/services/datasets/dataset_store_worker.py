"""The worker that stores datasets: every call of the library happens here, on one thread."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import DatasetError, StudioError
from segmind_studio.core.undo_history import UndoHistory
from segmind_studio.services.datasets.messages import (
    DatasetLibrary,
    HistoryChange,
    LoadAnswer,
    LoadRequest,
    SaveFailure,
    SaveRequest,
)
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


class DatasetStoreWorker(QObject):
    """Load, save and list datasets in the order they were asked for.

    Signals (emitted in its thread):
        loaded(LoadAnswer), recent_read(tuple[DatasetSummary, ...]), save_failed(SaveFailure);
        all_read(tuple[DatasetSummary, ...]), read_failed(StudioError);
        first_read(Mapping[str, tuple[Photo, ...]]), by the datasets' ids.
    """

    loaded = Signal(object)
    recent_read = Signal(object)
    save_failed = Signal(object)
    all_read = Signal(object)
    first_read = Signal(object)
    read_failed = Signal(object)

    def __init__(self, library: DatasetLibrary) -> None:
        super().__init__()
        self._library = library
        self._unsaved: dict[str, StudioError] = {}  # by dataset: the error of its last save

    @property
    def unsaved(self) -> StudioError | None:
        """Return the error of a dataset whose last changes are not on the disk; after the end of the thread."""
        return next(iter(self._unsaved.values()), None)

    @Slot(object)
    def load(self, request: LoadRequest) -> None:
        """Read a dataset and emit `loaded`."""
        try:
            dataset = self._library.load(request.dataset_id)
            history = self._library.history(request.dataset_id) if dataset is not None else UndoHistory()
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            self.loaded.emit(LoadAnswer(request, None, _worded(error)))
            return
        gone: StudioError | None = None
        if dataset is None and not request.missing_ok:
            gone = DatasetError(_("This dataset is no longer there."), _("It was deleted. Choose another "
                                                                         "dataset."))
        self.loaded.emit(LoadAnswer(request, dataset, gone, history))

    @Slot(object)
    def save(self, request: SaveRequest) -> None:
        """Store a dataset, or some of its photos."""
        dataset = request.dataset
        try:
            if request.photos:
                self._save_photos(request)
            else:
                self._library.save(dataset)
        except Exception as error:  # noqa: BLE001  # as above
            failure = _worded(error)
            _log.warning("A dataset could not be stored: %s", failure.detail)
            title = _("The last changes to “{name}” are not saved.").format(name=dataset.name)
            self._unsaved[dataset.dataset_id] = StudioError(title, str(failure), failure.detail)
            self.save_failed.emit(SaveFailure(dataset.dataset_id, failure))
            return
        self._unsaved.pop(dataset.dataset_id, None)
        if not request.photos:
            self.read_recent()

    def _save_photos(self, request: SaveRequest) -> None:
        dataset = request.dataset
        try:
            self._library.save_photos(dataset.dataset_id, request.photos, updated_at=dataset.updated_at)
        except KeyError:  # an earlier write of the whole dataset failed
            self._library.save(dataset)

    @Slot(object)
    def save_history(self, change: HistoryChange) -> None:
        """Store undo steps. Without them nothing of the dataset is lost, so a failure is only logged."""
        try:
            self._library.save_history(
                change.dataset_id, change.steps, keep_to=change.keep_to, current=change.current,
            )
        except (StudioError, KeyError) as error:
            _log.warning("Undo steps could not be stored: %s", type(error).__name__)

    @Slot(str)
    def delete(self, dataset_id: str) -> None:
        """Delete a dataset."""
        try:
            self._library.delete(dataset_id)
            self._unsaved.pop(dataset_id, None)
        except Exception as error:  # noqa: BLE001  # as above
            self.save_failed.emit(SaveFailure(dataset_id, _worded(error)))
        self.read_recent()

    @Slot(str, bool)
    def set_archived(self, dataset_id: str, archived: bool) -> None:  # noqa: FBT001  # as the signal has it
        """Put a dataset away, or take it back."""
        try:
            self._library.set_archived(dataset_id, archived=archived)
        except Exception as error:  # noqa: BLE001  # as above
            self.save_failed.emit(SaveFailure(dataset_id, _worded(error)))
        self.read_recent()

    @Slot()
    def read_recent(self) -> None:
        """Emit the stored datasets, newest first."""
        try:
            self.recent_read.emit(self._library.recent())
        except Exception as error:  # noqa: BLE001  # as above
            self.save_failed.emit(SaveFailure("", _worded(error)))

    @Slot()
    def read_all(self) -> None:
        """Emit all stored datasets, those that were put away at the end."""
        try:
            self.all_read.emit(self._library.summaries())
        except Exception as error:  # noqa: BLE001  # as above
            self.read_failed.emit(_worded(error))

    @Slot(object)
    def read_first(self, dataset_ids: tuple[str, ...]) -> None:
        """Emit the first photos of these datasets, by their ids."""
        try:
            self.first_read.emit({one: self._library.first_photos(one) for one in dataset_ids})
        except Exception as error:  # noqa: BLE001  # as above
            self.read_failed.emit(_worded(error))

    @Slot()
    def finish(self) -> None:
        """End the thread; everything asked before has been done."""
        self.thread().quit()


def _worded(error: Exception) -> StudioError:
    if isinstance(error, StudioError):
        return error
    _log.error("The dataset store worker failed", exc_info=error)
    return unexpected(error)

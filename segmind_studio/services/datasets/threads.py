"""The two threads of the dataset service: their owner, their requests and their end."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from segmind_studio.services.datasets.dataset_store_worker import DatasetStoreWorker
from segmind_studio.services.datasets.folder_watch import FolderWorker
from segmind_studio.services.datasets.full_look_pool import Looks
from segmind_studio.services.datasets.messages import DatasetLibrary
from segmind_studio.services.datasets.reader_worker import DatasetWorker
from segmind_studio.services.system.ending import thread_ended
from segmind_studio.store.seen_files import SeenFiles

_log = logging.getLogger(__name__)


class DatasetThreads(QObject):
    """Own one thread that stores datasets (a slow photo disk never delays it) and one that reads photos.

    Lives in the GUI thread. Its signals are the requests; the workers' signals are the answers.

    Signals (emitted by the service, received by the workers):
        load_wanted(LoadRequest), save_wanted(SaveRequest), history_wanted(HistoryChange), delete_wanted(str),
        archive_wanted(str, bool), recent_wanted(),
        scan_wanted(ScanRequest), package_wanted(PackageRequest), export_wanted(ExportRequest),
        finish_wanted(): end after all earlier requests.
    """

    load_wanted = Signal(object)
    save_wanted = Signal(object)
    history_wanted = Signal(object)
    delete_wanted = Signal(str)
    archive_wanted = Signal(str, bool)
    recent_wanted = Signal()
    scan_wanted = Signal(object)
    package_wanted = Signal(object)
    export_wanted = Signal(object)
    finish_wanted = Signal()

    def __init__(  # noqa: PLR0913  # where everything is
        self, library: DatasetLibrary, imports: Path, prepared: Path, looks: Looks, parent: QObject, *,
        seen: Path | None = None,
    ) -> None:
        """`seen` is the folder for what was seen in the photos' folders; None: it is forgotten at the end."""
        super().__init__(parent)
        self.store_worker = DatasetStoreWorker(library)
        self.files = DatasetWorker(imports, prepared, looks)
        self.folders = FolderWorker(imports, None if seen is None else SeenFiles(seen))
        self._threads = (QThread(self), QThread(self))
        self._threads[0].setObjectName("dataset-store")
        self._threads[1].setObjectName("dataset-files")
        self.store_worker.moveToThread(self._threads[0])
        self.files.moveToThread(self._threads[1])
        self.folders.moveToThread(self._threads[1])
        self.load_wanted.connect(self.store_worker.load)
        self.save_wanted.connect(self.store_worker.save)
        self.history_wanted.connect(self.store_worker.save_history)
        self.archive_wanted.connect(self.store_worker.set_archived)
        self.delete_wanted.connect(self.store_worker.delete)
        self.recent_wanted.connect(self.store_worker.read_recent)
        self.scan_wanted.connect(self.files.scan)
        self.package_wanted.connect(self.files.package)
        self.export_wanted.connect(self.files.export)
        self.finish_wanted.connect(self.store_worker.finish)
        self.finish_wanted.connect(self.folders.finish)
        self.finish_wanted.connect(self.files.finish)
        self._asked_to_finish = False

    def start(self) -> None:
        """Start both threads; earlier requests are handled now."""
        for thread in self._threads:
            thread.start()

    def ask_stop(self) -> None:
        """Ask both threads to end after their earlier requests. May be repeated."""
        if not self._asked_to_finish:
            self._asked_to_finish = True
            self.finish_wanted.emit()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for both threads; False when the deadline passed. May be repeated."""
        end = time.monotonic() + deadline_ms / 1000
        clean = True
        for thread in self._threads:
            if not thread_ended(thread, max(0, round((end - time.monotonic()) * 1000))):
                _log.warning("The thread %s did not end in %d ms.", thread.objectName(), deadline_ms)
                clean = False
        return clean

"""Notice changes in the folders that the open dataset's photos came from, and find moved photos again.

Other pictures are reported; captions whose files changed are read again and reported.

The worker lives in the thread that reads photos; `FolderWatch` in the GUI thread asks it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import field
from operator import attrgetter
from pathlib import Path
from threading import Event

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from segmind_studio.core.datasets import Dataset, Photo, ScanProgress, ScanReport
from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.dataset.folder_news import FolderMemory, FolderNews, relocated
from segmind_studio.dataset.scan import scan
from segmind_studio.dataset.text_news import TextMemory
from segmind_studio.record import record
from segmind_studio.store.seen_files import Seen, SeenFiles

_log = logging.getLogger(__name__)

_PLACE = attrgetter("photo_id", "path")  # quicker than a loop over many photos
_DELAY_MS = 300  # several edits follow each other quickly
_SETTLE_MS = 500  # files that are being copied arrive one after the other


@record
class LocateRequest:
    """Request the places of photos whose files are gone, in files or folders."""

    request_id: int
    dataset_id: str
    photos: tuple[Photo, ...]
    tops: tuple[Path, ...]
    cancelled: Event = field(default_factory=Event)


@record
class Located:
    """The photos that were found, with their new paths, and the number of those that were not."""

    dataset_id: str
    found: tuple[Photo, ...]
    missing: int


@record
class TextsChanged:
    """Folders of a dataset in which files that may hold captions came, went or changed."""

    dataset_id: str
    folders: tuple[str, ...]


@record
class RereadRequest:
    """Request the captions in these folders; `known` has the photos' paths with the captions read before."""

    changed: TextsChanged
    known: Mapping[Path, str]
    cancelled: Event = field(default_factory=Event)


@record
class Reread:
    """What was found: `report.offered` has the captions that differ from those read before."""

    changed: TextsChanged
    report: ScanReport


class FolderWorker(QObject):
    """Look at folders when asked, and when the system says that one has changed.

    Signals (emitted in the worker's thread):
        looked(FolderNews), located(Located), texts_changed(TextsChanged), reread(Reread).
    """

    looked = Signal(object)
    located = Signal(object)
    texts_changed = Signal(object)
    reread = Signal(object)

    def __init__(self, imports: Path, seen: SeenFiles | None = None) -> None:
        super().__init__()
        self._memory = FolderMemory(imports)
        self._texts = TextMemory()
        self._imports = imports
        self._seen = seen
        self._stored = Seen()
        self._unread = False  # what is stored could not be read
        self._dataset: Dataset | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_changed)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._look)

    @Slot(object)
    def look(self, dataset: Dataset) -> None:
        """Watch the folders of this dataset, and look at them now."""
        self._dataset = dataset
        if not self._memory.holds(dataset.dataset_id):
            self._recall(dataset.dataset_id)
            self._memory.recall(dataset.dataset_id, self._stored.names)
            self._texts.recall(self._stored.texts)
        self._watch(self._memory.folders(dataset))
        self._look()

    def _recall(self, dataset_id: str) -> None:
        """Read what is stored; what cannot be read now is not replaced while the dataset is open."""
        self._stored, self._unread = Seen(), False
        if self._seen is not None:
            try:
                self._stored = self._seen.load(dataset_id)
            except StudioError as error:
                self._unread = True
                _log.warning("What was seen in the photos' folders could not be read: %s", error.detail)

    @Slot(str)
    def forget(self, dataset_id: str) -> None:
        """Delete what is stored about the folders of a dataset that was deleted."""
        if self._dataset is not None and self._dataset.dataset_id == dataset_id:
            self._dataset = None
        if self._seen is not None:
            self._seen.forget(dataset_id)

    @Slot()
    def dismiss(self) -> None:
        """Do not report the present new files again."""
        self._memory.dismiss()
        self._look()

    @Slot(object)
    def locate(self, request: LocateRequest) -> None:
        """Find photos again; emits `located` unless cancelled."""
        try:
            found = relocated(request.photos, request.tops, request.cancelled.is_set)
        except CancelledError:
            return
        self.located.emit(Located(request.dataset_id, found, len(request.photos) - len(found)))

    @Slot(object)
    def read_again(self, request: RereadRequest) -> None:
        """Read the captions beside these photos; emits `reread` unless cancelled."""
        paths, cancelled = sorted(request.known), request.cancelled.is_set
        try:
            report = scan(paths, request.known, self._imports, _unseen, cancelled)
        except (StudioError, OSError) as error:
            _log.warning("Captions could not be read again: %s", type(error).__name__)
            return
        if not request.cancelled.is_set():
            self.reread.emit(Reread(request.changed, report))

    @Slot(object)
    def settle(self, changed: TextsChanged) -> None:
        """Remember that the captions in these folders were read and differ from none."""
        if self._memory.holds(changed.dataset_id):
            self._texts.settle(changed.folders)
            self._store()

    @Slot()
    def finish(self) -> None:
        """Stop watching, in the thread that watches."""
        self._dataset = None
        self._settled.stop()
        self._watcher.deleteLater()  # in this thread, as its notifier needs

    def _watch(self, folders: tuple[str, ...]) -> bool:
        """Watch these folders and no others; return whether one of them was not watched before."""
        watched = frozenset(self._watcher.directories())
        if gone := sorted(watched - frozenset(folders)):
            self._watcher.removePaths(gone)
        if fresh := sorted(frozenset(folder for folder in folders if Path(folder).is_dir()) - watched):
            self._watcher.addPaths(fresh)
        return bool(fresh)

    @Slot(str)
    def _on_changed(self, _folder: str) -> None:
        self._settled.start()

    @Slot()
    def _look(self) -> None:
        if self._dataset is None:
            return
        news = self._memory.look(self._dataset, bool)
        if self._watch(self._memory.watched):  # what came into a new subfolder before it was watched
            news = self._memory.look(self._dataset, bool)
        changed = self._texts.look(self._memory.folders(self._dataset), bool)
        self._store()
        self.looked.emit(news)
        if changed:
            self.texts_changed.emit(TextsChanged(self._dataset.dataset_id, changed))

    def _store(self) -> None:
        """Store what was seen, if that changed; without it, only news of a later session are missed."""
        seen = Seen(self._memory.listing, dict(self._texts.marks))
        if self._seen is None or self._unread or seen == self._stored:
            return
        if self._dataset is None or not self._dataset.photos:
            return
        try:
            self._seen.save(self._dataset.dataset_id, seen)
        except (StudioError, ValueError) as error:
            _log.warning("What was seen in the photos' folders could not be stored: %s", type(error).__name__)
            return
        self._stored = seen


class FolderWatch(QObject):
    """Ask for news of the open dataset's folders when its photos change, and when `look` is called.

    `news` and `found` are what the signals said so far about this dataset, for a window that is made later.

    Signals:
        changed(FolderNews): when the news differ; located(Located): the answer of `locate`;
        captions_found(ScanReport): captions were read again; `offered` differ from those that were read before,
        of `unchanged` nothing is to be offered any more. GUI thread.
    """

    changed = Signal(object)
    located = Signal(object)
    captions_found = Signal(object)
    _look_wanted = Signal(object)
    _dismiss_wanted = Signal()
    _forget_wanted = Signal(str)
    _locate_wanted = Signal(object)
    _reread_wanted = Signal(object)
    _settle_wanted = Signal(object)

    def __init__(self, worker: FolderWorker, dataset: Callable[[], Dataset], parent: QObject) -> None:
        super().__init__(parent)
        self.news = FolderNews()
        self.found = ScanReport((), ())
        self._dataset = dataset
        self._asked: tuple[str, tuple[tuple[str, Path], ...]] = ("", ())
        self._search: LocateRequest | None = None
        self._reading: RereadRequest | None = None
        self._last_id = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._follow)
        self._look_wanted.connect(worker.look)
        self._dismiss_wanted.connect(worker.dismiss)
        self._forget_wanted.connect(worker.forget)
        self._locate_wanted.connect(worker.locate)
        self._reread_wanted.connect(worker.read_again)
        self._settle_wanted.connect(worker.settle)
        worker.looked.connect(self._on_looked)
        worker.texts_changed.connect(self._on_texts_changed)
        worker.reread.connect(self._on_reread)
        worker.located.connect(self._on_located)

    @Slot()
    def follow(self) -> None:
        """Look soon if the dataset has other photos than at the last look."""
        if self._dataset().dataset_id != self.news.dataset_id and self.news.dataset_id:
            self.found = ScanReport((), ())
            self._show(FolderNews())
        self._timer.start(_DELAY_MS)

    def look(self) -> None:
        """Look soon, whatever changed: the app is in front again."""
        self._asked = ("", ())
        self._timer.start(_DELAY_MS)

    def dismiss(self) -> None:
        """Do not report the present new files again."""
        self._dismiss_wanted.emit()

    def forget(self, dataset_id: str) -> None:
        """Delete what is stored about the folders of a dataset that was deleted."""
        self._forget_wanted.emit(dataset_id)

    def locate(self, photos: tuple[Photo, ...], tops: tuple[Path, ...]) -> None:
        """Find these photos again in files or folders; `located` is the answer. A running search is cancelled."""
        self.stop()
        self._last_id += 1
        self._search = LocateRequest(self._last_id, self._dataset().dataset_id, photos, tops)
        self._locate_wanted.emit(self._search)

    def stop(self) -> None:
        """Cancel what is being searched or read, and ask no more."""
        self._timer.stop()
        for request in (self._search, self._reading):
            if request is not None:
                request.cancelled.set()

    @Slot()
    def _follow(self) -> None:
        dataset = self._dataset()
        wanted = (dataset.dataset_id, tuple(map(_PLACE, dataset.photos)))
        if wanted != self._asked:
            self._asked = wanted
            self._look_wanted.emit(dataset)

    @Slot(object)
    def _on_looked(self, news: FolderNews) -> None:
        if news.dataset_id == self._dataset().dataset_id:
            self._show(news)

    @Slot(object)
    def _on_located(self, located: Located) -> None:
        if located.dataset_id == self._dataset().dataset_id:
            self.located.emit(located)

    @Slot(object)
    def _on_texts_changed(self, changed: TextsChanged) -> None:
        dataset = self._dataset()
        if changed.dataset_id == dataset.dataset_id:
            folders = frozenset(changed.folders)
            known = {
                photo.path: photo.original_caption for photo in dataset.photos
                if os.path.dirname(photo.path) in folders  # noqa: PTH120  # ten thousand photos
            }
            self._reading = RereadRequest(changed, known)
            self._reread_wanted.emit(self._reading)

    @Slot(object)
    def _on_reread(self, read: Reread) -> None:
        dataset = self._dataset()
        if read.changed.dataset_id != dataset.dataset_id:
            return
        captions = {photo.path: photo.caption for photo in dataset.photos} if read.report.offered else {}
        report = read.report
        complete = len(report.unchanged) + len(report.offered) == report.already_there  # all could be read
        if complete and not any(captions.get(path, text) != text for path, text in report.offered):
            self._settle_wanted.emit(read.changed)
        self.found = _together(self.found, report)
        self.captions_found.emit(report)

    def _show(self, news: FolderNews) -> None:
        if news != self.news:
            self.news = news
            self.changed.emit(news)


def _together(before: ScanReport, now: ScanReport) -> ScanReport:
    """Return what two readings of captions offer together; what was read again counts as the second has it."""
    read = {*now.unchanged, *(path for path, _text in now.offered)}
    return ScanReport(
        (), (), offered=(*(one for one in before.offered if one[0] not in read), *now.offered),
        readings=(*(one for one in before.readings if one[0] not in read), *now.readings),
    )


def _unseen(_progress: ScanProgress) -> None:
    pass

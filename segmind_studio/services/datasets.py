"""The open dataset: edits at once in the GUI thread, disk work on two threads that this service owns."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.datasets import Dataset, DatasetSummary, PackageInfo, PackageOptions, Photo
from segmind_studio.core.errors import CancelledError
from segmind_studio.services.dataset_edits import PlacedPhoto, apply_facts, apply_report, insert, placed
from segmind_studio.services.dataset_jobs import (
    DatasetLibrary,
    ExportAnswer,
    ExportProgress,
    ExportRequest,
    ExportStep,
    LoadAnswer,
    LoadRequest,
    PackageAnswer,
    PackageRequest,
    SaveFailure,
    SaveRequest,
    ScanAnswer,
    ScanRequest,
    ScanStep,
)
from segmind_studio.services.dataset_threads import DatasetThreads

__all__ = ["DatasetService", "ExportProgress", "PlacedPhoto"]

UNTITLED = "Untitled"
PACKAGE_DELAY_MS = 150  # edits come in bursts; one plan for all of them


class DatasetService(QObject):
    """Hold the open dataset, store each edit, take photos in, say what would be sent, export it.

    Lives in the GUI thread; every method returns at once. The dataset is an immutable value: edits replace
    it and are on their way to disk before the method returns.

    Signals (all in the GUI thread):
        dataset_changed(Dataset): the new whole value, after each edit, intake or switch.
        scan_progress(ScanProgress): at most one in 60 ms.
        scan_finished(ScanReport): once for each `add`, after `dataset_changed`; also when cancelled.
        package_changed(PackageInfo): what would be sent now, some 150 ms after the last edit.
        recent_changed(tuple[DatasetSummary, ...]): newest first.
        export_progress(ExportProgress): bytes; exported(Path): the file is there.
        exporting_changed(bool): an export began or ended; a cancelled one ends without any other signal.
        failed(StudioError): something for the person to read.
    """

    dataset_changed = Signal(object)
    scan_progress = Signal(object)
    scan_finished = Signal(object)
    package_changed = Signal(object)
    recent_changed = Signal(object)
    export_progress = Signal(object)
    exported = Signal(object)
    exporting_changed = Signal(bool)
    failed = Signal(object)

    def __init__(
        self, library: DatasetLibrary, imports: Path, prepared: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._dataset = _fresh(UNTITLED)
        self._stored = False  # whether the library holds the dataset, apart from edits on their way
        self._package = PackageInfo()
        self._recent: tuple[DatasetSummary, ...] = ()
        self._options = PackageOptions()
        self._trigger_word = ""
        self._last_id = 0
        self._loading: LoadRequest | None = None
        self._scan: ScanRequest | None = None
        self._waiting: list[tuple[Path, ...]] = []  # intakes asked for while another one runs
        self._plan: PackageRequest | None = None
        self._export: ExportRequest | None = None
        self._package_timer = QTimer(self, singleShot=True, interval=PACKAGE_DELAY_MS)
        self._package_timer.timeout.connect(self._ask_package)
        self._threads = DatasetThreads(library, imports, prepared, self)
        keeper, files = self._threads.keeper, self._threads.files
        keeper.loaded.connect(self._on_loaded)
        keeper.recent_read.connect(self._on_recent)
        keeper.save_failed.connect(self._on_save_failed)
        files.scan_step.connect(self._on_scan_step)
        files.scanned.connect(self._on_scanned)
        files.packaged.connect(self._on_packaged)
        files.export_step.connect(self._on_export_step)
        files.exported.connect(self._on_exported)

    # What is there

    @property
    def dataset(self) -> Dataset:
        """Give the open dataset."""
        return self._dataset

    @property
    def package(self) -> PackageInfo:
        """Give what would be sent, as last computed."""
        return self._package

    @property
    def recent(self) -> tuple[DatasetSummary, ...]:
        """Give the stored datasets, newest first."""
        return self._recent

    @property
    def scanning(self) -> bool:
        """Tell whether an intake runs or waits."""
        return self._scan is not None or bool(self._waiting)

    @property
    def exporting(self) -> bool:
        """Tell whether an export runs."""
        return self._export is not None

    # Life

    def start(self, last_dataset_id: str = "") -> None:
        """Start the threads, read the recent datasets and open the last one; a missing one is no error."""
        self._threads.start()
        self._threads.recent_wanted.emit()
        if last_dataset_id:
            self._load(last_dataset_id, quiet=True)

    def stop(self, deadline_ms: int = 5000) -> bool:
        """Save, stop all work and end both threads; False when one did not end in time. May be repeated."""
        self._package_timer.stop()
        self._waiting.clear()
        for request in (self._scan, self._plan, self._export):
            if request is not None:
                request.cancelled.set()
        if not self._stored and self._dataset.photos:
            self._save()
        return self._threads.stop(deadline_ms)

    # Datasets

    def new(self, name: str = "") -> None:
        """Open an empty dataset. One without a name is stored with its first edit."""
        self._switch(_fresh(name.strip() or UNTITLED), stored=False)
        if name.strip():
            self._save()

    def open(self, dataset_id: str) -> None:
        """Open a stored dataset; `dataset_changed` follows, or `failed`."""
        self._load(dataset_id, quiet=False)

    def delete(self, dataset_id: str) -> None:
        """Forget a stored dataset; the photos stay where they are."""
        self._threads.delete_wanted.emit(dataset_id)
        if dataset_id == self._dataset.dataset_id:
            self._switch(_fresh(UNTITLED), stored=False)

    def rename(self, name: str) -> None:
        """Rename the open dataset; an empty name changes nothing."""
        if name.strip() and name.strip() != self._dataset.name:
            self._change(replace(self._dataset, name=name.strip()))

    # Photos

    def add(self, paths: Sequence[Path]) -> None:
        """Take photos, folders, zips and caption files in; `scan_finished` says what came of it."""
        if paths:
            self._waiting.append(tuple(paths))
            self._next_scan()

    def cancel_scan(self) -> None:
        """Stop the intake, and those that wait; nothing of them is added."""
        self._waiting.clear()
        if self._scan is not None:
            self._scan.cancelled.set()

    def set_captions(self, captions: Mapping[str, str]) -> None:
        """Replace captions, by photo id."""
        self._change_photos(
            replace(photo, caption=captions[photo.photo_id])
            for photo in self._dataset.photos
            if captions.get(photo.photo_id, photo.caption) != photo.caption
        )

    def set_excluded(self, photo_ids: Collection[str], excluded: bool) -> None:  # noqa: FBT001  # reads well
        """Leave photos out of the package, or take them back."""
        wanted = frozenset(photo_ids)
        self._change_photos(
            replace(photo, excluded=excluded)
            for photo in self._dataset.photos
            if photo.photo_id in wanted and photo.excluded != excluded
        )

    def placed(self, photo_ids: Collection[str]) -> tuple[PlacedPhoto, ...]:
        """Give photos with their places, as `restore` takes them: ask before `remove`."""
        return placed(self._dataset, photo_ids)

    def remove(self, photo_ids: Collection[str]) -> tuple[Photo, ...]:
        """Take photos out of the dataset and give them; their files stay."""
        wanted = frozenset(photo_ids)
        gone = tuple(photo for photo in self._dataset.photos if photo.photo_id in wanted)
        if gone:
            self._change(self._dataset.without(wanted))
        return gone

    def restore(self, photos: Iterable[PlacedPhoto]) -> None:
        """Put removed photos back in their places; those that are there already are left alone."""
        back = insert(self._dataset, photos)
        if back != self._dataset:
            self._change(back)

    # The package

    def set_trigger_word(self, word: str) -> None:
        """Say which word the captions should hold."""
        if word != self._trigger_word:
            self._trigger_word = word
            self._package_timer.start()

    def set_options(self, options: PackageOptions) -> None:
        """Say how the archive is made."""
        if options != self._options:
            self._options = options
            self._package_timer.start()

    def check_files(self) -> None:
        """Look again whether the photos' files are still there and the same."""
        self._package_timer.start()

    def export(self, target: Path) -> None:
        """Write the archive to a file of the person's choice; replaces an export that runs."""
        self.cancel_export()
        began = self._export is None
        self._export = ExportRequest(self._next_id(), self._dataset, self._options, target)
        self._threads.export_wanted.emit(self._export)
        if began:
            self.exporting_changed.emit(True)

    def cancel_export(self) -> None:
        """Stop the export; nothing is left of its file."""
        if self._export is not None:
            self._export.cancelled.set()

    # How an edit travels

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _change(self, dataset: Dataset, photos: tuple[Photo, ...] = ()) -> None:
        """Replace the dataset, store it (or only `photos` of it), tell everybody."""
        self._dataset = replace(dataset, updated_at=time.time())
        self._save(photos)
        self._package_timer.start()
        self.dataset_changed.emit(self._dataset)

    def _change_photos(self, photos: Iterable[Photo]) -> None:
        changed = tuple(photos)
        if changed:
            self._change(self._dataset.with_photos(changed), changed)

    def _save(self, photos: tuple[Photo, ...] = ()) -> None:
        request = SaveRequest(self._dataset, photos if self._stored else ())
        self._stored = True
        self._threads.save_wanted.emit(request)

    def _switch(self, dataset: Dataset, *, stored: bool) -> None:
        """Show another dataset; an intake for the one before is given up."""
        self._loading = None
        self.cancel_scan()
        self._dataset, self._stored = dataset, stored
        self._package_timer.start(0)
        self.dataset_changed.emit(dataset)

    def _load(self, dataset_id: str, *, quiet: bool) -> None:
        self._loading = LoadRequest(self._next_id(), dataset_id, quiet)
        self._threads.load_wanted.emit(self._loading)

    @Slot(object)
    def _on_loaded(self, answer: LoadAnswer) -> None:
        if answer.request != self._loading:
            return
        self._loading = None
        waiting = list(self._waiting)
        if answer.dataset is not None:
            self._switch(answer.dataset, stored=True)
        elif answer.error is not None:
            self.failed.emit(answer.error)
        self._waiting[:] = waiting
        self._next_scan()

    @Slot(object)
    def _on_recent(self, recent: tuple[DatasetSummary, ...]) -> None:
        if recent != self._recent:
            self._recent = recent
            self.recent_changed.emit(recent)

    @Slot(object)
    def _on_save_failed(self, failure: SaveFailure) -> None:
        if failure.dataset_id == self._dataset.dataset_id:
            self._stored = False  # the next edit, or the end, stores it whole
        self.failed.emit(failure.error)

    # How an intake travels

    def _next_scan(self) -> None:
        if self._scan is None and self._loading is None and self._waiting:
            known = frozenset(photo.path for photo in self._dataset.photos)
            self._scan = ScanRequest(self._next_id(), self._waiting.pop(0), known)
            self._threads.scan_wanted.emit(self._scan)

    @Slot(object)
    def _on_scan_step(self, step: ScanStep) -> None:
        if self._scan is not None and step.request_id == self._scan.request_id:
            self.scan_progress.emit(step.progress)

    @Slot(object)
    def _on_scanned(self, answer: ScanAnswer) -> None:
        if self._scan is None or answer.request_id != self._scan.request_id:
            return
        cancelled = self._scan.cancelled.is_set()
        self._scan = None
        report = answer.report
        if cancelled:
            report = replace(report, added=(), captions=(), captions_read=0, cancelled=True)
        if answer.error is not None and not cancelled:
            self.failed.emit(answer.error)
        dataset, report = apply_report(self._dataset, report)
        if answer.folder_name and report.added and dataset.name == UNTITLED and not self._dataset.photos:
            dataset = replace(dataset, name=answer.folder_name)
        if dataset != self._dataset:
            self._change(dataset)
        self.scan_finished.emit(report)
        self._next_scan()

    # How the package and an export travel

    @Slot()
    def _ask_package(self) -> None:
        if self._plan is not None:
            self._plan.cancelled.set()
        self._plan = PackageRequest(self._next_id(), self._dataset, self._options, self._trigger_word)
        self._threads.package_wanted.emit(self._plan)

    @Slot(object)
    def _on_packaged(self, answer: PackageAnswer) -> None:
        if self._plan is None or answer.request_id != self._plan.request_id:
            return
        fresh = apply_facts(self._dataset, answer.changed)
        if fresh:
            self._dataset = self._dataset.with_photos(fresh)
            self._save(fresh)
            self.dataset_changed.emit(self._dataset)
        if answer.error is not None:
            self.failed.emit(answer.error)
        if answer.info != self._package:
            self._package = answer.info
            self.package_changed.emit(answer.info)

    @Slot(object)
    def _on_export_step(self, step: ExportStep) -> None:
        if self._export is not None and step.request_id == self._export.request_id:
            self.export_progress.emit(step.progress)

    @Slot(object)
    def _on_exported(self, answer: ExportAnswer) -> None:
        if self._export is None or answer.request_id != self._export.request_id:
            return
        self._export = None
        self.exporting_changed.emit(False)
        if answer.error is None:
            self.exported.emit(answer.target)
        elif not isinstance(answer.error, CancelledError):
            self.failed.emit(answer.error)


def _fresh(name: str) -> Dataset:
    return Dataset(uuid4().hex, name, (), time.time())


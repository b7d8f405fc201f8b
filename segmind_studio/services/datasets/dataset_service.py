"""The open dataset: edits apply at once in the GUI thread; disk work runs on two threads of this service."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import (
    Dataset,
    DatasetSummary,
    PackageInfo,
    PackageOptions,
    Photo,
    background_of,
)
from segmind_studio.core.errors import StudioError
from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.core.photo_fit import PhotoFit
from segmind_studio.record import record
from segmind_studio.services.datasets.dataset_changes import (
    CaptionState,
    apply_facts,
    apply_looks,
    apply_report,
    exchanged,
    placed,
    with_captions,
    with_saved,
    with_texts,
)
from segmind_studio.texts import N_

if TYPE_CHECKING:
    from segmind_studio.core.caption_files import CaptionFiles
    from segmind_studio.core.overview_tables import Row
    from segmind_studio.core.undo_history import Difference, PlacedPhoto, UndoHistory
    from segmind_studio.dataset.archive import PlanCache
    from segmind_studio.dataset.damage import Look, LookKey
    from segmind_studio.services.datasets.dataset_listing import DatasetListing
    from segmind_studio.services.datasets.dataset_store import DatasetStore
    from segmind_studio.services.datasets.edited_files import EditedFiles
    from segmind_studio.services.datasets.export import Exporter
    from segmind_studio.services.datasets.fitting import FitService
    from segmind_studio.services.datasets.folder_watch import FolderWatch
    from segmind_studio.services.datasets.full_look_pool import Looks
    from segmind_studio.services.datasets.intake import IntakeQueue
    from segmind_studio.services.datasets.messages import DatasetLibrary, HistoryChange, ScanAnswer
    from segmind_studio.services.datasets.package import PackageWatch
    from segmind_studio.services.datasets.pasted import PastedPicture
    from segmind_studio.services.datasets.table_file import TableFiles
    from segmind_studio.services.datasets.threads import DatasetThreads


UNTITLED = N_("Untitled")


@record
class _Parts:
    threads: DatasetThreads
    store: DatasetStore
    listing: DatasetListing
    intake: IntakeQueue
    watch: PackageWatch
    exporter: Exporter
    folders: FolderWatch
    edited: EditedFiles
    fitter: FitService
    tables: TableFiles


def _parts(  # noqa: PLR0913, PLR0917  # what the service was made with
    service: DatasetService, library: DatasetLibrary, imports: Path, prepared: Path, looks: Looks | None,
    seen: Path | None,
) -> _Parts:
    from segmind_studio.services.datasets.dataset_listing import DatasetListing  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.dataset_store import DatasetStore  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.edited_files import EditedFiles  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.export import Exporter  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.fitting import FitService  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.folder_watch import FolderWatch  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.full_look_pool import PlainLooks  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.intake import IntakeQueue  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.package import PackageWatch  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.table_file import TableFiles  # noqa: PLC0415  # when first needed
    from segmind_studio.services.datasets.threads import DatasetThreads  # noqa: PLC0415  # when first needed

    threads = DatasetThreads(library, imports, prepared, looks or PlainLooks(), service, seen=seen)
    store = DatasetStore(threads, service)
    return _Parts(
        threads, store, DatasetListing(store, threads.store_worker, service),
        IntakeQueue(threads, service.known, service),
        PackageWatch(threads, lambda: service.dataset, service), Exporter(threads, service),
        FolderWatch(threads.folders, lambda: service.dataset, service), EditedFiles(prepared, service),
        FitService(prepared, threads.files.plans, service), TableFiles(service),
    )


class DatasetService(QObject):
    """Hold the open dataset, store each edit, add photos, compute what would be sent, export it.

    Lives in the GUI thread; every method returns at once. The dataset is an immutable value: an edit replaces
    it, and its write is queued before the method returns.

    Signals (all in the GUI thread):
        dataset_changed(Dataset): the whole new value, after each edit, intake or switch.
        scan_progress(ScanProgress): at most one each 60 ms.
        scan_finished(ScanReport): once for each intake, after `dataset_changed`; also when cancelled.
        package_changed(PackageInfo): what would be sent now, about 150 ms after the last edit.
        recent_changed(tuple[DatasetSummary, ...]): newest first.
        peeked(Dataset): the answer of `peek`.
        export_progress(ExportProgress): bytes; exported(Path): the file is complete.
        exporting_changed(bool): an export began or ended; a cancelled one ends without any other signal.
        folders_changed(FolderNews): other files than before are new in the photos' folders, or gone from them.
        located(Located): the answer of `locate`. captions_found(ScanReport): read again from the disk.
        files_ready(): files that `files_out` was asked for are there.
        failed(StudioError): an error to show to the user.
    """

    dataset_changed = Signal(object)
    scan_progress = Signal(object)
    scan_finished = Signal(object)
    package_changed = Signal(object)
    recent_changed = Signal(object)
    peeked = Signal(object)
    export_progress = Signal(object)
    exported = Signal(object)
    exporting_changed = Signal(bool)
    folders_changed = Signal(object)
    located = Signal(object)
    captions_found = Signal(object)
    files_ready = Signal()
    failed = Signal(object)

    def __init__(  # noqa: PLR0913  # where everything is
        self, library: DatasetLibrary, imports: Path, prepared: Path, parent: QObject | None = None,
        *, looks: Looks | None = None, seen: Path | None = None,
    ) -> None:
        """`seen` is the folder for what was seen in the photos' folders; None: it is forgotten at the end."""
        super().__init__(parent)
        self._dataset = _fresh(str(UNTITLED))
        self._history: UndoHistory | None = None
        self._make = partial(_parts, self, library, imports, prepared, looks, seen)
        self._made: _Parts | None = None

    @property
    def _parts(self) -> _Parts:
        """Return the objects that use the disk; they are imported and created at the first call."""
        if self._made is None:
            self._made = parts = self._make()
            parts.store.loaded.connect(self._on_loaded)
            parts.store.recent_changed.connect(self.recent_changed)
            parts.store.peeked.connect(self.peeked)
            parts.store.failed.connect(self.failed)
            parts.intake.progress.connect(self.scan_progress)
            parts.intake.answered.connect(self._on_scanned)
            parts.watch.looked_at.connect(self._on_looked_at)
            parts.watch.changed.connect(self.package_changed)
            parts.watch.failed.connect(self.failed)
            parts.exporter.progress.connect(self.export_progress)
            parts.exporter.done.connect(self.exported)
            parts.exporter.failed.connect(self.failed)
            parts.exporter.running_changed.connect(self.exporting_changed)
            parts.folders.changed.connect(self.folders_changed)
            parts.folders.located.connect(self.located)
            parts.folders.captions_found.connect(self.captions_found)
            parts.edited.ready.connect(self.files_ready)
            parts.edited.failed.connect(self.failed)
            parts.tables.written.connect(self.exported)
            parts.tables.failed.connect(self.failed)
            self.dataset_changed.connect(parts.folders.follow)
        return self._made

    @property
    def _threads(self) -> DatasetThreads:
        return self._parts.threads

    @property
    def _store(self) -> DatasetStore:
        return self._parts.store

    @property
    def _intake(self) -> IntakeQueue:
        return self._parts.intake

    @property
    def _watch(self) -> PackageWatch:
        return self._parts.watch

    @property
    def _exporter(self) -> Exporter:
        return self._parts.exporter

    @property
    def dataset(self) -> Dataset:
        """Return the open dataset."""
        return self._dataset

    @property
    def package(self) -> PackageInfo:
        """Return what would be sent, as computed last."""
        return self._watch.info

    @property
    def package_watch(self) -> PackageWatch:
        """Return what computes `package`."""
        return self._watch

    @property
    def folder_watch(self) -> FolderWatch:
        """Return what notices changes in the photos' folders."""
        return self._parts.folders

    @property
    def recent(self) -> tuple[DatasetSummary, ...]:
        """Return the stored datasets changed last, newest first; none that was put away."""
        return tuple(one.as_in(self._dataset) for one in self._store.recent) if self._made is not None else ()

    @property
    def listing(self) -> DatasetListing:
        """Return what lists all stored datasets."""
        return self._parts.listing

    @property
    def fitter(self) -> FitService:
        """Return what measures and makes the smaller copies of photos."""
        return self._parts.fitter

    @property
    def plans(self) -> PlanCache | None:
        """Return the photos that `package` was computed from, for a plan of the same ones; None before any."""
        return self._made.threads.files.plans if self._made is not None else None

    @property
    def options(self) -> PackageOptions:
        """Return how the archive is made."""
        return self._watch.options

    @property
    def scanning(self) -> bool:
        """Return whether an intake is running or waiting."""
        return self._intake.busy

    @property
    def exporting(self) -> bool:
        """Return whether an export is running."""
        return self._exporter.running

    def start(self, last_dataset_id: str = "") -> None:
        """Start the threads, read the recent datasets and open the last one; it is no error if that is missing."""
        self._threads.start()
        self._threads.recent_wanted.emit()
        if last_dataset_id:
            self._intake.hold()  # photos dropped now belong to the dataset that is being opened
            self._store.load(last_dataset_id, missing_ok=True)

    def stop(self, deadline_ms: int = 5000) -> bool:
        """Save, stop all work and end both threads; False when one did not end in time. May be repeated."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

    def ask_stop(self) -> None:
        """Queue the write of all unsaved edits, and stop all work."""
        self._intake.cancel()
        self._watch.stop()
        self._parts.folders.stop()
        self._exporter.cancel()
        self._parts.edited.ask_stop()
        self._parts.tables.ask_stop()
        self._store.flush()
        self._store.save_if_missing(self._dataset)
        self._parts.fitter.ask_stop()
        self._threads.ask_stop()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for both threads; False when one did not end in time."""
        ended = self._parts.fitter.wait_end(deadline_ms)
        ended = self._threads.wait_end(deadline_ms) and ended
        ended = self._parts.tables.wait_end(deadline_ms) and ended
        return self._parts.edited.wait_end(deadline_ms) and ended

    @property
    def unsaved(self) -> StudioError | None:
        """Return, after the end of the threads, why the last changes to a dataset are not on the disk."""
        return self._threads.store_worker.unsaved if self._made is not None else None

    def new(self, name: str = "") -> None:
        """Open an empty dataset. One without a name is stored with its first edit."""
        self._intake.cancel()
        self._switch(_fresh(name.strip() or str(UNTITLED)))
        if name.strip():
            self._store.save(self._dataset)

    def open(self, dataset_id: str) -> None:
        """Open a stored dataset; `dataset_changed` follows, or `failed`."""
        self._intake.cancel()
        self._intake.hold()
        self._store.load(dataset_id, missing_ok=False)

    def peek(self, dataset_id: str) -> None:
        """Read a stored dataset without opening it; `peeked` is the answer, or `failed`."""
        self._store.peek(dataset_id)

    def delete(self, dataset_id: str) -> None:
        """Delete a stored dataset; the photo files stay."""
        self._store.delete(dataset_id)
        self._parts.folders.forget(dataset_id)
        if dataset_id == self._dataset.dataset_id:
            self.new()

    def duplicate(self, name: str) -> None:
        """Store a copy of the open dataset under this name, and open it. Its undo steps begin anew."""
        self._intake.cancel()
        self._store.flush()
        copy = replace(self._dataset, dataset_id=_new_id(), name=name, updated_at=time.time())
        self._switch(copy)
        self._store.save(copy)

    def copy_photos(self, photo_ids: Collection[str], name: str) -> str:
        """Store a new dataset of some of the open one's photos, and return its id; the open one stays open."""
        photos = tuple(photo for _index, photo in self.placed(photo_ids))
        new = replace(self._dataset, dataset_id=_new_id(), name=name, photos=photos, updated_at=time.time())
        self._store.save(new)
        return new.dataset_id

    def archive(self, dataset_id: str = "") -> None:
        """Put a dataset away, "" for the open one, after which an empty one is open."""
        if dataset_id in {"", self._dataset.dataset_id}:
            self._store.save_if_missing(self._dataset)
            self._store.set_archived(self._dataset.dataset_id, archived=True)
            self.new()
        else:
            self._store.set_archived(dataset_id, archived=True)

    def restore_from_archive(self, dataset_id: str) -> None:
        """Take a dataset back that was put away."""
        self._store.set_archived(dataset_id, archived=False)

    def rename(self, name: str) -> None:
        """Rename the open dataset; an empty name changes nothing."""
        if name.strip() and name.strip() != self._dataset.name:
            self._change(replace(self._dataset, name=name.strip()))

    def add(self, paths: Sequence[Path], code_page: str = "") -> None:
        """Add photos, folders, zips and caption files; `scan_finished` is the answer.

        Names in zips are read in `code_page`, "" to guess it; see `ScanReport.zip_names`.
        """
        if paths:
            self._intake.add(paths, code_page)

    def add_picture(self, picture: PastedPicture) -> None:
        """Store a picture that has no file as one of the app's own, and add it; `scan_finished` is the answer."""
        self._intake.add((), picture=picture)

    def cancel_scan(self) -> None:
        """Stop the running intake and the waiting ones; nothing of them is added."""
        self._intake.cancel()

    def set_captions(self, captions: Mapping[str, str]) -> None:
        """Replace captions, by photo id. Text that the user writes is no longer marked as uncertain."""
        self.settle_captions({
            photo.photo_id: CaptionState(captions[photo.photo_id], photo.original_caption)
            for photo in self._dataset.photos
            if photo.photo_id in captions
        })

    def settle_captions(self, states: Mapping[str, CaptionState]) -> tuple[Photo, ...]:
        """Replace whole caption states, by photo id; return the photos that this changed, as they are now."""
        return self._change_photos(with_captions(self._dataset, states))

    def set_excluded(self, photo_ids: Collection[str], excluded: bool) -> tuple[Photo, ...]:  # noqa: FBT001  # reads well
        """Leave photos out of the package, or include them again; return those that changed, as they are now."""
        wanted = frozenset(photo_ids)
        return self._change_photos([
            photo.with_exclusion(excluded)
            for photo in self._dataset.photos
            if photo.photo_id in wanted and photo.excluded != excluded
        ])

    def write_captions(
        self, texts: Mapping[str, str], readings: Mapping[str, tuple[str, ...]],
    ) -> tuple[Photo, ...]:
        """Replace the texts of captions, as `with_texts` does; return the photos that changed, as they are now."""
        return self._change_photos(with_texts(self._dataset, texts, readings))

    @Slot(object)
    def note_saved_captions(self, saved: CaptionFiles) -> None:
        """Take what the app wrote into caption files as read from them: it is no news."""
        self._change_photos(with_saved(self._dataset, saved.files))

    def exchange(self, there: Iterable[Photo], wanted: Iterable[Photo]) -> None:
        """Bring photos from one of their states to another, in both directions of an undo step."""
        self._change_photos(exchanged(self._dataset, there, wanted))

    def set_accepted(self, accepted: Mapping[str, tuple[str, ...]]) -> None:
        """Set which findings are ignored, as `Photo.accepted`, by photo id."""
        self._change_photos(
            photo.having(accepted=new)
            for photo in self._dataset.photos
            if (new := accepted.get(photo.photo_id, photo.accepted)) != photo.accepted
        )

    def set_edits(self, edits: Mapping[str, PhotoEdit]) -> None:
        """Replace what is done to pictures (turns, crop and the like), by photo id."""
        self._change_photos(
            photo.having(edit=edits[photo.photo_id])
            for photo in self._dataset.photos
            if edits.get(photo.photo_id, photo.edit) != photo.edit
        )

    def set_fits(self, fits: Mapping[str, PhotoFit]) -> None:
        """Replace what makes photos smaller for the archive, by photo id."""
        self._change_photos(
            replace(photo, fit=fits[photo.photo_id])
            for photo in self._dataset.photos
            if fits.get(photo.photo_id, photo.fit) != photo.fit
        )

    def set_background(self, colour: str) -> None:
        """Set the colour ("#rrggbb") behind the transparent parts of all photos, here and in the archive."""
        if background_of(colour) != self._dataset.background:
            self._change(replace(self._dataset, background=background_of(colour)))

    def placed(self, photo_ids: Collection[str]) -> tuple[PlacedPhoto, ...]:
        """Return photos with their indexes, as `restore` takes them. Call it before `remove`."""
        return placed(self._dataset, photo_ids)

    def remove(self, photo_ids: Collection[str]) -> tuple[Photo, ...]:
        """Remove photos from the dataset and return them; their files stay."""
        gone = tuple(photo for _place, photo in self.placed(photo_ids))
        if gone:
            self._change(self._dataset.without(frozenset(photo_ids)))
        return gone

    def restore(self, photos: Iterable[PlacedPhoto]) -> None:
        """Insert removed photos at their indexes; photos that are already there are not changed."""
        from segmind_studio.core.undo_history import insert  # noqa: PLC0415  # after the first paint

        back = insert(self._dataset, photos)
        if back != self._dataset:
            self._change(back)

    def apply(self, step: Difference) -> None:
        """Change the dataset by a stored undo step, or by its reverse."""
        now = step.applied(self._dataset)
        if now == self._dataset:
            return
        partial_write = not (step.added or step.removed or step.names or step.backgrounds)
        old = {photo.photo_id: photo for photo in self._dataset.photos} if partial_write else {}
        self._change(now, tuple(photo for photo in now.photos if partial_write and photo != old[photo.photo_id]))

    @property
    def history(self) -> UndoHistory:
        """Return the undo steps of the open dataset, as they were stored when it was opened."""
        from segmind_studio.core.undo_history import UndoHistory  # noqa: PLC0415  # after the first paint

        return self._history or UndoHistory()

    def note_history(self, change: HistoryChange) -> None:
        """Store a change of the open dataset's undo steps, after the edits before it."""
        self._store.note_history(change)

    def set_trigger_word(self, word: str) -> None:
        """Set the word that the captions should contain."""
        self._watch.set_trigger_word(word)

    def set_options(self, options: PackageOptions) -> None:
        """Set how the archive is made."""
        self._watch.set_options(options)

    def take_looks(self, looks: Mapping[LookKey, Look]) -> tuple[Photo, ...]:
        """Store the results of full looks. Return the photos that have a new problem."""
        good = {photo.photo_id for photo in self._dataset.photos if looks and not photo.problem}
        fresh = apply_looks(self._dataset, looks)
        self._note_facts(fresh)
        damaged = tuple(photo for photo in fresh if photo.problem and photo.photo_id in good)
        if damaged:
            self._watch.refresh()
        elif fresh:
            self._watch.recount()
        return damaged

    def check_files(self) -> None:
        """Check again that the photos' files exist and are unchanged."""
        if self._made is not None:  # before that, no file was read
            self._watch.refresh()
            self._parts.folders.look()

    def dismiss_folder_news(self) -> None:
        """Do not report the present new files in the photos' folders again."""
        self._parts.folders.dismiss()

    def locate(self, *tops: Path) -> None:
        """Find the photos whose files are gone in folders or files; `located` is the answer, nothing changes."""
        lost = frozenset(self._parts.folders.news.lost)
        self._parts.folders.locate(tuple(photo for _place, photo in self.placed(lost)), tops)

    def move_photos(self, places: Mapping[str, Photo]) -> None:
        """Set path and file data of photos, by id; captions and exclusion stay."""
        from segmind_studio.dataset.folder_news import moved  # noqa: PLC0415  # when first needed

        self._change_photos(
            moved(photo, places) for photo in self._dataset.photos if photo.photo_id in places
        )

    def export(self, target: Path, *, trainer: str = "", as_folder: bool = False) -> None:
        """Write the archive to the chosen file, or new folder, as the service or `trainer` wants it.

        A running export is cancelled first.
        """
        self._exporter.export(
            self._dataset, self._watch.options, target, trainer=trainer, as_folder=as_folder,
        )

    def cancel_export(self) -> None:
        """Stop the export; its partial file is deleted."""
        self._exporter.cancel()

    def save_table(self, target: Path, rows: Callable[[], Iterable[Row]]) -> None:
        """Write a table as a CSV file, off this thread; `exported` is the answer, or `failed`."""
        self._parts.tables.write(target, rows)

    def files_out(self, photos: Sequence[Photo]) -> tuple[Path, ...]:
        """Return the photos' files for other programs; of an edited one, a file of what training gets.

        () while that is being made; then `files_ready` is emitted, or `failed`.
        """
        return self._parts.edited.paths(self._dataset, photos, self._watch.options)

    def known(self) -> Mapping[Path, str]:
        """Return the photos' files and the captions that were read with them."""
        return {photo.path: photo.original_caption for photo in self._dataset.photos}

    def _change(self, dataset: Dataset, photos: tuple[Photo, ...] = ()) -> None:
        """Replace the dataset, store it (or only `photos` of it), and emit the changes."""
        self._dataset = replace(dataset, updated_at=time.time())
        self._store.save(self._dataset, photos)
        self._watch.refresh()
        self.dataset_changed.emit(self._dataset)

    def _change_photos(self, photos: Iterable[Photo]) -> tuple[Photo, ...]:
        changed = tuple(photos)
        if changed:
            self._change(self._dataset.with_photos(changed), changed)
        return changed

    def _switch(self, dataset: Dataset, history: UndoHistory | None = None) -> None:
        """Show another dataset; the caller has cancelled the intake of the previous one."""
        self._store.give_up_loading()
        self._dataset = dataset
        self._history = history
        self._watch.refresh(0)
        self.dataset_changed.emit(dataset)
        self._intake.release()

    @Slot(object, object)
    def _on_loaded(self, dataset: Dataset | None, history: UndoHistory) -> None:
        if dataset is not None:
            self._switch(dataset, history)
        self._intake.release()

    @Slot(object)
    def _on_scanned(self, answer: ScanAnswer) -> None:
        if answer.error is not None:
            self.failed.emit(answer.error)
        dataset, report = apply_report(self._dataset, answer.report)
        if answer.folder_name and report.added and dataset.name == str(UNTITLED) and not self._dataset.photos:
            dataset = replace(dataset, name=answer.folder_name)
        if dataset != self._dataset:
            self._change(dataset)
        # A failed intake shows its own error; it does not mean that no photo was found.
        self.scan_finished.emit(report if answer.error is None else replace(report, cancelled=True))

    @Slot(object)
    def _on_looked_at(self, looked_at: tuple[Photo, ...]) -> None:
        self._note_facts(apply_facts(self._dataset, looked_at))

    def _note_facts(self, fresh: tuple[Photo, ...]) -> None:
        """Store data about files; it does not count as an edit of the user."""
        if fresh:
            self._dataset = self._dataset.with_photos(fresh)
            self._store.save(self._dataset, fresh)
            self.dataset_changed.emit(self._dataset)


def _new_id() -> str:
    return os.urandom(16).hex()  # a module for UUIDs is longer imported than the whole Start page is built


def _fresh(name: str) -> Dataset:
    return Dataset(_new_id(), name, (), time.time())

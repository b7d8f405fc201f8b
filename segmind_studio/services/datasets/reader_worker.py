"""The worker that reads photos: intakes, the plan of the package with its findings, exports."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from math import prod
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import (
    MAX_ARCHIVE_BYTES,
    Dataset,
    PackageInfo,
    Photo,
    ScanProgress,
    ScanReport,
)
from segmind_studio.core.errors import CancelledError, DatasetError, StudioError
from segmind_studio.core.trainers import trainer_named
from segmind_studio.dataset.archive import PlanCache, manifest_of, plan, write
from segmind_studio.dataset.caption_lint import CaptionLint
from segmind_studio.dataset.checks import ContentDigests, findings
from segmind_studio.dataset.exif import UPRIGHT
from segmind_studio.dataset.inspection import look_again
from segmind_studio.dataset.orphans import OrphanCaptions
from segmind_studio.dataset.prepare import trim
from segmind_studio.dataset.scan import first_folder_name, scan
from segmind_studio.dataset.trainer_export import arranged, write_folder
from segmind_studio.services.datasets.full_look_pool import Looks, ignored, refuse_damaged
from segmind_studio.services.datasets.messages import (
    ExportAnswer,
    ExportProgress,
    ExportRequest,
    ExportStep,
    PackageAnswer,
    PackageRequest,
    ScanAnswer,
    ScanRequest,
    ScanStep,
)
from segmind_studio.services.datasets.pasted import written_picture
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
_STEP_S = 0.06  # progress at most this often
_PLANNED_BYTES = 5 * MAX_ARCHIVE_BYTES  # far above what can be sent, so reading more is useless


class DatasetWorker(QObject):
    """Do the work that reads photos, one request after the other. Requests and answers are signals.

    Signals (emitted in the worker's thread):
        scan_step(ScanStep), scanned(ScanAnswer), packaged(PackageAnswer), export_step(ExportStep),
        exported(ExportAnswer).
    """

    scan_step = Signal(object)
    scanned = Signal(object)
    packaged = Signal(object)
    export_step = Signal(object)
    exported = Signal(object)

    def __init__(self, imports: Path, prepared: Path, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._imports = imports
        self._prepared = prepared
        self.plans = PlanCache()
        self._digests = ContentDigests()
        self._captions = CaptionLint()
        self._orphans = OrphanCaptions(imports)
        self._next_step_at = 0.0
        self._trimmed = False

    @Slot(object)
    def scan(self, request: ScanRequest) -> None:
        """Read the given paths; always emits `scanned`."""
        nothing = ScanReport((), (), cancelled=request.cancelled.is_set())
        try:
            folder = first_folder_name(request.paths)
            self._next_step_at = 0.0

            def step(progress: ScanProgress) -> None:
                if self._due():
                    self.scan_step.emit(ScanStep(request.request_id, progress))

            paths = request.paths
            if request.picture is not None:
                paths += (written_picture(request.picture, self._imports),)
            report = scan(
                paths, request.known, self._imports, step, request.cancelled.is_set, request.code_page,
            )
            self.scanned.emit(ScanAnswer(request.request_id, report, folder))
        except StudioError as error:
            self.scanned.emit(ScanAnswer(request.request_id, nothing, error=error))
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            self.scanned.emit(ScanAnswer(request.request_id, nothing, error=_worded(error)))

    @Slot(object)
    def package(self, request: PackageRequest) -> None:
        """Compute what would be sent; a request that a newer one replaced gets no answer."""
        try:
            self._package(request)
        except CancelledError:
            return
        except Exception as error:  # noqa: BLE001  # as above
            self.packaged.emit(PackageAnswer(request.request_id, PackageInfo(), error=_worded(error)))

    @Slot(object)
    def export(self, request: ExportRequest) -> None:
        """Write the archive to a file; always emits `exported`."""
        self._next_step_at = 0.0

        def step(done: int, total: int) -> None:
            if done == total or self._due():
                self.export_step.emit(ExportStep(request.request_id, ExportProgress(done, total)))

        failure: StudioError | None = None
        try:
            items = manifest_of(request.dataset)
            if not items:
                raise DatasetError(_("There is no photo to export."), _("Add some first."))  # noqa: TRY301
            refuse_damaged(self._looks, items, ignored, request.cancelled.is_set)
            archive = plan(items, request.options, self._prepared, self.plans, request.cancelled.is_set)
            trainer = trainer_named(request.trainer)
            if trainer is not None:
                archive = arranged(
                    archive, trainer, request.dataset.name, self._prepared, request.cancelled.is_set,
                )
            save = write_folder if request.as_folder else write
            save(archive, request.target, step, request.cancelled.is_set)
        except StudioError as error:
            failure = error
        except Exception as error:  # noqa: BLE001  # as above
            failure = _worded(error)
        self.exported.emit(ExportAnswer(request.request_id, request.target, failure))

    @Slot()
    def finish(self) -> None:
        """End the thread."""
        self.thread().quit()

    def _due(self) -> bool:
        now = time.monotonic()
        if now < self._next_step_at:
            return False
        self._next_step_at = now + _STEP_S
        return True

    def _package(self, request: PackageRequest) -> None:
        """Check the files again, plan each photo alone so that each problem belongs to its photo, then add up.

        For slow work (photos to convert) an estimate is emitted first.
        """
        if not self._trimmed:
            self._trimmed = True
            trim(self._prepared)
        dataset, changed = self._looked_at(request.dataset, request.cancelled.is_set)
        guess = sum(min(photo.size, prod(photo.sent_size)) if photo.fit else photo.size for photo in dataset.used)
        too_much = guess > _PLANNED_BYTES
        slow = tuple(p for p in dataset.used if p.changes or p.orientation != UPRIGHT or p.edit or p.fit)
        items = manifest_of(replace(dataset, photos=slow))
        if too_much or not self.plans.holds(items, request.options, self._prepared):
            self._answer(request, dataset, guess, changed, exact=False)
        if too_much:
            return
        try:
            dataset, unusable = self._tried(request, dataset)
            archive = plan(
                manifest_of(dataset), request.options, self._prepared, self.plans, request.cancelled.is_set
            )
        except CancelledError:
            raise
        except StudioError as error:
            self._answer(request, dataset, guess, changed, exact=False, error=error)
        else:
            size = archive.size if archive.image_count else 0
            self._answer(request, dataset, size, changed + unusable, exact=True, fingerprint=archive.fingerprint)

    def _looked_at(self, dataset: Dataset, cancelled: Callable[[], bool]) -> tuple[Dataset, tuple[Photo, ...]]:
        """Return the dataset as its files are now, and the photos that differ."""
        changed: list[Photo] = []
        for photo in dataset.photos:
            if cancelled():
                raise CancelledError
            now = look_again(photo)
            if now is not photo:
                changed.append(now)
        return dataset.with_photos(tuple(changed)), tuple(changed)

    def _tried(self, request: PackageRequest, dataset: Dataset) -> tuple[Dataset, tuple[Photo, ...]]:
        """Plan each photo alone, and set the problem of each photo that cannot be used."""
        unusable: list[Photo] = []
        for photo in dataset.used:
            item = manifest_of(replace(dataset, photos=(photo,)))
            try:
                plan(item, request.options, self._prepared, self.plans, request.cancelled.is_set)
            except DatasetError as error:
                cause = error.__cause__
                words = cause.title if isinstance(cause, DatasetError) else error.title
                unusable.append(replace(photo, problem=words))
        return dataset.with_photos(tuple(unusable)), tuple(unusable)

    def _answer(  # noqa: PLR0913  # the parts of one answer
        self, request: PackageRequest, dataset: Dataset, size: int, changed: tuple[Photo, ...],
        *, exact: bool, error: StudioError | None = None, fingerprint: str = "",
    ) -> None:
        used = dataset.used
        captions = self._captions.look(used, request.trigger_word)
        info = PackageInfo(
            image_count=len(used),
            caption_count=sum(bool(photo.caption.strip()) for photo in used),
            excluded_count=sum(photo.excluded for photo in dataset.photos),
            size=size,
            findings=(
                *findings(
                    dataset, request.trigger_word, package_size=size, digests=self._digests, captions=captions,
                ),
                *self._orphans.look(dataset.photos, request.cancelled.is_set),
            ),
            exact=exact,
            fingerprint=fingerprint,
            vocabulary=captions.vocabulary,
        )
        if not request.cancelled.is_set():
            self.packaged.emit(PackageAnswer(request.request_id, info, changed, error))


def _worded(error: Exception) -> StudioError:
    _log.error("The dataset worker broke", exc_info=error)
    return unexpected(error)

"""The worker that reads photos: intakes, the plan of the package with its findings, exports."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.datasets import (
    Dataset,
    PackageInfo,
    Photo,
    ScanProgress,
    ScanReport,
)
from segmind_studio.core.errors import CancelledError, DatasetError, StudioError
from segmind_studio.core.trainers import trainer_named
from segmind_studio.dataset.archive import manifest_of, plan, write
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
from segmind_studio.services.datasets.package_steps import PLANNED_BYTES, PackageSteps
from segmind_studio.services.datasets.pasted import written_picture
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
_STEP_S = 0.06  # progress at most this often


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
        self._steps = PackageSteps(imports, prepared)
        self.plans = self._steps.plans
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
                raise DatasetError(_("No photos to export."), _("Add photos first."))  # noqa: TRY301
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
        dataset, changed = self._steps.looked_at(request.dataset, request.cancelled.is_set)
        guess = self._steps.guess(dataset)
        too_much = guess > PLANNED_BYTES
        if too_much or not self._steps.is_quick(dataset, request.options):
            self._answer(request, dataset, guess, changed, exact=False)
        if too_much:
            return
        try:
            dataset, unusable = self._steps.tried(dataset, request.options, request.cancelled.is_set)
            size, fingerprint = self._steps.measure(dataset, request.options, request.cancelled.is_set)
        except CancelledError:
            raise
        except StudioError as error:
            self._answer(request, dataset, guess, changed, exact=False, error=error)
        else:
            self._answer(request, dataset, size, changed + unusable, exact=True, fingerprint=fingerprint)

    def _answer(  # noqa: PLR0913  # the parts of one answer
        self, request: PackageRequest, dataset: Dataset, size: int, changed: tuple[Photo, ...],
        *, exact: bool, error: StudioError | None = None, fingerprint: str = "",
    ) -> None:
        info = self._steps.info(
            dataset, size, request.cancelled.is_set, trigger_word=request.trigger_word, exact=exact,
            fingerprint=fingerprint,
        )
        if not request.cancelled.is_set():
            self.packaged.emit(PackageAnswer(request.request_id, info, changed, error))


def _worded(error: Exception) -> StudioError:
    _log.error("The dataset worker broke", exc_info=error)
    return unexpected(error)

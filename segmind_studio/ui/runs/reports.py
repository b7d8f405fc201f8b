"""What went wrong, told in the page with the run's name; and what went well, as a toast."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import CancelledError, HeldBackError, StudioError
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.downloads import DownloadResult, DownloadService
from segmind_studio.services.runs import RunFailure, RunService
from segmind_studio.services.submissions import SubmitOutcome, SubmitService
from segmind_studio.ui.runs.run_list import RunList


class Reports(QObject):
    """Listen to the services and tell the person.

    Signals:
        toast(str): short news.
    """

    toast = Signal(str)

    def __init__(
        self, page: RunList, runs: RunService, submits: SubmitService, downloads: DownloadService,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._runs = runs
        self._unknown: set[str] = set()
        self._submission_told = False  # the banner tells how a submission ended
        runs.replaced.connect(self._look_for_found)
        runs.changed.connect(self._look_for_found)
        runs.failed.connect(self._failed)
        downloads.failed.connect(self._failed)
        submits.finished.connect(self._submit_finished)
        submits.refused.connect(self._refused)
        submits.failed.connect(self._failed)
        downloads.finished.connect(self._downloaded)

    @Slot(object)
    def _failed(self, failure: RunFailure) -> None:
        run = self._runs.run(failure.run_id)
        self._submission_told = False
        self._page.show_failure(run.name if run else "", failure.error)

    @Slot(object)
    def _submit_finished(self, outcome: SubmitOutcome) -> None:
        error = outcome.error
        told_by_its_row = outcome.run.phase is Phase.UNKNOWN and not outcome.run.error
        if error is not None and not told_by_its_row and not isinstance(error, CancelledError):
            self._page.show_failure(outcome.run.name, error)
            self._submission_told = True
        elif self._submission_told and not isinstance(error, HeldBackError):  # that was an earlier run
            self._page.error_banner.clear()
            self._submission_told = False

    @Slot(object)
    def _look_for_found(self, rows: tuple[Run, ...]) -> None:
        """Say that a run of unknown outcome was found, so that nobody wonders."""
        for run in rows:
            if run.phase is Phase.UNKNOWN:
                self._unknown.add(run.run_id)
            elif run.run_id in self._unknown:
                self._unknown.discard(run.run_id)
                if run.phase is Phase.ADOPTED:
                    words = self.tr("Found: the service had taken “{name}”. Nothing was sent twice.")
                    if run.unanswered_at or run.paid_twin:
                        words = self.tr("Found: the service has “{name}”. It was sent more than once.")
                    self.toast.emit(words.format(name=run.name))

    @Slot(object)
    def _refused(self, error: StudioError) -> None:
        if self._page.isVisible():  # an order of another place is told there
            self._page.show_failure("", error)

    @Slot(object)
    def _downloaded(self, result: DownloadResult) -> None:
        self.toast.emit(self.tr("Saved “{name}” in {folder}").format(
            name=result.path.name, folder=result.path.parent,
        ))

"""What went wrong, told in the page with the run's name; and what went well, as a toast."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.downloads import DownloadResult, DownloadService
from segmind_studio.services.runs import RunFailure, RunService
from segmind_studio.services.submissions import SubmitOutcome, SubmitService
from segmind_studio.ui.runs.banners import ActionBanner


class Reports(QObject):
    """Listen to the services and tell the person.

    Signals:
        toast(str): short news.
    """

    toast = Signal(str)

    def __init__(
        self, banner: ActionBanner, runs: RunService, submits: SubmitService, downloads: DownloadService,
    ) -> None:
        super().__init__(banner)
        self._banner = banner
        self._runs = runs
        self._unknown: set[str] = set()
        runs.replaced.connect(self._look_for_found)
        runs.changed.connect(self._look_for_found)
        runs.failed.connect(self._failed)
        downloads.failed.connect(self._failed)
        submits.finished.connect(self._submit_finished)
        submits.refused.connect(self._refused)
        downloads.finished.connect(self._downloaded)

    @Slot(object)
    def _failed(self, failure: RunFailure) -> None:
        run = self._runs.run(failure.run_id)
        self._banner.show_failure(run.name if run else "", failure.error)

    @Slot(object)
    def _submit_finished(self, outcome: SubmitOutcome) -> None:
        told_by_its_row = outcome.run.phase is Phase.UNKNOWN and not outcome.run.error
        if outcome.error is not None and not told_by_its_row:
            self._banner.show_failure(outcome.run.name, outcome.error)

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
                    self.toast.emit(words.format(name=run.name))

    @Slot(object)
    def _refused(self, error: StudioError) -> None:
        page = self._banner.parentWidget()
        if page is None or page.isVisible():  # an order of another place is told there
            self._banner.show_failure("", error)

    @Slot(object)
    def _downloaded(self, result: DownloadResult) -> None:
        self.toast.emit(self.tr("Saved “{name}” in {folder}").format(
            name=result.path.name, folder=result.path.parent,
        ))

"""What the inspector and the commands are fed with: the selected runs, their timeline, their downloads."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Slot

from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase, Run, TimelineEntry
from segmind_studio.services.downloads import DownloadProgress, DownloadResult, DownloadService
from segmind_studio.services.ledger import Ledger
from segmind_studio.services.runs import RunFailure, RunService, RunTimeline
from segmind_studio.ui.runs.commands import COMPARED_AT_MOST, RunCommands
from segmind_studio.ui.runs.filters import DECISION_STAGES
from segmind_studio.ui.runs.inspector import Inspector
from segmind_studio.ui.runs.model import RunsModel
from segmind_studio.ui.runs.run_actions import RunActions


class DetailFeed(QObject):
    """Keep inspector, commands and actions in step with the selection. GUI thread."""

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self, inspector: Inspector, *, commands: RunCommands, actions: RunActions, model: RunsModel,
        runs: RunService, downloads: DownloadService, ledger: Ledger,
    ) -> None:
        super().__init__(inspector)
        self._inspector = inspector
        self._commands = commands
        self._actions = actions
        self._model = model
        self._runs = runs
        self._downloads = downloads
        self._ledger = ledger
        self._ids: tuple[str, ...] = ()
        self._entries: tuple[TimelineEntry, ...] = ()
        self._seen: tuple[object, ...] = ()
        self._progress: dict[str, tuple[int, int | None]] = {}
        runs.timeline_ready.connect(self._take_timeline)
        downloads.progress.connect(self._take_progress)
        downloads.finished.connect(self._download_finished)
        downloads.failed.connect(self._download_failed)
        actions.download_begun.connect(self._download_begun)
        inspector.download_cancelled.connect(downloads.cancel)

    @property
    def selected(self) -> tuple[Run, ...]:
        """Give the selected runs as they are now."""
        found = (self._runs.run(run_id) for run_id in self._ids)
        return tuple(run for run in found if run is not None)

    def select(self, run_ids: tuple[str, ...]) -> None:
        """Follow these runs from now on."""
        self._ids = run_ids
        self._entries, self._seen = (), ()
        self.refresh()

    def touches(self, run_ids: set[str]) -> bool:
        """Tell whether a change of these concerns what is shown."""
        return not run_ids.isdisjoint(self._ids)

    def follow_watch(self) -> None:
        """Follow the watching: only a run that is looked for in the list speaks of it."""
        if any(run.phase is Phase.UNKNOWN for run in self.selected):
            self.refresh()

    def refresh(self) -> None:
        """Show the selected runs as they are now."""
        now = time.time()
        selected = self.selected
        one = selected[0] if len(selected) == 1 else None
        cost = self._ledger.run_cost(one) if one is not None and one.stage in DECISION_STAGES else None
        patience = self._runs.patience(one) if one is not None else None
        self._commands.update_for(selected, self._downloads.running, cost, patience)
        self._actions.set_selected(selected)
        if one is not None:
            self._show_one(one, now, cost)
        elif 1 < len(selected) <= COMPARED_AT_MOST:
            self._inspector.show_runs(selected)
        else:
            self._inspector.show_nothing(len(selected))

    def _show_one(self, run: Run, now: float, cost: CostEstimate | None) -> None:
        state = (run.run_id, run.phase, run.status, run.error)
        if state != self._seen:
            self._seen = state
            self._runs.load_timeline(run.run_id)
        self._inspector.overview.choices.show_cost(cost)
        self._inspector.show_run(run, self._model.percent(run.run_id), self._entries, self._runs.watch, now)
        if run.run_id in self._downloads.running:
            self._inspector.strip.show_progress(*self._progress.get(run.run_id, (0, None)))
        else:
            self._inspector.strip.hide()

    @Slot(object)
    def _take_timeline(self, timeline: RunTimeline) -> None:
        if (timeline.run_id,) == self._ids and timeline.entries != self._entries:
            self._entries = timeline.entries
            self.refresh()

    @Slot(str)
    def _download_begun(self, run_id: str) -> None:
        self._progress[run_id] = (0, None)
        if run_id in self._ids:
            self.refresh()

    @Slot(object)
    def _take_progress(self, progress: DownloadProgress) -> None:
        self._progress[progress.run_id] = (progress.received, progress.total)
        if (progress.run_id,) == self._ids:
            self._inspector.strip.show_progress(progress.received, progress.total)

    @Slot(object)
    def _download_finished(self, result: DownloadResult) -> None:
        self._download_over(result.run_id)

    @Slot(object)
    def _download_failed(self, failure: RunFailure) -> None:
        self._download_over(failure.run_id)

    def _download_over(self, run_id: str) -> None:
        self._progress.pop(run_id, None)
        if run_id in self._ids:
            self.refresh()

"""What the inspector, the commands and the actions of Runs follow: the selection, and the news of its runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from segmind_studio.core.accounts import account_name
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Run, Stage, TimelineEntry
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.runs.download_service import DownloadProgress, DownloadResult, DownloadService
from segmind_studio.services.runs.other_accounts import OtherAccountRuns
from segmind_studio.services.runs.run_service import RunFailure, RunService, RunTimeline
from segmind_studio.ui.runs.actions import COMPARED_AT_MOST, RunCommands
from segmind_studio.ui.runs.bulk import BulkActions
from segmind_studio.ui.runs.handlers import RunActions
from segmind_studio.ui.runs.inspector.inspector import Relatives, RunInspector
from segmind_studio.ui.runs.table.model import RunsModel
from segmind_studio.ui.runs.table.row_filter import DECISION_STAGES


class DetailFeed(QObject):
    """Keep inspector, commands and actions in sync with the selection. GUI thread.

    While another place is shown, the inspector follows in a turn of the event loop of its own: what starts a run
    there has enough to do. Nor are its pages made at once for the first run.
    """

    def __init__(  # noqa: PLR0913  # what it works with, each by name
        self, inspector: RunInspector, page: QWidget, *, commands: RunCommands, actions: RunActions,
        bulk: BulkActions, model: RunsModel, runs: RunService, downloads: DownloadService, budgets: BudgetService,
        others: OtherAccountRuns | None = None, accounts: AccountService,
    ) -> None:
        super().__init__(inspector)
        self._inspector = inspector
        self._page = page
        self._commands = commands
        self._actions = actions
        self._bulk = bulk
        self._model = model
        self._runs = runs
        self._downloads = downloads
        self._budgets = budgets
        self._others = others
        self._accounts = accounts
        self.fresh = False  # set by `refresh`; who wants to know clears it
        self._ids: tuple[str, ...] = ()
        self._entries: tuple[TimelineEntry, ...] = ()
        self._seen: tuple[object, ...] = ()
        self._progress: dict[str, tuple[int, int | None]] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fill)
        runs.timeline_ready.connect(self._take_timeline)
        downloads.progress.connect(self._take_progress)
        downloads.finished.connect(self._download_finished)
        downloads.failed.connect(self._download_failed)
        actions.download_begun.connect(self._download_begun)
        inspector.download_cancelled.connect(downloads.cancel)
        inspector.made.connect(self._pages_made)

    @property
    def selected(self) -> tuple[Run, ...]:
        """Return the selected runs as they are now."""
        return tuple(run for run in map(self._runs.run, self._ids) if run is not None)

    def select(self, run_ids: tuple[str, ...]) -> None:
        """Follow these runs from now on."""
        self._ids = run_ids
        self._entries, self._seen = (), ()
        self.refresh()

    def touches(self, run_ids: set[str]) -> bool:
        """Return whether a change of these concerns what is shown."""
        return not run_ids.isdisjoint(self._ids)

    def follow_watch(self) -> None:
        """Update for the polling state: only a run that is searched for in the list shows it."""
        if any(run.stage is Stage.UNKNOWN for run in self.selected):
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the selected runs as they are now."""
        self._refresh(soon=self._is_elsewhere)

    def refresh_soon(self) -> None:
        """Do the same; the inspector follows in the next turn of the event loop."""
        self._refresh(soon=True)

    def _refresh(self, *, soon: bool) -> None:
        self.fresh = True
        elsewhere = self.elsewhere
        selected = () if elsewhere else self.selected
        one = selected[0] if len(selected) == 1 else None
        cost = self._cost_of(one)
        patience = self._runs.patience(one) if one is not None else None
        together = self._bulk.set_selected(selected)
        self._commands.update_for(selected, self._downloads.running, cost, patience, together)
        self._commands.update_for_other(self._other_account(elsewhere))
        self._actions.set_selected(selected)
        if soon:
            self._soon.start()
        else:
            self._fill()

    @property
    def _is_elsewhere(self) -> bool:
        """Return whether another place of the window is shown."""
        return self._page.window().isVisible() and not self._page.isVisible()

    @Slot()
    def _pages_made(self) -> None:
        if self._ids:
            self._soon.start()

    def _cost_of(self, run: Run | None) -> CostEstimate | None:
        return self._budgets.run_cost(run) if run is not None and run.stage in DECISION_STAGES else None

    @Slot()
    def _fill(self) -> None:
        self._soon.stop()
        if self._ids and not self._inspector.is_whole:
            self._inspector.show_blank()  # its pages are being made, piece by piece
            return
        elsewhere = self.elsewhere
        selected = () if elsewhere else self.selected
        if elsewhere:
            self._show_elsewhere(elsewhere)
        elif len(selected) == 1:
            self._show_one(selected[0], time.time(), self._cost_of(selected[0]))
        elif 1 < len(selected) <= COMPARED_AT_MOST:
            self._inspector.show_runs(selected)
        else:
            self._inspector.show_nothing(len(selected))

    @property
    def elsewhere(self) -> tuple[Run, ...]:
        """Return the selected runs that belong to other accounts: nothing can be done with them here."""
        if self._others is None:
            return ()
        found = (self._others.run(run_id) for run_id in self._ids if self._runs.run(run_id) is None)
        return tuple(run for run in found if run is not None)

    def _other_account(self, runs: Sequence[Run]) -> str | None:
        """Return the name of the account to switch to, "" if that is none or not in the list, None for no runs."""
        if not runs:
            return None
        accounts = {account.account_id: account for account in self._accounts.state.accounts}
        usable = len(self._ids) == 1 and runs[0].account_id in accounts
        return account_name(runs[0].account_id, accounts) if usable else ""

    def _show_elsewhere(self, runs: Sequence[Run]) -> None:
        if len(self._ids) > 1:
            self._inspector.show_mixed(len(self._ids))
            return
        accounts = {account.account_id: account for account in self._accounts.state.accounts}
        name = account_name(runs[0].account_id, accounts)
        self._inspector.show_elsewhere(runs[0], name, usable=runs[0].account_id in accounts)

    def _show_one(self, run: Run, now: float, cost: CostEstimate | None) -> None:
        state = (run.run_id, run.phase, run.status, run.error)
        if state != self._seen:
            self._seen = state
            self._runs.load_timeline(run.run_id)
        self._inspector.overview.choices.show_cost(cost)
        self._inspector.overview.late = self._model.late_text(run)
        self._inspector.show_run(
            run, self._model.percent(run.run_id), self._entries, self._runs.watch, now,
            partial(self._relatives, run),
        )
        if run.run_id in self._downloads.running:
            self._inspector.strip.show_progress(*self._progress.get(run.run_id, (0, None)))
        else:
            self._inspector.strip.hide()

    def _relatives(self, run: Run) -> Relatives:
        return self._runs.run(run.parent_id) if run.parent_id else None, self._runs.runs

    @Slot(object)
    def _take_timeline(self, timeline: RunTimeline) -> None:
        if (timeline.run_id,) == self._ids and timeline.entries != self._entries:
            self._entries = timeline.entries
            self._inspector.show_entries(timeline.entries)

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

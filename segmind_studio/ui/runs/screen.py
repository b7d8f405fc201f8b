"""The Runs place: it brings the list, the inspector and the services together."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget
from typing_extensions import override

from segmind_studio.core.runs import Run
from segmind_studio.core.steady import steady_now
from segmind_studio.services.accounts import AccountService
from segmind_studio.services.downloads import DownloadService
from segmind_studio.services.ledger import Ledger
from segmind_studio.services.run_sheets import RunSheetService
from segmind_studio.services.runs import RunService, WatchState
from segmind_studio.services.settings import SettingsService
from segmind_studio.services.submissions import SubmitService, UploadProgress
from segmind_studio.ui.place import Place
from segmind_studio.ui.runs.commands import RunCommands
from segmind_studio.ui.runs.detail_feed import DetailFeed
from segmind_studio.ui.runs.inspector import Inspector
from segmind_studio.ui.runs.page_clock import PageClock
from segmind_studio.ui.runs.reports import Reports
from segmind_studio.ui.runs.run_actions import RunActions
from segmind_studio.ui.runs.run_list import RunList
from segmind_studio.ui.runs.sheet_actions import SheetActions
from segmind_studio.ui.runs.states import PageState

_INSPECTOR_WIDTH = 460


class RunsScreen(Place):
    """Show the account's runs and do what the person wants with them.

    Signals:
        try_requested(str): a run's id, for the Try place.
        run_again(object): TrainingForm, for the Train place.
        go(str): the id of a place.
        toast(str): short news.
    """

    place_id = "runs"
    icon_name = "activity"
    try_requested = Signal(str)
    run_again = Signal(object)
    go = Signal(str)
    toast = Signal(str)

    def __init__(  # noqa: PLR0913, PLR0917  # the seam's services
        self, runs: RunService, submits: SubmitService, downloads: DownloadService, accounts: AccountService,
        settings: SettingsService, parent: QWidget | None = None, *, ledger: Ledger,
        sheets: RunSheetService | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = self.tr("Runs")
        self._runs = runs
        self.commands = RunCommands(self)
        self.list = RunList(self.commands, runs, accounts, settings)
        self.inspector = Inspector(self.commands)
        self._lay_out()
        self._actions = RunActions(
            self.commands, runs=runs, submits=submits, downloads=downloads, settings=settings, ledger=ledger,
            window=self,
        )
        self._feed = DetailFeed(
            self.inspector, commands=self.commands, actions=self._actions, model=self.list.model, runs=runs,
            downloads=downloads, ledger=ledger,
        )
        self._reports = Reports(self.list, runs, submits, downloads)
        self._sheets = SheetActions(
            self.commands, sheets, runs=runs, table=self.list.table, banner=self.list.error_banner, window=self,
        )
        self._clock = PageClock(self)
        self._connect()
        submits.progress.connect(self._take_progress)
        self._take_all(runs.runs)
        self._show_watch(runs.watch)

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName("runs.splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self.inspector)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([_INSPECTOR_WIDTH * 2, _INSPECTOR_WIDTH])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)

    def _connect(self) -> None:
        self.addActions([self.commands.check, self.commands.find])
        self.list.chosen.connect(self._feed.select)
        self.list.state_changed.connect(self._show_state)
        self.list.middle.go.connect(self.go)
        self.inspector.overview.notes.noted.connect(self._runs.set_notes)
        for action, place in (
            (self.commands.open_settings, "settings"), (self.commands.export_zip, "data"),
            (self.commands.try_models, "try"),
        ):
            action.setData(place)
            action.triggered.connect(self._go)
        self._actions.try_requested.connect(self.try_requested)
        self._actions.run_again.connect(self.run_again)
        self._actions.select_wanted.connect(self.list.select_all_of)
        self._actions.toast.connect(self.toast)
        self._reports.toast.connect(self.toast)
        self._sheets.toast.connect(self.toast)
        self._sheets.imported.connect(self.select)
        self._clock.ticked.connect(self._tick)
        self._runs.replaced.connect(self._take_all)
        self._runs.changed.connect(self._take)
        self._runs.watch_changed.connect(self._show_watch)

    # -- the place

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return [("edit", self.commands.find), *(("run", action) for action in self.commands.for_menu())]

    @override
    def activated(self) -> None:
        self._tick()
        if self.list.middle.state is PageState.TABLE:
            self.list.table.setFocus()

    @Slot(str)
    def select(self, run_id: str) -> None:
        """Select a run and show it, whatever the filter; a run that is not known yet as soon as it is."""
        self.list.select(run_id)
        if self.isVisible():
            self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _go(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.go.emit(str(action.data()))

    # -- what the services tell

    @Slot(object)
    def _take_all(self, runs: tuple[Run, ...]) -> None:
        self.list.take_all(runs)
        self._feed.refresh()
        self._wind_clock()

    @Slot(object)
    def _take(self, changed: tuple[Run, ...]) -> None:
        self.list.take(changed)
        if self._feed.touches({run.run_id for run in changed}):
            self._feed.refresh()
        self._wind_clock()

    @Slot(object)
    def _take_progress(self, progress: UploadProgress) -> None:
        model = self.list.model
        before = model.percent(progress.run_id)
        model.set_progress(progress.run_id, progress.sent, progress.total)
        if before != model.percent(progress.run_id) and self._feed.touches({progress.run_id}):
            self._feed.refresh()

    @Slot(object)
    def _show_watch(self, watch: WatchState) -> None:
        self.list.show_watch(watch)
        self.list.tick()
        self._feed.follow_watch()
        self._wind_clock()

    @Slot(object)
    def _show_state(self, state: PageState) -> None:
        self.inspector.setVisible(state in {PageState.TABLE, PageState.NO_MATCH})

    # -- time

    @Slot()
    def _tick(self) -> None:
        self.list.tick()
        self._feed.refresh()
        self._wind_clock()

    def _wind_clock(self) -> None:
        """Run only while the place is seen."""
        if not self.isVisible():
            self._clock.stop()
            return
        watch = self._runs.watch
        moments = (watch.checked_at, watch.next_at, watch.quiet_until)
        distances = [steady_now() - moment for moment in moments if moment is not None]
        self._clock.wind(time.time() - self.list.youngest, *distances)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.list.tick(at_once=True)
        self._tick()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

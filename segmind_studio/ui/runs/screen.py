"""The Runs place: it brings table, inspector, banners and services together."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.runs import Run
from segmind_studio.services.accounts import AccountService
from segmind_studio.services.downloads import DownloadService
from segmind_studio.services.runs import RunService, WatchState
from segmind_studio.services.settings import SettingsService
from segmind_studio.services.submissions import SubmitService, UploadProgress
from segmind_studio.ui.place import Place
from segmind_studio.ui.runs.arrangement import Arrangement
from segmind_studio.ui.runs.banners import ActionBanner, ListBanner
from segmind_studio.ui.runs.commands import RunCommands
from segmind_studio.ui.runs.detail_feed import DetailFeed
from segmind_studio.ui.runs.filter_bar import FilterBar
from segmind_studio.ui.runs.filters import Filter, filter_word
from segmind_studio.ui.runs.headline import Headline
from segmind_studio.ui.runs.inspector import Inspector
from segmind_studio.ui.runs.model import RunsModel
from segmind_studio.ui.runs.page_clock import PageClock, tick_for
from segmind_studio.ui.runs.reports import Reports
from segmind_studio.ui.runs.run_actions import RunActions
from segmind_studio.ui.runs.states import Middle, PageState, page_state
from segmind_studio.ui.runs.table import RunsTable
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_XL

_INSPECTOR_WIDTH = 460
_TABLE_MINIMUM = 380


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
        settings: SettingsService, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = self.tr("Runs")
        self._runs = runs
        self._accounts = accounts
        self._wanted_run = ""
        self._youngest = 0.0
        self._rows_due = 0.0
        self.commands = RunCommands(self)
        self.model = RunsModel(self)
        self.table = RunsTable(self.model)
        self.headline = Headline(self.commands)
        self.filter_bar = FilterBar()
        self.list_banner = ListBanner(self.commands)
        self.error_banner = ActionBanner()
        self.middle = Middle(self.table, self.commands)
        self.inspector = Inspector(self.commands)
        self._lay_out()
        actions = RunActions(
            self.commands, runs=runs, submits=submits, downloads=downloads, settings=settings, window=self,
        )
        self._feed = DetailFeed(
            self.inspector, commands=self.commands, actions=actions, model=self.model, runs=runs,
            downloads=downloads,
        )
        self._arrangement = Arrangement(settings, self.table)
        self._reports = Reports(self.error_banner, runs, submits, downloads)
        self._clock = PageClock(self)
        self._clock.ticked.connect(self._tick)
        self._connect_parts(actions)
        self._connect_services(submits)
        self._choose(self._arrangement.filter)
        self._take_all(runs.runs)
        self._show_watch(runs.watch)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for widget in (self.headline, self.filter_bar, self.list_banner, self.error_banner):
            column.addWidget(widget)
        column.addWidget(self.middle, 1)
        left.setMinimumWidth(_TABLE_MINIMUM)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName("runs.splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.inspector)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([_INSPECTOR_WIDTH * 2, _INSPECTOR_WIDTH])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)

    def _connect_parts(self, actions: RunActions) -> None:
        commands = self.commands
        self.addActions([commands.check, commands.find])
        self.table.addActions(commands.for_table())
        commands.find.triggered.connect(self._find)
        self.table.chosen.connect(self._chosen)
        self.model.counts_changed.connect(self.filter_bar.show_counts)
        self.filter_bar.filter_chosen.connect(self._filter_chosen)
        self.filter_bar.searched.connect(self._searched)
        self.filter_bar.search.returnPressed.connect(self._to_table)
        self.inspector.overview.notes.noted.connect(self._runs.set_notes)
        actions.try_requested.connect(self.try_requested)
        actions.run_again.connect(self.run_again)
        actions.toast.connect(self.toast)
        self._reports.toast.connect(self.toast)
        self.middle.go.connect(self.go)
        self.middle.show_all.triggered.connect(self._show_all)

    def _connect_services(self, submits: SubmitService) -> None:
        self._runs.replaced.connect(self._take_all)
        self._runs.changed.connect(self._take)
        self._runs.watch_changed.connect(self._show_watch)
        submits.progress.connect(self._take_progress)
        self._accounts.changed.connect(self._show_middle)

    # -- the place

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return [("edit", self.commands.find), *(("run", action) for action in self.commands.for_menu())]

    @override
    def activated(self) -> None:
        self._tick()
        if self.middle.state is PageState.TABLE:
            self.table.setFocus()

    def select(self, run_id: str) -> None:
        """Select a run and show it, whatever the filter; a run that is not known yet as soon as it is."""
        self._wanted_run = ""
        if self.table.select_run(run_id):
            return
        if self._runs.run(run_id) is None:
            self._wanted_run = run_id
            return
        self._show_all()
        self.table.select_run(run_id)

    # -- runs

    @Slot(object)
    def _take_all(self, runs: tuple[Run, ...]) -> None:
        self.model.replace_all(runs)
        self._youngest = max((run.changed_at for run in runs), default=0.0)
        self.error_banner.clear()
        self.filter_bar.show_counts(self.model.counts)
        self._after_change()

    @Slot(object)
    def _take(self, changed: tuple[Run, ...]) -> None:
        self.model.apply(changed)
        self._youngest = max(self._youngest, *(run.changed_at for run in changed))
        if self._feed.touches({run.run_id for run in changed}):
            self._feed.refresh()
        self._after_change()

    def _after_change(self) -> None:
        self._show_middle()
        if self._wanted_run and self._runs.run(self._wanted_run) is not None:
            self.select(self._wanted_run)
        elif not self.table.selected_ids() and self.model.rowCount():
            self.table.select_run(self.model.run_at(0).run_id)
        self._wind_clock()

    @Slot(object)
    def _take_progress(self, progress: UploadProgress) -> None:
        before = self.model.percent(progress.run_id)
        self.model.set_progress(progress.run_id, progress.sent, progress.total)
        if before != self.model.percent(progress.run_id) and self._feed.touches({progress.run_id}):
            self._feed.refresh()

    @Slot(object)
    def _chosen(self, run_ids: tuple[str, ...]) -> None:
        self._feed.select(run_ids)
        QTimer.singleShot(0, self._keep_chosen)  # rows must not go while the selection changes

    @Slot()
    def _keep_chosen(self) -> None:
        self.model.keep(self.table.selected_ids())
        self._show_middle()

    # -- filter and search

    def _choose(self, which: Filter) -> None:
        self.filter_bar.choose(which)
        self.model.set_filter(which)

    @Slot(object)
    def _filter_chosen(self, which: Filter) -> None:
        self.model.set_filter(which)
        self._arrangement.keep_filter(which)
        self._after_change()

    @Slot(str)
    def _searched(self, text: str) -> None:
        self.model.set_search(text)
        self._after_change()

    @Slot()
    def _show_all(self) -> None:
        self.filter_bar.search.clear()
        self._choose(Filter.ALL)
        self._arrangement.keep_filter(Filter.ALL)
        self._after_change()

    @Slot()
    def _find(self) -> None:
        self.filter_bar.search.setFocus()
        self.filter_bar.search.selectAll()

    @Slot()
    def _to_table(self) -> None:
        self.table.setFocus()

    # -- how it goes

    @Slot()
    def _show_middle(self) -> None:
        state = page_state(
            loaded=self._runs.loaded, connected=self._accounts.state.connection is not None,
            total=self.model.counts[Filter.ALL], shown=self.model.rowCount(), watch=self._runs.watch,
        )
        which = self.filter_bar.chosen
        group = "" if which is Filter.ALL else filter_word(which)
        self.middle.show_state(state, self.filter_bar.search.text().strip(), group)
        has_runs = state in {PageState.TABLE, PageState.NO_MATCH}
        self.filter_bar.setVisible(has_runs)
        self.inspector.setVisible(has_runs)

    @Slot(object)
    def _show_watch(self, watch: WatchState) -> None:
        self.list_banner.show_watch_error(watch.error)
        self._show_middle()
        self._tick()

    # -- time

    @Slot()
    def _tick(self) -> None:
        now = time.time()
        self.headline.show_watch(self._runs.watch, now)
        if now >= self._rows_due:
            self._rows_due = now + tick_for(now - self._youngest) / 1000
            self.model.tick(now)
        self._feed.refresh()
        self._wind_clock()

    def _wind_clock(self) -> None:
        """Run only while the place is seen, and no faster than its words change."""
        if not self.isVisible():
            self._clock.stop()
            return
        now = time.time()
        watch = self._runs.watch
        moments = (self._youngest, watch.checked_at, watch.next_at)
        self._clock.wind(*(now - moment for moment in moments if moment is not None))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rows_due = 0.0
        self._tick()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

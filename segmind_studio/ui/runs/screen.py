"""The place Runs: the list, the inspector, and the reports of the services."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QWidget
from typing_extensions import override

from segmind_studio.clock import monotonic_epoch
from segmind_studio.core.errors import CancelledError, HeldBackError, StudioError
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.runs.download_service import DownloadResult, DownloadService
from segmind_studio.services.runs.other_accounts import OtherAccountRuns
from segmind_studio.services.runs.run_service import RunFailure, RunService, WatchState
from segmind_studio.services.runs.run_sheets import RunSheetService
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitOutcome, UploadProgress
from segmind_studio.services.runs.watch_times import WatchTimes
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.idle_steps import IdleSteps
from segmind_studio.ui.parts.sight import in_sight
from segmind_studio.ui.place import Place
from segmind_studio.ui.runs.actions import COMPARED_AT_MOST, RunCommands
from segmind_studio.ui.runs.bulk import BulkActions
from segmind_studio.ui.runs.compare.view import CompareView
from segmind_studio.ui.runs.detail_feed import DetailFeed
from segmind_studio.ui.runs.empty_states import PageState
from segmind_studio.ui.runs.handlers import RunActions
from segmind_studio.ui.runs.inspector.inspector import RunInspector
from segmind_studio.ui.runs.pictures import RunPictures
from segmind_studio.ui.runs.refresh_timer import PageClock
from segmind_studio.ui.runs.run_list import RunList
from segmind_studio.ui.runs.sheets import SheetActions
from segmind_studio.ui.theme.icons import icon

if TYPE_CHECKING:
    from segmind_studio.services.runs.history_service import HistoryService
    from segmind_studio.services.runs.result_service import ResultService
    from segmind_studio.services.runs.run_pages import RunPageService
    from segmind_studio.ui.runs.history.view import HistoryView


class Reports(QObject):
    """Show the messages of the services.

    Signals:
        toast(str): a short message.
        offer(str, object): a short message, and the QAction of its button.
    """

    toast = Signal(str)
    offer = Signal(str, object)

    def __init__(
        self, page: RunList, runs: RunService, submits: SubmissionService, downloads: DownloadService,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._runs = runs
        self._unknown: set[str] = set()
        self._submission_shown = False  # the banner shows how a submission ended
        self._folder = Path()
        self._show_folder = QAction(icon("folder-open"), _("Show in folder"), self)
        self._show_folder.triggered.connect(self._open_folder)
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
        self._submission_shown = False
        self._page.show_failure(run.name if run else "", failure.error)

    @Slot(object)
    def _submit_finished(self, outcome: SubmitOutcome) -> None:
        error = outcome.error
        told_by_its_row = outcome.run.phase is Phase.UNKNOWN and not outcome.run.error
        if error is not None and not told_by_its_row and not isinstance(error, CancelledError):
            self._page.show_failure(outcome.run.name, error)
            self._submission_shown = True
        elif self._submission_shown and not isinstance(error, HeldBackError):  # that was an earlier run
            self._page.error_banner.clear()
            self._submission_shown = False

    @Slot(object)
    def _look_for_found(self, rows: tuple[Run, ...]) -> None:
        """Show that a run of unknown outcome was found, so that its change is clear."""
        unknown = Phase.UNKNOWN
        for run in rows:
            if run.phase is unknown:
                self._unknown.add(run.run_id)
            elif self._unknown and run.run_id in self._unknown:
                self._unknown.discard(run.run_id)
                if run.phase is Phase.ADOPTED:
                    words = _("Found: the service had accepted “{name}”. Nothing was sent twice.")
                    if run.unanswered_at or run.paid_twin:
                        words = _("Found: the service has “{name}”. It was sent more than once.")
                    self.toast.emit(words.format(name=run.name))

    @Slot(object)
    def _refused(self, error: StudioError) -> None:
        if self._page.isVisible():  # another place shows the end of its own orders
            self._page.show_failure("", error)

    @Slot(object)
    def _downloaded(self, result: DownloadResult) -> None:
        self._folder = result.path.parent
        words = _("Saved “{name}” in {folder}").format(name=result.path.name, folder=self._folder)
        self.offer.emit(words, self._show_folder)

    @Slot()
    def _open_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.toast.emit(_("The folder could not be opened: {folder}").format(folder=self._folder))


_INSPECTOR_WIDTH = 460
_MANY = 1_000  # runs


class RunsScreen(Place):
    """Show the account's runs and their actions.

    Signals:
        try_requested(str): a run's id, for the Try place.
        run_again(object): TrainingForm, for the Train place.
        go(str): the id of a place.
        toast(str): a short message.
        offer(str, object): a short message, and the QAction of its button.
        versions_wanted(str): the id of a run whose photos are to be compared.
    """

    place_id = "runs"
    icon_name = "activity"
    try_requested = Signal(str)
    run_again = Signal(object)
    go = Signal(str)
    toast = Signal(str)
    offer = Signal(str, object)
    versions_wanted = Signal(str)

    def __init__(  # noqa: PLR0913, PLR0917  # its services, each by name
        self, runs: RunService, submits: SubmissionService, downloads: DownloadService, accounts: AccountService,
        settings: SettingsService, parent: QWidget | None = None, *, budgets: BudgetService,
        sheets: RunSheetService | None = None, commands: RunCommands | None = None,
        pictures: RunPictures | None = None, watched: WatchTimes | None = None,
        history: HistoryService | None = None, results: ResultService | None = None,
        pages: RunPageService | None = None, others: OtherAccountRuns | None = None, at_once: bool = True,
    ) -> None:
        """Without `at_once` its parts are left to `make_rest` or `complete`."""
        super().__init__(parent)
        self.title = _("Runs")
        self._runs = runs
        self._accounts = accounts
        self._others = others
        self._settings = settings
        self._history = history
        self._history_view: HistoryView | None = None
        self._pictures = pictures
        self._compare: CompareView | None = None  # most never compare
        self.commands = commands or RunCommands(self)
        self.commands.history.setVisible(history is not None)
        self._rest = self._make(
            submits, downloads, budgets, sheets=sheets, pictures=pictures, watched=watched, results=results,
            pages=pages,
        )
        if at_once:
            self.complete()

    def _make(  # noqa: PLR0913  # its services, each by name
        self, submits: SubmissionService, downloads: DownloadService, budgets: BudgetService, *,
        sheets: RunSheetService | None, pictures: RunPictures | None, watched: WatchTimes | None,
        results: ResultService | None, pages: RunPageService | None,
    ) -> Iterator[None]:
        """Make the parts, the outermost first: Qt styles a widget and all in it again each time it is moved."""
        runs, settings, others = self._runs, self._settings, self._others
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget(self)
        row.addWidget(self._stack)
        self._halves = QSplitter(Qt.Orientation.Horizontal, self._stack)
        self.list = RunList(
            self.commands, runs, self._accounts, settings, self._halves, others=others, at_once=False,
        )
        yield
        yield from self.list.rest
        if pictures is not None:
            self.list.table.set_pictures(pictures)
        yield
        self.inspector = RunInspector(self.commands, pictures, watched, self._halves)
        self._pages_soon = IdleSteps((self.inspector.pieces,), self)
        yield
        self._lay_out()
        yield
        self._file_services = (results, settings, downloads.usual_folder) if results is not None else None
        self._actions = RunActions(
            self.commands, runs=runs, submits=submits, downloads=downloads, settings=settings, budgets=budgets,
            window=self,
        )
        self._bulk = BulkActions(self.commands, runs=runs, submits=submits, budgets=budgets, window=self)
        self._feed = DetailFeed(
            self.inspector, self, commands=self.commands, actions=self._actions, bulk=self._bulk,
            model=self.list.model, runs=runs, downloads=downloads, budgets=budgets, others=others,
            accounts=self._accounts,
        )
        self._reports = Reports(self.list, runs, submits, downloads)
        self._sheets = SheetActions(
            self.commands, sheets, runs=runs, table=self.list.table, banner=self.list.error_banner, window=self,
            pages=pages,
        )
        self._clock = PageClock(self)
        self._replaced_soon = QTimer(self, singleShot=True, interval=0)
        self._replaced_soon.timeout.connect(self._take_waiting)
        self._waits = False  # other runs are there, and not shown yet
        self._connect()
        submits.progress.connect(self._take_progress)
        if watched is not None:
            watched.changed.connect(self._tick)
        yield
        if runs.runs:
            yield from self.inspector.pieces()
        self._take_all(runs.runs)
        self._show_watch(runs.watch)

    def _lay_out(self) -> None:
        splitter = self._halves
        splitter.setObjectName("runs.splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self.inspector)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([_INSPECTOR_WIDTH * 2, _INSPECTOR_WIDTH])
        self._stack.addWidget(splitter)

    def _connect(self) -> None:
        self.addActions([self.commands.check, self.commands.find, self.commands.compare])
        self.commands.compare.triggered.connect(self._open_comparison)
        self.commands.siblings.triggered.connect(self._open_comparison)
        self.list.chosen.connect(self._feed.select)
        self.list.state_changed.connect(self._show_state)
        self.list.timed.connect(self._feed.refresh)
        self.list.middle.go.connect(self.go)
        self.inspector.made.connect(self._connect_pages)
        for action, place in (
            (self.commands.open_settings, "settings"), (self.commands.export_zip, "data"),
            (self.commands.try_models, "try"),
        ):
            action.setData(place)
            action.triggered.connect(self._go)
        self._actions.try_requested.connect(self.try_requested)
        self._actions.run_again.connect(self.run_again)
        self._actions.versions_wanted.connect(self.versions_wanted)
        self._actions.select_wanted.connect(self.list.select_all_of)
        self._actions.toast.connect(self.toast)
        self._bulk.offer.connect(self.offer)
        self.list.views.removed.connect(self.offer)
        self._reports.toast.connect(self.toast)
        self._reports.offer.connect(self.offer)
        self._sheets.toast.connect(self.toast)
        self._sheets.imported.connect(self.select)
        self.commands.switch_account.triggered.connect(self._switch_account)
        if self._others is not None:
            self._others.added.connect(self._feed.refresh)
        self.commands.history.triggered.connect(self.show_history)
        self._clock.ticked.connect(self._tick)
        self._runs.replaced.connect(self._take_replaced)
        self._runs.changed.connect(self._take)
        self._runs.watch_changed.connect(self._show_watch)

    @Slot()
    def _connect_pages(self) -> None:
        inspector = self.inspector
        inspector.overview.notes.noted.connect(self._runs.set_notes)
        inspector.settings.family.wanted.connect(self.list.select_all_of)
        inspector.files.said.connect(self.toast)
        if self._file_services is not None:
            inspector.files.set_services(*self._file_services)

    # -- the place

    @override
    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        return self.commands.in_menus()

    @override
    def activated(self) -> None:
        if self.comparing:
            self.compare.take_focus()
        elif self.list.middle.state is PageState.TABLE:
            self.list.table.setFocus()

    @Slot(str)
    def select(self, run_id: str) -> None:
        """Select and focus a run; one that is not known yet as soon as it is."""
        self._take_waiting()
        self._stack.setCurrentWidget(self._halves)
        self.list.select(run_id)

    @Slot()
    def _switch_account(self) -> None:
        """Use the account of the selected run, and select it there."""
        for run in self._feed.elsewhere[:1]:
            self.list.await_run(run.run_id)
            self._accounts.use(run.account_id)

    # -- several runs

    @property
    def compare(self) -> CompareView:
        """Return what compares runs over the whole place; it is made when it is first asked for."""
        if self._compare is None:
            self._compare = CompareView(self._pictures, self._stack)
            self._compare.closed.connect(self._close_comparison)
            self._stack.addWidget(self._compare)
        return self._compare

    @property
    def comparing(self) -> bool:
        """Return whether runs are compared over the whole place."""
        return self._compare is not None and self._stack.currentWidget() is self._compare

    @Slot()
    def _open_comparison(self) -> None:
        """Compare the selected runs, the oldest at the left."""
        runs = sorted(self._feed.selected, key=_age)
        if 1 < len(runs) <= COMPARED_AT_MOST:
            self.compare.show_runs(runs)
            self._stack.setCurrentWidget(self.compare)
            self.compare.take_focus()

    @Slot()
    def _close_comparison(self) -> None:
        self._stack.setCurrentWidget(self._halves)
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow_comparison(self) -> None:
        """Show the compared runs as they are now; without one of them, go back."""
        if not self.comparing:
            return
        found = (self._runs.run(run.run_id) for run in self.compare.runs)
        runs = [run for run in found if run is not None]
        if len(runs) == len(self.compare.runs):
            self.compare.show_runs(runs)
        else:
            self._stack.setCurrentWidget(self._halves)

    @Slot()
    def show_history(self) -> None:
        """Show the money and the time of all runs over the window."""
        from segmind_studio.ui.runs.history.view import HistoryView  # noqa: PLC0415  # when it is asked for

        if self._history is None:
            return
        if self._history_view is None:
            self._history_view = HistoryView(self._history, self._settings, self.window())
            self._history_view.toast.connect(self.toast)
        self._history_view.open()

    @Slot()
    def _go(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.go.emit(str(action.data()))

    # -- signals of the services

    @Slot(object)
    def _take_replaced(self, runs: tuple[Run, ...]) -> None:
        """Show other runs; while the place is hidden very many in a turn of their own, before anything else."""
        if self.isVisible() or len(runs) < _MANY:
            self._take_all(runs)
        else:
            self._waits = True
            self._replaced_soon.start()

    @Slot()
    def _take_waiting(self) -> None:
        if self._waits:
            self._take_all(self._runs.runs)

    @Slot(object)
    def _take_all(self, runs: tuple[Run, ...]) -> None:
        self._waits = False
        if runs and not self.inspector.is_whole:
            self._pages_soon.start()
        self._feed.fresh = False
        self.list.take_all(runs)
        if not self._feed.fresh:  # another selection has filled the inspector already
            self._feed.refresh()
        self._follow_comparison()
        self._restart_clock()

    @Slot(object)
    def _take(self, changed: tuple[Run, ...]) -> None:
        self._take_waiting()
        if not self.inspector.is_whole:
            self._pages_soon.start()
        self.list.take(changed)
        if self._feed.touches({run.run_id for run in changed}):
            self._feed.refresh()
        self._follow_comparison()
        self._restart_clock()

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
        self._restart_clock()

    @Slot(object)
    def _show_state(self, state: PageState) -> None:
        self.inspector.setVisible(state in {PageState.TABLE, PageState.NO_MATCH})

    # -- time

    @Slot()
    def _tick(self) -> None:
        self.list.tick()
        self._feed.refresh()
        self._restart_clock()

    def _restart_clock(self) -> None:
        """Run the timer only while the place is in sight."""
        if not in_sight(self):
            self._clock.stop()
            return
        watch = self._runs.watch
        moments = (watch.checked_at, watch.next_at, watch.quiet_until)
        distances = [monotonic_epoch() - moment for moment in moments if moment is not None]
        self._clock.tick_once(time.time() - self.list.youngest, *distances)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._take_waiting()
        super().showEvent(event)
        if self._others is not None:
            self._others.refresh()
        self.list.tick(at_once=True)
        self._feed.refresh_soon()  # the inspector was filled while the place was hidden
        self._restart_clock()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()


def _age(run: Run) -> float:
    return run.created_at

"""The Runs place with stand-ins for its services, shown, for the tests of its parts."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from segmind_studio.core.runs import Run
from segmind_studio.core.settings import Settings
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.runs.download_service import DownloadService
from segmind_studio.services.runs.history_service import HistoryService
from segmind_studio.services.runs.other_accounts import OtherAccountRuns
from segmind_studio.services.runs.run_pages import RunPageService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_sheets import RunSheetService
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.parts import EmptyState
from segmind_studio.ui.runs.handlers import ConfirmDialog
from segmind_studio.ui.runs.pictures import RunPictures
from segmind_studio.ui.runs.screen import RunsScreen
from tests.fakes.hosting import EndsWithWindow
from tests.fakes.run_services import FakeAccounts, FakeDownloads, FakeRuns, FakeSettings, FakeSubmits
from tests.fakes.try_service import FakeTryouts, make_budget_service
from tests.fakes.typed import Kind, as_service, child, known, the


@dataclass
class Bench:
    """The place and its services."""

    screen: RunsScreen
    runs: FakeRuns
    submits: FakeSubmits
    downloads: FakeDownloads
    accounts: FakeAccounts
    settings: FakeSettings
    tryouts: FakeTryouts
    budgets: BudgetService

    @property
    def shown(self) -> list[str]:
        """Return the ids in the table, from the top."""
        model = self.screen.list.model
        return [model.run_at(row).run_id for row in range(model.rowCount())]

    @property
    def selected(self) -> tuple[str, ...]:
        """Return the selected ids."""
        return self.screen.list.table.selected_ids()

    def ask(self, name: str) -> ConfirmDialog:
        """Press a button of the details, and return the question that it opens."""
        button = self.child(QPushButton, f"runs.{name}")
        assert (button.isVisible(), button.isEnabled()) == (True, True), self.screen.commands.patience
        seen: list[str] = []
        button.pressed.connect(lambda: seen.append("pressed"))
        button.clicked.connect(lambda: seen.append("clicked"))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert seen == ["pressed", "clicked"]
        return self.child(ConfirmDialog, "runs.confirm")

    def child(self, kind: type[Kind], name: str) -> Kind:
        """Find a widget by its object name."""
        return child(self.screen, kind, name)

    @property
    def page(self) -> EmptyState:
        """Return what stands in the place of the table."""
        return the(EmptyState, self.screen.list.middle.currentWidget())

    def run(self, run_id: str) -> Run:
        """Return a run that is there."""
        return known(self.runs.run(run_id))


def make_runs_screen(
    runs: object, submits: object, downloads: object, accounts: object, settings: object, budgets: BudgetService,
    sheets: RunSheetService | None = None, tryouts: object = None, *, history: HistoryService | None = None,
    pages: RunPageService | None = None, others: OtherAccountRuns | None = None, parent: QWidget | None = None,
    at_once: bool = True,
) -> RunsScreen:
    """Build the place on services or their stand-ins, with thumbnails and tasks that end with it."""
    tasks, thumbnails = TaskRunner(), Thumbnails()
    pictures = RunPictures(thumbnails, tasks, as_service(ImageService, tryouts or FakeTryouts()))
    screen = RunsScreen(
        as_service(RunService, runs), as_service(SubmissionService, submits),
        as_service(DownloadService, downloads), as_service(AccountService, accounts),
        as_service(SettingsService, settings), parent, sheets=sheets, budgets=budgets,
        pictures=pictures, history=history, pages=pages, others=others, at_once=at_once,
    )
    for part in (tasks, thumbnails, pictures):
        part.setParent(screen)
    EndsWithWindow(screen, tasks, thumbnails)
    return screen


def make_bench(
    qtbot: QtBot, *runs: Run, watch: WatchState | None = None, connected: bool = True,
    settings: Settings | None = None, show: bool = True,
) -> Bench:
    """Build it; by default the list was loaded a moment ago."""
    fake = FakeRuns(runs)
    fake.watch = watch or WatchState(checked_at=time.time(), next_at=time.time() + 15)
    parts = fake, FakeSubmits(), FakeDownloads(), FakeAccounts(connected=connected), FakeSettings(settings)
    tryouts = FakeTryouts()
    budgets = make_budget_service(fake, parts[4], parts[1], tryouts)
    screen = make_runs_screen(*parts, budgets, tryouts=tryouts)
    qtbot.addWidget(screen)
    screen.resize(1200, 760)
    if show:
        with qtbot.waitExposed(screen):
            screen.show()
    return Bench(screen, *parts, tryouts, budgets)

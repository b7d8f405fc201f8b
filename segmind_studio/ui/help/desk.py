"""Everything behind the Help menu: pages, tour and log, each made when it is first asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.help.guide import FirstGuide, Guide
from segmind_studio.ui.help.window import HelpWindow
from segmind_studio.ui.palette.carrying_out import PaletteRunner
from segmind_studio.ui.shell.window import MainWindow
from segmind_studio.ui.theme.theme import Theme


class HelpDesk(QObject):
    """Connect the window's help commands with what they open. GUI thread."""

    def __init__(  # noqa: PLR0913  # what it shows, each by name
        self, window: MainWindow, *, settings: SettingsService, accounts: AccountService, tasks: TaskRunner,
        theme: Theme, asks: bool = False,
    ) -> None:
        """`asks` : the choice of the first start is offered, and the tour follows it."""
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._theme = theme
        self._help: HelpWindow | None = None
        self._palette = PaletteRunner(window)
        self.guide = Guide(window, settings)
        window.commands.help.triggered.connect(self._show_help)
        window.commands.guide.triggered.connect(self.guide.start)
        self._first = FirstGuide(self.guide, accounts, settings) if asks else None

    def begin(self) -> None:
        """Start the tour by itself when it is its time; call it once all places exist."""
        if self._first is not None:
            self._first.begin()

    @Slot()
    def _show_help(self) -> None:
        """Open the help at the page of the place that is shown."""
        if self._help is None:
            self._help = HelpWindow(self._tasks, self._theme, self._window)
        self._help.open_at(self._window.place)

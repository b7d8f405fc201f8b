"""Everything behind the Help menu: pages, tour, log, updates and About, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices

from segmind_studio.core.errors import StudioError
from segmind_studio.core.releases import Release
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.log_feed import LogFeed
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.services.system.update_check import UpdateService
from segmind_studio.texts import _
from segmind_studio.ui.help.about import AboutDialog
from segmind_studio.ui.help.guide import FirstGuide, Guide
from segmind_studio.ui.help.log_window import LogWindow
from segmind_studio.ui.help.window import HelpWindow
from segmind_studio.ui.palette.carrying_out import PaletteRunner
from segmind_studio.ui.shell.window import MainWindow
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.theme import Theme


class HelpDesk(QObject):
    """Connect the window's help commands with what they open. GUI thread.

    `paths` are the app's folders and files by what is in them, `log` is the log file. `asks` : the choice of the
    first start is offered, and the tour follows it.
    """

    def __init__(  # noqa: PLR0913  # what it shows, each by name
        self, window: MainWindow, *, settings: SettingsService, accounts: AccountService, tasks: TaskRunner,
        theme: Theme, paths: Mapping[str, str], log: Path, asks: bool = False,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._tasks = tasks
        self._theme = theme
        self._paths = paths
        self._log = log
        self._help: HelpWindow | None = None
        self._log_window: LogWindow | None = None
        self._palette = PaletteRunner(window)
        self.guide = Guide(window, settings)
        self._first = FirstGuide(self.guide, accounts, settings) if asks else None
        self.updates = UpdateService(settings, tasks, self)
        self._connect()

    def _connect(self) -> None:
        commands, updates = self._window.commands, self.updates
        self._window.closing.connect(self._close)
        commands.help.triggered.connect(self._show_help)
        commands.guide.triggered.connect(self.guide.start)
        commands.log.triggered.connect(self._show_log)
        commands.about.triggered.connect(self._show_about)
        commands.updates.triggered.connect(updates.check)
        commands.updates_at_start.toggled.connect(self._keep_updates)
        updates.offered.connect(self._offer_updates)
        updates.found.connect(self._show_release)
        updates.current.connect(self._show_current)
        updates.failed.connect(self._show_failed)

    def begin(self) -> None:
        """Do what comes by itself: the tour when it is its time, and updates. Call it once all places exist."""
        if self._first is not None:
            self._first.begin()
        self.updates.start()

    # -- windows

    @Slot()
    def _show_help(self) -> None:
        """Open the help at the page of the place that is shown."""
        if self._help is None:
            self._help = HelpWindow(self._tasks, self._theme, self._window)
        self._help.open_at(self._window.place)

    @Slot()
    def _show_log(self) -> None:
        if self._log_window is None:
            feed = LogFeed(self._log, self._tasks, self)
            self._log_window = LogWindow(feed, self._log, self._theme, self._window)
        self._log_window.show()
        self._log_window.raise_()
        self._log_window.activateWindow()

    @Slot()
    def _show_about(self) -> None:
        AboutDialog(self._tasks, self._paths, self._window).open()

    @Slot()
    def _close(self) -> None:
        for window in (self._help, self._log_window):
            if window is not None:
                window.close()

    # -- updates

    @Slot()
    def _offer_updates(self) -> None:
        commands = self._window.commands
        commands.updates_at_start.setChecked(self._settings.value.update_check)
        for action in (commands.updates, commands.updates_at_start):
            action.setVisible(True)

    @Slot(bool)
    def _keep_updates(self, on: bool) -> None:  # noqa: FBT001  # what the signal brings
        self._settings.update(update_check=on)

    @Slot(object)
    def _show_release(self, release: Release) -> None:
        page: QAction | None = None
        if release.page:
            page = QAction(icon("globe"), _("Read more"), self)
            page.setData(release.page)
            page.triggered.connect(self._open_page)
        words = _("Segmind Studio {version} is available. Your version stays until you install it.")
        self._window.toast(words.format(version=release.version), page)

    @Slot()
    def _open_page(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            QDesktopServices.openUrl(QUrl(str(action.data())))

    @Slot()
    def _show_current(self) -> None:
        self._window.toast(_("You have the newest version."))

    @Slot(object)
    def _show_failed(self, error: StudioError) -> None:
        self._window.toast(str(error))

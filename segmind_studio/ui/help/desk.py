"""Everything behind the Help menu: pages, tour and log, each made when it is first asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.ui.help.window import HelpWindow
from segmind_studio.ui.palette.carrying_out import PaletteRunner
from segmind_studio.ui.shell.window import MainWindow
from segmind_studio.ui.theme.theme import Theme


class HelpDesk(QObject):
    """Connect the window's help commands with what they open. GUI thread."""

    def __init__(self, window: MainWindow, tasks: TaskRunner, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._theme = theme
        self._help: HelpWindow | None = None
        self._palette = PaletteRunner(window)
        window.commands.help.triggered.connect(self._show_help)

    @Slot()
    def _show_help(self) -> None:
        """Open the help at the page of the place that is shown."""
        if self._help is None:
            self._help = HelpWindow(self._tasks, self._theme, self._window)
        self._help.open_at(self._window.place)

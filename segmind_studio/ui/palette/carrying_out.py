"""Connect the palette with the window: open it with its key, and carry out what was chosen.

Kept apart: the palette itself knows no window, only a list of commands.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from segmind_studio.ui.palette.commands import Command, read_commands
from segmind_studio.ui.palette.palette import CommandPalette
from segmind_studio.ui.parts.buttons import ActionButton
from segmind_studio.ui.parts.needs import may_pay
from segmind_studio.ui.shell.window import MainWindow


class PaletteRunner(QObject):
    """Own the palette of a window. GUI thread.

    A command of a place is carried out there: the place is shown first. One that may pay is not triggered: its
    button gets the focus, so that nothing is paid by an Enter that was meant for a search.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.palette = CommandPalette(window.contents, self._read)
        self.palette.chosen.connect(self._carry_out)
        window.commands.palette.triggered.connect(self.palette.toggle)
        window.place_shown.connect(self.palette.close_palette)

    def _read(self) -> tuple[Command, ...]:
        return read_commands(self._window.menuBar(), self._window.places)

    @Slot(object)
    def _carry_out(self, command: Command) -> None:
        if command.place_id:
            self._window.show_place(command.place_id)
        if may_pay(command.action):
            self._lead_to(command.action)
            return
        command.menu.aboutToShow.emit()  # as if it was chosen there: a menu may have to get ready
        command.action.trigger()

    def _lead_to(self, action: QAction) -> None:
        buttons = self._window.contents.findChildren(ActionButton)
        button = next((one for one in buttons if one.action is action and one.isVisible()), None)
        if button is not None:
            button.setFocus()

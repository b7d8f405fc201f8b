"""The menu bar: every command of the window and of its places, each in one menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from segmind_studio.core.practice import PracticeControl
from segmind_studio.services.settings import SettingsService
from segmind_studio.ui.place import Place
from segmind_studio.ui.shell.commands import WindowCommands
from segmind_studio.ui.shell.practice_menu import PracticeMenu


class Menus:
    """Fill a menu bar. Menus that hold nothing are not shown."""

    def __init__(self, bar: QMenuBar, commands: WindowCommands, places: Sequence[Place]) -> None:
        self._bar = bar
        self._commands = commands
        self._practice: PracticeMenu | None = None
        tr = bar.tr
        titles = {
            "file": tr("&File"), "edit": tr("&Edit"), "dataset": tr("&Dataset"), "train": tr("&Train"),
            "run": tr("&Run"), "view": tr("&View"), "help": tr("&Help"),
        }
        self._menus: dict[str, QMenu] = {menu_id: bar.addMenu(title) for menu_id, title in titles.items()}
        self._menus["try"] = self._menus["run"]
        self._begin()
        for place in places:
            self._add_place(place)
        self._finish()

    @property
    def actions(self) -> tuple[tuple[str, tuple[QAction, ...]], ...]:
        """Give the commands with the title of their menu, for the list of shortcuts."""
        seen: list[tuple[str, tuple[QAction, ...]]] = []
        for action in self._bar.actions():
            menu = action.menu()
            if isinstance(menu, QMenu):
                seen.append((menu.title().replace("&", ""), tuple(a for a in menu.actions() if a.text())))
        return tuple(seen)

    def set_practice(self, control: PracticeControl, settings: SettingsService) -> None:
        """Add the Practice menu, once."""
        if self._practice is None:
            self._practice = PracticeMenu(control, settings, self._bar)
            self._bar.insertMenu(self._menus["help"].menuAction(), self._practice)

    def _begin(self) -> None:
        edit, view = self._menus["edit"], self._menus["view"]
        edit.addActions([self._commands.undo, self._commands.redo])
        edit.addSeparator()
        view.addActions(self._commands.places)
        view.addSeparator()
        appearance = view.addMenu(self._bar.tr("Appearance"))
        appearance.addActions(self._commands.appearance)
        view.addSeparator()

    def _add_place(self, place: Place) -> None:
        used: set[str] = set()
        for menu_id, action in place.menu_actions():
            menu = self._menus.get(menu_id, self._menus["view"])
            if menu_id not in used and menu.actions() and not menu.actions()[-1].isSeparator():
                menu.addSeparator()
            used.add(menu_id)
            menu.addAction(action)

    def _finish(self) -> None:
        file, help_menu = self._menus["file"], self._menus["help"]
        if file.actions():
            file.addSeparator()
        file.addAction(self._commands.quit)
        help_menu.addActions([self._commands.shortcuts, self._commands.about])
        for menu in self._menus.values():
            menu.menuAction().setVisible(bool(menu.actions()))

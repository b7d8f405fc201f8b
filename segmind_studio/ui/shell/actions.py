"""The window's own commands: places, appearance, undo, help, quit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence, QUndoStack

from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import N_, _
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.needs import set_need
from segmind_studio.ui.place import Place
from segmind_studio.ui.theme.icons import icon

_SETTINGS = "settings"


class WindowCommands(QObject):
    """Create the actions once.

    Signals:
        place_wanted(str): show this place; GUI thread.
    """

    place_wanted = Signal(str)

    def __init__(
        self, places: Sequence[Place], settings: SettingsService, undo: QUndoStack, parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.undo = undo.createUndoAction(self, _("Undo"))
        self.undo.setShortcuts(QKeySequence.StandardKey.Undo)
        self.undo.setIcon(icon("undo-2"))
        self.redo = undo.createRedoAction(self, _("Redo"))
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.redo.setIcon(icon("redo-2"))
        set_need((self.undo,), N_("Nothing to undo."))
        set_need((self.redo,), N_("Nothing to redo."))
        self.places: list[QAction] = []
        for place in places:
            self._add_place(place)
        self.appearance = self._appearance_actions()
        self.api_names = self._action(_("Show API names"))
        self.api_names.setCheckable(True)
        self.api_names.toggled.connect(self._show_api_names)
        self.help = self._action(_("Help for this page"), "circle-question-mark")
        self.help.setShortcut(QKeySequence("F1"))
        self.palette = self._action(_("Find a command…"), "search")
        self.palette.setShortcut(QKeySequence("Ctrl+K"))
        self.shortcuts = self._action(_("Keyboard shortcuts"), "keyboard")
        self.shortcuts.setShortcuts([QKeySequence("Ctrl+?"), QKeySequence("Ctrl+Shift+/")])
        self.guide = self._action(_("Tour"), "mouse-pointer")
        self.log = self._action(_("Log"), "text-search")
        self.updates = self._action(_("Check for updates"), "refresh-cw")
        self.updates_at_start = self._action(_("Check for updates at start"))
        self.updates_at_start.setCheckable(True)
        for action in (self.updates, self.updates_at_start):
            action.setVisible(False)  # a build without an address for it has no such command
        self.about = self._action(_("About Segmind Studio"), "info")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit = self._action(_("Quit"), "log-out")
        self.quit.setShortcuts(QKeySequence.keyBindings(QKeySequence.StandardKey.Quit) or [QKeySequence("Ctrl+Q")])
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        settings.changed.connect(self._follow)
        self._follow()

    def _action(self, text: str, icon_name: str = "") -> QAction:
        return finish_before(QAction(icon(icon_name) if icon_name else QIcon(), text, self))

    def _add_place(self, place: Place) -> None:
        action = self._action(place.title, place.icon_name)
        action.setData(place.place_id)
        if place.place_id == _SETTINGS:
            action.setMenuRole(QAction.MenuRole.PreferencesRole)
            keys = QKeySequence.keyBindings(QKeySequence.StandardKey.Preferences)
            action.setShortcuts(keys or [QKeySequence("Ctrl+,")])
        else:
            action.setShortcut(QKeySequence(f"Alt+{len(self.places) + 1}"))
        action.triggered.connect(self._show_place)
        self.places.append(action)

    def _appearance_actions(self) -> list[QAction]:
        group = QActionGroup(self)
        for mode, word in appearance_names().items():
            action = group.addAction(word)
            action.setCheckable(True)
            action.setData(mode)
        group.triggered.connect(self._choose_appearance)
        return group.actions()

    def _show_place(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.place_wanted.emit(str(action.data()))

    def _choose_appearance(self, action: QAction) -> None:
        self._settings.update(appearance=str(action.data()))

    def _show_api_names(self) -> None:
        self._settings.update(api_names=self.api_names.isChecked())

    def _follow(self) -> None:
        self.api_names.setChecked(self._settings.value.api_names)
        for action in self.appearance:
            action.setChecked(action.data() == self._settings.value.appearance)


def appearance_names() -> dict[str, str]:
    """Return each choice of colours, as `Settings.appearance` has it, with its name."""
    return {
        "system": _("Follow system"), "light": _("Light"), "dark": _("Dark"),
        "light-high": _("Light, high contrast"), "dark-high": _("Dark, high contrast"),
    }

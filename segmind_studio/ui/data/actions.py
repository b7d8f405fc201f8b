"""Every command of the Data place as an action: text, icon and keys. `handlers.py` does the work."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from segmind_studio.texts import N_, _
from segmind_studio.ui.data.grid.density import DENSITIES
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.needs import set_need
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon

Keys = QKeySequence | QKeySequence.StandardKey | str
_HERE = Qt.ShortcutContext.WidgetWithChildrenShortcut
_GRID = Qt.ShortcutContext.WidgetShortcut
_WINDOW = Qt.ShortcutContext.WindowShortcut


class PhotoActions:
    """The actions, made for one screen and owned by it.

    Keys that could mean something in a text field (Delete, Space) work only in the grid; Ctrl+O and
    Ctrl+Shift+O in the whole window; all others while the keyboard is on this place.
    """

    def __init__(self, screen: QWidget) -> None:
        self._screen = screen
        self.add = self._make(_("Add photos…"), "image-plus", QKeySequence.StandardKey.Open, _WINDOW)
        self.add_folder = self._make(_("Add folder…"), "folder-plus", "Ctrl+Shift+O", _WINDOW)
        self.sample = self._make(_("Use the sample photos"), "sparkles")
        self.export = self._make(_("Export zip…"), "package", "Ctrl+E")
        self.train = self._make(_("Train with this"), "rocket")
        self.new = self._make(_("New dataset"), "plus")
        self.rename = self._make(_("Rename dataset…"), "pencil-line")
        self.find = self._make(_("Find photos"), "search", QKeySequence.StandardKey.Find)
        self.replace = self._make(_("Replace in captions…"), "replace", "Ctrl+H")
        self.exclude = self._make(_("Exclude"), "eye-off", QKeySequence.StandardKey.Delete, _GRID)
        self.include = self._make(_("Include"), "eye", "Insert", _GRID)
        self.remove = self._make(_("Remove from dataset"), "trash-2", "Shift+Del", _GRID)
        everything = QKeySequence.StandardKey.SelectAll
        self.select_all = self._make(_("Select all photos"), "square-check", everything, _GRID)
        self.copy = self._make(_("Copy photos"), "copy", QKeySequence.StandardKey.Copy, _GRID)
        self.show_file = self._make(_("Show in its folder"), "folder-open")
        self.next = self._make(_("Next photo"), "chevron-right", "Ctrl+Down")
        self.previous = self._make(_("Previous photo"), "chevron-left", "Ctrl+Up")
        self.next_problem = self._make(_("Next problem"), "triangle-alert", "Ctrl+J")
        self.checks = self._make(_("Checks"), "list-checks", "Ctrl+Shift+J")
        self.checks.setCheckable(True)
        self.glance = self._make(_("The set at a glance"), "shapes", "Ctrl+Shift+G")
        self.full_view = self._make(_("Full view"), "expand", "Space", _GRID)
        self.zoom_in = self._make(_("Zoom in"), "zoom-in", QKeySequence.StandardKey.ZoomIn)
        self.zoom_out = self._make(_("Zoom out"), "zoom-out", QKeySequence.StandardKey.ZoomOut)
        self.zoom_fit = self._make(_("Whole picture"), "shrink", "Ctrl+0")
        self._densities = QActionGroup(screen)
        words = {"small": _("Small photos"), "medium": _("Medium photos"), "large": _("Large photos")}
        icons = {"small": "grid-3x3", "medium": "layout-grid", "large": "square"}
        self.densities = {size.name: self._make(words[size.name], icons[size.name]) for size in DENSITIES}
        for action in self.densities.values():
            action.setCheckable(True)
            self._densities.addAction(action)
        self._say_needs()

    def _say_needs(self) -> None:
        everywhere = (self.find, self.replace, self.select_all, self.next, self.previous, self.next_problem)
        set_need((*everywhere, self.glance), N_("There are no photos in the dataset yet."))
        set_need((self.exclude,), N_("Select a photo that is included."))
        set_need((self.include,), N_("Select a photo that is excluded."))
        set_need((self.remove,), N_("Select the photos to remove."))
        one = (self.full_view, self.zoom_in, self.zoom_out, self.zoom_fit, self.show_file)
        set_need(one, N_("Select one photo."))
        set_need((self.export, self.train), N_("Include at least one photo."))

    def bind(self, grid: QWidget) -> None:
        """Add the actions with their keys to the screen and to the grid."""
        for action in self._all():
            (grid if action.shortcutContext() == _GRID else self._screen).addAction(action)

    def follow(self, *, photos: int, selected: int, included: int, excluded: int) -> None:
        """Enable the possible actions, by the counts of photos: all, selected, included, excluded."""
        for action in (self.find, self.replace, self.select_all, self.next, self.previous, self.next_problem):
            action.setEnabled(photos > 0)
        self.glance.setEnabled(photos > 0)
        self.exclude.setEnabled(included > 0)
        self.include.setEnabled(excluded > 0)
        for action in (self.remove, self.copy):
            action.setEnabled(selected > 0)
        for action in (self.full_view, self.zoom_in, self.zoom_out, self.zoom_fit, self.show_file):
            action.setEnabled(selected == 1)

    def context_menu(self, parent: QWidget) -> QMenu:
        """Return the menu for the selected photos; it deletes itself when it closes."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in (
            (self.full_view, self.copy, self.show_file),
            (self.exclude, self.include, self.remove),
            (self.replace, self.select_all),
            (self.add, self.add_folder),
        ):
            for action in group:
                if action.isEnabled():
                    menu.addAction(action)
            menu.addSeparator()
        return menu

    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        """Return each action with its menu, in order."""
        return (
            ("file", self.add), ("file", self.add_folder), ("file", self.sample), ("file", self.export),
            ("edit", self.copy), ("edit", self.select_all), ("edit", self.exclude), ("edit", self.include),
            ("edit", self.remove),
            ("edit", self.find), ("edit", self.replace),
            ("dataset", self.new), ("dataset", self.rename), ("dataset", self.previous), ("dataset", self.next),
            ("dataset", self.next_problem), ("dataset", self.checks), ("dataset", self.glance),
            ("dataset", self.show_file),
            ("dataset", self.train),
            ("view", self.full_view), ("view", self.zoom_in), ("view", self.zoom_out), ("view", self.zoom_fit),
            *(("view", action) for action in self.densities.values()),
        )

    def _all(self) -> Sequence[QAction]:
        return [action for _menu, action in self.menu_actions()]

    def _make(
        self, text: str, icon_name: str, keys: Keys = "", context: Qt.ShortcutContext = _HERE,
    ) -> QAction:
        action = finish_before(QAction(icon(icon_name), text, self._screen))
        if keys:
            standard = isinstance(keys, QKeySequence.StandardKey)
            action.setShortcuts(QKeySequence.keyBindings(keys) if standard else [QKeySequence(keys)])
            action.setShortcutContext(context)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(plain_tip(_("{action} ({keys})").format(action=text.replace("…", ""), keys=shown)))
        return action

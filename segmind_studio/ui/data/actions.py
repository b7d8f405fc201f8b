"""Every command of the Data place as an action: text, icon and keys. `handlers.py` does the work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.texts import N_, _
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.density import DENSITIES
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
        self._make_files()
        self._make_datasets()
        self._make_captions()
        self._make_photos()
        self._make_pictures()
        self._make_view()
        self._make_finding()
        self._say_needs()

    def _make_files(self) -> None:
        self.add = self._make(_("Add photos…"), "image-plus", QKeySequence.StandardKey.Open, _WINDOW)
        self.add_folder = self._make(_("Add folder…"), "folder-plus", "Ctrl+Shift+O", _WINDOW)
        self.add_other = self._make(_("Add photos from a dataset…"), "images")
        self.locate = self._make(_("Locate missing photos…"), "search")
        self.sample = self._make(_("Use the sample photos"), "sparkles")
        self.export = self._make(_("Export zip…"), "package", "Ctrl+E")
        self.export_for = self._make(_("Export for another trainer…"), "package", "Ctrl+Shift+E")
        self.save_figures = self._make(_("Save measurements as CSV…"), "save")
        self.save_words = self._make(_("Save words as CSV…"), "save")
        self.captions_back = self._make(_("Save captions as text files…"), "save")
        self.train = self._make(_("Train with this"), "rocket")
        self.locate.setEnabled(False)

    def _make_datasets(self) -> None:
        self.new = self._make(_("New dataset"), "plus")
        self.rename = self._make(_("Rename dataset…"), "pencil-line")
        self.history = self._make(_("History…"), "undo-2", "Ctrl+Alt+Z")
        self.versions = self._make(_("Compare with a run…"), "rows-3")
        self.duplicate = self._make(_("Duplicate dataset"), "copy-plus")
        self.split = self._make(_("Move to a new dataset…"), "arrow-right")
        self.archive = self._make(_("Archive dataset"), "package")
        self.all_datasets = self._make(_("All datasets…"), "folder-open")

    def _make_captions(self) -> None:
        self.find = self._make(_("Find photos"), "search", QKeySequence.StandardKey.Find)
        self.replace = self._make(_("Replace in captions…"), "replace", "Ctrl+H")
        self.describe = self._make(_("Captions from a model…"), "sparkles")
        self.words = self._make(_("Words in captions"), "text-search", "Ctrl+Shift+W")
        self.words.setCheckable(True)
        self.copy_captions = self._make(_("Copy captions"), "clipboard-copy", "Ctrl+Shift+C", _GRID)
        self.paste_captions = self._make(_("Paste captions"), "text-quote", "Ctrl+Shift+V", _GRID)
        self.swap_captions = self._make(_("Swap captions"), "chevrons-up-down", "Ctrl+Shift+X", _GRID)

    def _make_photos(self) -> None:
        self.exclude = self._make(_("Exclude"), "eye-off", QKeySequence.StandardKey.Delete, _GRID)
        self.include = self._make(_("Include"), "eye", "Insert", _GRID)
        self.remove = self._make(_("Remove from dataset"), "trash-2", "Shift+Del", _GRID)
        everything = QKeySequence.StandardKey.SelectAll
        self.select_all = self._make(_("Select all photos"), "square-check", everything, _GRID)
        self.invert = self._make(_("Invert selection"), "square", "Ctrl+Shift+I", _GRID)
        self.copy = self._make(_("Copy photos"), "copy", QKeySequence.StandardKey.Copy, _GRID)
        self.paste = self._make(_("Paste photos"), "image-plus", QKeySequence.StandardKey.Paste)
        self.show_file = self._make(_("Show in folder"), "folder-open")
        self.next = self._make(_("Next photo"), "chevron-right", "Ctrl+Down")
        self.previous = self._make(_("Previous photo"), "chevron-left", "Ctrl+Up")
        self.next_problem = self._make(_("Next problem"), "triangle-alert", "Ctrl+J")
        self.next_uncaptioned = self._make(_("Next without caption"), "chevrons-up-down", "Ctrl+Shift+Down")
        self.focus = self._make(_("Focus mode"), "square-pen", "F8")
        self.checks = self._make(_("Checks"), "list-checks", "Ctrl+Shift+J")
        self.checks.setCheckable(True)
        self.glance = self._make(_("Dataset overview"), "shapes", "Ctrl+Shift+G")
        self.duplicates = self._make(_("Near duplicates…"), "columns-2", "Ctrl+Shift+N")

    def _make_pictures(self) -> None:
        self.crop = self._make(_("Crop and rotate…"), "crop", "Ctrl+T")
        self.turn_left = self._make(_("Rotate left"), "rotate-ccw", "Ctrl+Shift+R")
        self.turn_right = self._make(_("Rotate right"), "rotate-cw", "Ctrl+R")
        self.mirror = self._make(_("Flip horizontally"), "triangles-centerline-dashed-vertical", "Ctrl+M")
        self.reset_edits = self._make(_("Reset crop and rotation"), "undo-2")
        self.fit = self._make(_("Fit to size…"), "sliders-horizontal", "Ctrl+Shift+M")
        self.fit_more = self._make(_("Fit new photos"), "sliders-horizontal")
        self.fit_more.setEnabled(False)
        self.unfit = self._make(_("Undo fit"), "undo-2")
        self.compare = self._make(_("Compare photos"), "columns-2", "Ctrl+D")
        self.before_after = self._make(_("Before and after"), "square-split-horizontal", "Ctrl+Shift+D")

    def _make_view(self) -> None:
        self.full_view = self._make(_("Full view"), "expand", "Space", _GRID)
        self.zoom_in = self._make(_("Zoom in"), "zoom-in", QKeySequence.StandardKey.ZoomIn)
        self.zoom_out = self._make(_("Zoom out"), "zoom-out", QKeySequence.StandardKey.ZoomOut)
        self.zoom_fit = self._make(_("Fit to window"), "shrink", "Ctrl+0")
        self._densities = QActionGroup(self._screen)
        words = {"small": _("Small photos"), "medium": _("Medium photos"), "large": _("Large photos"),
                 "list": _("List with captions")}
        icons = {"small": "grid-3x3", "medium": "layout-grid", "large": "square", "list": "list"}
        self.densities = {size.name: self._make(words[size.name], icons[size.name]) for size in DENSITIES}
        for action in self.densities.values():
            action.setCheckable(True)
            self._densities.addAction(action)

    def _make_finding(self) -> None:
        self.save_filter = self._make(_("Save filter"), "bookmark-plus", "Ctrl+Shift+F")
        self._orders = QActionGroup(self._screen)
        words = {
            PhotoOrder.ADDED: _("Sort by order added"), PhotoOrder.NAME: _("Sort by name"),
            PhotoOrder.TIME: _("Sort by time"), PhotoOrder.SIZE: _("Sort by size"),
            PhotoOrder.WORDS: _("Sort by caption length"), PhotoOrder.SHARPNESS: _("Sort by sharpness"),
            PhotoOrder.NOISE: _("Sort by noise"), PhotoOrder.LIKENESS: _("Sort by similarity"),
        }
        self.orders = {order: self._make(text, "arrow-down-narrow-wide") for order, text in words.items()}
        for action in self.orders.values():
            action.setCheckable(True)
            self._orders.addAction(action)
        self.descending = self._make(_("Descending"), "arrow-down-wide-narrow")
        self.descending.setCheckable(True)

    def _say_needs(self) -> None:
        everywhere = (
            self.duplicate, self.archive, self.captions_back, self.find, self.replace, self.describe,
            self.select_all, self.invert, self.next, self.previous, self.next_problem, self.next_uncaptioned,
            self.focus,
        )
        everywhere = (*everywhere, self.save_figures, self.save_words)
        set_need((*everywhere, self.glance, self.duplicates), N_("No photos in the dataset yet."))
        set_need((self.save_filter,), N_("Enter a new filter in the search box."))
        set_need((self.exclude,), N_("Select a photo that is included."))
        set_need((self.include,), N_("Select a photo that is excluded."))
        set_need((self.remove,), N_("Select the photos to remove."))
        set_need((self.split,), N_("Select the photos to move."))
        set_need((self.copy_captions, self.paste_captions), N_("Select a photo."))
        set_need((self.swap_captions,), N_("Select two photos."))
        set_need((self.locate,), N_("No photos are missing."))
        one = (self.full_view, self.zoom_in, self.zoom_out, self.zoom_fit, self.show_file, self.before_after)
        set_need(one, N_("Select one photo."))
        set_need((self.crop, self.turn_left, self.turn_right, self.mirror), N_("Select at least one photo."))
        set_need((self.reset_edits,), N_("Select a photo that was cropped or rotated."))
        set_need((self.compare,), N_("Select two photos."))
        set_need((self.fit_more,), N_("No new photos since you used Fit to size."))
        set_need((self.unfit,), N_("Fit to size was not used."))
        set_need((self.export, self.export_for, self.train, self.fit), N_("Include at least one photo."))

    def bind(self, grid: QWidget) -> None:
        """Add the actions with their keys to the screen and to the grid."""
        for action in self._all():
            (grid if action.shortcutContext() == _GRID else self._screen).addAction(action)

    def follow(  # how many photos there are of each kind
        self, *, photos: int, selected: int, included: int, excluded: int, edited: int = 0,
    ) -> None:
        """Enable the possible actions, by counts of photos: all, selected, of these included, excluded, edited."""
        for action in (
            self.find, self.replace, self.describe, self.select_all, self.invert, self.next, self.previous,
            self.next_problem,
        ):
            action.setEnabled(photos > 0)
        for action in (self.glance, self.focus, self.next_uncaptioned):
            action.setEnabled(photos > 0)
        self.duplicates.setEnabled(photos > 0)
        self.exclude.setEnabled(included > 0)
        self.include.setEnabled(excluded > 0)
        for action in (self.duplicate, self.archive, self.captions_back, self.save_figures, self.save_words):
            action.setEnabled(photos > 0)
        self.reset_edits.setEnabled(edited > 0)
        self.before_after.setEnabled(selected == 1)
        self.compare.setEnabled(selected == 2)  # noqa: PLR2004  # two, as its text says
        for action in (
            self.remove, self.copy, self.split, self.copy_captions, self.paste_captions, self.crop, self.turn_left,
            self.turn_right, self.mirror,
        ):
            action.setEnabled(selected > 0)
        self.swap_captions.setEnabled(selected == 2)  # noqa: PLR2004  # with each other
        for action in (self.full_view, self.zoom_in, self.zoom_out, self.zoom_fit, self.show_file):
            action.setEnabled(selected == 1)

    def context_menu(self, parent: QWidget) -> QMenu:
        """Return the menu for the selected photos; it deletes itself when it closes."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in (
            (self.full_view, self.focus, self.before_after, self.compare, self.copy, self.show_file),
            (self.crop, self.turn_left, self.turn_right, self.mirror, self.reset_edits),
            (self.exclude, self.include, self.remove, self.split),
            (self.replace, self.describe, self.copy_captions, self.paste_captions, self.swap_captions),
            (self.select_all, self.invert),
            (self.add, self.add_folder, self.add_other, self.paste),
        ):
            for action in group:
                if action.isEnabled():
                    menu.addAction(action)
            menu.addSeparator()
        return menu

    def menu_actions(self) -> Sequence[tuple[str, QAction]]:
        """Return each action with its menu, in order, and the lines between what belongs together."""
        return self._in_menus

    @cached_property
    def _in_menus(self) -> Sequence[tuple[str, QAction]]:
        groups = (
            ("file", (self.add, self.add_folder, self.add_other, self.sample)),
            ("file", (self.export, self.export_for, self.captions_back, self.save_figures, self.save_words)),
            ("edit", (self.history,)),
            ("edit", (self.copy, self.paste, self.select_all, self.invert)),
            ("edit", (self.exclude, self.include, self.remove)),
            ("edit", (self.crop, self.turn_left, self.turn_right, self.mirror, self.reset_edits)),
            ("edit", (self.find, self.save_filter, self.replace)),
            ("edit", (self.describe, self.copy_captions, self.paste_captions, self.swap_captions)),
            ("dataset", (self.new, self.rename, self.duplicate, self.split, self.archive, self.all_datasets)),
            ("dataset", (self.show_file, self.locate, self.versions)),
            ("dataset", (self.previous, self.next, self.next_uncaptioned, self.next_problem)),
            ("dataset", (self.checks, self.duplicates, self.words, self.glance)),
            ("dataset", (self.fit, self.fit_more, self.unfit, self.train)),
            ("view", (self.full_view, self.focus, self.before_after, self.compare)),
            ("view", (self.zoom_in, self.zoom_out, self.zoom_fit)),
            ("view", tuple(self.densities.values())),
            ("sort", tuple(self.orders.values())),
            ("sort", (self.descending,)),
        )
        begun: set[str] = set()
        found: list[tuple[str, QAction]] = []
        for menu, group in groups:
            found += [(menu, self._line())] * (menu in begun)
            found += [(menu, action) for action in group]
            begun.add(menu)
        return tuple(found)

    def _all(self) -> Sequence[QAction]:
        return [action for _menu, action in self.menu_actions() if not action.isSeparator()]

    def _line(self) -> QAction:
        line = QAction(self._screen)
        line.setSeparator(True)
        return line

    def _make(
        self, text: str, icon_name: str, keys: Keys = "", context: Qt.ShortcutContext = _HERE,
    ) -> QAction:
        action = finish_before(QAction(icon(icon_name), text, self._screen))
        if keys:
            standard = isinstance(keys, QKeySequence.StandardKey)
            action.setShortcuts(QKeySequence.keyBindings(keys) if standard else [QKeySequence(keys)])
            action.setShortcutContext(context)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            # Translators: a command and its shortcut, for a tool tip.
            action.setToolTip(plain_tip(_("{action} ({keys})").format(action=text.replace("…", ""), keys=shown)))
        return action

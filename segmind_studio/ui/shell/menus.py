"""The menu bar and the practice service's menu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget
from typing_extensions import override

from segmind_studio.core.practice import PracticeControl
from segmind_studio.formats import number
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import N_, Text, _, unmarked
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.place import Place
from segmind_studio.ui.shell.actions import WindowCommands
from segmind_studio.ui.theme.direction import backwards, keys_in_order

if TYPE_CHECKING:  # at the start of the app, all of the styles would come with it
    from PySide6.QtWidgets import QStyleOptionMenuItem

_LISTED = 12  # datasets
_INNER: Mapping[str, tuple[str, Text]] = {  # menus inside of others, with their titles
    "rate": ("try", N_("Rate")), "sort": ("view", N_("Sort")),
}
SPEEDS = (1.0, 5.0, 20.0, 100.0)


class PracticeMenu(QMenu):
    """Speed of the practice service, and its webhook's sample; opening it starts the service."""

    def __init__(self, control: PracticeControl, settings: SettingsService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._settings = settings
        self.setTitle(_("&Practice"))
        self._speed_menu = self.addMenu(_("Speed"))
        self._speeds = QActionGroup(self)
        for speed in SPEEDS:
            action = self._speeds.addAction(speed_words(speed))
            action.setCheckable(True)
            action.setData(speed)
            self._speed_menu.addAction(action)
        self._speeds.triggered.connect(self._choose_speed)
        sample = self.addAction(_("Send a sample to the webhook"))
        sample.triggered.connect(self._send_sample)
        self.aboutToShow.connect(self._open)
        self._follow()

    def _open(self) -> None:
        self._control.start()
        self._follow()

    def _follow(self) -> None:
        for action in self._speeds.actions():
            action.setChecked(action.data() == self._settings.value.practice_speed)

    def _choose_speed(self, action: QAction) -> None:
        speed = float(action.data())
        self._control.set_speed(speed)
        self._settings.update(practice_speed=speed)

    def _send_sample(self) -> None:
        self._control.send_sample_webhook()


def speed_words(speed: float) -> str:
    """Name a speed."""
    if speed == 1.0:
        return _("Real time")
    return _("{factor} times as fast").format(factor=number(speed))


class RecentMenu(QMenu):
    """The recent datasets, and the way to all others. Filled when it is opened.

    Signals:
        dataset_wanted(str): the id of the dataset to open; "" to show all of them. GUI thread.
    """

    dataset_wanted = Signal(str)

    def __init__(self, datasets: DatasetService, parent: QWidget) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self.setTitle(_("Recent datasets"))
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._open)
        datasets.recent_changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.menuAction().setEnabled(bool(self._datasets.recent))

    def _fill(self) -> None:
        self.clear()
        for summary in self._datasets.recent[:_LISTED]:
            action = self.addAction(summary.name.replace("&", "&&"))
            action.setData(summary.dataset_id)
            action.setCheckable(True)
            action.setChecked(summary.dataset_id == self._datasets.dataset.dataset_id)
        self.addSeparator()
        self.addAction(_("All datasets…")).setData("")

    def _open(self, action: QAction) -> None:
        self.dataset_wanted.emit(str(action.data()))


class EditMenu(QMenu):
    """The menu Edit. Of the commands that find something in a place, it shows that of the place in front."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._finds: list[tuple[Place, QAction]] = []
        self.aboutToShow.connect(self._show_one)
        self.aboutToHide.connect(self._show_all)

    def add_find(self, place: Place, action: QAction) -> None:
        """Show this command, which is in the menu, only while its place is in front."""
        self._finds.append((place, action))

    @Slot()
    def _show_one(self) -> None:
        for place, action in self._finds:
            action.setVisible(place.isVisible())

    @Slot()
    def _show_all(self) -> None:
        """Let the keys and the list of all commands have them again."""
        for _place, action in self._finds:
            action.setVisible(True)


class BackwardsMenu(QMenu):
    """A menu from right to left in which keys are named as everywhere."""

    @override
    @guarded(None)
    def initStyleOption(self, option: QStyleOptionMenuItem, action: QAction, /) -> None:
        super().initStyleOption(option, action)
        item: Any = option  # the stubs know none of its fields
        text, _tab, keys = str(item.text).partition("\t")
        if keys:
            item.text = f"{text}\t{keys_in_order(keys)}"


class Menus:
    """Fill a menu bar, by `fill`; until then only the titles are there. Menus that hold nothing are not shown."""

    def __init__(
        self, bar: QMenuBar, commands: WindowCommands, places: Sequence[Place], datasets: DatasetService,
    ) -> None:
        self._bar = bar
        self.recent = RecentMenu(datasets, bar)
        self._commands = commands
        self._places = tuple(places)
        self._practice: PracticeMenu | None = None
        titles = {
            "file": _("&File"), "edit": _("&Edit"), "dataset": _("&Dataset"), "train": _("&Train"),
            "run": _("&Run"), "try": _("Tr&y"), "view": _("&View"), "help": _("&Help"),
        }
        self._edit = EditMenu(titles["edit"], bar)
        usual = BackwardsMenu if backwards() else QMenu
        self._menus: dict[str, QMenu] = {
            menu_id: self._edit if menu_id == "edit" else usual(title, bar) for menu_id, title in titles.items()
        }
        for menu in self._menus.values():
            bar.addMenu(menu)

    def fill(self) -> None:
        """Add the actions; once."""
        self._begin()
        for place in self._places:
            self._add_place(place)
        self._finish()

    @property
    def actions(self) -> tuple[tuple[str, tuple[QAction, ...]], ...]:
        """Return the commands with the title of their menu, for the list of shortcuts."""
        seen: list[tuple[str, tuple[QAction, ...]]] = []
        for action in self._bar.actions():
            menu = action.menu()
            if isinstance(menu, QMenu):
                seen.append((unmarked(menu.title()), tuple(_commands_in(menu))))
        return tuple(seen)

    @property
    def bar(self) -> QMenuBar:
        """Return the menu bar."""
        return self._bar

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
        appearance = view.addMenu(_("Appearance"))
        appearance.addActions(self._commands.appearance)
        view.addAction(self._commands.api_names)
        view.addSeparator()
        commands = self._commands
        self._menus["help"].addActions([commands.help, commands.palette, commands.shortcuts, commands.guide])

    def _add_place(self, place: Place) -> None:
        used: set[str] = set()
        for menu_id, action in place.menu_actions():
            menu = self._menu(menu_id)
            if menu_id not in used and menu.actions() and not menu.actions()[-1].isSeparator():
                menu.addSeparator()
            used.add(menu_id)
            menu.addAction(action)
            if action.isCheckable():
                action.setIconVisibleInMenu(False)  # its check mark stands there
            if menu is self._edit and action.shortcut() == QKeySequence(QKeySequence.StandardKey.Find):
                self._edit.add_find(place, action)

    def _menu(self, menu_id: str) -> QMenu:
        """Return a menu; one inside of another is made where its first action stands."""
        if menu_id in _INNER and menu_id not in self._menus:
            outer, title = _INNER[menu_id]
            self._menus[menu_id] = self._menus[outer].addMenu(str(title))
        return self._menus.get(menu_id, self._menus["view"])

    def _finish(self) -> None:
        file, help_menu = self._menus["file"], self._menus["help"]
        if file.actions():
            file.addSeparator()
        file.addMenu(self.recent)
        file.addSeparator()
        file.addAction(self._commands.quit)
        help_menu.addAction(self._commands.log)
        help_menu.addSeparator()
        help_menu.addActions([self._commands.updates, self._commands.updates_at_start, self._commands.about])
        for menu in self._menus.values():
            menu.menuAction().setVisible(bool(menu.actions()))


def _commands_in(menu: QMenu) -> Iterator[QAction]:
    """Return the commands of a menu and of those in it."""
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _commands_in(inner)
        elif action.text():
            yield action

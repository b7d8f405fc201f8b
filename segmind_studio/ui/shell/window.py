"""The main window: the rail, the places, and its stored state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QByteArray, QRect, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QIcon, QPaintEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Dataset, Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.practice import PracticeControl
from segmind_studio.core.runs import LOCAL_STAGES, NOT_SENT, Phase, Run, Stage
from segmind_studio.core.settings import Settings
from segmind_studio.resources import resource
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.services.system.network import NetworkWatch
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.place import Place, PlaceSlot
from segmind_studio.ui.shell.actions import WindowCommands
from segmind_studio.ui.shell.bands import PracticeBand, TroubleBand
from segmind_studio.ui.shell.drops import DropTarget
from segmind_studio.ui.shell.focus_keeper import FocusKeeper
from segmind_studio.ui.shell.menus import Menus
from segmind_studio.ui.shell.rail import Rail
from segmind_studio.ui.shell.status_strip import StatusStrip
from segmind_studio.ui.theme.theme import Theme

_FIRST_SIZE = QSize(1280, 840)
_UNPAID = frozenset({*NOT_SENT, Phase.REFUSED, Phase.ABANDONED})


class WindowState:
    """Save and restore through the settings; text that cannot be read counts as none."""

    def __init__(self, window: QWidget, settings: SettingsService) -> None:
        self._window = window
        self._settings = settings

    def restore(self) -> None:
        """Put the window where it was; Qt moves it back into sight when that screen is gone."""
        stored = self._settings.value.window
        if stored and self._window.restoreGeometry(_bytes_of(stored)):
            return
        area = QGuiApplication.primaryScreen().availableGeometry()
        self._window.setGeometry(centred(_FIRST_SIZE.boundedTo(area.size()), area))

    def restore_splitters(self, part: QWidget) -> None:
        """Restore the sizes of every named splitter in this part of the window."""
        stored = dict(self._settings.value.splitters)
        for splitter in self._splitters(part) if stored else ():
            text = stored.get(splitter.objectName())
            if text:
                splitter.restoreState(_bytes_of(text))

    def save(self) -> None:
        """Store the whole state."""
        splitters = dict(self._settings.value.splitters)
        for splitter in self._splitters(self._window):
            splitters[splitter.objectName()] = _text_of(splitter.saveState())
        self._settings.update(
            window=_text_of(self._window.saveGeometry()), splitters=tuple(sorted(splitters.items())),
        )

    @staticmethod
    def _splitters(part: QWidget) -> list[QSplitter]:
        return [splitter for splitter in part.findChildren(QSplitter) if splitter.objectName()]


def centred(size: QSize, area: QRect) -> QRect:
    """Return a rectangle of this size in the middle of the area."""
    rect = QRect(area.topLeft(), size)
    rect.moveCenter(area.center())
    return rect


def _bytes_of(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))


def _text_of(state: QByteArray) -> str:
    return state.toBase64().toStdString()


def leave_words(runs: Iterable[Run], settings: Settings) -> tuple[str, str]:
    """Return a title and a text, or two empty texts when there is nothing to show.

    An upload of this app stops when it closes, so that is shown each time. That training continues without
    the app is shown once. Where a request of the same start was sent, nothing is said to be unpaid.
    """
    all_runs = tuple(runs)
    ours = [run for run in all_runs if run.live and run.stage in LOCAL_STAGES]
    if any(run.stage is Stage.SENDING for run in ours):
        return (
            _("A request is being sent."),
            _("The answer takes some seconds. If you quit now, the app looks for the run at the next start."),
        )
    if any(run.stage is Stage.UNKNOWN for run in ours):
        return (
            _("A run is being sent again."),
            _("Its last request has no answer yet. If you quit now, the app looks for it at the next start."),
        )
    starts = {run.sweep_id for run in ours if run.sweep_id}
    if any(run.sweep_id in starts and run.phase not in _UNPAID for run in all_runs):
        return (
            _("Some runs of this start are not sent yet."),
            _("Those already sent go on without the app. You can continue the others at the next start."),
        )
    if ours:
        return (
            _("Photos are still being uploaded."),
            _("Quitting stops the upload. Nothing is paid yet, and you can continue at the next start."),
        )
    if not settings.quit_with_runs_told and any(run.active for run in all_runs):
        return (
            _("Training goes on without the app."),
            _("You can quit at any time. The app updates your runs at the next start."),
        )
    return "", ""


def leave_question(title: str, text: str, parent: QWidget, *, restart: bool = False) -> Question:
    """Return the question whether to quit, or to restart; Escape stays."""
    verb = _("Restart") if restart else _("Quit")
    back = _("Keep open")
    return Question(parent, title=title, text=text, verb=verb, back=back, kind="primary", icon_name="log-out")


def _never() -> bool:
    return False


_DECISIONS = {Stage.UNKNOWN, Stage.INTERRUPTED}
_SMALLEST = (720, 480)
_UNSEEN_MS = 2000  # a window that opens minimized, or on another desktop, is not painted


class MainWindow(QMainWindow):
    """Hold the places and show one of them. It uses the services only to show their state.

    Signals:
        paths_dropped(object): tuple[Path, ...] of files and folders let go over the window; GUI thread.
        picture_dropped(object): PastedPicture, one without a file; GUI thread.
        support_wanted(): the user wants to save a support bundle; GUI thread.
        painted(): once, when the window was painted, or was not for 2 s after it was shown; GUI thread.
        closing(): the window closes now, its state is saved, and the app ends with it; GUI thread. Qt does not
            always quit by itself: not after a hidden window, at times not in the first moments after the start.
        place_shown(str): the id of the place that is shown now; GUI thread.
        dataset_wanted(str): the id of a recent dataset to open, "" to show all of them; GUI thread.
    """

    paths_dropped = Signal(object)
    picture_dropped = Signal(object)
    support_wanted = Signal()
    painted = Signal()
    closing = Signal()
    place_shown = Signal(str)
    dataset_wanted = Signal(str)

    def __init__(  # noqa: PLR0913  # what it shows, each by name
        self,
        *,
        places: Sequence[Place],
        accounts: AccountService,
        datasets: DatasetService,
        runs: RunService,
        activity: ActivityBoard,
        network: NetworkWatch,
        settings: SettingsService,
        theme: Theme,
        undo: QUndoStack,
        menus_later: bool = False,
    ) -> None:
        super().__init__()
        self._places = {place.place_id: place for place in places}
        self._datasets = datasets
        self._runs = runs
        self._settings = settings
        self._theme = theme
        self._undo = undo
        self._leaving = False
        self._may_hide = _never
        self._quitting = False
        self._restarting = False
        self._left_behind = False
        self._painted = False
        self._paint_soon = QTimer(self)
        self._paint_soon.setSingleShot(True)
        self._paint_soon.timeout.connect(self._emit_painted)
        self._state = WindowState(self, settings)
        self.setWindowIcon(QIcon(str(resource("icons", "app.svg"))))
        self.setMinimumSize(*_SMALLEST)
        self._rail = Rail(places)
        self._trouble = TroubleBand(self._rail.last_button)
        self._trouble.support_wanted.connect(self.support_wanted)
        self._whole = QWidget()
        self._stack = QStackedWidget()
        for place in places:
            self._stack.addWidget(place)
            if isinstance(place, PlaceSlot):
                place.built.connect(self._restore_place)
        self._lay_out(PracticeBand(accounts, self._whole), StatusStrip(accounts, runs, activity, network))
        self._commands = WindowCommands(places, settings, undo, self)
        self._menus = Menus(self.menuBar(), self._commands, places, datasets)
        self._menus.recent.dataset_wanted.connect(self.dataset_wanted)
        if not menus_later:
            self.fill_menus()
        self._toasts = ToastHost(self._whole, self._stack, self._foot)
        self._stack.currentChanged.connect(self._toasts.clear)
        self._focus = FocusKeeper(places, self._toasts, self)
        self._drops = DropTarget(self, self._dataset_name)
        self._connect()
        self._state.restore()
        self._state.restore_splitters(self)
        self._show_dataset(datasets.dataset)
        self._count_decisions()
        first = settings.value.place
        self.show_place(first if first in self._places else next(iter(self._places)))

    def _lay_out(self, band: PracticeBand, strip: StatusStrip) -> None:
        band.key_wanted.connect(self._show_settings)
        strip.settings_wanted.connect(self._show_settings)
        centre = QVBoxLayout()
        centre.setSpacing(0)
        centre.addWidget(band)
        centre.addWidget(self._trouble)
        centre.addWidget(self._stack, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._rail)
        upper.addLayout(centre, 1)
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(strip)
        self.setCentralWidget(self._whole)

    def _connect(self) -> None:
        self._rail.chosen.connect(self.show_place)
        self._commands.place_wanted.connect(self.show_place)
        self._undo.indexChanged.connect(self._undo_moved)
        self._commands.quit.triggered.connect(self.quit)
        self._commands.shortcuts.triggered.connect(self._show_shortcuts)
        self._drops.dropped.connect(self.paths_dropped)
        self._drops.picture_dropped.connect(self.picture_dropped)
        self._drops.refused.connect(self.toast)
        self._datasets.dataset_changed.connect(self._show_dataset)
        self._runs.replaced.connect(self._count_decisions)
        self._runs.changed.connect(self._count_decisions)
        self._settings.changed.connect(self._take_settings)

    # -- called by others

    @property
    def commands(self) -> WindowCommands:
        """Return the window's own commands."""
        return self._commands

    @property
    def places(self) -> tuple[Place, ...]:
        """Return all places in their order."""
        return tuple(self._places.values())

    @property
    def contents(self) -> QWidget:
        """Return everything below the menu bar: what lies over the places is a child of it."""
        return self._whole

    @property
    def place(self) -> str:
        """Return the id of the place that is shown."""
        shown = self._stack.currentWidget()
        return shown.place_id if isinstance(shown, Place) else ""

    @Slot(str)
    def show_place(self, place_id: str) -> None:
        """Show a place; an unknown id changes nothing."""
        place = self._places.get(place_id)
        if place is None:
            return
        place.prepare()
        self._stack.setCurrentWidget(place)
        self._rail.check(place_id)
        self._settings.update(place=place_id)
        place.activated()
        self.place_shown.emit(place_id)

    def _foot(self) -> int:
        place = self._stack.currentWidget()
        return place.foot() if isinstance(place, Place) else 0

    @Slot(str)
    @Slot(str, object)
    def toast(self, text: str, action: QAction | None = None) -> None:
        """Show a short message with one action."""
        self._toasts.show_toast(text, action)

    @Slot(str)
    def undo_toast(self, text: str) -> None:
        """Show a message about something that can be undone, with an Undo button."""
        self._toasts.show_toast(text, self._commands.undo, _("Undo"))

    @Slot()
    def _undo_moved(self) -> None:
        """Remove Undo from older messages: it would now undo something else."""
        self._toasts.withdraw(self._commands.undo)

    @Slot(object)
    def show_trouble(self, error: StudioError, severity: Severity = Severity.MUST) -> None:
        """Show an error of the app itself above every place; an error that is shown already stays."""
        self._trouble.show_trouble(error, severity)

    def fill_menus(self) -> None:
        """Put the actions into the menus; call it once, when `menus_later` was set."""
        self._menus.fill()

    def stay_behind(self, may_hide: Callable[[], bool]) -> None:
        """Set when closing the window only hides it; the caller must show it again."""
        self._may_hide = may_hide

    @property
    def left_behind(self) -> bool:
        """Return whether the window was closed and only hidden."""
        return self._left_behind

    @Slot()
    def leave_at_close(self) -> None:
        """Close at the next close, also where the window would only be hidden."""
        self._quitting = True

    @Slot()
    def quit(self) -> None:
        """Close the window, and the app with it; it may ask first."""
        self._quitting = True
        if self._left_behind and leave_words(self._runs.runs, self._settings.value)[0]:
            self.show()  # a question needs its window
        self.close()

    @Slot()
    def restart(self) -> None:
        """Close the window as `quit` does, and have the app opened again; see `restarting`."""
        self._restarting = True
        self.quit()

    @property
    def restarting(self) -> bool:
        """Return whether the window closes, or was closed, to be opened again at once."""
        return self._restarting

    def mark_news(self, words: str) -> None:
        """Mark the Runs place as having news, with this text; "" removes the mark."""
        self._rail.set_news("runs", words)

    def set_practice(self, control: PracticeControl) -> None:
        """Show the Practice menu: the practice service runs."""
        self._menus.set_practice(control, self._settings)

    # -- signals it follows

    @Slot()
    def _restore_place(self) -> None:
        place = self.sender()
        if isinstance(place, PlaceSlot):
            self._state.restore_splitters(place)

    @Slot(object)
    def _show_dataset(self, dataset: Dataset) -> None:
        # Translators: a window's title: {name} is the dataset's, {app} the app's.
        self.setWindowTitle(_("{name} — {app}").format(name=dataset.name, app="Segmind Studio"))

    def _dataset_name(self) -> str:
        return self._datasets.dataset.name

    @Slot()
    def _count_decisions(self) -> None:
        count = sum(run.stage in _DECISIONS for run in self._runs.runs)
        words = ngettext("{count} run needs a decision", "{count} runs need a decision", count)
        self._rail.set_count("runs", count, words.format(count=count))

    @Slot(object)
    def _take_settings(self, value: Settings) -> None:
        self._theme.apply(value.appearance, value.text_percent)

    # -- its own commands

    @Slot()
    def _show_settings(self) -> None:
        self.show_place("settings")

    @Slot()
    def _show_shortcuts(self) -> None:
        from segmind_studio.ui.shell.shortcuts import ShortcutsDialog  # noqa: PLC0415  # when first needed

        ShortcutsDialog(self._menus.actions, self).open()

    # -- showing and closing

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._left_behind = False
        self._drops.attach()
        if not self._painted:
            self._paint_soon.start(_UNSEEN_MS)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._paint_soon.start(0)  # the contents of the window are painted after it

    @Slot()
    def _emit_painted(self) -> None:
        self._painted = True
        self.painted.emit()

    @override
    def closeEvent(self, event: QCloseEvent, /) -> None:
        if not (self._quitting or self._leaving) and self._may_hide():
            event.ignore()
            self._state.save()
            self._left_behind = True
            self.hide()
            return
        self._quitting = False
        title, text = leave_words(self._runs.runs, self._settings.value)
        if title and not self._leaving:
            event.ignore()
            question = leave_question(title, text, self, restart=self._restarting)
            question.confirmed.connect(self._leave)
            question.rejected.connect(self._stay)
            question.open()
            return
        self._state.save()
        event.accept()
        self.closing.emit()

    @Slot()
    def _stay(self) -> None:
        self._restarting = False

    @Slot()
    def _leave(self) -> None:
        self._leaving = True
        if any(run.active for run in self._runs.runs):
            self._settings.update(quit_with_runs_told=True)
        self.close()

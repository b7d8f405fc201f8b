"""The middle of the place: the table, or the reason why there is none."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.texts import _
from segmind_studio.ui.parts import EmptyState, text_label
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import SPACE_M

_BAR_WIDTH = 220


class PageState(StrEnum):
    """What is shown."""

    LOADING = "loading"
    NO_KEY = "no key"
    UNREAD = "unread"  # the app's own file cannot be read
    FAILED = "failed"
    NO_RUNS = "no runs"
    NO_MATCH = "no match"
    TABLE = "table"


def page_state(*, loaded: bool, connected: bool, total: int, shown: int, watch: WatchState) -> PageState:
    """Decide: of `total` runs `shown` pass filter and search."""
    if watch.unread:
        return PageState.UNREAD
    if shown or total:
        return PageState.TABLE if shown else PageState.NO_MATCH
    if not connected:
        return PageState.NO_KEY
    if watch.error is not None:
        return PageState.FAILED
    if not loaded or watch.checked_at is None:
        return PageState.LOADING
    return PageState.NO_RUNS


class Middle(QStackedWidget):
    """Hold the table and its stand-ins.

    Signals:
        go(str): the id of the place that a stand-in leads to.
    """

    go = Signal(str)

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        main = "accent_text"
        train = self._leading("sliders-horizontal", _("Set up a run"), "train", main)
        photos = self._leading("images", _("Choose photos"), "data")
        settings = self._leading("key-round", _("Open Settings"), "settings", main)
        practice = self._leading("flask-conical", _("Learn how it works"), "start")
        check = QAction(icon("refresh-cw", main), commands.check.text(), self)
        check.triggered.connect(commands.check.trigger)
        commands.check.enabledChanged.connect(check.setEnabled)
        again = QAction(icon("refresh-cw", main), _("Try again"), self)
        again.triggered.connect(commands.check.trigger)
        self.show_all = QAction(icon("list", main), _("Show all runs"), self)
        self.state = PageState.TABLE
        self._pages: dict[PageState, QWidget] = {
            PageState.LOADING: self._loading(),
            PageState.NO_KEY: EmptyState(
                "key-round", _("No account is connected"),
                _("Runs belong to an account. Add a key, or practise for free."),
                settings, practice, parent=self,
            ),
            PageState.UNREAD: EmptyState(
                "triangle-alert", _("Your history could not be read"),
                _("The file with your runs cannot be used now, so you cannot start new ones. The app keeps "
                  "trying; you can also try now."),
                again, parent=self,
            ),
            PageState.FAILED: EmptyState(
                "cloud-off", _("The runs could not be listed"),
                _("No runs are stored on this computer. The app keeps trying; you can also try now."),
                check, photos, parent=self,
            ),
            PageState.NO_RUNS: EmptyState(
                "activity", _("No runs yet"),
                _("A run trains one model with your photos. Follow it here from the upload to the finished "
                  "model."),
                train, photos, parent=self,
            ),
            PageState.NO_MATCH: EmptyState("text-search", "", "", self.show_all, None, parent=self),
        }
        for page in self._pages.values():
            self.addWidget(page)

    def add_table(self, table: QWidget) -> None:
        """Hold this table too, and show it; once."""
        self._pages[PageState.TABLE] = table
        self.insertWidget(0, table)
        self.setCurrentWidget(table)

    def show_state(self, state: PageState, search: str = "", group: str = "") -> None:
        """Show one of the pages; `search` and `group` are those without a match."""
        if state is PageState.NO_MATCH:
            page = self._pages[state]
            if isinstance(page, EmptyState):
                page.set_texts("text-search", _("Nothing matches"), self._no_match(search, group))
        self.state = state
        self.setCurrentWidget(self._pages[state])

    def _no_match(self, search: str, group: str) -> str:
        if search and group:
            return _("No run in “{group}” matches “{search}”.").format(group=group, search=search)
        if search:
            return _("No run matches “{search}”.").format(search=search)
        return _("No runs in “{group}” now.").format(group=group)

    def _loading(self) -> QWidget:
        page = QWidget(self)
        bar = QProgressBar(page)
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(_BAR_WIDTH)
        bar.setAccessibleName(_("Loading"))
        column = QVBoxLayout(page)
        column.setSpacing(SPACE_M)
        column.addStretch(2)
        column.addWidget(text_label(_("Loading your runs…"), "muted", wrap=False), 0,
                         Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        return page

    def _leading(self, icon_name: str, text: str, place_id: str, tone: str = "text") -> QAction:
        action = QAction(icon(icon_name, tone), text, self)
        action.setData(place_id)
        action.triggered.connect(self._go)
        return action

    @Slot()
    def _go(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.go.emit(str(action.data()))

"""What the window does with news of a run: come to the front when it is clicked, or show it as a toast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication

from segmind_studio.texts import _, sentences
from segmind_studio.ui.assistive import announce

if TYPE_CHECKING:
    from segmind_studio.services.notices.notifications import NotificationService
    from segmind_studio.ui.shell.window import MainWindow

RUNS = "runs"


def in_front() -> bool:
    """Return whether the user works in a window of this app right now."""
    return QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive


def come_to_front(window: MainWindow) -> None:
    """Show the window above the others, also if it is minimized or hidden."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


class RunNews(QObject):
    """Connect the notifications with the window. GUI thread.

    News that comes while another place is shown is shown there once, and marked on the rail and on Start until the
    Runs place is opened.

    Signals:
        run_wanted(str): the id of a run to show.
        unseen_changed(object): tuple[str, ...], ids of runs whose news was not seen, oldest first.
    """

    run_wanted = Signal(str)
    unseen_changed = Signal(object)

    def __init__(
        self, notifications: NotificationService, window: MainWindow, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notifications = notifications
        self._window = window
        self._unseen: dict[str, str] = {}  # what is new, by run id
        notifications.clicked.connect(self._clicked)
        notifications.news.connect(self._take)
        window.place_shown.connect(self._place_shown)
        notifications.shown_in_app.connect(self._show)
        notifications.attention_wanted.connect(self._ask_for_attention)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)

    @Slot(str)
    def _clicked(self, run_id: str) -> None:
        come_to_front(self._window)
        self.run_wanted.emit(run_id)

    @Slot(str, str)
    def _take(self, text: str, run_id: str) -> None:
        if in_front() and self._window.place == RUNS:
            announce(self._window, text)  # its row shows it
            return
        if in_front():
            self._show(text, run_id)
        self._unseen[run_id] = text
        self._show_unseen()

    @Slot(str)
    def _place_shown(self, place_id: str) -> None:
        if place_id == RUNS and self._unseen:
            self._unseen.clear()
            self._show_unseen()

    def _show_unseen(self) -> None:
        self._window.mark_news(sentences(*self._unseen.values()))
        self.unseen_changed.emit(tuple(self._unseen))

    @Slot(str, str)
    def _show(self, text: str, run_id: str) -> None:
        show = QAction(_("Show"), self)
        show.setData(run_id)
        show.triggered.connect(self._show_run)
        self._window.toast(text, show)

    @Slot()
    def _show_run(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.run_wanted.emit(str(action.data()))

    @Slot()
    def _ask_for_attention(self) -> None:
        QApplication.alert(self._window)

    @Slot(Qt.ApplicationState)
    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._notifications.came_to_front()
            if self._window.place == RUNS:
                self._place_shown(RUNS)

"""What the window does with news of a run: come to the front when it is clicked, or show it as a toast."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication

from segmind_studio.services.notifications import NotificationService
from segmind_studio.ui.shell.window import MainWindow


def in_front() -> bool:
    """Tell whether the person works in a window of this app right now."""
    return QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive


def come_to_front(window: MainWindow) -> None:
    """Show the window above the others, out of the taskbar if need be."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()


class RunNews(QObject):
    """Join the notifications to the window. GUI thread.

    Signals:
        run_wanted(str): the id of a run to show.
    """

    run_wanted = Signal(str)

    def __init__(
        self, notifications: NotificationService, window: MainWindow, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notifications = notifications
        self._window = window
        notifications.clicked.connect(self._clicked)
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
    def _show(self, text: str, run_id: str) -> None:
        show = QAction(self.tr("Show"), self)
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

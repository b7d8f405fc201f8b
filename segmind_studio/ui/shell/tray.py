"""The icon in the desktop's tray: progress, and an app that stays open while its window is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from segmind_studio.core.settings import Settings
from segmind_studio.formats import percent
from segmind_studio.resources import resource
from segmind_studio.services.system.activity import Activity, shared_progress
from segmind_studio.texts import _
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.shell.run_news import come_to_front
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import tones_of

if TYPE_CHECKING:
    from segmind_studio.services.notices.notice import Notice
    from segmind_studio.services.notices.notifications import NotificationService
    from segmind_studio.services.system.activity import ActivityBoard
    from segmind_studio.services.system.settings_service import SettingsService
    from segmind_studio.ui.shell.window import MainWindow

LOOK_MS = 3000  # Qt has no signal for a tray that comes or goes
FADES_MS = 10_000  # a wish: Windows has times of its own
_SIDE = 64
_STEP = 20  # thousandths of progress between two drawings of the icon
_APP = "Segmind Studio"


class Tray(QObject):
    """Show an icon in the tray while `Settings.tray` is on and the desktop has a tray. GUI thread.

    With the icon, closing the window only hides it; if the tray goes away, a hidden window is shown again. The
    icon shows the progress of the work in this app. On Windows and macOS it also shows messages about runs: for
    one of those it appears without the setting too, until the window is in front.
    """

    def __init__(
        self, window: MainWindow, settings: SettingsService, board: ActivityBoard,
        notifications: NotificationService, *, look_ms: int = LOOK_MS,
    ) -> None:
        super().__init__(window)
        self._notifications = notifications
        self._window = window
        self._settings = settings
        self._icon: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self._told_run = ""  # the run of the last message
        self._drawn = -1  # thousandths, in steps; -1: no work
        self._wanted = settings.value.tray
        self._words = _APP
        self._state = QAction(self)
        self._state.setEnabled(False)
        self._look_again = QTimer(self)
        self._look_again.setInterval(look_ms)
        self._look_again.timeout.connect(self._look)
        window.stay_behind(self.holds)
        notifications.show_by(self.show_message)
        settings.changed.connect(self._take_settings)
        board.changed.connect(self._show_work)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)
        self._show_work(board.activities)
        self._look()

    @property
    def shown(self) -> bool:
        """Return whether the icon is in the tray."""
        return self._icon is not None and QSystemTrayIcon.isSystemTrayAvailable()

    def holds(self) -> bool:
        """Return whether the window may be hidden, because the user can get it back from the tray."""
        app = QGuiApplication.instance()
        ending = isinstance(app, QGuiApplication) and app.isSavingSession()
        return self._settings.value.tray and self.shown and not ending

    def show_message(self, notice: Notice) -> bool:
        """Show a notice beside the icon; False where that is not possible."""
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return False
        self._told_run = notice.run_id
        kind = QSystemTrayIcon.MessageIcon
        self._shown_icon().showMessage(
            notice.title, notice.text, kind.Warning if notice.stays else kind.Information,
            0 if notice.stays else FADES_MS,
        )
        return True

    # -- the icon, when it is wanted and there is a tray

    @Slot(object)
    def _take_settings(self, value: Settings) -> None:
        if value.tray == self._wanted:
            return
        self._wanted = value.tray
        self._look()
        if value.tray and not self.shown:
            self._window.toast(_("This desktop has no tray. Closing the window quits the app."))

    @Slot()
    def _look(self) -> None:
        """Show or remove the icon; a window without one is shown."""
        if self._wanted:
            self._look_again.start()
        else:
            self._look_again.stop()
        wanted = self._wanted or bool(self._told_run)
        if wanted and QSystemTrayIcon.isSystemTrayAvailable():
            self._shown_icon()
        elif self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None
        if self._window.left_behind and not self.holds():
            come_to_front(self._window)

    def _shown_icon(self) -> QSystemTrayIcon:
        if self._icon is None:
            self._icon = QSystemTrayIcon(self._picture(), self)
            self._icon.setToolTip(plain_tip(self._words))
            self._icon.setContextMenu(self._filled_menu())
            self._icon.activated.connect(self._activated)
            self._icon.messageClicked.connect(self._message_clicked)
            self._icon.show()
        return self._icon

    def _filled_menu(self) -> QMenu:
        if self._menu is None:
            self._menu = menu = QMenu(self._window)
            opening = menu.addAction(_("Open the window"))
            opening.triggered.connect(self._open)
            menu.addAction(self._state)
            menu.addSeparator()
            leave = menu.addAction(icon("log-out"), _("Quit"))
            leave.triggered.connect(self._window.quit)
        return self._menu

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            come_to_front(self._window)

    @Slot()
    def _open(self) -> None:
        come_to_front(self._window)

    @Slot()
    def _message_clicked(self) -> None:
        if self._told_run:
            self._notifications.message_clicked(self._told_run)

    @Slot(Qt.ApplicationState)
    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive and self._told_run:
            self._told_run = ""
            self._look()

    # -- progress

    @Slot(object)
    def _show_work(self, work: tuple[Activity, ...]) -> None:
        here = [one for one in work if one.here]
        done = shared_progress(work)
        title = here[0].title if here else _("Nothing in progress")
        share = title
        if done is not None:
            share = _("{title}, {share}").format(title=title, share=percent(done // 10 / 100))
        step = -1 if not here or done is None else done // _STEP
        if step != self._drawn:
            self._drawn = step
            if self._icon is not None:
                self._icon.setIcon(self._picture())
        # Translators: the app's name, and what it is doing.
        words = _("{app}: {work}").format(app=_APP, work=share) if here else _APP
        if words != self._words:
            self._words = words
            if self._icon is not None:
                self._icon.setToolTip(plain_tip(words))
        if self._state.text() != share:
            self._state.setText(share.replace("&", "&&"))

    def _picture(self) -> QIcon:
        """Return the app's icon, with a bar for the progress when there is one."""
        plain = QIcon(str(resource("icons", "app.svg")))
        if self._drawn < 0:
            return plain
        picture = QPixmap(plain.pixmap(_SIDE, _SIDE, QIcon.Mode.Normal))
        room = QRectF(picture.rect())
        bar = QRectF(room.left(), room.bottom() - room.height() / 4, room.width(), room.height() / 4)
        tones = tones_of()
        painter = QPainter(picture)
        painter.fillRect(bar, QColor(tones.canvas))
        bar.setWidth(bar.width() * min(1.0, self._drawn * _STEP / 1000))
        painter.fillRect(bar, QColor(tones.accent))
        painter.end()
        return QIcon(picture)

"""Run inside a desktop of its own: minimise the window, let a run become ready, and follow the news of it.

"dunst": the desktop's own notifications. "message": the way of Windows and macOS, messages of the tray icon, which
Qt passes here to a daemon. It passes no clicks back, so the click is emitted. "absent": nothing shows them.
"""

import subprocess
import sys
from pathlib import Path

from jeepney import DBusAddress, Properties, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg
from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PySide6.QtWidgets import QAbstractButton, QApplication, QSystemTrayIcon, QTableView

from segmind_studio.resources import resource
from segmind_studio.services.notices import notifications
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.shell.run_news import in_front
from tests.fakes.notice_daemon import NoticeDaemon
from tests.fakes.typed import child, known

DUNST = DBusAddress("/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.dunstproject.cmd0")


class Dunst:
    """Dunst's own interface, beside the one that every daemon has."""

    def __init__(self):
        self._connection = open_dbus_connection()

    def _ask(self, message):
        return unwrap_msg(self._connection.send_and_get_reply(message, timeout=5))

    @property
    def displayed(self):
        return self._ask(Properties(DUNST).get("displayedLength"))[0][1]

    def click(self):
        self._ask(new_method_call(DUNST, "NotificationAction", "u", (0,)))

    def close(self):
        self._connection.close()


def start_tray():
    program = str(Path(__file__).with_name("tray_host.py"))
    host = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
    assert known(host.stdout).readline() == "ready\n"
    return host


def main(folder, kind):
    host = start_tray() if kind == "message" else None
    daemon = NoticeDaemon(("body",)) if kind == "message" else None
    app = QApplication(sys.argv[:1])
    try:
        follow(folder, kind, daemon)
    finally:
        if host is not None:
            host.kill()
            host.wait()
        if daemon is not None:
            daemon.stop()
    del app


def follow(folder, kind, daemon):
    if kind == "message":
        notifications.desktop_board = lambda: None
    with open_studio(folder / "app", practice=True) as studio:
        driver = studio.driver
        take_in(studio, resource("sample"))
        fill_in_the_form(studio)
        run_id = start_run(studio)
        driver.click("rail.data")
        assert in_front()
        studio.window.showMinimized()
        driver.wait(lambda: not in_front(), "the window to leave the front")
        attention = []
        studio.services.notifications.attention_wanted.connect(lambda: attention.append(1))
        if kind == "dunst":
            click_the_notification(driver)
        elif kind == "message":
            driver.wait(lambda: bool(daemon.notified), "the message", 100)
            assert daemon.notified[0][3] == "my-cat is ready"
            print("told", flush=True)
            child(studio.window, QSystemTrayIcon).messageClicked.emit()
        else:
            driver.wait(lambda: bool(attention), "the news to be kept", 100)
            print("told", flush=True)
            toasts = child(studio.window, ToastHost)
            assert "my-cat is ready." not in toasts.texts
            studio.window.showNormal()
            studio.window.activateWindow()
            driver.wait(lambda: "my-cat is ready." in toasts.texts, "the toast")
            press_show(toasts)
        driver.wait(in_front, "the window in front")
        driver.wait(lambda: studio.window.place == "runs", "the runs")
        table = driver.find(QTableView, "runs.table")
        driver.wait(lambda: len(table.selectionModel().selectedRows()) == 1, "the selected run")
        assert studio.run(run_id).ready
        assert studio.services.notifications.available == (kind == "dunst")
        assert not studio.window.isMinimized()
        print("shown", flush=True)


def click_the_notification(driver):
    dunst = Dunst()
    driver.wait(lambda: dunst.displayed == 1, "the notification", 100)
    print("told", flush=True)
    dunst.click()
    dunst.close()


def press_show(toasts):
    next(button for button in toasts.findChildren(QAbstractButton) if button.text() == "Show").click()


main(Path(sys.argv[1]), sys.argv[2])

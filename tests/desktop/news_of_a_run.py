"""Run inside a desktop of its own: minimise the window, let a run become ready, and follow the news of it."""

import sys
from pathlib import Path

from jeepney import DBusAddress, Properties, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg
from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PySide6.QtWidgets import QAbstractButton, QApplication, QTableView

from segmind_studio.resources import resource
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.shell.run_news import in_front
from tests.fakes.typed import child

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


def main(folder, kind):
    app = QApplication(sys.argv[:1])
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
    del app


def click_the_notification(driver):
    dunst = Dunst()
    driver.wait(lambda: dunst.displayed == 1, "the notification", 100)
    print("told", flush=True)
    dunst.click()
    dunst.close()


def press_show(toasts):
    next(button for button in toasts.findChildren(QAbstractButton) if button.text() == "Show").click()


main(Path(sys.argv[1]), sys.argv[2])

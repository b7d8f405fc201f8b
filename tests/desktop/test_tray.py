"""The tray on a real session: the app as a program of its own, a tray host, and the window manager's keys."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from jeepney import DBusAddress, Properties, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

from segmind_studio.core.settings import Settings
from segmind_studio.store.paths import app_paths
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.typed import known

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(120)]
ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 40.0
PRESSED_S = 4.0  # after which keys that did nothing were lost
LOOKS = 10  # in half a second


def until(condition, what):
    clock, end = threading.Event(), time.monotonic() + LIMIT_S
    while not (found := condition()):
        assert time.monotonic() < end, f"no {what}"
        clock.wait(0.05)
    return found


class TrayHost:
    """The desktop's tray, as a process of its own."""

    def __init__(self):
        program = str(Path(__file__).with_name("tray_host.py"))
        self._process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self.line() == ["ready"]
        self._connection = open_dbus_connection()
        self._item = ("", "")

    def line(self):
        return known(self._process.stdout).readline().split()

    def wait_for_item(self):
        _word, *self._item = self.line()

    def _ask(self, message):
        return unwrap_msg(self._connection.send_and_get_reply(message, timeout=10))

    def _at(self, path, interface):
        return DBusAddress(path, self._item[0], interface)

    @property
    def tip(self):
        return self._ask(Properties(self._at(self._item[1], "org.kde.StatusNotifierItem")).get("ToolTip"))[0][1][2]

    def click(self):
        self._ask(new_method_call(self._at(self._item[1], "org.kde.StatusNotifierItem"), "Activate", "ii", (0, 0)))

    def choose(self, label):
        menu = self._at("/MenuBar", "com.canonical.dbusmenu")
        entries = self._ask(new_method_call(menu, "GetLayout", "iias", (0, -1, [])))[1][2]
        number = next(entry[0] for _kind, entry in entries if entry[1].get("label") == ("s", label))
        self._ask(new_method_call(menu, "Event", "isvu", (number, "clicked", ("s", ""), 0)))

    def go(self):
        self._process.terminate()
        self._process.wait(10)
        known(self._process.stdout).close()
        self._connection.close()


class Program:
    """The app, started as a user does."""

    def __init__(self, folder, **settings):
        paths = app_paths(folder)
        paths.create()
        SettingsFile(paths.settings_file).save(replace(Settings(), **settings))
        self.process = subprocess.Popen(  # noqa: S603  # our own app
            [sys.executable, "-m", "segmind_studio", "--practice", "--data-dir", str(folder)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    @property
    def window(self):
        """Return the id of the window on the screen, "" when there is none."""
        words = ("xdotool", "search", "--onlyvisible", "--name", "Untitled — Segmind Studio")
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603

    def close_window(self):
        """Press the window manager's own keys; it loses them where the window has only just come."""
        window, pressed, missed = until(lambda: self.window, "window"), -PRESSED_S, 0

        def gone():
            nonlocal pressed, missed
            missed = 0 if self.window else missed + 1
            if not missed and time.monotonic() - pressed > PRESSED_S:
                pressed = time.monotonic()
                words = ("xdotool", "windowactivate", window, "key", "--clearmodifiers", "alt+F4")
                subprocess.run(words, check=False, timeout=30)  # noqa: S603
            return missed == LOOKS  # a window manager that takes a window over hides it for a moment

        until(gone, "closed window")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def host():
    host = TrayHost()
    yield host
    host.go()


@pytest.fixture
def start(tmp_path):
    started = []

    def program(**settings):
        started.append(Program(tmp_path / "app", **settings))
        return started[-1]

    yield program
    for one in started:
        one.end()


def test_the_window_closes_into_the_tray_and_comes_back_until_the_app_is_quit(host, start):
    app = start(tray=True)
    host.wait_for_item()
    assert host.tip == "Segmind Studio"
    app.close_window()
    until(lambda: not app.window, "hidden window")
    assert app.process.poll() is None
    host.click()
    until(lambda: app.window, "window after the click")
    app.close_window()
    until(lambda: not app.window, "hidden window")
    host.choose("Open the window")
    until(lambda: app.window, "window after the menu")
    app.close_window()
    until(lambda: not app.window, "hidden window")
    host.choose("Quit")
    assert app.process.wait(LIMIT_S) == 0


def test_a_tray_that_goes_away_gives_the_window_back_and_holds_it_no_more(start):
    host = TrayHost()
    app = start(tray=True)
    host.wait_for_item()
    app.close_window()
    until(lambda: not app.window, "hidden window")
    host.go()
    until(lambda: app.window, "window without a tray")
    app.close_window()
    assert app.process.wait(LIMIT_S) == 0


def test_where_there_is_no_tray_closing_quits(start):
    app = start(tray=True)
    app.close_window()
    assert app.process.wait(LIMIT_S) == 0


def test_without_the_setting_there_is_no_icon_and_closing_quits(host, start):
    app = start()
    app.close_window()
    assert app.process.wait(LIMIT_S) == 0
    host._process.terminate()
    assert host.line() == []  # nobody came before it ended

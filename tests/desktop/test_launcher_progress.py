"""Progress at the launcher, heard on a real session bus."""

import select
import time

import pytest
from jeepney import MatchRule, message_bus
from jeepney.io.blocking import open_dbus_connection

from segmind_studio.services.desktop.launcher_progress import INTERFACE, LauncherProgress
from segmind_studio.services.system.activity import ActivityBoard

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(60)]


class Dock:
    """Listen as a dock does."""

    def __init__(self):
        self._connection = open_dbus_connection()
        rule = MatchRule(type="signal", interface=INTERFACE, member="Update")
        self._connection.send_and_get_reply(message_bus.AddMatch(rule))
        self._filter = self._connection.filter(rule)
        self._heard = self._filter.__enter__()
        self.updates = []

    def hears(self, last):
        """Return whether the last update was this; never waits."""
        while select.select([self._connection.sock], [], [], 0)[0]:
            try:
                self._connection.recv_messages(timeout=0)
            except TimeoutError:
                break
        while self._heard:
            uri, values = self._heard.popleft().body
            assert uri == "application://segmind-studio.desktop"
            self.updates.append((values["progress"][1], values["progress-visible"][1]))
        return self.updates[-1:] == [last]

    def close(self):
        self._connection.close()


@pytest.fixture
def dock():
    dock = Dock()
    yield dock
    dock.close()


def test_progress_is_shown_in_steps_and_taken_back(dock, qtbot):
    board = ActivityBoard()
    progress = LauncherProgress(board)
    board.begin("a", "Uploading", transfer=True)
    for done in range(451):
        board.progress("a", done, 1000, "bytes")
    qtbot.waitUntil(lambda: dock.hears((0.45, True)), timeout=20_000)
    assert len(dock.updates) == 1  # of 451 changes within a moment
    board.progress("a", 459, 1000, "bytes")
    board.end("a")
    qtbot.waitUntil(lambda: dock.hears((0.0, False)), timeout=20_000)
    progress.ask_stop()
    assert progress.wait_end(10_000)


def test_quitting_takes_it_back(dock, qtbot):
    board = ActivityBoard()
    progress = LauncherProgress(board)
    board.begin("a", "Uploading", transfer=True)
    board.progress("a", 1, 2, "bytes")
    qtbot.waitUntil(lambda: dock.hears((0.5, True)), timeout=20_000)
    progress.ask_stop()
    assert progress.wait_end(10_000)
    qtbot.waitUntil(lambda: dock.hears((0.0, False)), timeout=20_000)


def test_without_a_bus_nothing_happens_and_it_is_quick(qtbot, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    board = ActivityBoard()
    progress = LauncherProgress(board)
    board.begin("a", "Uploading", transfer=True)
    board.progress("a", 1, 2, "bytes")
    begun = time.monotonic()
    progress.ask_stop()
    assert progress.wait_end(10_000)
    assert time.monotonic() - begun < 5

"""When the computer is kept awake, and by what on each system; the buses are in the desktop tests."""

import os
import stat
import sys
import threading

import pytest

from segmind_studio.services.desktop.keep_awake import AwakeError, KeepAwake
from segmind_studio.services.desktop.other_awake import CONTINUOUS, SYSTEM_REQUIRED, MacAwake, WindowsAwake
from segmind_studio.services.system.activity import ActivityBoard


class MemoryWay:
    """A way to stay awake that stores what it was asked, and on which thread."""

    def __init__(self):
        self.asked, self.threads = [], set()
        self.error = None

    def hold(self, reason):  # noqa: ARG002  # as the protocol has it
        self._take("hold")
        if self.error is not None:
            raise self.error

    def release(self):
        self._take("release")

    def _take(self, what):
        self.asked.append(what)
        self.threads.add(threading.get_ident())


class Desk:
    def __init__(self):
        self.way = MemoryWay()
        self.board = ActivityBoard()
        self.awake = KeepAwake(self.board, lambda: self.way)

    def end(self):
        self.awake.ask_stop()
        assert self.awake.wait_end(10_000)
        return self.way.asked


@pytest.fixture
def desk(qapp):
    desk = Desk()
    yield desk
    desk.end()


def test_two_transfers_hold_once_and_the_last_one_lets_go(desk):
    desk.board.begin("a", "Uploading", transfer=True)
    desk.board.begin("b", "Downloading", transfer=True)
    desk.board.progress("a", 1, 2)
    desk.board.end("a")
    desk.board.progress("b", 1, 2)
    desk.board.end("b")
    assert desk.end() == ["hold", "release"]
    assert len(desk.way.threads) == 1  # Windows counts by the thread
    assert threading.get_ident() not in desk.way.threads


def test_what_runs_at_the_service_or_on_the_disk_holds_nothing(desk):
    desk.board.begin("runs", "1 run at the service", here=False)
    desk.board.begin("scan", "Adding photos")
    assert desk.end() == []


def test_quitting_in_a_transfer_lets_go(desk):
    desk.board.begin("a", "Uploading", transfer=True)
    assert desk.end() == ["hold", "release"]


@pytest.mark.parametrize("error", [AwakeError("refused"), OSError("odd")])
def test_after_a_refusal_the_next_transfer_asks_again(desk, error):
    desk.way.error = error
    for _ in range(2):
        desk.board.begin("a", "Uploading", transfer=True)
        desk.board.end("a")
    assert desk.end() == ["hold", "release"] * 2


def test_windows_is_asked_for_the_system_and_not_for_the_screen():
    states = []
    way = WindowsAwake(lambda state: states.append(state) or 1)
    way.release()
    way.hold("reason")
    way.release()
    way.release()
    assert states == [CONTINUOUS | SYSTEM_REQUIRED, CONTINUOUS]
    assert states[0] == 0x80000001


def test_windows_that_refuses_is_an_error():
    way = WindowsAwake(lambda _state: 0)
    with pytest.raises(AwakeError):
        way.hold("reason")
    way.release()


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script")
def test_the_mac_s_program_runs_for_this_process_until_the_release(tmp_path):
    said = tmp_path / "said"
    program = tmp_path / "caffeinate"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys, signal\n"
        f"open({str(said)!r} + '.new', 'w').write(' '.join(sys.argv[1:]) + ' ' + str(os.getpid()))\n"
        f"os.rename({str(said)!r} + '.new', {str(said)!r})\nsignal.pause()\n",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    way = MacAwake(str(program))
    way.hold("reason")
    waiting = threading.Event()
    while not said.exists():
        waiting.wait(0.02)
    *words, child = said.read_text(encoding="utf-8").split()
    assert words == ["-i", "-w", str(os.getpid())]
    way.release()
    with pytest.raises(ProcessLookupError):
        os.kill(int(child), 0)
    way.release()


def test_a_mac_without_the_program_is_an_error(tmp_path):
    with pytest.raises(AwakeError):
        MacAwake(str(tmp_path / "none")).hold("reason")

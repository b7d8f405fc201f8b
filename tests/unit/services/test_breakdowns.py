"""What nobody caught: logged without secrets, told once, and the app goes on."""

import logging
import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal, Slot, qWarning
from PySide6.QtGui import QGuiApplication

from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.breakdowns import MOST_LOGGED, Breakdowns
from segmind_studio.store.crash_file import CrashFile
from segmind_studio.store.logs import configure_logging
from tests.fakes.typed import known

KEY = "SG_0123456789abcdef"
ODD_KEY = "a-password-in-the-wrong-field"
pytestmark = pytest.mark.qt_no_exception_capture


class Breaking(QObject):
    """Break in a slot, on whichever thread it lives."""

    wanted = Signal()
    done = Signal()

    @Slot()
    def work(self):
        try:
            raise ValueError(f"the key is {KEY} or {ODD_KEY}, the caption 'a cat by the fire'")
        finally:
            self.done.emit()

    @Slot()
    def work_otherwise(self):
        raise KeyError(ODD_KEY)


@pytest.fixture
def log(tmp_path):
    handler = configure_logging(tmp_path / "logs" / "studio.log", lambda: (ODD_KEY,))
    logging.captureWarnings(capture=False)
    yield tmp_path / "logs" / "studio.log"
    logging.getLogger().removeHandler(handler)
    handler.close()


@pytest.fixture
def breakdowns(qapp, tmp_path, log, monkeypatch, caplog):
    """Watch like the app; pytest's own hooks and crash file come back afterwards."""
    crash_file = CrashFile(tmp_path / "logs")
    monkeypatch.setattr(crash_file, "begin", lambda: "")  # pytest's own faulthandler stays
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    watching = Breakdowns(crash_file, lambda: (ODD_KEY,))
    watching.start()
    yield watching
    watching.stop()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == hooks
    caplog.clear()


def check(error, capfd, log):
    assert isinstance(error, StudioError)
    assert "continues" in error.advice
    for text in (f"{error}{error.detail}", *capfd.readouterr(), log.read_text()):
        assert KEY not in text
        assert ODD_KEY not in text
    assert "ValueError: the key is SG_…" in error.detail
    assert "a cat by the fire" not in error.detail
    assert "in work" in error.detail
    assert "ValueError: the key is SG_… or …" in log.read_text()


def test_a_slot_that_breaks_is_told_in_words_without_secrets(qtbot, breakdowns, log, capfd):
    thing = Breaking()
    thing.wanted.connect(thing.work)
    with qtbot.waitSignal(breakdowns.error_found) as told:
        thing.wanted.emit()
    check(told.args[0], capfd, log)


def test_it_is_told_after_what_broke_not_within(qtbot, breakdowns):
    """It may be a repaint, in which no window may change."""
    thing, told = Breaking(), []
    thing.wanted.connect(thing.work)
    breakdowns.error_found.connect(told.append)
    thing.wanted.emit()
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 1)


def test_a_worker_that_breaks_is_told_in_the_windows_thread(qtbot, breakdowns, log, capfd):
    class Hearer(QObject):
        heard_on = None

        @Slot(object)
        def hear(self, _error):
            self.heard_on = QThread.currentThread()

    hearer = Hearer()
    breakdowns.error_found.connect(hearer.hear)
    thread, thing = QThread(), Breaking()
    thing.moveToThread(thread)
    thing.wanted.connect(thing.work)
    thread.start()
    with qtbot.waitSignal(breakdowns.error_found) as told:
        thing.wanted.emit()
    thread.quit()
    assert thread.wait(3000)
    check(told.args[0], capfd, log)
    assert hearer.heard_on is known(QGuiApplication.instance()).thread()


def test_a_plain_thread_that_breaks_is_told_too(qtbot, breakdowns, log, capfd):
    thing = Breaking()
    with qtbot.waitSignal(breakdowns.error_found) as told:
        thread = threading.Thread(target=thing.work, name="breaking")
        thread.start()
    thread.join()
    check(told.args[0], capfd, log)


def test_the_same_trouble_is_told_once_and_does_not_flood_the_log(qtbot, breakdowns, log):
    thing, told = Breaking(), []
    thing.wanted.connect(thing.work)
    breakdowns.error_found.connect(told.append)
    for _ in range(3 * MOST_LOGGED):
        thing.wanted.emit()
    other = Breaking()
    other.wanted.connect(other.work_otherwise)
    with qtbot.waitSignal(breakdowns.error_found, check_params_cb=lambda error: "KeyError" in error.detail):
        other.wanted.emit()
    assert len(told) == 2
    assert log.read_text().count("Nobody caught this") == MOST_LOGGED + 1


def test_what_breaks_while_it_is_thrown_away_is_logged_only(qtbot, breakdowns, log):
    class Bad:
        def __del__(self):
            raise ValueError(KEY)

    with qtbot.assertNotEmitted(breakdowns.error_found, wait=50):
        bad = Bad()
        del bad
    assert "thrown away" in log.read_text()
    assert KEY not in log.read_text()


def test_what_qt_says_is_logged_without_secrets_and_without_end(breakdowns, log, capfd):
    for _ in range(3 * MOST_LOGGED):
        qWarning(f"odd {ODD_KEY}")
    lines = [line for line in log.read_text().splitlines() if "WARNING" in line and "odd …" in line]
    assert len(lines) == MOST_LOGGED
    assert ODD_KEY not in log.read_text()
    assert ODD_KEY not in "".join(capfd.readouterr())


def test_ctrl_c_leaves_the_app(qtbot, qapp, breakdowns, monkeypatch):
    left = []
    monkeypatch.setattr(QCoreApplication, "quit", lambda: left.append(True))
    with qtbot.assertNotEmitted(breakdowns.error_found, wait=50):
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert left == [True]


def test_noting_it_may_break_too_without_showing_a_secret(breakdowns, log, capfd, monkeypatch):
    monkeypatch.setattr(breakdowns, "_cleaned", lambda _text: 1 / 0)
    sys.excepthook(ValueError, ValueError(ODD_KEY), None)
    assert "noting it broke too" in log.read_text()
    assert ODD_KEY not in f"{log.read_text()}{capfd.readouterr()}"


def test_a_crash_of_the_last_time_is_said_and_cleaned(tmp_path, qapp, monkeypatch, caplog):
    crash_file = CrashFile(tmp_path)
    stacks = f'Fatal Python error: Segmentation fault\n  File "x.py", line 3 in paint\n{ODD_KEY} {KEY}\n'
    monkeypatch.setattr(crash_file, "begin", lambda: stacks)
    watching = Breakdowns(crash_file, lambda: (ODD_KEY,))
    watching.start()
    watching.stop()
    caplog.clear()
    error = known(watching.last_crash)
    assert error.title == "The app crashed the last time it ran."
    assert "in paint" in error.detail
    assert KEY not in error.detail
    assert ODD_KEY not in error.detail


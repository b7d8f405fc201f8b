"""Short work on the pool: answers arrive in the asker's thread, errors are worded, nothing comes after a stop."""

import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QThread, Signal
from shiboken6 import Shiboken

from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.services.system.tasks import TaskRunner


class Asker(QObject):
    answered = Signal()

    def __init__(self):
        super().__init__()
        self.results = []
        self.errors = []
        self.threads = []

    def done(self, result):
        self.results.append(result)
        self.threads.append(QThread.currentThread())
        self.answered.emit()

    def failed(self, error):
        self.errors.append(error)
        self.answered.emit()


@pytest.fixture
def runner(qapp):
    runner = TaskRunner()
    yield runner
    assert runner.stop(5000)


def test_the_answer_arrives_in_the_askers_thread(qtbot, runner):
    asker = Asker()
    worked_on = []

    def work():
        worked_on.append(threading.get_ident())
        return 42

    with qtbot.waitSignal(asker.answered):
        runner.run(work, asker.done, asker.failed)
    assert asker.results == [42]
    assert worked_on[0] != threading.get_ident()
    assert asker.threads == [asker.thread()]


def test_our_errors_come_as_they_are(qtbot, runner):
    asker = Asker()
    error = StudioError("No.", "Do that.")

    def work():
        raise error

    with qtbot.waitSignal(asker.answered):
        runner.run(work, asker.done, asker.failed)
    assert asker.errors == [error]


def test_an_unforeseen_error_is_worded_and_its_text_is_kept_back(qtbot, runner, caplog):
    asker = Asker()

    def work():
        raise RuntimeError("SG_0123456789abcdef")

    with qtbot.waitSignal(asker.answered):
        runner.run(work, asker.done, asker.failed)
    assert asker.errors[0].detail == "RuntimeError"
    assert "SG_" not in str(asker.errors[0])
    caplog.clear()


def test_a_cancelled_task_says_nothing(qtbot, runner):
    asker = Asker()
    go = threading.Event()

    def work():
        go.wait(5)
        raise CancelledError

    task = runner.run(work, asker.done, asker.failed)
    task.cancel()
    with qtbot.waitSignal(runner.ended, check_params_cb=lambda ended: ended is task):
        go.set()
    assert (asker.results, asker.errors) == ([], [])


def test_only_bound_methods_of_qobjects_may_take_answers(runner):
    asker = Asker()
    with pytest.raises(TypeError, match="bound methods"):
        runner.run(int, print, asker.failed)
    with pytest.raises(TypeError, match="bound methods"):
        runner.run(int, asker.done, asker.results.append)


def test_what_a_task_held_is_destroyed_in_the_askers_thread(qtbot, runner):
    """A QObject that dies in the pool while its thread handles its events ends the app."""
    died_in = []

    def ask():
        asker = Asker()
        weakref.finalize(asker, lambda: died_in.append(threading.get_ident()))
        runner.run(lambda: asker.results, asker.done, asker.failed)

    for _ in range(100):
        with qtbot.waitSignal(runner.ended):
            ask()
    assert set(died_in) == {threading.get_ident()}
    assert len(died_in) >= 99  # the last may still be in the hands of the signal


def test_an_answer_for_what_is_gone_is_dropped(qtbot, runner):
    asker = Asker()
    with qtbot.waitSignal(runner.ended):
        runner.run(lambda: 1, asker.done, asker.failed)
        Shiboken.delete(asker)

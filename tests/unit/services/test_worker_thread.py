"""Work in a queue on one thread: in order, stopped by its token, its outcome in the GUI thread, an end in time."""

import threading
import time
import weakref

import pytest
from PySide6.QtCore import QObject, QThread

from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.services.system.worker_thread import WorkerThread

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def worker():
    thread = WorkerThread("under-test")
    yield thread
    assert thread.stop()


class Outcomes(QObject):
    """Collect outcomes, and the threads they came in."""

    def __init__(self, worker):
        super().__init__()
        self.seen, self.threads = [], set()
        worker.ended.connect(self.take)

    def take(self, outcome):
        self.seen.append(outcome)
        self.threads.add(QThread.currentThread())


def test_work_is_done_in_order_and_told_in_the_gui_thread(qtbot, qapp, worker):
    outcomes, threads = Outcomes(worker), []
    for number in range(3):
        worker.run(number, lambda _stop, number=number: (threads.append(threading.get_ident()), number * 2)[1])
    qtbot.waitUntil(lambda: len(outcomes.seen) == 3)
    assert [(one.order, one.result) for one in outcomes.seen] == [(0, 0), (1, 2), (2, 4)]
    assert not any(one.error for one in outcomes.seen)
    assert outcomes.threads == {qapp.thread()}
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


def test_what_is_raised_is_the_outcome(qtbot, worker):
    outcomes = Outcomes(worker)

    def broken(_stop):
        raise ZeroDivisionError

    def refused(_stop):
        raise StudioError("No.")

    worker.run("broken", broken)
    worker.run("refused", refused)
    qtbot.waitUntil(lambda: len(outcomes.seen) == 2)
    assert [one.error.title for one in outcomes.seen] == ["Something unexpected went wrong in the app.", "No."]


def test_a_token_stops_its_own_work_and_one_that_waits_is_not_begun(qtbot, worker):
    outcomes, begun = Outcomes(worker), []
    running = worker.run("long", lambda stop: stop.wait(60))
    worker.run("waits", lambda _stop: begun.append("waits")).stop()
    worker.run("next", lambda _stop: begun.append("next"))
    running.stop()
    qtbot.waitUntil(lambda: len(outcomes.seen) == 3)
    assert begun == ["next"]
    assert isinstance(outcomes.seen[1].error, CancelledError)


def test_the_end_stops_what_runs_and_drops_what_waits():
    worker, begun = WorkerThread("ending"), []
    running = worker.run("long", lambda stop: stop.wait(60))
    waiting = worker.run("waits", lambda _stop: begun.append(1))
    worker.ask_stop()
    assert worker.wait_end()
    assert (running.leaving, waiting.leaving, begun) == (True, True, [])
    assert worker.run("late", lambda _stop: begun.append(2)).asked()
    assert worker.stop()
    assert begun == []


def test_a_writer_finishes_what_it_was_asked_for():
    worker, written = WorkerThread("writer", finishes=True), []
    for number in range(5):
        worker.run(number, lambda stop, number=number: written.append((number, stop.asked())))
    assert worker.stop()
    assert written == [(number, False) for number in range(5)]


def test_a_deadline_that_passes_is_told():
    worker, begun, gate = WorkerThread("stuck"), threading.Event(), threading.Event()
    worker.run("deaf", lambda _stop: (begun.set(), gate.wait(60)))
    assert begun.wait(20)
    worker.ask_stop()
    asked_at = time.monotonic()
    assert not worker.wait_end(100)
    assert time.monotonic() - asked_at < 30
    gate.set()
    assert worker.wait_end()


def test_a_qobject_that_only_the_work_knows_dies_in_the_gui_thread(qtbot, worker):
    outcomes, died = Outcomes(worker), []
    thing = QObject()
    weakref.finalize(thing, lambda: died.append(threading.get_ident()))
    worker.run("holds", lambda _stop, thing=thing: thing.objectName())
    del thing
    qtbot.waitUntil(lambda: len(outcomes.seen) == 1)
    outcomes.seen.clear()
    qtbot.waitUntil(lambda: bool(died))
    assert died == [threading.get_ident()]

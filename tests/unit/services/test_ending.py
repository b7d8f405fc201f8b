"""The end: all are asked before any is waited for, one deadline for all, nothing that breaks stops the rest."""

import os
import subprocess
import sys
import threading
import time

import pytest
from PySide6.QtCore import Qt, QThread

from segmind_studio.core.errors import StoreError
from segmind_studio.services.system.ending import END_MS, end_all, thread_ended
from segmind_studio.services.system.single_instance import PATIENCE_S
from segmind_studio.services.system.worker_thread import WorkerThread

pytestmark = pytest.mark.usefixtures("qapp")
DESTROYED_AT_WORK = """
import time
from PySide6.QtCore import QObject, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from segmind_studio.services.system.tasks import TaskRunner
class Receiver(QObject):
    @Slot(object)
    def take(self, _answer): pass
def work():
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        sum(range(50))
app, receiver, parent, window = QApplication([]), Receiver(), QWidget(), QWidget()
runner = TaskRunner(3, parent)
for _ in range(5):
    runner.run(work, receiver.take, receiver.take)
parent.deleteLater()
window.show()
QTest.qWaitForWindowExposed(window)
"""


def test_all_are_asked_before_any_is_waited_for():
    workers = [WorkerThread(f"end-{number}") for number in range(3)]
    stops = [worker.run("long", lambda stop: stop.wait(60)) for worker in workers]
    asked_at_first_wait = []

    def first(deadline_ms):
        asked_at_first_wait.extend(stop.asked() for stop in stops)
        return True

    waits = [first, *(worker.wait_end for worker in workers)]
    assert end_all([worker.ask_stop for worker in workers], waits, ())
    assert asked_at_first_wait == [True] * 3


def test_one_deadline_holds_for_all():
    gate, workers = threading.Event(), [WorkerThread(f"deaf-{number}") for number in range(4)]
    begun = [threading.Event() for _ in workers]
    for worker, started in zip(workers, begun, strict=True):
        worker.run("deaf", lambda _stop, started=started: (started.set(), gate.wait(60)))
    assert all(started.wait(20) for started in begun)
    since, left = time.monotonic(), []

    def noted(wait):
        return lambda deadline_ms: (left.append(deadline_ms), wait(deadline_ms))[1]

    assert not end_all([worker.ask_stop for worker in workers], [noted(w.wait_end) for w in workers], (), 400)
    assert left[0] <= 400
    assert left[1:] == [0, 0, 0]
    assert time.monotonic() - since < 20
    gate.set()
    assert all(worker.wait_end() for worker in workers)


def test_a_thread_that_still_sends_its_last_events_has_not_ended():
    """Qt no longer calls it running then."""
    thread, finishing, gate = QThread(), threading.Event(), threading.Event()
    thread.finished.connect(lambda: (finishing.set(), gate.wait(60)), Qt.ConnectionType.DirectConnection)
    thread.start()
    thread.quit()
    assert finishing.wait(20)
    assert not thread_ended(thread, 0)
    gate.set()
    assert thread_ended(thread, 20_000)


def test_a_thread_that_was_never_started_has_ended():
    assert thread_ended(QThread(), 0)


def test_a_disk_that_hangs_in_the_last_steps_does_not_hold_up_the_exit():
    gate, done = threading.Event(), threading.Event()
    since = time.monotonic()
    assert not end_all((), (), (lambda: gate.wait(60), done.set), 400)
    assert time.monotonic() - since < 20
    assert not done.is_set()
    gate.set()
    assert done.wait(20), "the next step is lost"


def test_the_last_steps_have_time_left_after_a_thread_that_does_not_end():
    done, deaf = [], threading.Event()
    assert not end_all((), (lambda deadline_ms: deaf.wait(deadline_ms / 1000),), [lambda: done.append(1)], 4000)
    assert done == [1]


def test_what_breaks_keeps_nothing_else_from_its_end(caplog):
    done = []

    def full(*_arguments):
        raise StoreError("The disk is full.")

    clean = end_all(
        (full, lambda: done.append("asked")), (full, lambda _ms: done.append("waited") or True),
        (full, lambda: done.append("lock released")),
    )
    assert not clean
    assert done == ["asked", "waited", "lock released"]
    assert caplog.text.count("A step of the end failed") == 3


def test_a_later_launch_waits_longer_than_the_end_may_take():
    assert PATIENCE_S * 1000 > END_MS


def test_a_pool_that_is_destroyed_at_work_does_not_wait_for_ever():
    """In a process of its own, which nothing else could end. The window is waited for with Python's lock held."""
    done = subprocess.run(  # noqa: S603  # our own lines
        [sys.executable, "-c", DESTROYED_AT_WORK], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, check=True,
        capture_output=True, text=True, timeout=60,
    )
    assert done.stderr.replace("This plugin does not support propagateSizeHints()", "").split() == []

"""The end of the app: ask all to stop, then wait for all under one deadline, also when one step fails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, QThread, QThreadPool
from shiboken6 import Shiboken

_log = logging.getLogger(__name__)
END_MS = 8000  # milliseconds for all together; a later launch waits a little longer


def wait_for_all(waits: Iterable[Callable[[int], bool]], deadline_ms: int) -> bool:
    """Call each with the milliseconds that are left of one deadline; False when one was not done."""
    end = time.monotonic() + deadline_ms / 1000
    clean = True
    for wait in waits:
        clean = wait(max(0, round((end - time.monotonic()) * 1000))) and clean
    return clean


def thread_ended(thread: QThread, deadline_ms: int) -> bool:
    """Wait for a thread that was asked to end, or was never started; False when the deadline passed.

    `isRunning` is False a moment too early: Qt then still sends the thread's last events, also to objects of ours.
    """
    return thread.wait(deadline_ms)


def thread_pool(owner: QObject) -> QThreadPool:
    """Return a pool for an object that ends its work before the object is destroyed.

    Qt waits for the work in the pool's destructor. Where a call from Python that handles events keeps Python's
    lock, as `QTest.qWaitForWindowExposed` does, work in Python would wait for that lock, and both for ever.
    """
    pool = QThreadPool()
    owner.destroyed.connect(partial(_drain, pool))
    return pool


def _drain(pool: QThreadPool, _owner: QObject | None = None) -> None:
    if Shiboken.isValid(pool):  # at the end of the process either goes first
        pool.clear()
        pool.waitForDone()


def end_all(
    asks: Iterable[Callable[[], object]], waits: Iterable[Callable[[int], bool]],
    last: Iterable[Callable[[], object]], deadline_ms: int = END_MS,
) -> bool:
    """Ask all to stop, wait for all, then run the last steps, all under one deadline; False when it passed.

    An eighth of the time is for the last steps. They run on a thread of their own, since a disk can take any time
    and no call to it can be cut; a daemon thread, since the exit must not wait for it. Each step runs whatever the
    others do: an error is logged, and one in `asks` or `waits` makes the answer False too.
    """
    end = time.monotonic() + deadline_ms / 1000
    clean = run_each(asks)
    clean = wait_for_all((_GuardedWait(wait) for wait in waits), deadline_ms * 7 // 8) and clean
    thread = threading.Thread(target=run_each, args=(tuple(last),), name="end", daemon=True)
    thread.start()
    thread.join(max(0.0, end - time.monotonic()))
    if thread.is_alive():
        _log.error("The last steps of the end did not end in time")
    return clean and not thread.is_alive()


def run_each(steps: Iterable[Callable[[], object]]) -> bool:
    """Run each step whatever the others do; an error is logged. False when one failed."""
    return all([_guarded(step) for step in steps])  # noqa: C419  # each is called, also after one that failed


def _guarded(step: Callable[[], object]) -> bool:
    try:
        step()
    except Exception:  # noqa: BLE001  # top of the app: a full disk must not stop the rest from ending
        _log.exception("A step of the end failed")
        return False
    return True


class _GuardedWait:
    """Wait for one; an error counts as not done."""

    def __init__(self, wait: Callable[[int], bool]) -> None:
        self._wait = wait

    def __call__(self, deadline_ms: int) -> bool:
        try:
            return self._wait(deadline_ms)
        except Exception:  # noqa: BLE001  # as above
            _log.exception("A step of the end failed")
            return False

"""Short pieces of work on a thread pool, with the answer delivered in the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, Signal, Slot
from shiboken6 import Shiboken

from segmind_studio.core.errors import CancelledError, StudioError, unexpected
from segmind_studio.services.system.ending import thread_pool

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Task:
    """One piece of work under way. GUI thread, but for `work`.

    It is no QObject, and holds the caller's objects only until the answer is delivered: an object that is
    destroyed with the last reference to it is destroyed in the GUI thread, never in the pool.
    """

    def __init__(
        self, func: Callable[[], object], done: Callable[..., None], failed: Callable[[StudioError], None],
    ) -> None:
        self._func: Callable[[], object] | None = func
        self._receivers: tuple[Callable[..., None], Callable[[StudioError], None]] | None = (done, failed)
        self._result: object = None
        self._error: StudioError | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Ignore the answer; the function itself runs to its end."""
        self._cancelled = True

    def work(self) -> None:
        """Run the function; called once, in the pool."""
        func = self._func
        if func is None:
            return
        try:
            self._result = func()
        except CancelledError:
            self._cancelled = True
        except StudioError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("A task broke")
            self._error = unexpected(error)

    def deliver(self) -> None:
        """Call the receiver of the answer, unless it was cancelled or the receiver is gone; called once."""
        receivers, self._receivers, self._func = self._receivers, None, None
        result, self._result = self._result, None
        error, self._error = self._error, None
        if self._cancelled or receivers is None:
            return
        done, failed = receivers
        if error is None:
            if _there(done):
                done(result)
        elif _there(failed):
            failed(error)


def _there(receiver: Callable[..., None]) -> bool:
    owner = getattr(receiver, "__self__", None)
    return isinstance(owner, QObject) and Shiboken.isValid(owner)


class _Job(QRunnable):
    def __init__(self, task: Task, worked: Callable[[], None]) -> None:
        super().__init__()
        self._task = task
        self._worked = worked

    def run(self) -> None:
        try:
            self._task.work()
        finally:
            with suppress(RuntimeError):  # the runner is being destroyed
                self._worked()


class TaskRunner(QObject):
    """Run functions on a pool of its own. Lives in the GUI thread; stop it before the app quits.

    Signals:
        ended(object): a Task whose answer was delivered or dropped; emitted in the GUI thread.
    """

    ended = Signal(object)
    _worked = Signal(int)  # the number of a task, from the pool

    def __init__(self, threads: int = 3, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = thread_pool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setObjectName("tasks")
        self._tasks: dict[int, Task] = {}
        self._numbers = count()
        self._worked.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self, func: Callable[[], T], done: Callable[[T], None], failed: Callable[[StudioError], None],
    ) -> Task:
        """Run `func` in the pool; `done` and `failed` must be bound methods of QObjects of the GUI thread."""
        for receiver in (done, failed):
            if not _there(receiver):
                raise TypeError("done and failed must be bound methods of QObjects")
        task, number = Task(func, done, failed), next(self._numbers)
        self._tasks[number] = task
        self._pool.start(_Job(task, lambda: self._worked.emit(number)))
        return task

    @Slot(int)
    def _deliver(self, number: int) -> None:
        task = self._tasks.pop(number, None)
        if task is None:  # it was dropped at the end
            return
        try:
            task.deliver()
        finally:
            self.ended.emit(task)

    def stop(self, deadline_ms: int = 3000) -> bool:
        """Drop waiting tasks and all answers, wait for running tasks; False when the deadline passed."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

    def ask_stop(self) -> None:
        """Drop waiting tasks and all answers."""
        self._pool.clear()
        for task in self._tasks.values():
            task.cancel()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for running tasks; False when the deadline passed. Then nothing holds the callers' objects."""
        done = self._pool.waitForDone(deadline_ms)
        if done:
            dropped, self._tasks = self._tasks, {}
            for task in dropped.values():
                task.cancel()
                task.deliver()
        return done

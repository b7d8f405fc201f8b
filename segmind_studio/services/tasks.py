"""Short pieces of work on a thread pool, with the answer delivered in the asker's thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from segmind_studio.core.errors import CancelledError, StudioError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Task(QObject):
    """One piece of work under way.

    Signals:
        done(object): the function's result; emitted in the pool, delivered in the receiver's thread.
        failed(object): a StudioError; likewise. Nothing is emitted once it was cancelled.
        ended(object): the task itself, always, last.
    """

    done = Signal(object)
    failed = Signal(object)
    ended = Signal(object)

    def __init__(self, func: Callable[[], object]) -> None:
        super().__init__()
        self._func = func
        self._cancelled = False

    def cancel(self) -> None:
        """Drop the answer; the function itself runs to its end."""
        self._cancelled = True

    def work(self) -> None:
        """Run the function; called once, in the pool."""
        try:
            result = self._func()
        except CancelledError:
            pass
        except StudioError as error:
            if not self._cancelled:
                self.failed.emit(error)
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("A task broke")
            if not self._cancelled:
                self.failed.emit(unexpected(error))
        else:
            if not self._cancelled:
                self.done.emit(result)
        finally:
            self.ended.emit(self)


def unexpected(error: Exception) -> StudioError:
    """Word an error that nobody foresaw; its text is left out, since it might hold anything."""
    return StudioError(
        "Something unexpected went wrong in the app.",
        "Nothing was sent again. The log holds the details; please report it.",
        type(error).__name__,
    )


class _Job(QRunnable):
    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task

    def run(self) -> None:
        self._task.work()


class TaskRunner(QObject):
    """Run functions on a pool of its own. Lives in the GUI thread; stop it before leaving."""

    def __init__(self, threads: int = 3, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setObjectName("tasks")
        self._tasks: set[Task] = set()

    def run(
        self, func: Callable[[], T], done: Callable[[T], None], failed: Callable[[StudioError], None],
    ) -> Task:
        """Run `func` in the pool; `done` and `failed` must be bound methods of QObjects (their thread)."""
        for receiver in (done, failed):
            if not isinstance(getattr(receiver, "__self__", None), QObject):
                raise TypeError("done and failed must be bound methods of QObjects")
        task = Task(func)
        task.done.connect(done)
        task.failed.connect(failed)
        task.ended.connect(self._forget, Qt.ConnectionType.QueuedConnection)
        self._tasks.add(task)
        self._pool.start(_Job(task))
        return task

    @Slot(object)
    def _forget(self, task: Task) -> None:
        self._tasks.discard(task)

    def stop(self, deadline_ms: int = 3000) -> bool:
        """Drop what waits and all answers, wait for what runs; False when the deadline passed."""
        self._pool.clear()
        for task in self._tasks:
            task.cancel()
        return self._pool.waitForDone(deadline_ms)

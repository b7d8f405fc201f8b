"""A queue of work on one thread: each piece with a token that stops it, and an outcome in the GUI thread.

For long work that must not run in parallel: submissions, downloads, images, webhooks. Short work that may
run in parallel goes to `tasks.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.services.system.ending import END_MS, thread_ended
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.services.system.transfer_stop import TransferStop

O = TypeVar("O")  # noqa: E741  # how the owner identifies a piece of work
R = TypeVar("R")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome(Generic[O, R]):
    """The result of a piece of work, or the error. It is a CancelledError after a stop."""

    order: O
    result: R | None = None
    error: StudioError | None = None


class _Piece(Generic[O, R]):
    """One piece of work. It holds its objects only until its outcome is delivered, in the GUI thread."""

    def __init__(self, order: O, work: Callable[[TransferStop], R], stop: TransferStop) -> None:
        self.stop = stop
        self._order = order
        self._work = work
        self._result: R | None = None
        self._error: StudioError | None = None

    def run(self) -> None:
        """Do the work; called once, in the thread. Never raises."""
        try:
            if self.stop.asked():
                raise CancelledError  # noqa: TRY301  # the outcome of one that was stopped before its turn
            self._result = self._work(self.stop)
        except StudioError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            _log.exception("A piece of work broke")
            self._error = unexpected(error)

    def outcome(self) -> Outcome[O, R]:
        """Return how it ended."""
        return Outcome(self._order, self._result, self._error)


class _Runner(QObject):
    """Run the pieces by their numbers, in the thread that this object was moved to.

    No piece is held here while its number is emitted: the last reference to it, and to any QObject that its work
    names, is dropped in the GUI thread.
    """

    done = Signal(int)

    def __init__(self, pieces: Mapping[int, _Piece[object, object]]) -> None:
        super().__init__()
        self._pieces = pieces

    @Slot(int)
    def do(self, number: int) -> None:
        """Run one piece."""
        self._pieces[number].run()
        self.done.emit(number)

    @Slot()
    def finish(self) -> None:
        """End the thread; all earlier requests are done."""
        self.thread().quit()


class WorkerThread(QObject):
    """Run pieces of work one after another on a thread of its own, started when first needed. GUI thread.

    With `finishes` it does all requested work before it ends (for disk writes); else a stop reaches
    each piece through its token, and waiting pieces are not started.

    Signals:
        ended(object): Outcome, once for each piece, in the GUI thread.
    """

    ended = Signal(object)
    _wanted = Signal(int)
    _last = Signal()

    def __init__(self, name: str, parent: QObject | None = None, *, finishes: bool = False) -> None:
        super().__init__(parent)
        self._finishes = finishes
        self._stopped = False
        self._numbers = count()
        self._pieces: dict[int, _Piece[object, object]] = {}
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        self._runner = _Runner(self._pieces)
        self._runner.moveToThread(self._thread)
        self._wanted.connect(self._runner.do)
        self._last.connect(self._runner.finish)
        self._runner.done.connect(self._deliver)

    @property
    def stopped(self) -> bool:
        """Return whether the end was requested; no more work is accepted then."""
        return self._stopped

    def run(self, order: object, work: Callable[[TransferStop], object]) -> TransferStop:
        """Queue `work`, which gets the token that stops it; `ended` is emitted with this `order`.

        Whatever `work` raises is the outcome's error. After `ask_stop` nothing is queued.
        """
        stop = TransferStop()
        if self._stopped:
            stop.stop(leaving=True)
            return stop
        number = next(self._numbers)
        self._pieces[number] = _Piece(order, work, stop)
        if not self._thread.isRunning():
            self._thread.start()
        self._wanted.emit(number)
        return stop

    @Slot(int)
    def _deliver(self, number: int) -> None:
        piece = self._pieces.pop(number, None)
        if piece is not None:  # else the thread has ended, and the owner is being closed
            self.ended.emit(piece.outcome())

    def ask_stop(self) -> None:
        """Ask everything to stop, and the thread to end after it; never blocks. May be repeated."""
        if self._stopped:
            return
        self._stopped = True
        if not self._finishes:
            for piece in self._pieces.values():
                piece.stop.stop(leaving=True)
        self._last.emit()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the thread to end after `ask_stop`; False when the deadline passed. May be repeated.

        Once it has ended nothing is emitted any more, and the objects of the pieces are released here.
        """
        ended = thread_ended(self._thread, deadline_ms)
        if ended:
            self._pieces.clear()
        return ended

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Request the stop and wait for the end."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

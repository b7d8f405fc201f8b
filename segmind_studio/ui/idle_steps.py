"""Work in the GUI thread that can wait, one step at a time between user events.

Kept apart: the start uses it, and its tests need no app.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from PySide6.QtCore import QAbstractEventDispatcher, QObject, QTimer, Signal, Slot

_BUSY_S = 0.003  # a turn of the event loop that has worked so long gets no step as well
_PUT_OFF = 3  # times in succession, at most: an animation may go on


def finish(pieces: Iterator[object]) -> None:
    """Do all pieces that are left, at once."""
    for _piece in pieces:
        pass


class IdleSteps(QObject):
    """Do steps one after another, each when no event waits. GUI thread.

    A step that returns an iterator, as a generator function does, is done piece by piece in the same way. Qt fires
    a timer in the same turn in which it has laid out and painted: a step waits for one with less to do.

    Signals:
        stepped(): a step, or a piece of one, was done. GUI thread.
    """

    stepped = Signal()

    def __init__(self, steps: Iterable[Callable[[], object]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = deque(steps)
        self._pieces: Iterator[object] | None = None  # of the step that is being done
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)
        self._turn_began = 0.0
        self._put_off = 0

    @Slot()
    def start(self) -> None:
        """Start; no effect while they are being done."""
        if self._timer.isActive():
            return
        self._begin_turn()
        QAbstractEventDispatcher.instance().aboutToBlock.connect(self._begin_turn)
        self._timer.start()

    @Slot()
    def _begin_turn(self) -> None:
        self._turn_began = time.perf_counter()

    def _stop(self) -> None:
        self._timer.stop()
        QAbstractEventDispatcher.instance().aboutToBlock.disconnect(self._begin_turn)

    @Slot()
    def _next(self) -> None:
        if time.perf_counter() - self._turn_began > _BUSY_S and self._put_off < _PUT_OFF:
            self._put_off += 1
            return
        self._put_off = 0
        if self._pieces is not None:
            self._take_piece(self._pieces)
        elif self._steps:
            made = self._steps.popleft()()
            if isinstance(made, Iterator):
                self._take_piece(cast("Iterator[object]", made))
        else:
            self._stop()
            return
        self.stepped.emit()

    def _take_piece(self, pieces: Iterator[object]) -> None:
        self._pieces = pieces  # a piece may raise: the steps after it are done all the same
        try:
            next(pieces)
        except StopIteration:
            self._pieces = None

"""Work in the GUI thread that can wait, one step at a time between user events.

Kept apart: the start uses it, and its tests need no app.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Slot


class IdleSteps(QObject):
    """Do steps one after another, each when no event waits. GUI thread."""

    def __init__(self, steps: Iterable[Callable[[], object]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = deque(steps)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    @Slot()
    def start(self) -> None:
        """Start."""
        self._timer.start()

    @Slot()
    def _next(self) -> None:
        if self._steps:
            self._steps.popleft()()
        else:
            self._timer.stop()

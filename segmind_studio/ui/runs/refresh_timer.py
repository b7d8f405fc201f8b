"""Timers that update ages and waiting times on the page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.sight import in_sight

_SECOND_MS = 1000


class Countdown(QObject):
    """Tick each second while `want` is on and the widget is in sight.

    Signals:
        ticked(): the texts should be updated; also when the widget becomes visible. GUI thread.
    """

    ticked = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._wanted = False
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self.ticked)
        widget.installEventFilter(self)

    @property
    def running(self) -> bool:
        """Return whether it ticks."""
        return self._timer.isActive()

    def want(self, on: bool) -> None:  # noqa: FBT001  # as Qt's setters
        """Start or stop ticking."""
        self._wanted = on
        self._start_or_stop()

    def _start_or_stop(self) -> None:
        on = self._wanted and in_sight(self._widget)
        if on and not self._timer.isActive():
            self._timer.start()
        elif not on:
            self._timer.stop()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Show:
            if self._wanted:
                self.ticked.emit()
            self._start_or_stop()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return False


SECONDS_TICK_MS = 5_000
MINUTES_TICK_MS = 30_000
HOURS_TICK_MS = 600_000
_MINUTE = 60
_HOUR = 3600


class PageClock(QObject):
    """Signal when relative times should be updated.

    Signals:
        ticked(): once for each `tick_once`; GUI thread.
    """

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ticked)

    @property
    def running(self) -> bool:
        """Return whether it will tick."""
        return self._timer.isActive()

    def tick_once(self, *distances: float) -> None:
        """Tick once, when the text of the earliest of these times (seconds from now or ago) changes."""
        self._timer.start(tick_for(*distances))

    def stop(self) -> None:
        """Stop the timer."""
        self._timer.stop()


def tick_for(*distances: float) -> int:
    """Return the milliseconds until words about moments so many seconds away or ago should be written again."""
    nearest = min((abs(distance) for distance in distances), default=float(_HOUR))
    if nearest < _MINUTE:
        return SECONDS_TICK_MS
    return MINUTES_TICK_MS if nearest < _HOUR else HOURS_TICK_MS

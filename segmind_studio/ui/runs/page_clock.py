"""The place's clock: it runs only while the place is seen, and no faster than its words change."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

SECONDS_TICK_MS = 5_000
MINUTES_TICK_MS = 30_000
HOURS_TICK_MS = 600_000
_MINUTE = 60
_HOUR = 3600


class PageClock(QObject):
    """Tell when relative times should be written again.

    Signals:
        ticked(): once for each `wind`; GUI thread.
    """

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ticked)

    @property
    def running(self) -> bool:
        """Tell whether it will tick."""
        return self._timer.isActive()

    def wind(self, *distances: float) -> None:
        """Tick once, when words about moments so many seconds away or ago need it."""
        self._timer.start(tick_for(*distances))

    def stop(self) -> None:
        """Stand still."""
        self._timer.stop()


def tick_for(*distances: float) -> int:
    """Give the milliseconds until words about moments so many seconds away or ago should be written again."""
    nearest = min((abs(distance) for distance in distances), default=float(_HOUR))
    if nearest < _MINUTE:
        return SECONDS_TICK_MS
    return MINUTES_TICK_MS if nearest < _HOUR else HOURS_TICK_MS

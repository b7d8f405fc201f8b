"""One list of all long work, so that it is seen and can be stopped in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of long work; `total` is None when its end is not known. Units: "bytes", "photos" or "".

    What is not done `here` goes on at the service, for hours: no bar moves for it.
    """

    key: str
    title: str
    done: int = 0
    total: int | None = None
    unit: str = ""
    cancel: Callable[[], None] | None = None
    here: bool = True


class ActivityBoard(QObject):
    """Keep what is under way. GUI thread only.

    Signals:
        changed(object): tuple[Activity, ...], all that is under way, oldest first.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: dict[str, Activity] = {}

    @property
    def activities(self) -> tuple[Activity, ...]:
        """Give all that is under way, oldest first."""
        return tuple(self._work.values())

    def begin(
        self, key: str, title: str, cancel: Callable[[], None] | None = None, *, here: bool = True,
    ) -> None:
        """Put work on the board; the same key again starts it anew."""
        self._work[key] = Activity(key, title, cancel=cancel, here=here)
        self.changed.emit(self.activities)

    def progress(self, key: str, done: int, total: int | None, unit: str = "") -> None:
        """Move work on; unknown keys are late answers and are dropped."""
        if key in self._work:
            self._work[key] = replace(self._work[key], done=done, total=total, unit=unit)
            self.changed.emit(self.activities)

    def end(self, key: str) -> None:
        """Take work off the board."""
        if self._work.pop(key, None) is not None:
            self.changed.emit(self.activities)

"""The age of the shown data: "updated 10 s ago", updated by a timer no faster than the text changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.clock import monotonic_epoch
from segmind_studio.formats import relative_time
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.sight import in_sight

_STEP_S = 5  # below a minute the words change in steps of this
_MINUTE_S = 60
_HOUR_S = 3600


def rounded_age(age: float) -> int:
    """Round an age in seconds down to a step that changes the text."""
    step = _STEP_S if age < _MINUTE_S else _MINUTE_S if age < _HOUR_S else _HOUR_S
    return int(max(0.0, age) // step * step)


def next_change(age: float) -> float:
    """Return the seconds until `rounded_age` changes."""
    step = _STEP_S if age < _MINUTE_S else _MINUTE_S if age < _HOUR_S else _HOUR_S
    return step - max(0.0, age) % step


class Freshness(QObject):
    """Keep the text for one time in the past. The timer stops while its widget is out of sight.

    Signals:
        changed(str): the words, like "just now" or "2 min ago"; "" when there is no moment. GUI thread.
    """

    changed = Signal(str)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._at: float | None = None
        self._words = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refresh)
        widget.installEventFilter(self)

    @property
    def words(self) -> str:
        """Return the words as last told."""
        return self._words

    def set_moment(self, at: float | None) -> None:
        """Count from `at`, as `core.monotonic_seconds.monotonic_epoch` has it."""
        if at != self._at or not self._timer.isActive():  # else the timer has kept the words
            self._at = at
            self._refresh()

    @property
    def ticking(self) -> bool:
        """Return whether the timer runs."""
        return self._timer.isActive()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Show:
            self._refresh()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return False

    def _refresh(self) -> None:
        self._timer.stop()
        words = ""
        if self._at is not None:
            now = monotonic_epoch()
            age = now - self._at
            words = relative_time(now - rounded_age(age), now)
            if in_sight(self._widget):
                self._timer.start(int(next_change(age) * 1000) + 20)
        if words != self._words:
            self._words = words
            self.changed.emit(words)

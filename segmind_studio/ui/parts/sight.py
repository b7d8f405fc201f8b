"""Whether anybody can see a widget: timers for texts that nobody sees do not run."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def in_sight(widget: QWidget) -> bool:
    """Return whether a widget is shown, in a window that is not minimised.

    In a minimised window Qt's `isVisible` stays true. It sends Hide events then, and Show events afterwards: a
    timer that stops with the one starts again with the other, but what happens meanwhile must not start it.
    """
    return widget.isVisible() and not widget.window().isMinimized()

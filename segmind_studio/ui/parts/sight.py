"""What anybody can see: timers for texts that nobody sees do not run, and a window opens inside of its screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from segmind_studio.ui.theme.theme import text_scaled

_FRAME = QSize(16, 48)  # logical pixels of a window's borders and title, which are known only when it is shown


def in_sight(widget: QWidget) -> bool:
    """Return whether a widget is shown, in a window that is not minimised.

    In a minimised window Qt's `isVisible` stays true. It sends Hide events then, and Show events afterwards: a
    timer that stops with the one starts again with the other, but what happens meanwhile must not start it.
    """
    return widget.isVisible() and not widget.window().isMinimized()


def room_for(window: QWidget) -> QSize:
    """Return how large a window can be on its screen, without its borders."""
    return window.screen().availableGeometry().size() - _FRAME


def open_at(window: QWidget, width: int, height: int) -> None:
    """Set the size of a window that is opened: scaled as `text_scaled` does, but never larger than its screen."""
    window.resize(QSize(text_scaled(width), text_scaled(height)).boundedTo(room_for(window)))

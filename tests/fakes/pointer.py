"""A pointer over a widget: its events go to the widget itself, whatever else is open on the screen.

`QTest.mouseMove` moves the screen's pointer instead: a window left behind may lie under it, and a move on a busy
machine may be joined with the next.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

NONE, LEFT, NO_KEY = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def move_pointer(widget: QWidget, at: QPoint | QPointF) -> None:
    """Move the pointer to a point of the widget, in its own pixels, with no button pressed."""
    _send(widget, QEvent.Type.MouseMove, at, NONE, NONE)


def drag(widget: QWidget, start: QPoint | QPointF, end: QPoint | QPointF) -> None:
    """Press the left button at one point of the widget, move to another and release it there."""
    _send(widget, QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
    _send(widget, QEvent.Type.MouseMove, end, NONE, LEFT)
    _send(widget, QEvent.Type.MouseButtonRelease, end, LEFT, NONE)


def _send(
    widget: QWidget, kind: QEvent.Type, at: QPoint | QPointF, button: Qt.MouseButton, held: Qt.MouseButton,
) -> None:
    here = QPointF(at)
    event = QMouseEvent(kind, here, QPointF(widget.mapToGlobal(here)), button, held, NO_KEY)
    QApplication.sendEvent(widget, event)

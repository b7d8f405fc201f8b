"""UiDriver for a window: find controls by object name, click, type and wait as a user does, with real events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

W = TypeVar("W", bound=QWidget)
LOOK_EVERY_MS = 20
STEP_LIMIT_S = 40.0


class UiDriverError(Exception):
    """A control was not found, or a condition was not met in time."""


class UiDriver:
    """Use the windows of this process. GUI thread; waiting runs nested event loops, so they stay alive.

    `home` is the window they work in: it and its dialogs are looked through before any other. `stopped` is asked
    while waiting: True ends every wait with a UiDriverError.
    """

    def __init__(self, home: QWidget | None = None, stopped: Callable[[], bool] | None = None) -> None:
        self._home = home
        self._stopped = stopped or _never

    def find(self, kind: type[W], name: str) -> W:
        """Return the widget with this object name, in the nearest window that has one, or raise UiDriverError."""
        for top in sorted(QApplication.topLevelWidgets(), key=self._distance):
            found = top if top.objectName() == name else top.findChild(kind, name)
            if isinstance(found, kind):
                return found
        raise UiDriverError(f"there is no {name} in the window")

    def _distance(self, top: QWidget) -> tuple[bool, bool]:
        parent = top.parentWidget()
        ours = top is self._home or (parent is not None and parent.window() is self._home)
        return not ours, top.isHidden()

    def button(self, name: str) -> QAbstractButton:
        """Return a button."""
        return self.find(QAbstractButton, name)

    def click(self, name: str) -> None:
        """Click the middle of a control, once it can be used and is in view."""
        self.wait(lambda: self.usable(name), f"{name} to be usable")
        _scroll_to(self.find(QWidget, name))
        self.settle()
        widget = self.find(QWidget, name)  # what was found before may have been replaced meanwhile
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, _middle(widget))
        self.settle()

    def usable(self, name: str) -> bool:
        """Return whether there is such a control, shown and enabled."""
        try:
            widget = self.find(QWidget, name)
        except UiDriverError:
            return False
        return widget.isVisible() and widget.isEnabled()

    def click_row(self, name: str, row: int) -> None:
        """Click a row of a list or table, once it is there."""
        view = self.find(QAbstractItemView, name)
        self.wait(lambda: view.model().rowCount() > row, f"row {row} of {name}")
        index = view.model().index(row, 0)
        view.scrollTo(index)
        self.settle()
        QTest.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
            view.visualRect(index).center(),
        )
        self.settle()

    def type_line(self, name: str, text: str) -> None:
        """Put a text into a line, by keys."""
        line = self.find(QLineEdit, name)
        self.click(name)
        QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(line, text)
        if line.text() != text:
            raise UiDriverError(f"{name} holds “{line.text()}” after typing “{text}”")

    def type_text(self, name: str, text: str) -> None:
        """Put a text into a field of several lines, by keys."""
        edit = self.find(QPlainTextEdit, name)
        self.wait(edit.isVisible, f"{name} to be shown")
        self.click(name)
        QTest.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(edit, text)
        if edit.toPlainText() != text:
            raise UiDriverError(f"{name} holds “{edit.toPlainText()}” after typing “{text}”")

    def settle(self) -> None:
        """Let the window lay out and paint what the last event asked for."""
        loop = QEventLoop()
        QTimer.singleShot(2 * LOOK_EVERY_MS, loop, loop.quit)
        loop.exec()

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = STEP_LIMIT_S) -> None:
        """Run the event loop until `condition` holds; UiDriverError when it does not in time."""
        loop = QEventLoop()
        look = QTimer()
        look.setInterval(LOOK_EVERY_MS)
        look.timeout.connect(lambda: loop.quit() if condition() or self._stopped() else None)
        patience = QTimer()
        patience.setSingleShot(True)
        patience.timeout.connect(loop.quit)
        try:
            if not condition():
                look.start()
                patience.start(int(seconds * 1000))
                loop.exec()
        finally:
            look.stop()  # a traceback that is kept would keep it going
            patience.stop()
        if self._stopped() or not condition():
            raise UiDriverError(f"waited in vain for {what}")


def _never() -> bool:
    return False


def _middle(widget: QWidget) -> QPoint:
    return widget.rect().center()


def _scroll_to(widget: QWidget) -> None:
    """Bring a widget into view, as a user would with the wheel."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()

"""What covers the whole window with one task over photos: it keeps the keyboard until it is closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded


class Overlay(QWidget):
    """Cover a window, follow its size, and keep Tab inside. Escape hides it.

    Signals (GUI thread): closed(), whenever it is hidden.
    """

    closed = Signal()

    def __init__(self, window: QWidget, name: str) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setAutoFillBackground(True)
        self._first: QWidget = self
        self._last: QWidget = self
        window.installEventFilter(self)
        self.hide()

    def set_tab_ends(self, first: QWidget, last: QWidget) -> None:
        """Name the first and the last widget that Tab reaches; behind each of them comes the other."""
        self._first, self._last = first, last

    def cover(self, focus: QWidget) -> None:
        """Show it over the window, and set the keyboard focus to one of its widgets, or to its first."""
        self._fit()
        self.show()
        self.raise_()
        (focus if focus.isVisible() else self._first).setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            event.accept()  # nothing behind it is meant

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        moved = super().focusNextPrevChild(next)
        if moved and not self.isAncestorOf(self.window().focusWidget()):
            end, reason = (
                (self._first, Qt.FocusReason.TabFocusReason) if next
                else (self._last, Qt.FocusReason.BacktabFocusReason)
            )
            end.setFocus(reason)
        return True

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        elif isinstance(event, QKeyEvent) and self._is_escape(event):
            self.hide()
            return True
        return super().eventFilter(watched, event)

    def _is_escape(self, event: QKeyEvent) -> bool:
        """Return whether Escape came to the window, and this covers all others: the focus may be behind it."""
        window = self.parentWidget()
        if event.type() != QEvent.Type.KeyPress or event.key() != Qt.Key.Key_Escape or window is None:
            return False
        shown = [part for part in window.children() if isinstance(part, Overlay) and part.isVisible()]
        return bool(shown) and shown[-1] is self

    def _fit(self) -> None:
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())

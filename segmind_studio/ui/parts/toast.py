"""Toasts: short messages at the lower left that close after a time, with one action, often Undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QAction, QEnterEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.buttons import ActionButton
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.direction import backwards, set_margins
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

_STAYS_MS = 6000
_MOST = 3
_WIDEST = 420


class Toast(QFrame):
    """One message. It stays while the pointer or the keyboard focus is on it.

    Signals:
        over(): it was closed, used, or its time ended; GUI thread.
    """

    over = Signal()

    def __init__(self, text: str, action: QAction | None, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        mark(self, surface="raised")
        self.setAccessibleName(text)
        self.text = text
        self.action = action
        row = QHBoxLayout(self)
        set_margins(row, SPACE_L, SPACE_XS, SPACE_XS, SPACE_XS)
        row.setSpacing(SPACE_S)
        label = text_label(text)
        row.addWidget(label, 1)
        if action is not None:
            button = ActionButton(action, "quiet", words=words)
            button.clicked.connect(self.over)
            row.addWidget(button)
        close = QToolButton()
        close.setIcon(icon("x", "text"))
        close.setAccessibleName(_("Close this message"))
        close.clicked.connect(self.over)
        row.addWidget(close)
        natural = label.fontMetrics().horizontalAdvance(text) + 2
        label.setMinimumWidth(min(natural, text_scaled(_WIDEST)))
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_STAYS_MS)
        self._clock.timeout.connect(self._end)
        self._clock.start()

    def _end(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._clock.start()
        else:
            self.over.emit()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self._clock.stop()
        super().enterEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._clock.start()
        super().leaveEvent(event)


class ToastHost(QWidget):
    """Show toasts at the lower left of `over`, the newest lowest, at most three; each is announced.

    It lies in `parent`, which is `over` or holds it: a child of a stack of pages that is no page itself does not
    exist for screen readers. The pixels at the lower edge that `foot` returns are left free, for what must stay in
    sight and in reach.
    """

    def __init__(
        self, parent: QWidget, over: QWidget | None = None, foot: Callable[[], int] = lambda: 0,
    ) -> None:
        super().__init__(parent)
        self._foot = foot
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self._toasts: list[Toast] = []
        self._parent = parent
        self._over = over or parent
        self.setAccessibleName(_("Notification"))
        self._over.installEventFilter(self)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what is shown now, oldest first."""
        return tuple(toast.text for toast in self._toasts)

    def show_toast(self, text: str, action: QAction | None = None, words: str = "") -> None:
        """Show a text for some seconds; its button shows `words` instead of the action's text."""
        if len(self._toasts) >= _MOST:
            self._remove(self._toasts[0])
        toast = Toast(text, action, words, self)
        toast.over.connect(self._end)
        self._toasts.append(toast)
        self._column.addWidget(toast)
        self.show()
        self.raise_()
        self._place()
        announce(toast, text)

    def withdraw(self, action: QAction) -> None:
        """Remove the toasts that offer this action: it would now do something else."""
        for toast in [toast for toast in self._toasts if toast.action is action]:
            self._remove(toast)
        self._place()

    def clear(self) -> None:
        """Remove all: they belong to a place that is no longer shown."""
        for toast in self._toasts[:]:
            self._remove(toast)
        self._place()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move} and self._toasts:
            self._place()
        return super().eventFilter(watched, event)

    @override
    @guarded(False)
    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return handled

    def _end(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast):
            self._remove(toast)
        self._place()

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            self._column.removeWidget(toast)
            toast.hide()
            toast.deleteLater()

    def _place(self) -> None:
        self.setVisible(bool(self._toasts))
        if not self._toasts:
            return
        room = self._over.size()
        corner = self._over.mapTo(self._parent, QPoint(0, 0)) if self._over is not self._parent else QPoint(0, 0)
        width = min(max(toast.sizeHint().width() for toast in self._toasts), room.width() - 2 * SPACE_L)
        height = self._column.totalHeightForWidth(width)
        top = corner.y() + max(0, room.height() - height - SPACE_L - self._foot())
        left = room.width() - width - SPACE_L if backwards() else SPACE_L
        self.setGeometry(corner.x() + left, top, width, height)

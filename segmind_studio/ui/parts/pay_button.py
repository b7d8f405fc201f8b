"""The button that pays: it is pressed on purpose or not at all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton
from typing_extensions import override

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PayButton(QPushButton):
    """Press it by mouse, Space, or Enter on purpose: never by Ctrl+Enter or by a key that is held down."""

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        held = event.isAutoRepeat()
        if held or (event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            event.accept()
            return
        super().keyPressEvent(event)

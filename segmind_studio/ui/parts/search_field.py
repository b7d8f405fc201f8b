"""A line to search in: a glass at its left, a button that empties it at its right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.theme.icons import icon


class SearchField(QLineEdit):
    """The search field. Escape empties it, or leaves it when it is empty.

    Signals: done(), when the search ends; GUI thread.
    """

    done = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(_("Clear the search"))
        glass = self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        glass.setText(_("Search"))
        glass.triggered.connect(self._begin)

    @Slot()
    def _begin(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            replace_text(self, "")
        elif event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}:
            self.done.emit()
        else:
            super().keyPressEvent(event)

"""A line to search in: a glass at its left, a button that empties it at its right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.parts.composing import finish_composing, replace_text
from segmind_studio.ui.theme.icons import icon


class SearchField(QLineEdit):
    """The search field. Escape empties it, or leaves it when it is empty.

    The button is not Qt's own: for that, Qt searches the system's icon themes, which takes up to 50 ms.

    Signals: done(), when the search ends; GUI thread.
    """

    done = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._empty = self.addAction(icon("x", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self._empty.setText(_("Clear the search"))
        self._empty.setVisible(False)
        self._empty.triggered.connect(self._clear)
        self.textChanged.connect(self._show_text)
        glass = self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        glass.setText(_("Search"))
        glass.triggered.connect(self._begin)

    @Slot()
    def _begin(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    @Slot(str)
    def _show_text(self, text: str) -> None:
        self._empty.setVisible(bool(text))

    @Slot()
    def _clear(self) -> None:
        finish_composing(self)
        self.clear()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            replace_text(self, "")
        elif event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}:
            self.done.emit()
        else:
            super().keyPressEvent(event)

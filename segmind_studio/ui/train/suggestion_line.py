"""A suggestion for an empty field, with one button to take it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from segmind_studio.ui.parts import IconLabel
from segmind_studio.ui.theme.style import mark

_LONGEST = 48


class SuggestionLine(QWidget):
    """Hidden while there is nothing to suggest.

    Signals:
        taken(str): the person wants it; GUI thread.
    """

    taken = Signal(str)

    def __init__(self, object_name: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._what = what
        self._use = mark(QPushButton(), kind="link")
        self._use.setObjectName(object_name)
        self._use.clicked.connect(self._take)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(IconLabel("lightbulb", "muted", 14))
        row.addWidget(self._use)
        row.addStretch()
        self.hide()

    def suggest(self, text: str) -> None:
        """Offer a text; "" hides the line."""
        self._text = text
        shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST - 1]}…"
        self._use.setText(self.tr("Use “{0}”").format(shown.replace("&", "&&")))
        self._use.setAccessibleName(self.tr("Use “{0}” as {1}").format(text, self._what))
        self.setVisible(bool(text))

    def _take(self) -> None:
        self.taken.emit(self._text)

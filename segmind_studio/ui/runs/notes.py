"""The person's own notes on a run: plain text, kept a moment after the last key."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from segmind_studio.core.runs import Run
from segmind_studio.ui.parts.composing import finish_composing

_KEEP_AFTER_MS = 700
_LINES = 4


class NotesEdit(QPlainTextEdit):
    """Edit the notes of one run after another.

    Signals:
        noted(str, str): a run's id and its new notes; at the latest when the field or the run is left.
    """

    noted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.notes")
        self.setAccessibleName(self.tr("Notes"))
        self.setPlaceholderText(self.tr("Your own words about this run"))
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES + 18)
        self._run_id = ""
        self._kept = ""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_KEEP_AFTER_MS)
        self._later.timeout.connect(self.keep)
        self.textChanged.connect(self._later.start)

    def show_notes(self, run: Run) -> None:
        """Show a run's notes; what is being typed for the same run is never replaced."""
        if run.run_id == self._run_id and (self.hasFocus() or run.notes == self._kept):
            return
        finish_composing(self)  # into the run it was typed for
        self.keep()
        self._run_id, self._kept = run.run_id, run.notes
        if self.toPlainText() != run.notes:
            self.setPlainText(run.notes)
        self._later.stop()

    def keep(self) -> None:
        """Hand over what was typed and not yet kept."""
        self._later.stop()
        text = self.toPlainText()
        if self._run_id and text != self._kept:
            self._kept = text
            self.noted.emit(self._run_id, text)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.keep()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep()

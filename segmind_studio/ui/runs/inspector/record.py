"""What is recorded of a run: the service's last answer whole, and the user's notes."""

from __future__ import annotations

import json

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QGuiApplication, QHideEvent
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget
from typing_extensions import override

from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import Run
from segmind_studio.texts import _
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.composing import finish_composing
from segmind_studio.ui.runs.inspector.page import Page
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark

_FRAME = 18  # logical pixels above and below the lines
_READABLE = 100_000  # characters; a longer answer is shown as it came, not decoded on the GUI thread
_LINES = 26


class RawPage(Page):
    """Show JSON, indented."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = _("Raw data")
        self.setAccessibleName(self.title)
        self._raw: str | None = None
        self._text = text_label("", "muted")
        self.text = mark(QPlainTextEdit(), role="mono")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(_("The service's last answer"))
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * _LINES)
        self._copy = QPushButton(icon("copy"), _("Copy JSON"))
        self._copy.clicked.connect(self._copy_json)
        self.column.addWidget(self._text)
        self.column.addWidget(self.text)
        self.column.addWidget(self._copy)
        self.column.addStretch()

    def show_run(self, run: Run) -> None:
        """Show the service's last answer about a run."""
        if run.raw == self._raw:
            return
        self._raw = run.raw
        self._text.setText(
            _("The service's last answer about this run, with all fields.") if run.raw
            else _("The service has not answered about this run yet.")
        )
        self.text.setPlainText(pretty(run.raw))
        self.text.setVisible(bool(run.raw))
        self._copy.setVisible(bool(run.raw))

    @Slot()
    def _copy_json(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


def pretty(raw: str) -> str:
    """Indent JSON; anything else, or very much of it, stays as it came."""
    if len(raw) > _READABLE:
        return raw
    try:
        return json.dumps(decoded_json(raw), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return raw


_KEEP_AFTER_MS = 700
_LINES_NOTES = 4


class NotesEdit(QPlainTextEdit):
    """Edit the notes of one run after another.

    Signals:
        noted(str, str): a run's id and its new notes; at the latest when the field or the run is left.
    """

    noted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.notes")
        self.setAccessibleName(_("Notes"))
        self.setPlaceholderText(_("Your notes about this run"))
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES_NOTES + _FRAME)
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
        """Emit `noted` for typed text that is not stored yet."""
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

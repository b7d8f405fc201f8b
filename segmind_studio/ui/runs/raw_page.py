"""Raw: the service's last answer about a run, whole, with the fields the app does not know."""

from __future__ import annotations

import json

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import Run
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.runs.page import Page
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark

_READABLE = 100_000  # characters; a longer answer is shown as it came, not decoded on the GUI thread
_LINES = 26


class RawPage(Page):
    """Show JSON, indented."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = self.tr("Raw")
        self.setAccessibleName(self.title)
        self._raw: str | None = None
        self._words = text_label("", "muted")
        self.text = mark(QPlainTextEdit(), role="mono")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("The service's last answer"))
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * _LINES)
        self._copy = QPushButton(icon("copy"), self.tr("Copy JSON"))
        self._copy.clicked.connect(self._copy_json)
        self.column.addWidget(self._words)
        self.column.addWidget(self.text)
        self.column.addWidget(self._copy)
        self.column.addStretch()

    def show_run(self, run: Run) -> None:
        """Show what the service said of a run."""
        if run.raw == self._raw:
            return
        self._raw = run.raw
        self._words.setText(
            self.tr("The service's last answer about this run, with every field it sent.") if run.raw
            else self.tr("The service has not said anything about this run yet.")
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

"""The exact request, as JSON and as a curl command, to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.train.facts import TrainFacts

_LINES = 12


class RequestView(QWidget):
    """Show both forms of the request.

    Signals:
        copied(str): what was put on the clipboard, in words; GUI thread.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._json = self._text("train.request_json", self.tr("Request as JSON"))
        self._curl = self._text("train.request_curl", self.tr("Request as a curl command"))
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setAccessibleName(self.tr("The exact request"))
        self._tabs.addTab(self._json, self.tr("JSON"))
        self._tabs.addTab(self._curl, self.tr("curl"))
        copy = mark(QPushButton(icon("copy", "muted"), self.tr("Copy")), kind="quiet")
        copy.setObjectName("train.copy")
        copy.setAccessibleName(self.tr("Copy the request"))
        copy.clicked.connect(self._copy)
        self._tabs.setCornerWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)

    def _text(self, object_name: str, name: str) -> QPlainTextEdit:
        text = mark(QPlainTextEdit(), role="mono")
        text.setObjectName(object_name)
        text.setAccessibleName(name)
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setFixedHeight(text.fontMetrics().lineSpacing() * _LINES)
        return text

    def show_facts(self, facts: TrainFacts) -> None:
        """Show another request; places that did not change stay where they were scrolled to."""
        for widget, text in ((self._json, facts.request_json), (self._curl, facts.request_curl)):
            if widget.toPlainText() != text:
                across, down = widget.horizontalScrollBar().value(), widget.verticalScrollBar().value()
                widget.setPlainText(text)
                widget.horizontalScrollBar().setValue(across)
                widget.verticalScrollBar().setValue(down)

    def _copy(self) -> None:
        as_curl = self._tabs.currentWidget() is self._curl
        QGuiApplication.clipboard().setText((self._curl if as_curl else self._json).toPlainText())
        self.copied.emit(self.tr("The curl command is copied.") if as_curl else self.tr("The JSON is copied."))

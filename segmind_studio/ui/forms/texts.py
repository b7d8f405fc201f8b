"""Editors for texts: one line, and a few lines that grow with what is typed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget
from typing_extensions import override

from segmind_studio.core.fields import Value, plain_line
from segmind_studio.ui.forms.field_editor import FieldEditor
from segmind_studio.ui.parts.composing import replace_text

_FEWEST_LINES = 3
_MOST_LINES = 9


class LineEditor(FieldEditor):
    """One line of text; its value is what `plain_line` makes of it, and so is the line when it is left."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Value = ""
        self._setting = False
        self._line = QLineEdit(self)
        self._line.setObjectName(object_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line)
        self.setFocusProxy(self._line)
        # Not textEdited: screen readers set texts too, and only textChanged is emitted then.
        self._line.textChanged.connect(self._typed)
        self._line.editingFinished.connect(self._left)

    @property
    @override
    def control(self) -> QWidget:
        return self._line

    @override
    def set_value(self, value: Value) -> None:
        if value != self._value:
            self._value = value
            self._show(str(value))

    @override
    def set_placeholder(self, text: str) -> None:
        self._line.setPlaceholderText(text)

    def _show(self, text: str) -> None:
        self._setting = True
        try:
            replace_text(self._line, text)
        finally:
            self._setting = False

    @Slot()
    def _left(self) -> None:
        if self._line.text() != str(self._value):
            self._show(str(self._value))

    def _typed(self, text: str) -> None:
        value = plain_line(text)
        if not self._setting and value != str(self._value):
            self._value = value
            self.edited.emit(value)


class ParagraphEditor(FieldEditor):
    """Some lines of text. Tab leaves it."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Value = ""
        self._setting = False
        self._text = GrowingText(self)
        self._text.setObjectName(object_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._text)
        self.setFocusProxy(self._text)
        self._text.textChanged.connect(self._typed)

    @property
    @override
    def control(self) -> QPlainTextEdit:
        return self._text

    @override
    def set_value(self, value: Value) -> None:
        if value == self._value:
            return  # never compared with the document's text: that has blanks where the value has hard blanks
        self._value = value
        self._setting = True
        try:
            replace_text(self._text, str(value))
        finally:
            self._setting = False

    @override
    def set_placeholder(self, text: str) -> None:
        self._text.setPlaceholderText(text)

    def _typed(self) -> None:
        text = self._text.toPlainText()
        if not self._setting and text != self._value:
            self._value = text
            self.edited.emit(text)


class GrowingText(QPlainTextEdit):
    """A text box as high as its text, from three to nine lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.minimumHeight())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = max(1, round(self.document().size().height()))  # a plain text document counts in lines
        shown = min(_MOST_LINES, max(_FEWEST_LINES, lines))
        frame = self.contentsMargins()
        around = frame.top() + frame.bottom() + 2 * round(self.document().documentMargin()) + 2
        self.setFixedHeight(shown * self.fontMetrics().lineSpacing() + around)
        many = lines > _MOST_LINES
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if many else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )

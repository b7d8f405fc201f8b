"""The field for one caption: the trigger word is highlighted, undo belongs to the window."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.theme.tokens import Tones, tones_of


def trigger_spans(text: str, word: str) -> list[tuple[int, int]]:
    """Find where the trigger word stands as a word of its own (as `core.datasets.has_trigger` has it).

    Yields start and length in UTF-16 units, as Qt counts.
    """
    if not word.strip():
        return []
    whole = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(word.strip())}(?![A-Za-z0-9_])", re.IGNORECASE)
    return [(_units(text[: found.start()]), _units(found.group())) for found in whole.finditer(text)]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class TriggerHighlighter(QSyntaxHighlighter):
    """Mark the trigger word wherever it stands as a word of its own."""

    def __init__(self, document: QTextDocument, tones: Tones) -> None:
        super().__init__(document)
        self._word = ""
        self._format = QTextCharFormat()
        self.set_tones(tones)

    def set_word(self, word: str) -> None:
        """Mark another word; "" marks nothing."""
        if word.strip() != self._word:
            self._word = word.strip()
            self.rehighlight()

    def set_tones(self, tones: Tones) -> None:
        """Use the colours of another theme."""
        self._format.setBackground(QColor(tones.accent_soft))
        self._format.setForeground(QColor(tones.accent))
        self._format.setFontWeight(QFont.Weight.DemiBold)
        self.rehighlight()

    @override
    @guarded(None)
    def highlightBlock(self, text: str) -> None:
        for start, length in trigger_spans(text, self._word):
            self.setFormat(start, length, self._format)


class CaptionEditor(QPlainTextEdit):
    """Edit one caption.

    Signals (GUI thread): edited(str), the whole text after each change by the user, never after
    `show_caption`; left(), when the keyboard goes elsewhere; done(), when Escape is pressed.
    """

    edited = Signal(str)
    left = Signal()
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.caption")
        self.setAccessibleName(_("Caption"))
        self.setPlaceholderText(_("What is in the picture? One sentence is enough."))
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._showing = False
        self._tones = tones_of(QGuiApplication.palette())
        self._highlighter = TriggerHighlighter(self.document(), self._tones)
        self.textChanged.connect(self._on_changed)

    def show_caption(self, text: str) -> None:
        """Show a text; the cursor stays where it is when the text is the same."""
        if text == self.toPlainText():
            return
        self._showing = True
        replace_text(self, text)
        self.moveCursor(self.textCursor().MoveOperation.End)
        self._showing = False

    def set_trigger_word(self, word: str) -> None:
        """Mark this word."""
        self._highlighter.set_word(word)

    @override
    @guarded(False)
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and (
            event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        ):
            event.ignore()  # the window's undo includes this field's edits
            return False
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and tones_of(QGuiApplication.palette()) is not self._tones:
            self._tones = tones_of(QGuiApplication.palette())
            self._highlighter.set_tones(self._tones)

    @override
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return not source.hasUrls() and super().canInsertFromMimeData(source)  # files belong to the grid

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    @Slot()
    def _on_changed(self) -> None:
        if not self._showing:
            self.edited.emit(self.toPlainText())

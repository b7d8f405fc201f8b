"""The field for one caption: the trigger word is highlighted, undo belongs to the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.data.inspector.caption_highlighter import CaptionHighlighter
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.theme.tokens import Tones, tones_of


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
        self.setPlaceholderText(_("What is in the photo? One sentence is enough."))
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._showing = False
        self._tones = tones_of(QGuiApplication.palette())
        self._highlighter = CaptionHighlighter(self.document())
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

    def keep_tones(self, tones: Tones) -> None:
        """Mark words in these colours in every theme."""
        self._highlighter.keep_tones(tones)

    @property
    def unknown(self) -> frozenset[str]:
        """Return the words that are marked as misspelt."""
        return self._highlighter.unknown

    def mark_unknown(self, words: frozenset[str]) -> None:
        """Mark these words as misspelt."""
        self._highlighter.set_unknown(words)

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
            self._highlighter.follow_theme()

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

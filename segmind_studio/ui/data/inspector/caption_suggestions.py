"""The list of words that complete what is typed in a caption, below the cursor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem
from shiboken6 import isValid
from typing_extensions import override

from segmind_studio.core.caption_completion import caption_completion
from segmind_studio.core.caption_terms import NO_VOCABULARY, Vocabulary
from segmind_studio.core.query_language import Completion
from segmind_studio.texts import _, listed
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_XS

_NARROWEST, _WIDEST = 140, 340
_NONE = Completion(0, 0, ())


class CaptionSuggestions(QObject):
    """Propose words while the user types in a caption editor; the keyboard stays there.

    Down and Up choose, Tab takes the chosen or the first one, Enter the chosen one, Escape closes the list.
    It is no popup of the system: all other keys and commands work as without it. GUI thread.
    """

    def __init__(self, editor: CaptionEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._vocabulary = NO_VOCABULARY
        self._trigger_word = ""
        self._found = _NONE
        self._place = -1  # of the cursor, for which the list is open
        self._list: QListWidget | None = None
        editor.installEventFilter(self)
        editor.edited.connect(self._propose)
        editor.cursorPositionChanged.connect(self._follow_cursor)

    @property
    def proposed(self) -> tuple[str, ...]:
        """Return the words in the open list, () when it is closed."""
        return tuple(self._found.words) if self._open else ()

    def set_words(self, vocabulary: Vocabulary, trigger_word: str) -> None:
        """Propose these words from now on."""
        self._vocabulary, self._trigger_word = vocabulary, trigger_word

    @property
    def _open(self) -> bool:
        return self._list is not None and isValid(self._list) and not self._list.isHidden()

    @Slot()
    def _propose(self) -> None:
        cursor, text = self._editor.textCursor(), self._editor.toPlainText()
        place = cursor.position()
        before = _characters(text, place)
        inside = text[len(before) : len(before) + 1].isalnum()
        found = _NONE if inside else caption_completion(before, self._vocabulary.terms, self._trigger_word)
        self._found, self._place = found, place
        if not found.words or not self._editor.hasFocus():
            self.close()
            return
        self._show()

    def _show(self) -> None:
        window = self._editor.window()
        if self._list is None or not isValid(self._list):
            self._list = QListWidget(window)
            self._list.setObjectName("data.caption.suggestions")
            mark(self._list, kind="menu")
            self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._list.setAccessibleName(_("Suggestions"))
            self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self._list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self._list.itemClicked.connect(self._clicked)
        shown = self._list
        shown.clear()
        shown.addItems(list(self._found.words))
        shown.setCurrentRow(-1)
        self._place_list(shown)
        shown.show()
        shown.raise_()
        self._editor.setAccessibleDescription(_("Press Tab to "
                                                "complete: {words}").format(words=listed(self._found.words)))

    def _place_list(self, shown: QListWidget) -> None:
        """Put the list below the cursor, or above where the window ends."""
        window = self._editor.window()
        frame = 2 * shown.frameWidth() + SPACE_XS
        wide = min(max(shown.sizeHintForColumn(0) + frame, _NARROWEST), _WIDEST)
        high = sum(shown.sizeHintForRow(row) for row in range(shown.count())) + frame
        line = self._editor.cursorRect()
        viewport = self._editor.viewport()
        below = viewport.mapTo(window, line.bottomLeft() + QPoint(0, SPACE_XS))
        if below.y() + high > window.height():
            below = viewport.mapTo(window, line.topLeft()) - QPoint(0, high + SPACE_XS)
        shown.setGeometry(max(0, min(below.x(), window.width() - wide)), max(0, below.y()), wide, high)

    @Slot()
    def close(self) -> None:
        """Close the list."""
        self._found = _NONE
        if self._list is not None and isValid(self._list) and not self._list.isHidden():
            self._list.hide()
            self._editor.setAccessibleDescription("")

    @Slot()
    def _follow_cursor(self) -> None:
        if self._editor.textCursor().position() != self._place:
            self.close()

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self._take(item.text())

    def _take(self, word: str) -> None:
        found, cursor = self._found, self._editor.textCursor()
        before = _characters(self._editor.toPlainText(), cursor.position())
        typed = before[found.start :]
        if word.startswith(typed.lower()) and len(typed.lower()) == len(typed):
            word = typed + word[len(typed) :]  # in the case that was typed
        self.close()
        left = len(typed.encode("utf-16-le", "surrogatepass")) // 2
        cursor.setPosition(cursor.position() - left, cursor.MoveMode.KeepAnchor)
        self._place = -1
        cursor.insertText(word)
        self._editor.setTextCursor(cursor)
        self.close()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self.close()
        elif event.type() is QEvent.Type.Move and self._list is not None and self._open:
            self._place_list(self._list)  # the list of photos scrolls
        elif self._open and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._used(event)
        return super().eventFilter(watched, event)

    def _used(self, event: QKeyEvent) -> bool:
        """Return whether a key was meant for the list."""
        if self._list is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        row, last = self._list.currentRow(), self._list.count() - 1
        match event.key():
            case Qt.Key.Key_Down:
                self._list.setCurrentRow(min(row + 1, last))
            case Qt.Key.Key_Up if row >= 0:
                self._list.setCurrentRow(row - 1)
            case Qt.Key.Key_Tab:
                self._take(self._found.words[max(row, 0)])
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if row >= 0:
                self._take(self._found.words[row])
            case Qt.Key.Key_Escape:
                self.close()
            case _:
                return False
        return True


def _characters(text: str, units: int) -> str:
    """Return the beginning of a text that is so many UTF-16 units long, as Qt counts."""
    if text.isascii():
        return text[:units]
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass")

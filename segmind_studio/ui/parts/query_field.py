"""A search box that takes a query: completion of fields and values, and an error marked at its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QStringListModel, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCompleter, QListView, QWidget
from typing_extensions import override

from segmind_studio.core.query_language import Completion, QueryError
from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import tones_of

_WAVE = 2  # logical pixels, up and down
_LIST_WIDTH = 220


_Complete = Callable[[str, int, Callable[[], Sequence[str]]], Completion]


class QueryField(SearchField):
    """A line for a query.

    `complete` returns what completes the word at a place of the text, from a vocabulary. Its description, also for
    screen readers, is the error when there is one, else `example`.
    """

    def __init__(self, name: str, complete: _Complete, example: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._complete = complete
        self._example = example
        self._error: QueryError | None = None
        self._vocabulary: Callable[[], Sequence[str]] = tuple
        self._completion = Completion(0, 0, ())
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self)
        self._list = QListView()
        self._completer.setPopup(self._list)
        # The completer deletes it, even if it is gone already. Without a parent, the end of the app may delete it
        # first; as a younger child of the same parent it goes with the completer.
        self._list.setParent(self, Qt.WindowType.Popup)
        self._list.setAccessibleName(_("Suggestions"))
        self._completer.activated.connect(self.accept_completion)
        self.textEdited.connect(self._propose)
        self.mark_error(None)

    @property
    def error(self) -> QueryError | None:
        """Return the marked error."""
        return self._error

    @property
    def proposed(self) -> Sequence[str]:
        """Return the completions in the open list, () when it is closed."""
        return self._completion.words if self._list.isVisible() else ()

    def set_vocabulary(self, words: Callable[[], Sequence[str]]) -> None:
        """Propose the words that this function returns, behind the fields that take one of them."""
        self._vocabulary = words

    def mark_error(self, error: QueryError | None) -> None:
        """Underline what cannot be read; None marks nothing."""
        self._error = error
        words = error.text if error else _("For example: {example}").format(example=self._example)
        self.setToolTip(plain_tip(words))
        self.setAccessibleDescription(words)
        set_mark(self, "bad", error is not None)
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Tab and self._list.isVisible():
            self.accept_completion(self._list.currentIndex().data() or self._completion.words[0])
            return
        super().keyPressEvent(event)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._error is None:
            return
        left, right = (self._x_of(place) for place in (self._error.start, self._error.end))
        inside = self.rect().adjusted(4, 0, -4, 0)
        left, right = max(left, inside.left()), min(right, inside.right())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tones_of().bad), 1.5))
        base = self.cursorRect().bottom()
        xs = range(left, max(right, left + 2 * _WAVE) + 1, _WAVE)
        painter.drawPolyline([QPoint(x, base - _WAVE * (number % 2)) for number, x in enumerate(xs)])
        painter.end()

    def _x_of(self, place: int) -> int:
        """Return where a character begins, also in a text that is scrolled sideways: counted from the cursor."""
        metrics, text = self.fontMetrics(), self.text()
        cursor = self.cursorRect().center().x()
        return cursor + metrics.horizontalAdvance(text[:place]) - metrics.horizontalAdvance(
            text[: self.cursorPosition()]
        )

    @Slot()
    def _propose(self) -> None:
        self._completion = self._complete(self.text(), self.cursorPosition(), self._vocabulary)
        if not self._completion.words:
            self._list.hide()
            return
        self._words.setStringList(list(self._completion.words))
        at = self.cursorRect()
        at.setWidth(_LIST_WIDTH)
        self._completer.complete(at)

    @Slot(str)
    def accept_completion(self, word: str) -> None:
        """Put a proposed completion in place of what was typed of it."""
        text, found = self.text(), self._completion
        self.setText(text[: found.start] + word + text[found.end :])
        self.setCursorPosition(found.start + len(word))
        self._propose()

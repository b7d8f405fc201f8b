"""Unknown words in the caption editors: the wavy line, proposals in the menu, and the dataset's own words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QFileDialog, QMenu
from typing_extensions import override

from segmind_studio.core.caption_terms import folded, spelt_words, words_of
from segmind_studio.core.datasets import SPELT, Check, Dataset
from segmind_studio.services.datasets.spelling import NO_CHECK, Spelling
from segmind_studio.texts import _, pgettext
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.folders import file_filter
from segmind_studio.ui.parts.trigger_highlighter import utf16_length

_DECLARED = (f"{SPELT}:", f"{Check.FUSED}:")


class CaptionSpelling(QObject):
    """Check one caption editor. The dictionary is looked for when the editor first has the keyboard. GUI thread.

    Signals (GUI thread): word_added(str), a word that the user wants to be known in this dataset.
    """

    word_added = Signal(str)

    def __init__(self, editor: CaptionEditor, spelling: Spelling) -> None:
        super().__init__(editor)
        self._editor = editor
        self._spelling = spelling
        self._known: frozenset[str] = frozenset()
        editor.installEventFilter(self)
        editor.textChanged.connect(self.check)
        editor.cursorPositionChanged.connect(self.check)
        editor.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        editor.customContextMenuRequested.connect(self._show_menu)
        spelling.changed.connect(self.check)

    def set_known(self, words: frozenset[str]) -> None:
        """Accept these words, in lower case, besides those of the dictionary."""
        if words != self._known:
            self._known = words
            self.check()

    @Slot()
    def check(self) -> None:
        """Mark the unknown words; not the one that is being typed."""
        dictionary, text = self._spelling.dictionary, self._editor.toPlainText()
        if dictionary is None:
            self._editor.mark_unknown(frozenset())
            return
        cursor = self._editor.textCursor().position() if self._editor.hasFocus() else -1
        self._editor.mark_unknown(frozenset(
            word for start, word in spelt_words(text)
            if utf16_length(text[: start + len(word)]) != cursor and folded(word) not in self._known
            and dictionary.letters.issuperset(word.lower()) and not dictionary.knows(word)
        ))

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn:
            self._spelling.start()
        return super().eventFilter(watched, event)

    def menu(self, at: QPoint) -> QMenu:
        """Return the editor's menu for a place, with proposals for the word there or at the cursor."""
        menu = self._editor.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        first = menu.actions()[0] if menu.actions() else None
        for cursor in (self._editor.cursorForPosition(at), self._editor.textCursor()):
            if found := self._unknown_at(cursor.position()):
                self._propose(menu, first, *found)
                break
        menu.addSeparator()
        menu.addMenu(self._choices(menu))
        return menu

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        self._spelling.start()
        self.menu(at).popup(self._editor.viewport().mapToGlobal(at))

    def _unknown_at(self, place: int) -> tuple[int, str] | None:
        """Return the marked word at a place, with its start; in UTF-16 units."""
        text = self._editor.toPlainText()
        for begin, word in spelt_words(text):
            start = utf16_length(text[:begin])
            if start <= place <= start + utf16_length(word) and word in self._editor.unknown:
                return start, word
        return None

    def _propose(self, menu: QMenu, first: QAction | None, start: int, word: str) -> None:
        dictionary = self._spelling.dictionary
        proposed = dictionary.proposals(word) if dictionary is not None else ()
        added: list[QAction] = []
        for text in proposed:
            action = finish_before(QAction(text, menu))
            action.setData((start, start + utf16_length(word), text))
            action.triggered.connect(self._replace)
            added.append(action)
        own = finish_before(QAction(_("Add “{word}” to this dataset's words").format(word=word), menu))
        own.setData(word)
        own.triggered.connect(self._add)
        line = QAction(menu)
        line.setSeparator(True)
        for action in (*added, own, line):
            menu.insertAction(first, action) if first is not None else menu.addAction(action)

    def _choices(self, menu: QMenu) -> QMenu:
        choices, spelling = QMenu(_("Spelling"), menu), self._spelling
        used = spelling.dictionary
        for path in spelling.found:
            self._choice(choices, path.stem, str(path), chosen=used is not None and used.name == path.stem)
        if used is not None and used.name not in {path.stem for path in spelling.found}:
            self._choice(choices, used.name, "", chosen=True)
        if spelling.problem or (used is None and not spelling.found):
            words = spelling.problem or _("No dictionary found. Installing LibreOffice adds some.")
            choices.addAction(words).setEnabled(False)
        self._choice(choices, pgettext("spelling", "Off"), NO_CHECK, chosen=spelling.off)
        choices.addSeparator()
        choices.addAction(_("Choose a dictionary…")).triggered.connect(self._ask)
        return choices

    def _choice(self, choices: QMenu, text: str, path: str, *, chosen: bool) -> None:
        action = choices.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        if path:
            action.setData(path)
            action.triggered.connect(self._choose)

    @Slot()
    def _replace(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            start, end, text = action.data()
            cursor = self._editor.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(text)

    @Slot()
    def _add(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.word_added.emit(str(action.data()))

    @Slot()
    def _choose(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._spelling.choose(str(action.data()))

    @Slot()
    def _ask(self) -> None:
        files = file_filter(_("Dictionaries"), "*.dic")
        dialog = QFileDialog(self._editor.window(), _("Choose a dictionary"), "", files)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._spelling.choose)
        dialog.open()


def known_words(dataset: Dataset) -> frozenset[str]:
    """Return the words that the user added to a dataset or declared as meant to be there."""
    keys = {key for photo in dataset.photos for key in photo.accepted if key.startswith(_DECLARED)}
    return frozenset(_words(keys))


def _words(keys: Iterable[str]) -> Iterable[str]:
    return (word for key in keys for word in words_of(key.partition(":")[2]))

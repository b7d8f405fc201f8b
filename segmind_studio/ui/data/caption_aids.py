"""What helps in every caption editor of one screen: words of the dataset that complete, and the spell check.

An editor is made by the inspector, the list, the full view or focus mode, mostly when it is first needed; each of
them reports it here.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from shiboken6 import isValid

from segmind_studio.core.caption_terms import NO_VOCABULARY, Vocabulary, folded, words_of
from segmind_studio.core.datasets import SPELT
from segmind_studio.services.datasets.spelling import Spelling
from segmind_studio.texts import _
from segmind_studio.ui.data.caption_spelling import CaptionSpelling, known_words
from segmind_studio.ui.data.focus.commands import FocusCommands
from segmind_studio.ui.data.handlers import PhotoCommands
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.data.inspector.caption_suggestions import CaptionSuggestions
from segmind_studio.ui.data.widgets import DataWidgets


class CaptionAids(QObject):
    """Complete words and check the spelling in the caption editors of one screen. GUI thread."""

    def __init__(
        self, parts: DataWidgets, commands: PhotoCommands, focus: FocusCommands, spelling: Spelling | None,
    ) -> None:
        """Without `spelling` nothing is checked."""
        super().__init__(parts.screen)
        self._parts = parts
        self._spelling = spelling
        self._trigger_word = ""
        self._vocabulary = NO_VOCABULARY
        self._suggestions: list[CaptionSuggestions] = []
        self._checked: list[CaptionSpelling] = []
        self._attach(parts.inspector.photo.caption)
        parts.grid.inline.made.connect(self._attach)
        commands.caption_made.connect(self._attach)
        focus.made.connect(self._attach)
        parts.datasets.dataset_changed.connect(self._follow_dataset)

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Propose these words from now on."""
        self._vocabulary = vocabulary
        self._follow_words()

    def set_trigger_word(self, word: str) -> None:
        """Propose the trigger word, and accept its words."""
        self._trigger_word = word
        self._follow_words()
        self._follow_dataset()

    @Slot(object)
    def _attach(self, editor: CaptionEditor) -> None:
        self._suggestions.append(CaptionSuggestions(editor))
        self._follow_words()
        if self._spelling is not None:
            checked = CaptionSpelling(editor, self._spelling)
            checked.word_added.connect(self._add)
            self._checked.append(checked)
            self._follow_dataset()

    def _follow_words(self) -> None:
        self._suggestions = [one for one in self._suggestions if isValid(one)]  # some go with their window
        for one in self._suggestions:
            one.set_words(self._vocabulary, self._trigger_word)

    @Slot()
    def _follow_dataset(self) -> None:
        self._checked = [one for one in self._checked if isValid(one)]
        if self._checked:
            known = known_words(self._parts.datasets.dataset) | frozenset(words_of(self._trigger_word))
            for one in self._checked:
                one.set_known(known)

    @Slot(str)
    def _add(self, word: str) -> None:
        step = _("Add a word to the dataset")
        self._parts.editor.accept(self._parts.datasets.dataset.photos, f"{SPELT}:{folded(word)}", step)

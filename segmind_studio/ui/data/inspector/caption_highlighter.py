"""Marks in a caption that is edited: the trigger word, what is not read by CLIP, and unknown words.

Kept apart: the prompt of the form has the trigger word alone, and a caption's rules are none of its.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QTextCharFormat, QTextDocument
from typing_extensions import override

from segmind_studio.core.caption_terms import spelt_words
from segmind_studio.core.caption_tokens import CLIP_TOKENS, estimated_tokens, read_length
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.trigger_highlighter import TriggerHighlighter, utf16_length


class CaptionHighlighter(TriggerHighlighter):
    """Mark the trigger word, and dim and underline what CLIP cuts off. GUI thread.

    A block's state is the number of tokens up to its end, so that a change above the cut moves it in what follows.
    """

    def __init__(self, document: QTextDocument) -> None:
        self._unread = QTextCharFormat()
        self._wave = QColor()
        self.unknown: frozenset[str] = frozenset()
        super().__init__(document)

    @override
    def follow_theme(self) -> None:
        tones = self.tones
        self._unread.setForeground(QColor(tones.faint))
        self._unread.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        self._unread.setUnderlineColor(QColor(tones.warn))
        self._wave = QColor(tones.bad)
        super().follow_theme()

    def set_unknown(self, words: frozenset[str]) -> None:
        """Underline these words, spelt exactly so, with a wave."""
        if words != self.unknown:
            self.unknown = words
            self.rehighlight()

    @override
    @guarded(None)
    def highlightBlock(self, text: str, /) -> None:
        before = max(0, self.previousBlockState())
        self.setCurrentBlockState(before + estimated_tokens(text))
        read = read_length(text, max(0, CLIP_TOKENS - before))
        if read < len(text):
            start = utf16_length(text[:read])
            self.setFormat(start, utf16_length(text) - start, self._unread)
        super().highlightBlock(text)
        for place, word in spelt_words(text) if self.unknown else ():
            if word in self.unknown:
                start = utf16_length(text[:place])
                wavy = self.format(start)
                wavy.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
                wavy.setUnderlineColor(self._wave)
                self.setFormat(start, utf16_length(word), wavy)

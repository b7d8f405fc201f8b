"""Marks the trigger word in a text that is edited: in a caption, and in the form's prompt."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from typing_extensions import override

from segmind_studio.core.datasets import trigger_spans
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.tokens import Tones, tones_of


class TriggerHighlighter(QSyntaxHighlighter):
    """Mark the trigger word wherever it is a whole word. GUI thread."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._word = ""
        self._fixed: Tones | None = None
        self._format = QTextCharFormat()
        self.follow_theme()

    def set_word(self, word: str) -> None:
        """Mark another word; "" marks nothing."""
        if word.strip() != self._word:
            self._word = word.strip()
            self.rehighlight()

    @property
    def tones(self) -> Tones:
        """Return the colours that are used."""
        return self._fixed or tones_of(QGuiApplication.palette())

    def keep_tones(self, tones: Tones) -> None:
        """Use these colours in every theme: the ground of the text is the same in all."""
        self._fixed = tones
        self.follow_theme()

    def follow_theme(self) -> None:
        """Use the colours of the theme that is now shown."""
        tones = self.tones
        self._format.setBackground(QColor(tones.accent_soft))
        self._format.setForeground(QColor(tones.accent))
        self._format.setFontWeight(QFont.Weight.DemiBold)
        self.rehighlight()

    @override
    @guarded(None)
    def highlightBlock(self, text: str, /) -> None:
        for start, end in trigger_spans(text, self._word):
            self.setFormat(utf16_length(text[:start]), utf16_length(text[start:end]), self._format)


def utf16_length(text: str) -> int:
    """Return the length of a text as Qt counts, in UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

"""Shows in the prompt where the trigger word stands."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from typing_extensions import override

from segmind_studio.core.datasets import has_trigger
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.tokens import tones_of


class TriggerHighlight(QSyntaxHighlighter):
    """Tint each place where the trigger word stands as a word of its own."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._word = ""

    def set_word(self, word: str) -> None:
        """Look for another word; also call it after the theme has changed."""
        self._word = word.strip()
        self.rehighlight()

    @override
    @guarded(None)
    def highlightBlock(self, text: str, /) -> None:
        look = QTextCharFormat()
        tones = tones_of(QGuiApplication.palette())
        look.setForeground(QColor(tones.accent))
        look.setBackground(QColor(tones.accent_soft))
        look.setFontWeight(QFont.Weight.DemiBold)
        wanted, found = self._word.lower(), text.lower()
        if not wanted or len(found) != len(text):  # a few letters grow when lowered; no place fits then
            return
        start = found.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            if has_trigger(text[max(0, start - 1):end + 1], self._word):
                before = text[:start].encode("utf-16-le")
                self.setFormat(len(before) // 2, len(text[start:end].encode("utf-16-le")) // 2, look)
            start = found.find(wanted, end)

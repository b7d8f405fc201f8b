"""A help page as it is shown: Markdown in the app's own type, distances and colours, with keys drawn as caps."""

from __future__ import annotations

import re
from typing import cast

from PySide6.QtCore import QRegularExpression, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeySequence,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextList,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget
from typing_extensions import override

from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.theme.direction import backwards
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import Theme, points
from segmind_studio.ui.theme.tokens import (
    BODY,
    READING_WIDTH,
    SECTION,
    SMALL,
    SPACE_M,
    SPACE_S,
    SPACE_XL,
    TITLE,
    Tones,
)

_KEY = re.compile(r"`([^`\n]+)`")
_LINE_HEIGHT = 138  # percent
_HEADING = {1: (TITLE, 0, SPACE_M), 2: (SECTION, SPACE_XL, SPACE_S)}  # points, space above, space below
_MARGIN = 28.0
_DEMI = QFont.Weight.DemiBold


class HelpPageView(QTextBrowser):
    """Show one page at a time. Links are reported, never followed: nothing is loaded from anywhere.

    Signals:
        page_wanted(str): the id of the page that a link leads to; GUI thread.
    """

    page_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._markdown = ""
        self._words: tuple[str, ...] = ()
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(_MARGIN)
        self.document().setIndentWidth(SPACE_XL)
        mark(self, kind="page")
        guard_scroll_areas(self)
        self.anchorClicked.connect(self._follow)
        theme.changed.connect(self._dress)

    def show_page(self, markdown: str, words: tuple[str, ...] = ()) -> None:
        """Show this text from its beginning, or from the first of these words, which are marked."""
        self._markdown, self._words = markdown, words
        self.setMarkdown(native_keys(markdown))
        self._dress()
        first = next(iter(self.extraSelections()), None)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)
        if first is not None:
            cursor = QTextCursor(first.cursor)
            cursor.clearSelection()
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    @property
    def marked(self) -> tuple[str, ...]:
        """Return what is marked as found, in order."""
        return tuple(one.cursor.selectedText() for one in self.extraSelections())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Keep lines short enough to be read, in the middle of a wide window."""
        side = max(0, (self.width() - READING_WIDTH) // 2)
        self.setViewportMargins(side, 0, side, 0)
        super().resizeEvent(event)

    @override
    def loadResource(self, kind: int, name: QUrl | str, /) -> object:
        return None  # a page has no pictures, and loads nothing

    @Slot(QUrl)
    def _follow(self, url: QUrl) -> None:
        self.page_wanted.emit(url.toString().removesuffix(".md"))

    @Slot()
    def _dress(self) -> None:
        """Set type, distances and colours, which Markdown does not bring, and mark what was searched."""
        tones, document = self._theme.tones, self.document()
        if backwards():  # by itself, a paragraph that begins with Latin letters is set from left to right
            option = document.defaultTextOption()
            option.setTextDirection(Qt.LayoutDirection.RightToLeft)
            document.setDefaultTextOption(option)
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = document.begin()
        while block.isValid():
            _dress_block(block, tones)
            block = block.next()
        cursor.endEditBlock()
        self.setExtraSelections([found for word in self._words for found in self._marks(document, word, tones)])

    @staticmethod
    def _marks(document: QTextDocument, word: str, tones: Tones) -> list[QTextEdit.ExtraSelection]:
        pattern = QRegularExpression(
            QRegularExpression.escape(word), QRegularExpression.PatternOption.CaseInsensitiveOption,
        )
        marks: list[QTextEdit.ExtraSelection] = []
        cursor = document.find(pattern)
        while not cursor.isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(QColor(tones.warn_soft))
            mark.format.setForeground(QColor(tones.warn))
            marks.append(mark)
            cursor = document.find(pattern, cursor)
        return marks


def native_keys(markdown: str) -> str:
    """Write each key of a page as this system writes it, such as ⌘K for Ctrl+K on macOS."""
    def named(found: re.Match[str]) -> str:
        native = QKeySequence(found[1]).toString(QKeySequence.SequenceFormat.NativeText)
        return f"`{native or found[1]}`"

    return _KEY.sub(named, markdown)


def _dress_block(block: QTextBlock, tones: Tones) -> None:
    level = block.blockFormat().headingLevel()
    inside = _is_listed(block) and _is_listed(block.next())
    size, above, below = _HEADING.get(level, (BODY, 0, SPACE_S - 2 if inside else SPACE_M))
    cursor = QTextCursor(block)
    layout = QTextBlockFormat()
    layout.setTopMargin(above)
    layout.setBottomMargin(below)
    if not level:
        layout.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    if backwards() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeLanguage.value):
        layout.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # code reads so in every language
    cursor.mergeBlockFormat(layout)
    for start, length, given in _pieces(block):
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(_look(given, size, level, tones))


def _is_listed(block: QTextBlock) -> bool:
    return cast("QTextList | None", block.textList()) is not None


def _pieces(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Return where each piece of one format begins, how long it is, and its format."""
    found: list[tuple[int, int, QTextCharFormat]] = []
    pieces = block.begin()
    while not pieces.atEnd():
        piece = pieces.fragment()
        found.append((piece.position(), piece.length(), piece.charFormat()))
        pieces += 1
    return found


def _look(given: QTextCharFormat, size: float, level: int, tones: Tones) -> QTextCharFormat:
    look = QTextCharFormat(given)
    look.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)  # it would win over the size in points
    look.setFontPointSize(points(SMALL if given.fontFixedPitch() else size))
    look.setForeground(QColor(tones.accent if given.isAnchor() else tones.text))
    if level or given.fontWeight() > QFont.Weight.Normal:
        look.setFontWeight(_DEMI)
    if given.isAnchor():
        look.setFontUnderline(True)
    if given.fontFixedPitch():
        look.setBackground(QColor(tones.sunken))
    return look

"""A page that scrolls, with one column in its middle that never becomes too wide to read."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.ui.parts.scroll_area import ScrollArea
from segmind_studio.ui.theme.tokens import READING_WIDTH, SPACE_L, SPACE_XL, SPACE_XXL


class ScrollPage(ScrollArea):
    """Put widgets into `column`."""

    def __init__(self, widest: int = READING_WIDTH, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        page = QWidget()
        page.setProperty("page", True)
        middle = QWidget()
        middle.setMaximumWidth(widest)
        self.column = QVBoxLayout(middle)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_L)
        row = QHBoxLayout(page)
        row.setContentsMargins(SPACE_XL, SPACE_XXL, SPACE_XL, SPACE_XXL)
        row.addStretch()
        row.addWidget(middle, 1)
        row.addStretch()
        self.setWidget(page)

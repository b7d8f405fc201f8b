"""The pages of the inspector: each scrolls on its own, from top to bottom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QTabBar, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_XL


class PageTabs(QTabBar):
    """Name the pages. Where room is short they move together, then are shortened: none is hidden behind arrows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)

    @override
    @guarded(None)
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        words = sum(self.fontMetrics().horizontalAdvance(self.tabText(place)) for place in range(self.count()))
        needed = words + self.count() * (SPACE_XL + 1)  # a tab's padding and margin in the style sheet, rounded up
        set_mark(self, "tight", needed > self.width())
        self.setElideMode(self.elideMode())  # lays the tabs out with the margins of now, or when it is shown


class Page(ScrollArea):
    """A column that scrolls up and down, never narrower than what is in it; subclasses fill `column`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.setAccessibleName(title)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._body = body = QWidget()
        body.setProperty("page", True)
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_XL)
        self.column.setSpacing(SPACE_M)
        self.setWidget(body)
        self._narrowest = -1  # the width that the layouts around it know; -1: they have not asked
        body.installEventFilter(self)

    @override
    def minimumSizeHint(self) -> QSize:
        if self._narrowest < 0:
            self._narrowest = self._body.minimumSizeHint().width()
        inside = self._narrowest + self.verticalScrollBar().sizeHint().width()
        return QSize(inside, super().minimumSizeHint().height())

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            narrowest = self._body.minimumSizeHint().width()
            if narrowest != self._narrowest:  # else the whole window would be laid out for each text that changes
                self._narrowest = narrowest
                self.updateGeometry()
        return super().eventFilter(watched, event)

    def add_section(self, title: str) -> QLabel:
        """Add a heading with some air above it, which goes when the heading is hidden."""
        heading = text_label(title, "strong")
        heading.setContentsMargins(0, SPACE_M if self.column.count() else 0, 0, 0)
        self.column.addWidget(heading)
        return heading

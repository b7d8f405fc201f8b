"""Layouts: lines that wrap, scroll areas, and a page that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.ui.assistive import guard_scroll_area
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.direction import placed_rect
from segmind_studio.ui.theme.tokens import READING_WIDTH, SPACE_L, SPACE_M, SPACE_XXL, TITLE_HEIGHT


class FlowLayout(QLayout):
    """Left to right, then down. `spacing` is in logical pixels, both ways."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    @override
    def addItem(self, item: QLayoutItem, /) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int, /) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]  # Qt asks past the end and wants null
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int, /) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]  # as above
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int, /) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    @override
    def setGeometry(self, rect: QRect, /) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    @override
    def sizeHint(self) -> QSize:
        return self.minimumSize()

    @override
    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        inner = rect.marginsRemoved(self.contentsMargins())
        x, y, line = inner.x(), inner.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            if x > inner.x() and x + hint.width() > inner.x() + inner.width():
                x, y, line = inner.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(placed_rect(QRect(QPoint(x, y), hint), inner))
            x += hint.width() + self.spacing()
            line = max(line, hint.height())
        return y + line - rect.y() + self.contentsMargins().bottom()


class LayoutFence(QWidget):
    """Give all its room to `inner`; what is around it is laid out only when the smallest size of `inner` changes.

    A layout of Qt's passes each request on, up to the window: one text that changes would lay out all of it.
    """

    def __init__(self, inner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inner = inner
        self._smallest = QSize()  # that the layouts around it know
        inner.setParent(self)

    @override
    def minimumSizeHint(self) -> QSize:
        return self._inner.minimumSizeHint()

    @override
    def sizeHint(self) -> QSize:
        return self._inner.sizeHint()

    @override
    @guarded(None)
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._inner.setGeometry(self.rect())

    @override
    @guarded(False)
    def event(self, event: QEvent, /) -> bool:
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Show}:  # none comes while it is hidden
            smallest = self.minimumSizeHint()
            if smallest != self._smallest:
                self._smallest = smallest
                self.updateGeometry()
        return super().event(event)


class ScrollArea(QScrollArea):
    """Use this one everywhere: a request to Qt's own for a missing child ends the process."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        guard_scroll_area(self)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        guard_scroll_area(self)


def scrolling(page: QWidget, parent: QWidget | None = None) -> ScrollArea:
    """Put a page into an area that fills its place and scrolls up and down where the page is higher."""
    area = ScrollArea(parent)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    page.setProperty("page", True)
    area.setWidget(page)
    return area


def page_title(text: str = "", *, wrap: bool = True) -> QLabel:
    """Return the title of a place. Below a margin of `SPACE_M`, and after one of `SPACE_L`, all stand alike."""
    label = text_label(text, "title", wrap=wrap)
    label.setMinimumHeight(TITLE_HEIGHT)
    return label


class ScrollPage(ScrollArea):
    """Put widgets into `column`, which begins where the titles of all places do."""

    def __init__(self, widest: int = READING_WIDTH, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        page = QWidget()
        page.setProperty("page", True)
        self.setWidget(page)
        self.middle = middle = QWidget(page)  # the parent of what is in `column`
        middle.setMaximumWidth(widest)
        self.column = QVBoxLayout(middle)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_L)
        self._content = page
        self._before = QSpacerItem(0, 0, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = row = QHBoxLayout(page)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_XXL)
        row.setSpacing(0)
        row.addSpacerItem(self._before)
        row.addWidget(middle, 1)
        row.addStretch()

    def set_widest(self, widest: int, *, centred: bool = False) -> None:
        """Let the column be at most this wide, in logical pixels, and in the middle if wanted."""
        self.middle.setMaximumWidth(widest)
        across = QSizePolicy.Policy.Expanding if centred else QSizePolicy.Policy.Fixed
        if across is not self._before.sizePolicy().horizontalPolicy():
            self._before.changeSize(0, 0, across, QSizePolicy.Policy.Fixed)
            self._row.invalidate()

    @property
    def least_width(self) -> int:
        """Return the logical pixels below which a part of the page would be cut at its side."""
        return self._content.minimumSizeHint().width()

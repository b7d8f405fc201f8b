"""Where the parts of the Data place stand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.scroll_area import ScrollArea
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_GRID_WIDTH = 760
_INSPECTOR_WIDTH = 360
_MOST_FOR_BARS = 0.6  # of the height: the photos stay in sight


class Bars(QWidget):
    """Stack bars that are mostly hidden; they take no room then."""

    def __init__(self, widgets: Sequence[QWidget]) -> None:
        super().__init__()
        self._widgets = tuple(widgets)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE_L, 0, SPACE_L, 0)
        self._column.setSpacing(SPACE_S)
        for widget in widgets:
            self._column.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    @override
    @guarded(False)
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            below = 0 if all(widget.isHidden() for widget in self._widgets) else SPACE_M
            self._column.setContentsMargins(SPACE_L, 0, SPACE_L, below)
        return super().event(event)


class BarsArea(ScrollArea):
    """Bars as high as they need to be, up to a part of the page; then they scroll."""

    def __init__(self, bars: Bars) -> None:
        super().__init__()
        self._bars = bars
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        bars.setProperty("page", True)
        self.setWidget(bars)
        bars.installEventFilter(self)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        needed, most = self._heights()
        return QSize(super().sizeHint().width(), min(needed, most))

    def _heights(self) -> tuple[int, int]:
        """Give the height that the bars need without a scroll bar, and the most that they get."""
        page = self.parentWidget()
        needed = self._bars.heightForWidth(max(1, self.width()))
        return needed, max(1, round(page.height() * _MOST_FOR_BARS)) if page is not None else needed

    def _fit(self) -> None:
        needed, most = self._heights()
        policy = Qt.ScrollBarPolicy  # left to Qt, a bar that is there takes the width that makes it needed
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if needed > most else policy.ScrollBarAlwaysOff)
        self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


def centre(filters: QWidget, news: Bars, pages: QStackedWidget, drawer: QWidget) -> QWidget:
    """Put the filters above the grid and the drawer below it."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(filters)
    column.addWidget(BarsArea(news))
    column.addWidget(pages, 1)
    column.addWidget(drawer)
    drawer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return box


def side_by_side(left: QWidget, right: QWidget) -> QSplitter:
    """Put two parts beside each other; the right one keeps its width when the window grows."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setObjectName("data.splitter")
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(left)
    splitter.addWidget(right)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    splitter.setSizes([_GRID_WIDTH, _INSPECTOR_WIDTH])
    return splitter

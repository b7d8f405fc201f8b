"""Where the parts of the Data place stand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_GRID_WIDTH = 760
_INSPECTOR_WIDTH = 360


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


def centre(filters: QWidget, news: QWidget, pages: QStackedWidget, drawer: QWidget) -> QWidget:
    """Put the filters above the grid and the drawer below it."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(filters)
    column.addWidget(news)
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

"""The scroll area of this app: Qt's own, safe to be read by screen readers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.ui.assistive import guard_scroll_area


class ScrollArea(QScrollArea):
    """Use this one everywhere: whoever asks Qt's own for a child that is not there ends the process."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        guard_scroll_area(self)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        guard_scroll_area(self)


def scrolling(page: QWidget) -> ScrollArea:
    """Put a page into an area that fills its place and scrolls up and down where the page is higher."""
    area = ScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    page.setProperty("page", True)
    area.setWidget(page)
    return area

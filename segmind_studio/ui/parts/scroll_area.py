"""The scroll area of this app: Qt's own, safe to be read by screen readers."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget

from segmind_studio.ui.assistive import ScrollAreaInterface, take_over


class ScrollArea(QScrollArea):
    """Use this one everywhere: what is asked for children that are not there ends the process with Qt's own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        take_over(ScrollAreaInterface(self))

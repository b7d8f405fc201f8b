"""A card that is pressed as a whole."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_XS


class CardButton(QPushButton):
    """Put labels into `column`; they let the pointer through. Set its accessible name to what it says."""

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, kind="card")
        self.setFixedWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        self.column.setSpacing(SPACE_XS)

    def add(self, widget: QWidget, alignment: Qt.AlignmentFlag | None = None) -> None:
        """Add a part that is only looked at."""
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if alignment is None:
            self.column.addWidget(widget)
        else:
            self.column.addWidget(widget, 0, alignment)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.width(), self.column.sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

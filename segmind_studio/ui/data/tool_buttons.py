"""Small buttons of one icon each, in a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton


def tool_row(actions: Sequence[QAction]) -> QHBoxLayout:
    """Give a row of buttons for actions; each is named after its action and reached with Tab."""
    row = QHBoxLayout()
    row.setSpacing(0)
    for action in actions:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row.addWidget(button)
    return row

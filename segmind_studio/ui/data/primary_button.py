"""The one button of a page that leads on: its icon has the colour that is read on the accent."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark


def primary_button(action: QAction, icon_name: str) -> QPushButton:
    """Give a primary button for an action whose words never change."""
    button = mark(QPushButton(icon(icon_name, "accent_text"), action.text()), kind="primary")
    button.setAccessibleName(action.text())
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    button.clicked.connect(action.trigger)
    return button

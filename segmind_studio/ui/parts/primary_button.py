"""The button for what most people want next: its icon has the colour of its words."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.ui.parts.action_button import ActionButton
from segmind_studio.ui.theme.icons import icon


class PrimaryButton(ActionButton):
    """Show an action as the main button; `icon_name` is its own, since the action's is for menus."""

    def __init__(self, action: QAction, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(action, "primary", parent)
        self._icon_name = icon_name
        action.changed.connect(self._dress)  # after the button's own slot, which takes the action's icon
        self._dress()

    def _dress(self) -> None:
        self.setIcon(icon(self._icon_name, "accent_text"))

"""Small buttons of one icon each, in a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QToolButton


class ActionToolButton(QToolButton):
    """Show one action; of an exclusive group one stays on, also when assistive technology toggles it off."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self._group: QActionGroup | None = action.actionGroup()
        self.setAccessibleName(action.text())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._toggled)

    @Slot(bool)
    def _toggled(self, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        if on or self._group is None or self._group.checkedAction():
            return  # Qt has set the action already
        if self._group.exclusionPolicy() is QActionGroup.ExclusionPolicy.Exclusive:
            self.setChecked(True)


def tool_row(actions: Sequence[QAction]) -> QHBoxLayout:
    """Return a row of buttons for actions; each is named after its action and reached with Tab."""
    row = QHBoxLayout()
    row.setSpacing(0)
    for action in actions:
        row.addWidget(ActionToolButton(action))
    return row

"""A push button that belongs to an action: same words, same icon, enabled together."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget
from shiboken6 import Shiboken

from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.style import mark


class ActionButton(QPushButton):
    """Show a QAction as a button; pressing it triggers the action, or toggles one that is checkable.

    `kind` as in `style.mark`; `words` stand on it instead of the action's own, which are then its description.
    """

    def __init__(
        self, action: QAction, kind: str = "", parent: QWidget | None = None, *, words: str = "",
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._action = action
        mark(self, kind=kind)
        action.changed.connect(self._follow)
        if action.isCheckable():
            self.setCheckable(True)
            self.setChecked(action.isChecked())
            self.toggled.connect(action.setChecked)  # not clicked: assistive technology toggles
            action.toggled.connect(self.setChecked)
        else:
            self.clicked.connect(action.trigger)
        self._follow()

    def _follow(self) -> None:
        action = self._action
        if not Shiboken.isValid(action):  # a toast may outlive the undo stack when the window closes
            return
        text = action.text().replace("&", "")
        self.setText(self._words or action.text())
        self.setIcon(action.icon())
        self.setEnabled(action.isEnabled())
        if self.parentWidget() is not None or not action.isVisible():
            self.setVisible(action.isVisible())  # without a parent it would flash as a window of its own
        self.setAccessibleName(self._words or text)
        self.setAccessibleDescription(text if self._words else "")
        tip = action.toolTip()
        self.setToolTip("" if tip == text and not self._words else plain_tip(tip))

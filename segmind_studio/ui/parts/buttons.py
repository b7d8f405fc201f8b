"""Buttons: of a QAction, as a card, primary, the one that pays, and those of a dialog."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import Shiboken
from typing_extensions import override

from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS


class ButtonBox(QDialogButtonBox):
    """The buttons of a dialog, as far from each other as elsewhere in the app."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space_buttons(self)


def space_buttons(box: QDialogButtonBox) -> None:
    """Set the distance between the buttons of a box that Qt has made."""
    layout = box.layout()
    if layout is not None:
        layout.setSpacing(SPACE_S)


class ActionButton(QPushButton):
    """Show a QAction as a button; pressing it triggers the action, or toggles one that is checkable.

    `kind` as in `style.mark`; `words` stand on it instead of the action's own, which are then its description.
    """

    def __init__(
        self, action: QAction, kind: str = "", parent: QWidget | None = None, *, words: str = "",
    ) -> None:
        super().__init__(parent)
        self._text = words
        self._action = action
        self._offered = True
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

    @property
    def action(self) -> QAction:
        """Return what pressing it triggers."""
        return self._action

    def set_offered(self, *, offered: bool) -> None:
        """Show the button, or leave it out where its action has no meaning; the menus keep the action."""
        if offered is not self._offered:
            self._offered = offered
            self._follow()

    def _follow(self) -> None:
        action = self._action
        if not Shiboken.isValid(action):  # a toast may outlive the undo stack when the window closes
            return
        text = action.text().replace("&", "")
        self.setText(self._text or action.text())
        shown = self._shown_icon()
        if shown.cacheKey() != self.icon().cacheKey():  # the same icon again would lay out all around the button
            self.setIcon(shown)
        self.setEnabled(action.isEnabled())
        visible = action.isVisible() and self._offered
        if self.parentWidget() is not None or not visible:
            self.setVisible(visible)  # without a parent it would flash as a window of its own
        self.setAccessibleName(self._text or text)
        self.setAccessibleDescription(text if self._text else "")
        tip = action.toolTip()
        tip = "" if tip == text and not self._text else tip
        if plain_tip(tip) != self.toolTip():
            self.setToolTip(plain_tip(tip))

    def _shown_icon(self) -> QIcon:
        return self._action.icon()


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

    def set_width(self, width: int) -> None:
        """Be this wide, in logical pixels."""
        if width != self.width():
            self.setFixedWidth(width)
            self.updateGeometry()

    def add(self, widget: QWidget, alignment: Qt.AlignmentFlag | None = None) -> None:
        """Add a part that is only shown."""
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


_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PayButton(QPushButton):
    """Press it by mouse, Space, or Enter on purpose: never by Ctrl+Enter or by a key that is held down."""

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        held = event.isAutoRepeat()
        if held or (event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            event.accept()
            return
        super().keyPressEvent(event)


class PrimaryButton(ActionButton):
    """Show an action as the main button; `icon_name` is its own, since the action's is for menus."""

    def __init__(self, action: QAction, icon_name: str, parent: QWidget | None = None) -> None:
        self._icon = icon(icon_name, "accent_text")
        super().__init__(action, "primary", parent)

    @override
    def _shown_icon(self) -> QIcon:
        return self._icon

"""Buttons that do something about a finding or a piece of advice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from segmind_studio.core.fixes import Fix
from segmind_studio.texts import _
from segmind_studio.ui.parts.layouts import FlowLayout
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S


class FixButtons(QWidget):
    """One button for each fix, hidden when there is none.

    Signals:
        pressed(object): Fix; GUI thread.
    """

    pressed = Signal(object)

    def __init__(self, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._about = ""
        self._fixes: dict[QPushButton, Fix] = {}
        self._flow = FlowLayout(self, SPACE_M if kind == "link" else SPACE_S)
        self.hide()

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """Return what is offered, in its order."""
        return tuple(self._fixes.values())

    @property
    def about(self) -> str:
        """Return the sentence that the fixes belong to."""
        return self._about

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """Return the buttons in the order of the fixes."""
        return tuple(self._fixes)

    def show_fixes(self, fixes: Sequence[Fix], about: str) -> None:
        """Offer these and no others; `about` is the sentence that they belong to, for screen readers.

        A button that does the same, if for other photos, stays, with the focus or the press that it has.
        """
        if (tuple(fixes), about) == (self.fixes, self._about):
            return
        self._about = about
        before, self._fixes = self._fixes, {}
        while self._flow.takeAt(0) is not None:
            pass
        for fix in fixes:
            button = next((one for one, was in before.items() if _alike(was, fix)), None) or self._make()
            before.pop(button, None)
            button.setText(fix.text.replace("&", "&&"))
            # Translators: {action} is a button's text, {about} the finding it is for.
            button.setAccessibleName(_("{action}: {about}").format(action=fix.text, about=about))
            self._fixes[button] = fix
            self._flow.addWidget(button)
        for button in before:
            button.hide()
            button.deleteLater()
        self.setVisible(bool(fixes))

    def _make(self) -> QPushButton:
        button = mark(QPushButton(), kind=self._kind)
        button.clicked.connect(self._press)
        return button

    @Slot()
    def _press(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button in self._fixes:
            self.pressed.emit(self._fixes[button])


def _alike(one: Fix, other: Fix) -> bool:
    return (one.kind, one.key, one.value) == (other.kind, other.key, other.value)

"""A heading that folds what stands below it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.ui.parts import text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark


class Fold(QWidget):
    """A button with a chevron, a note beside it, and a body that is shown or not.

    Signals:
        opened(bool): it was unfolded or folded; GUI thread.
    """

    opened = Signal(bool)

    def __init__(self, title: str, body: QWidget, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body = body
        self._button = mark(QPushButton(title), kind="quiet")
        self._button.setObjectName(object_name)
        self._button.setCheckable(True)
        font = self._button.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._button.setFont(font)
        self._note = text_label("", "small", wrap=False)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._button)
        head.addWidget(self._note)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(body)
        self._button.toggled.connect(self._show)
        self._show(open_now=False)

    @property
    def is_open(self) -> bool:
        """Tell whether the body is shown."""
        return self._button.isChecked()

    def set_open(self, open_now: bool) -> None:  # noqa: FBT001  # reads like a Qt setter
        """Show or fold the body."""
        self._button.setChecked(open_now)

    def set_note(self, text: str) -> None:
        """Say something short beside the title, such as how much in it has changed."""
        self._note.setText(text)

    def _show(self, open_now: bool) -> None:  # noqa: FBT001  # a Qt slot
        self._body.setVisible(open_now)
        self._button.setIcon(icon("chevron-down" if open_now else "chevron-right", "muted"))
        self.opened.emit(open_now)

"""A heading that folds the widgets below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from segmind_studio.texts import _
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.theme.direction import backwards
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M


class Fold(QWidget):
    """A button with a chevron, a note beside it, and a body that is shown or not: put widgets into `contents`.

    Signals:
        opened(bool): it was unfolded or folded; GUI thread.
    """

    opened = Signal(bool)

    def __init__(self, title: str, object_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body = body = QWidget()
        self.contents = QVBoxLayout(body)  # for what is folded
        self.contents.setContentsMargins(0, SPACE_M, 0, 0)
        self.contents.setSpacing(SPACE_L)
        self._title = title
        self._button = QToolButton()  # not checkable: an open fold is no choice
        self._button.setText(title)
        self._button.setObjectName(object_name)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        mark(self._button, kind="fold")
        ways = Qt.LayoutDirection
        self._button.setLayoutDirection(ways.LeftToRight if backwards() else ways.RightToLeft)  # sign last
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
        self._button.clicked.connect(self._turn)
        self._open = False
        self._show(open_now=False)

    @property
    def is_open(self) -> bool:
        """Return whether the body is shown."""
        return self._open

    def set_open(self, open_now: bool) -> None:  # noqa: FBT001  # reads like a Qt setter
        """Show or fold the body."""
        if open_now != self._open:
            self._show(open_now=open_now)
            self.opened.emit(open_now)

    def set_note(self, text: str) -> None:
        """Show a short text beside the title, such as how much in it has changed."""
        self._note.setText(text)

    def _turn(self) -> None:
        self.set_open(not self._open)

    def _show(self, *, open_now: bool) -> None:
        self._open = open_now
        self._body.setVisible(open_now)
        self._button.setIcon(icon("chevron-up" if open_now else "chevron-down", "muted"))
        state = _("expanded") if open_now else _("collapsed")
        # Translators: the heading of a section, and “expanded” or “collapsed”.
        self._button.setAccessibleName(_("{title}, {state}").format(title=self._title, state=state))

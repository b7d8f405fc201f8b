"""Buttons that do something about a finding or a piece of advice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from segmind_studio.core.mends import Mend
from segmind_studio.texts import _
from segmind_studio.ui.parts.layouts import FlowLayout
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S


class MendButtons(QWidget):
    """One button for each mend, hidden when there is none.

    Signals:
        pressed(object): Mend; GUI thread.
    """

    pressed = Signal(object)

    def __init__(self, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._about = ""
        self._mends: dict[QPushButton, Mend] = {}
        self._flow = FlowLayout(self, SPACE_S)
        self.hide()

    @property
    def mends(self) -> tuple[Mend, ...]:
        """Return what is offered, in its order."""
        return tuple(self._mends.values())

    def show_mends(self, mends: Sequence[Mend], about: str) -> None:
        """Offer these and no others; `about` is the sentence that they belong to, for screen readers."""
        if (tuple(mends), about) == (self.mends, self._about):
            return
        self._about = about
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._mends.clear()
        for mend in mends:
            button = mark(QPushButton(mend.words.replace("&", "&&")), kind=self._kind)
            button.setAccessibleName(_("{action}: {about}").format(action=mend.words, about=about))
            button.clicked.connect(self._press)
            self._mends[button] = mend
            self._flow.addWidget(button)
        self.setVisible(bool(mends))

    @Slot()
    def _press(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button in self._mends:
            self.pressed.emit(self._mends[button])

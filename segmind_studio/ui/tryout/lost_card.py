"""What stands in the place of a picture whose answer was lost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.pictures import Picture
from segmind_studio.ui.parts import ActionButton, IconLabel, text_label
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_WIDTH = 400
_ICON = 28


class LostCard(QFrame):
    """Say that there was no answer, and offer to ask once more; nothing happens by itself."""

    def __init__(self, again: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="canvas")
        self._why = text_label("", "small")
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._counts = text_label(self.tr("It counts as paid in your budget."), "small")
        card = mark(QFrame(), surface="card")
        card.setObjectName("try.lost")
        card.setFixedWidth(_WIDTH)
        strip = QFrame(card)
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_mark(strip, "tone", "warn")
        line = QHBoxLayout(strip)
        line.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        line.setSpacing(SPACE_M)
        line.addWidget(IconLabel("circle-question-mark", "warn", _ICON), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(text_label(self.tr("No answer"), "section"))
        words.addWidget(text_label(self.tr("It may have been paid. Nothing is asked again by itself.")))
        line.addLayout(words, 1)
        button = ActionButton(again, "", card)
        button.setObjectName("try.again")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        inside.setSpacing(SPACE_M)
        inside.addWidget(strip)
        inside.addWidget(self._why)
        inside.addWidget(self._counts)
        inside.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_S, SPACE_XL, SPACE_S, SPACE_XL)
        column.addStretch(2)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_picture(self, picture: Picture, *, practice: bool) -> None:
        """Say why there is no answer to this one."""
        self._why.setText(picture.error)
        self._why.setVisible(bool(picture.error))
        self._counts.setVisible(not practice)

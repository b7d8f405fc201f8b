"""What stands in the place of a picture whose answer was lost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.pictures import Picture
from segmind_studio.ui.parts import ActionButton, IconLabel, text_label
from segmind_studio.ui.parts.error_banner import diagnosis
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_TEXT_WIDTH = 320
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
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        for label in (
            text_label(self.tr("No answer"), "section"),
            text_label(self.tr("It may have been paid. Nothing is asked again by itself.")),
            self._counts, self._why,
        ):
            label.setFixedWidth(_TEXT_WIDTH)
            words.addWidget(label)
        button = ActionButton(again, "", card)
        button.setObjectName("try.again")
        copy = mark(QPushButton(icon("copy"), self.tr("Copy diagnosis")), kind="quiet")
        copy.setObjectName("try.copy_lost")
        copy.clicked.connect(self._copy_diagnosis)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(button)
        buttons.addWidget(copy)
        buttons.addStretch()
        words.addSpacing(SPACE_S)
        words.addLayout(buttons)
        row = QHBoxLayout(card)
        row.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        row.setSpacing(SPACE_L)
        row.addWidget(IconLabel("circle-question-mark", "warn", _ICON), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(card)
        middle.addStretch()
        column.addLayout(middle)
        column.addStretch(3)

    def show_picture(self, picture: Picture, *, practice: bool) -> None:
        """Say why there is no answer to this one."""
        self._why.setText(picture.error)
        self._why.setVisible(bool(picture.error))
        self._counts.setVisible(not practice)

    def _copy_diagnosis(self) -> None:
        QGuiApplication.clipboard().setText(diagnosis(self.tr("No answer"), self._why.text()))

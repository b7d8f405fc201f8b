"""What an empty list shows: an icon, a sentence, its main button and one other way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.ui.parts.buttons import ActionButton
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S

_TEXT_WIDTH = 420


class EmptyState(QWidget):
    """The middle of an empty page. Change it for "nothing matches" with `set_words`."""

    def __init__(  # noqa: PLR0913  # one for each thing that is shown
        self, icon_name: str, title: str, sentence: str, primary: QAction | None = None,
        other: QAction | None = None, *, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon_name, "faint", 44)
        self._title = text_label(title, "section")
        self._sentence = text_label(sentence, "muted")
        centred = Qt.AlignmentFlag.AlignHCenter
        for label in (self._title, self._sentence):
            label.setAlignment(centred)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch()
        self.primary_button = ActionButton(primary, "primary") if primary else None
        self.other_button = ActionButton(other) if other else None
        for button in (self.primary_button, self.other_button):
            if button:
                buttons.addWidget(button)
        buttons.addStretch()
        middle = QWidget()
        middle.setMaximumWidth(text_scaled(_TEXT_WIDTH))
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(2)
        column.addWidget(self._icon, 0, centred)
        column.addSpacing(SPACE_S)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addSpacing(SPACE_L)
        column.addLayout(buttons)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.addStretch()
        row.addWidget(middle, 1)
        row.addStretch()

    def set_texts(self, icon_name: str, title: str, sentence: str) -> None:
        """Show another icon and other words; the buttons stay."""
        self._icon.set_icon(icon_name, "faint")
        self._title.setText(title)
        self._sentence.setText(sentence)

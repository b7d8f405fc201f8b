"""Rows of a label, a control and what is beside it, with their labels in one line across several groups."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S

_LABELS_WIDTH = 128


class Rows(QGridLayout):
    """A column of labels, a column that takes what room there is, a column of buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(SPACE_M)
        self.setVerticalSpacing(SPACE_S)
        self.setColumnMinimumWidth(0, _LABELS_WIDTH)
        self.setColumnStretch(1, 1)

    def add_row(self, title: str, control: QWidget, *beside: QWidget, buttons: tuple[QWidget, ...] = ()) -> QLabel:
        """Add a labelled row; `beside` stands with the control, `buttons` stand at the right."""
        line = self.rowCount()
        label = text_label(title, wrap=False)
        label.setBuddy(control)
        self.addWidget(label, line, 0)
        self.addLayout(_row(control, *beside), line, 1)
        for place, button in enumerate(buttons):
            self.addWidget(button, line, 2 + place)
        return label

    def add_below(self, widget: QWidget) -> None:
        """Add something that belongs to the row above."""
        self.addWidget(widget, self.rowCount(), 1)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_S)
    for widget in widgets:
        row.addWidget(widget, int(isinstance(widget, QLineEdit)))
    row.addStretch()  # takes the room where no field wants it
    return row

"""A section of the settings and its rows."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import BELOW_CHOICE, SPACE_L, SPACE_M, SPACE_S, SPACE_XS


class Section(QWidget):
    """Name it with `set_title`, put rows into `rows`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = text_label("", "section")
        self._sentence = text_label("", "muted")
        self._sentence.hide()
        card = mark(QFrame(), surface="card")
        self.rows = QVBoxLayout(card)
        self.rows.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        self.rows.setSpacing(SPACE_M)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE_S)
        column.setSpacing(SPACE_XS)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addSpacing(SPACE_S)
        column.addWidget(card)

    @property
    def title(self) -> str:
        """Return its name, as the list of contents shows it."""
        return self._title.text()

    def set_title(self, title: str, sentence: str = "") -> None:
        """Set its title, and a sentence about it."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    def add_line(self) -> None:
        """Draw a hairline between two rows."""
        self.rows.addWidget(mark(QFrame(), surface="line"))

    def add_choice(self, box: QCheckBox, sentence: str) -> None:
        """Add a check box with a sentence below its words."""
        words = text_label(sentence, "small")
        set_margins(words, BELOW_CHOICE, 0, 0, 0)
        box.setAccessibleDescription(sentence)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(box)
        column.addWidget(words)
        self.rows.addLayout(column)


_LABELS_WIDTH = 128


class LabelledRows(QGridLayout):
    """A column of labels, a column that takes the free width, a column of buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(SPACE_M)
        self.setVerticalSpacing(SPACE_S)
        self.setColumnMinimumWidth(0, text_scaled(_LABELS_WIDTH))
        self.setColumnStretch(1, 1)

    def add_row(self, title: str, control: QWidget, *beside: QWidget, buttons: tuple[QWidget, ...] = ()) -> QLabel:
        """Add a labelled row; `beside` is next to the control, `buttons` are at the right."""
        line = self.rowCount()
        label = text_label(title, wrap=False)
        label.setBuddy(control)
        self.addWidget(label, line, 0)
        self.addLayout(_row(control, *beside), line, 1)
        for place, button in enumerate(buttons):
            self.addWidget(button, line, 2 + place)
        return label

    @property
    def labels_width(self) -> int:
        """Return the width that its widest label needs, in logical pixels."""
        labels = (self.itemAtPosition(line, 0) for line in range(self.rowCount()))
        return max((label.sizeHint().width() for label in labels if label is not None), default=0)

    def add_below(self, widget: QWidget) -> None:
        """Add something that belongs to the row above."""
        self.addWidget(widget, self.rowCount(), 1)


def align_labels(page: QWidget) -> None:
    """Make the columns of labels of all rows on a page as wide as the widest of them."""
    found = page.findChildren(LabelledRows)
    width = max((rows.labels_width for rows in found), default=0)
    for rows in found:
        rows.setColumnMinimumWidth(0, max(width, text_scaled(_LABELS_WIDTH)))


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_S)
    for widget in widgets:
        row.addWidget(widget, int(isinstance(widget, QLineEdit)))
    row.addStretch()  # takes the width that no field uses
    return row

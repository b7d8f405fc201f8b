"""A titled group of cards that is not there while it is empty."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from segmind_studio.ui.parts.card_button import CardButton
from segmind_studio.ui.parts.flow_layout import FlowLayout
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.tokens import SPACE_M


class CardGroup(QWidget):
    """Cards in lines under a title, and a button for those that are not shown.

    Signals:
        more_wanted(): the person wants to see the others.
    """

    more_wanted = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: tuple[CardButton, ...] = ()
        self.more = QPushButton(self.tr("Show all"))
        self.more.clicked.connect(self.more_wanted)
        self.more.hide()
        box = QWidget()
        self._flow = FlowLayout(box, SPACE_M)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(text_label(title, "section"))
        column.addWidget(box)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def cards(self) -> tuple[CardButton, ...]:
        """Give the cards in their order."""
        return self._cards

    def set_cards(self, cards: Sequence[CardButton]) -> None:
        """Show these; cards that were there and are among them stay as they are."""
        if self._cards and tuple(cards) == self._cards:
            return
        for old in self._cards:
            self._flow.removeWidget(old)
            if old not in cards:
                old.hide()
                old.deleteLater()
        self._cards = tuple(cards)
        for card in self._cards:
            self._flow.addWidget(card)
        self.setVisible(bool(self._cards))

    def show_more(self, words: str) -> None:
        """Offer the others in these words; "" when all are shown."""
        self.more.setVisible(bool(words))
        if words:
            self.more.setText(words)

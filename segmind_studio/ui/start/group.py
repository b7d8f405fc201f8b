"""A titled group of cards that is not there while it is empty."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmind_studio.ui.parts.card_button import CardButton
from segmind_studio.ui.parts.flow_layout import FlowLayout
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.tokens import SPACE_M


class CardGroup(QWidget):
    """Cards in lines under a title."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: tuple[CardButton, ...] = ()
        box = QWidget()
        self._flow = FlowLayout(box, SPACE_M)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(text_label(title, "section"))
        column.addWidget(box)
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

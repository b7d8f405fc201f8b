"""Three presets as cards. They only set fields that can be seen below them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmind_studio.core.form import PRESETS, TrainingForm
from segmind_studio.ui.forms import CardRow, OptionCard

_ICONS = {"Explore": "rabbit", "Standard": "gauge", "Thorough": "snail"}


class PresetCards(QWidget):
    """Offer the presets; the one whose values the form holds is marked.

    Signals:
        chosen(object): Preset; GUI thread.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        cards: list[OptionCard] = []
        for preset in PRESETS:
            extra = self.tr("{0} iterations").format(preset.values["iterations"])
            card = OptionCard(preset.name, preset.words, _ICONS.get(preset.name, ""), extra)
            card.setObjectName(f"train.preset.{preset.name}")
            cards.append(card)
        self._row = CardRow(cards)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._row)
        self._row.chosen.connect(self._chosen)

    def show_form(self, form: TrainingForm) -> None:
        """Mark the preset that the form holds, or none."""
        names = [preset.name for preset in PRESETS]
        self._row.check(names.index(form.preset()) if form.preset() else -1)

    def _chosen(self, place: int) -> None:
        self.chosen.emit(PRESETS[place])

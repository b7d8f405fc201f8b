"""The line above the grid: chips with counts, and the search."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from segmind_studio.ui.data.photo_filter import PhotoFilter, Show
from segmind_studio.ui.parts import Chip, FlowLayout
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_SEARCH_WIDTH = 200


class FilterBar(QWidget):
    """Say which photos are shown.

    Signals (GUI thread): filtered(PhotoFilter); left(), when the keyboard should go to the grid.
    """

    filtered = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[Show, Chip] = {}
        self._group = QButtonGroup(self)
        chips = QWidget()
        chips.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        flow = FlowLayout(chips, spacing=SPACE_S)
        for show, words in (
            (Show.ALL, self.tr("All")),
            (Show.NO_CAPTION, self.tr("No caption")),
            (Show.PROBLEMS, self.tr("Problems")),
            (Show.EXCLUDED, self.tr("Excluded")),
        ):
            chip = Chip(words, checkable=True)
            chip.setObjectName(f"data.filter.{show.value}")
            self.chips[show] = chip
            self._group.addButton(chip)
            flow.addWidget(chip)
        self.chips[Show.ALL].setChecked(True)
        self.search = SearchField(self.tr("Find photos by name or caption"))
        self.search.setObjectName("data.search")
        self.search.setPlaceholderText(self.tr("Name or caption"))
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(_SEARCH_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, 0, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_S)
        row.addWidget(chips, 3, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.search, 1)
        self._group.buttonToggled.connect(self._tell)  # not buttonClicked: assistive technology toggles
        self.search.textChanged.connect(self._tell)
        self.search.done.connect(self.left)

    @property
    def filter(self) -> PhotoFilter:
        """Give what is chosen."""
        show = next(show for show, chip in self.chips.items() if chip.isChecked())
        return PhotoFilter(show, self.search.text())

    def set_counts(self, counts: Mapping[Show, int]) -> None:
        """Show how many photos each chip stands for."""
        for show, chip in self.chips.items():
            chip.set_count(counts[show])

    def show_all(self) -> None:
        """Take chip and search back."""
        self.chips[Show.ALL].setChecked(True)
        replace_text(self.search, "")
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.filtered.emit(self.filter)

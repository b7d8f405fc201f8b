"""Above the table: which runs are shown, with counts, and the search."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.parts import Chip, FlowLayout
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.runs.table.row_filter import Filter, filter_word
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S

_SEARCH_WIDTH = 200
_SEARCH_NARROW = 124
_CHIP_TOP = 2
_NARROW = 720  # below this the chips need the room more


class RunFilterBar(QWidget):
    """Choose one group of runs, and words to look for.

    Signals:
        filter_chosen(object): Filter, by the user.
        searched(str): the words, at each key.
    """

    filter_chosen = Signal(object)
    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.chips: dict[Filter, Chip] = {}
        chips = QWidget()
        flow = FlowLayout(chips, SPACE_S)
        flow.setContentsMargins(0, _CHIP_TOP, 0, 0)
        for number, which in enumerate(Filter):
            chip = Chip(filter_word(which), checkable=True)
            chip.setObjectName(f"runs.filter.{which.value}")
            self._group.addButton(chip, number)
            self.chips[which] = chip
            flow.addWidget(chip)
        self._last_shown = -1  # the index shown or emitted last
        self._group.idToggled.connect(self._toggled)  # not idClicked: assistive technology toggles
        self.search = SearchField(_("Search runs"))
        self.search.setObjectName("runs.search")
        self.search.setPlaceholderText(_("Search"))
        self.search.setFixedWidth(_SEARCH_NARROW)
        self.search.textChanged.connect(self.searched)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(chips, 1)
        row.addWidget(self.search, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def chosen(self) -> Filter:
        """Return the chosen group."""
        return list(Filter)[max(0, self._group.checkedId())]

    def choose(self, which: Filter) -> None:
        """Check a chip without a signal."""
        self._last_shown = list(Filter).index(which)
        self.chips[which].setChecked(True)

    def show_counts(self, counts: Mapping[Filter, int]) -> None:
        """Write how many runs each group has."""
        for which, chip in self.chips.items():
            chip.set_count(counts[which])

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.search.setFixedWidth(_SEARCH_WIDTH if self.width() >= _NARROW else _SEARCH_NARROW)

    def _toggled(self, number: int, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        if on and number != self._last_shown:
            self._last_shown = number
            self.filter_chosen.emit(list(Filter)[number])

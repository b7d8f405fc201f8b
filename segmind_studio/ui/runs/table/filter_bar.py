"""Above the table: which runs are shown, with counts, and the search."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.query_language import QueryError
from segmind_studio.core.run_terms import parse_run_query, run_completion
from segmind_studio.texts import _
from segmind_studio.ui.parts import Chip, FlowLayout, text_label
from segmind_studio.ui.parts.query_field import QueryField
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.table.row_filter import Filter, filter_word
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import SPACE_S

_SEARCH_WIDTH = 220
_WHOLE_LINE = 16_777_215  # Qt's own largest width
_CHIP_TOP = 2
_NARROW = 720  # below this the chips need the whole line, and the search has one of its own


class RunFilterBar(QWidget):
    """Choose one group of runs, and what to look for. A query that cannot be read is marked, and not emitted.

    Signals:
        filter_chosen(object): Filter, by the user.
        searched(str): the query, at each key.
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
        self.all_accounts = Chip(_("All accounts"), checkable=True)
        self.all_accounts.setObjectName("runs.all_accounts")
        self.all_accounts.setToolTip(plain_tip(_("Show the runs of all accounts")))
        flow.addWidget(self.all_accounts)
        self.all_accounts.hide()
        self._last_shown = -1  # the index shown or emitted last
        self._group.idToggled.connect(self._toggled)  # not idClicked: assistive technology toggles
        self.search = QueryField(
            _("Search runs"), run_completion, "tag:anna status:ready iterations:>300 cost:<5 -has:note",
        )
        self.search.setObjectName("runs.search")
        self.search.setPlaceholderText(_("Search"))
        self.search.textChanged.connect(self._read)
        self.views = QToolButton()
        self.views.setObjectName("runs.views")
        self.views.setIcon(icon("bookmark", "muted"))
        self.views.setAccessibleName(_("Views"))
        self.views.setToolTip(plain_tip(_("Saved views, each with filter, search, columns and sorting")))
        self.views.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.problem = text_label("", "bad")
        self.problem.hide()
        finding = QHBoxLayout()
        finding.setSpacing(SPACE_S)
        finding.addWidget(self.search, 0, Qt.AlignmentFlag.AlignTop)
        finding.addWidget(self.views, 0, Qt.AlignmentFlag.AlignTop)
        self._halves = row = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(chips, 1)
        row.addLayout(finding)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(row)
        column.addWidget(self.problem)
        self.chips[Filter.ARCHIVED].hide()

    @property
    def chosen(self) -> Filter:
        """Return the chosen group."""
        return list(Filter)[max(0, self._group.checkedId())]

    def choose(self, which: Filter) -> None:
        """Check a chip without a signal."""
        self._last_shown = list(Filter).index(which)
        self.chips[which].setChecked(True)
        self.chips[which].show()

    def set_views_menu(self, menu: QMenu) -> None:
        """Open this menu by the button of the views."""
        self.views.setMenu(menu)

    def show_counts(self, counts: Mapping[Filter, int]) -> None:
        """Write how many runs each group has."""
        for which, chip in self.chips.items():
            chip.set_count(counts[which])
        archived = self.chips[Filter.ARCHIVED]
        archived.setVisible(bool(counts[Filter.ARCHIVED]) or archived.isChecked())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= _NARROW
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self.search.setMinimumWidth(_SEARCH_WIDTH)
        self.search.setMaximumWidth(_SEARCH_WIDTH if beside else _WHOLE_LINE)

    @Slot(str)
    def _read(self, text: str) -> None:
        try:
            parse_run_query(text)
        except QueryError as error:
            self.search.mark_error(error)
            self.problem.setText(error.text)
            self.problem.show()
            return
        self.search.mark_error(None)
        self.problem.hide()
        self.searched.emit(text)

    def _toggled(self, number: int, on: bool) -> None:  # noqa: FBT001  # a Qt slot
        if on and number != self._last_shown:
            self._last_shown = number
            self.filter_chosen.emit(list(Filter)[number])

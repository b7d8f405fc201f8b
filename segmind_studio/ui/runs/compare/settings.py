"""The settings of several runs side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.fields import FIELDS
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.stages import status_word
from segmind_studio.ui.runs.values import (
    cost_source,
    cost_text,
    dataset_text,
    sent_value,
    simulated_cost,
    value_text,
    visibility_text,
)

_WEIGHTS = {False: QFont.Weight.Normal, True: QFont.Weight.DemiBold}
_ELSEWHERE = frozenset({"name", "data_source_path", "segmind_public"})  # the heading, Dataset, Who may use it


@record
class ComparedRow:
    """One line: a label and a text for each run.

    `brief` are shorter texts for where there is little room, and `note` what they leave out.
    """

    label: str
    values: tuple[str, ...]
    brief: tuple[str, ...] = ()
    note: str = ""

    @property
    def differs(self) -> bool:
        """Return whether the runs are not all the same in this."""
        return len(set(self.values)) > 1


def compare(runs: Sequence[Run]) -> tuple[ComparedRow, ...]:
    """Return every line that can be compared, settings in the form's order first."""
    rows = [
        ComparedRow(str(field.label), tuple(value_text(field.key, sent_value(run, field.key)) for run in runs))
        for field in FIELDS if field.key not in _ELSEWHERE
    ]
    rows += [
        ComparedRow(_("Dataset"), tuple(dataset_text(run) for run in runs)),
        ComparedRow(_("Photos"), tuple(str(run.image_count or "—") for run in runs)),
        ComparedRow(_("Archive"), tuple(run.archive_sha256[:12] or "—" for run in runs)),
        ComparedRow(_("Status"), tuple(status_word(run) for run in runs)),
        ComparedRow(_("Cost"), tuple(cost_text(run) for run in runs), *_costs_in_practice(runs)),
        ComparedRow(_("Who can use it"), tuple(visibility_text(run) for run in runs)),
        ComparedRow(_("Notes"), tuple(run.notes or "—" for run in runs)),
    ]
    return tuple(rows)


def _costs_in_practice(runs: Sequence[Run]) -> tuple[tuple[str, ...], str]:
    """Return the simulated amounts alone, and that they are simulated; nothing when a run has none."""
    amounts = tuple(simulated_cost(run) for run in runs)
    return (amounts, cost_source(runs[0])) if runs and all(amounts) else ((), "")


class SettingsTable(QTableWidget):
    """The settings of several runs: the differences, or everything on request."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ComparedRow, ...] = ()
        self._names: tuple[str, ...] = ()
        self._all = False
        self.setObjectName("runs.compare")
        self.setAccessibleName(_("Comparison"))
        guard_scroll_areas(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    @property
    def differing(self) -> int:
        """Return how many lines differ."""
        return sum(row.differs for row in self._rows)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Compare these runs; the same runs again change nothing."""
        rows, names = compare(runs), tuple(run.name for run in runs)
        if (rows, names) != (self._rows, self._names):
            self._rows, self._names = rows, names
            self._fill()

    def set_all(self, shown: bool) -> None:  # noqa: FBT001  # a slot
        """Show also what is the same."""
        self._all = shown
        self._fill()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resizeRowsToContents()

    def _fill(self) -> None:
        rows = [row for row in self._rows if row.differs or self._all]
        self.setRowCount(len(rows))
        self.setColumnCount(len(self._names))
        self.setHorizontalHeaderLabels(list(self._names))
        self.setVerticalHeaderLabels([row.label for row in rows])
        for place, row in enumerate(rows):
            for number, text in enumerate(row.values):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                font = item.font()
                font.setWeight(_WEIGHTS[row.differs and self._all])
                item.setFont(font)
                self.setItem(place, number, item)
        self.resizeRowsToContents()

"""The settings of several runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.fields import FIELDS
from segmind_studio.core.runs import Run
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.stages import status_word
from segmind_studio.ui.runs.values import cost_text, dataset_text, sent_value, value_text, visibility_text
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_ELSEWHERE = frozenset({"name", "data_source_path", "segmind_public"})  # the heading, Dataset, Who may use it


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One line: a label and a text for each run."""

    label: str
    values: tuple[str, ...]

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
        ComparedRow(_("Cost"), tuple(cost_text(run) for run in runs)),
        ComparedRow(_("Who may use it"), tuple(visibility_text(run) for run in runs)),
        ComparedRow(_("Notes"), tuple(run.notes or "—" for run in runs)),
    ]
    return tuple(rows)



_COLUMN_WIDTH = 118
_FITTING = 3  # as many columns share the width; more scroll


class CompareView(QWidget):
    """Show the differences, or everything on request."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ComparedRow, ...] = ()
        self._names: tuple[str, ...] = ()
        self._title = text_label("", "section")
        self.same_too = QCheckBox(_("Show settings that are the same too"))
        self.same_too.toggled.connect(self._fill)
        self._nothing = text_label(_("These runs have the same settings."), "muted")
        self.table = QTableWidget()
        guard_scroll_areas(self.table)
        self.table.setObjectName("runs.compare")
        self.table.setAccessibleName(_("Comparison"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setDefaultSectionSize(_COLUMN_WIDTH)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for widget in (self._title, self.same_too, self._nothing):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addStretch()

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Compare these runs; the same runs again change nothing."""
        rows, names = compare(runs), tuple(run.name for run in runs)
        self._title.setText(
            ngettext("{count} run compared", "{count} runs compared", len(runs)).format(count=len(runs))
        )
        if (rows, names) != (self._rows, self._names):
            self._rows, self._names = rows, names
            self._fill()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.resizeRowsToContents()

    def _fill(self) -> None:
        rows = [row for row in self._rows if row.differs or self.same_too.isChecked()]
        self.table.setRowCount(len(rows))
        self.table.setColumnCount(len(self._names))
        self.table.setHorizontalHeaderLabels(list(self._names))
        self.table.setVerticalHeaderLabels([row.label for row in rows])
        for place, row in enumerate(rows):
            for number, text in enumerate(row.values):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                font = item.font()
                font.setBold(row.differs and self.same_too.isChecked())
                item.setFont(font)
                self.table.setItem(place, number, item)
        few = len(self._names) <= _FITTING
        modes = QHeaderView.ResizeMode
        self.table.horizontalHeader().setSectionResizeMode(modes.Stretch if few else modes.Interactive)
        self.table.resizeRowsToContents()
        self.table.setVisible(bool(rows))
        self._nothing.setVisible(not rows)

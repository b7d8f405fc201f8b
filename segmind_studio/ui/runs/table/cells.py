"""The answers of the table's model for a single cell: text, tip, icon, alignment, and what delegates paint by."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon

from segmind_studio.core.label_colours import COLOUR_WORDS, RunColour
from segmind_studio.core.runs import Run
from segmind_studio.texts import _
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.stages import LATE_LOOK, StageLook, look_of
from segmind_studio.ui.runs.table.columns import COLUMNS, CellFacts, Column
from segmind_studio.ui.theme.colour_shapes import account_icon, colour_icon
from segmind_studio.ui.theme.icons import icon

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
RUN_ROLE = Qt.ItemDataRole.UserRole + 1  # the Run
LOOK_ROLE = Qt.ItemDataRole.UserRole + 2  # its StageLook
PERCENT_ROLE = Qt.ItemDataRole.UserRole + 3  # int, or None when nothing is uploaded
CELL_ROLES = frozenset(map(int, (  # that a cell has an answer for: a cell is asked for seven to be painted
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.TextAlignmentRole, RUN_ROLE, LOOK_ROLE, PERCENT_ROLE,
)))


class CellTexts(CellFacts):
    """Answer for single cells."""

    def __init__(self) -> None:
        super().__init__()
        self._icons: dict[str, QIcon] = {}
        self._answers: dict[int, Callable[[Run, Column], object]] = {
            Qt.ItemDataRole.DisplayRole: self._shown,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.ToolTipRole: self._tip,
            Qt.ItemDataRole.DecorationRole: self._icon,
            Qt.ItemDataRole.TextAlignmentRole: self._alignment,
            LOOK_ROLE: self._look,
            PERCENT_ROLE: self._percent,
        }

    def data(self, run: Run, column: Column, role: int) -> object:
        """Return the value for `QAbstractItemModel.data`."""
        answer = self._answers.get(role)
        return None if answer is None else answer(run, column)

    def _shown(self, run: Run, column: Column) -> str:
        return "" if column is Column.PINNED else COLUMNS[column].text(run, self)

    def _spoken(self, run: Run, column: Column) -> str | None:
        if column is Column.NAME and (colour := RunColour.of(run)) is not RunColour.NONE:
            return _("{title}, {state}").format(title=run.name, state=COLOUR_WORDS[colour])
        if column is Column.STATUS and self.late(run) is not None:
            state = COLUMNS[column].text(run, self)
            return _("{title}, {state}").format(title=state, state=_("longer than usual"))
        return COLUMNS[column].text(run, self) if column in {Column.STATUS, Column.PINNED} else None

    def _tip(self, run: Run, column: Column) -> str | None:
        tip = COLUMNS[column].tip(run, self)
        return None if tip is None else plain_tip(tip)

    def _alignment(self, _run: Run, column: Column) -> Qt.AlignmentFlag | None:
        return RIGHT if COLUMNS[column].number else None

    def _look(self, run: Run, _column: Column) -> StageLook:
        return look_of(run) if self.late(run) is None else LATE_LOOK

    def _percent(self, run: Run, _column: Column) -> int | None:
        return self.percent.get(run.run_id)

    def _icon(self, run: Run, column: Column) -> QIcon | None:
        if column is Column.VISIBILITY and run.public is not None:
            return self._made("globe" if run.public else "lock")
        if column is Column.PINNED and run.pinned:
            return self._made("pin")
        if column is Column.NAME and (colour := RunColour.of(run)) is not RunColour.NONE:
            return colour_icon(colour)
        if column is Column.ACCOUNT and (account := self.accounts.get(run.account_id)) is not None:
            return account_icon(account)
        return None

    def _made(self, name: str) -> QIcon:
        if name not in self._icons:
            self._icons[name] = icon(name, "muted")
        return self._icons[name]

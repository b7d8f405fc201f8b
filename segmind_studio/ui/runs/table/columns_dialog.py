"""The dialog for the columns of the table of runs, and their order; each change shows at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.runs.table.columns import ALWAYS, COLUMNS, Column
from segmind_studio.ui.runs.table.layout import TableLayout
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_WIDTH, _HEIGHT = 380, 500  # so that all columns are seen
_COLUMN = Qt.ItemDataRole.UserRole


class ColumnsDialog(QDialog):
    """List the columns in their order; it deletes itself.

    Signals: changed(object), the TableLayout after each change; GUI thread.
    """

    changed = Signal(object)

    def __init__(self, layout: TableLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("runs.columns")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Columns"))
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._layout = layout
        self.list = QListWidget()
        self.list.setObjectName("runs.columns.list")
        self.list.setAccessibleName(_("Columns"))
        self.up = QPushButton(icon("chevron-up"), _("Move up"))
        self.down = QPushButton(icon("chevron-down"), _("Move down"))
        self.up.setShortcut("Alt+Up")
        self.down.setShortcut("Alt+Down")
        for button, step in ((self.up, -1), (self.down, 1)):
            button.setProperty("step", step)
            button.setAutoDefault(False)
            button.clicked.connect(self._move)
        buttons = ButtonBox()
        self.reset = buttons.addButton(_("Reset"), QDialogButtonBox.ButtonRole.ResetRole)
        close = buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        side = QVBoxLayout()
        side.setSpacing(SPACE_S)
        side.addWidget(self.up)
        side.addWidget(self.down)
        side.addStretch()
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self.list, 1)
        row.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        hint = _("In a narrow window, less important columns are hidden.")
        column.addWidget(text_label(hint, "muted"))
        column.addLayout(row, 1)
        column.addWidget(buttons)
        guard_scroll_areas(self)
        self._fill(Column.STATUS)
        self.list.itemChanged.connect(self._take_check)
        self.list.currentRowChanged.connect(self._follow)
        self.reset.clicked.connect(self._reset)
        buttons.rejected.connect(self.reject)
        self._follow()

    @property
    def columns(self) -> tuple[tuple[Column, bool], ...]:
        """Return the columns from the top, each with whether it is checked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(
            (Column(item.data(_COLUMN)), item.checkState() is Qt.CheckState.Checked) for item in items
        )

    def _fill(self, current: Column) -> None:
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for column in self._layout.order:
            item = QListWidgetItem(str(COLUMNS[column].heading))
            item.setData(_COLUMN, int(column))
            item.setCheckState(Qt.CheckState.Checked if self._layout.wants(column) else Qt.CheckState.Unchecked)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags if column in ALWAYS else flags | Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
        self.list.setCurrentRow(self._layout.order.index(current))
        self.list.blockSignals(blocked)
        self._follow()

    @property
    def _current(self) -> Column:
        return self._layout.order[max(0, self.list.currentRow())]

    @Slot(QListWidgetItem)
    def _take_check(self, item: QListWidgetItem) -> None:
        column, visible = Column(item.data(_COLUMN)), item.checkState() is Qt.CheckState.Checked
        if visible is not self._layout.wants(column):
            self._layout = self._layout.showing(column, visible=visible)
            self.changed.emit(self._layout)

    @Slot()
    def _move(self) -> None:
        current = self._current
        place = self.list.currentRow() + int(self.sender().property("step"))
        if 0 <= place < len(self._layout.order):
            self._layout = self._layout.moving(current, place)
            self._fill(current)
            self.changed.emit(self._layout)

    @Slot()
    def _reset(self) -> None:
        current = self._current
        self._layout = TableLayout(sort_column=self._layout.sort_column, descending=self._layout.descending)
        self._fill(current)
        self.changed.emit(self._layout)

    @Slot()
    def _follow(self) -> None:
        row = self.list.currentRow()
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.list.count() - 1)

"""The deliveries of a webhook as a table; the service does not publish their columns, so they are as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.tips import plain_tip

_MOST_ROWS = 50
_MOST_COLUMNS = 6
_MOST_TEXT = 200
_HEIGHT = 220


class DeliveryTable(QWidget):
    """Hidden until there is something to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = text_label("", "strong")
        self._table = QTableWidget()
        guard_scroll_areas(self._table)
        self._table.setAccessibleName(self.tr("Deliveries"))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.verticalHeader().hide()
        self._table.setFixedHeight(_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._words)
        column.addWidget(self._table)
        self.hide()

    @property
    def words(self) -> str:
        """Give the line above the table."""
        return self._words.text()

    def show_rows(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Show the newest rows, as the service ordered them."""
        names = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_COLUMNS]
        self._words.setText(self.tr("{0} deliveries").format(len(rows)) if rows else self.tr("No deliveries yet."))
        self._table.setVisible(bool(rows))
        self._table.setColumnCount(len(names))
        self._table.setHorizontalHeaderLabels(names)
        self._table.setRowCount(min(len(rows), _MOST_ROWS))
        for line, row in enumerate(rows[:_MOST_ROWS]):
            for place, name in enumerate(names):
                text = str(row.get(name, ""))
                item = QTableWidgetItem(text[:_MOST_TEXT])
                item.setToolTip(plain_tip(text))
                self._table.setItem(line, place, item)
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.show()

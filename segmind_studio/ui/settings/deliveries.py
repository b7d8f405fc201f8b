"""A list of deliveries, and the payload of the selected one: for the service's log and for the receiver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.webhooks import indented
from segmind_studio.record import record
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S

_MOST_TEXT = 200  # characters of a cell
_FEWEST_LINES, _MOST_LINES = 3, 8  # of the table
_PAYLOAD_LINES = 10
_ROW_SPACE = 10  # pixels of a row, beside its text
_KEY = Qt.ItemDataRole.UserRole


@record
class DeliveryRow:
    """One line: its number, the cells by the names of their columns, and what was delivered as it came."""

    key: int
    cells: Mapping[str, str]
    payload: str


class CodeBox(QWidget):
    """Read-only text of a fixed width, and a button that copies it."""

    def __init__(self, name: str, copy: str, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = mark(QPlainTextEdit(), role="mono")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(name)
        guard_scroll_areas(self.text)
        self._lines = lines
        self.copy = QPushButton(icon("copy"), copy)
        self.copy.clicked.connect(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addStretch()
        column.addLayout(row)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
            self._fit()

    def _fit(self) -> None:
        """Be as high as the text, up to the most lines, and a scroll bar for long ones."""
        lines = min(self._lines, max(1, self.text.blockCount()))
        bar = self.text.horizontalScrollBar().sizeHint().height()
        margins = round(2 * self.text.document().documentMargin()) + 2 * self.text.frameWidth()
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * lines + margins + bar)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


class DeliveryList(QWidget):
    """The rows, newest first as they are given; the selected one's payload is shown below.

    Hidden, and empty, before there are rows to show: most have no webhook.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, corner: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._corner = corner
        if corner is not None:
            corner.setParent(self)
        self._made = False
        self._rows: tuple[DeliveryRow, ...] = ()
        self._filling = False
        self.hide()

    def _make(self) -> None:
        self._made = True
        self._text = text_label("", "strong")
        self.table = QTableWidget()
        guard_scroll_areas(self.table)
        self.table.setAccessibleName(self._name)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._hint = text_label(_("Select a delivery to read it."), "small")
        self._payload = CodeBox(_("Delivery"), _("Copy payload"), _PAYLOAD_LINES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        head = QHBoxLayout()
        head.addWidget(self._text, 1)
        if self._corner is not None:
            head.addWidget(self._corner)
        column.addLayout(head)
        for widget in (self.table, self._hint, self._payload):
            column.addWidget(widget)
        self.table.itemSelectionChanged.connect(self._show_payload)

    @property
    def shown_text(self) -> str:
        """Return the line above the table."""
        return self._text.text() if self._made else ""

    def show_rows(
        self, words: str, names: Sequence[str], rows: Sequence[DeliveryRow], *, widest: int | None = None,
    ) -> None:
        """Show these rows in columns of these names; the selected one stays selected.

        The column `widest`, by default the last, takes the width that the others leave.
        """
        if not self._made:
            self._make()
        kept = self._selected_key()
        self._rows = tuple(rows)
        self._text.setText(words)
        self._filling = True
        self.table.setColumnCount(len(names))
        self.table.setHorizontalHeaderLabels(list(names))
        self.table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for place, name in enumerate(names):
                self.table.setItem(line, place, _item(row, name))
        self._restore(kept)
        self._filling = False
        self._size(len(rows), widest)
        self._show_payload()
        self.show()

    def _selected_key(self) -> int | None:
        items = self.table.selectedItems()
        return int(items[0].data(_KEY)) if items else None

    def _restore(self, key: int | None) -> None:
        line = next((line for line, row in enumerate(self._rows) if row.key == key), None)
        if line is None:
            self.table.setCurrentCell(-1, -1)
            self.table.clearSelection()
        else:
            self.table.setCurrentCell(line, 0)

    def _size(self, count: int, widest: int | None) -> None:
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(widest is None)
        if widest is not None:
            header.setSectionResizeMode(widest, QHeaderView.ResizeMode.Stretch)
        height = self.table.fontMetrics().height() + _ROW_SPACE
        self.table.verticalHeader().setDefaultSectionSize(height)
        lines = min(_MOST_LINES, max(_FEWEST_LINES, count))
        self.table.setFixedHeight(header.sizeHint().height() + lines * height + 2 * self.table.frameWidth())
        self.table.setVisible(bool(count))

    @Slot()
    def _show_payload(self) -> None:
        if self._filling:
            return
        key = self._selected_key()
        row = next((row for row in self._rows if row.key == key), None)
        self._hint.setVisible(bool(self._rows) and row is None)
        self._payload.setVisible(row is not None)
        if row is not None:
            self._payload.show_text(indented(row.payload))


def _item(row: DeliveryRow, name: str) -> QTableWidgetItem:
    text = row.cells.get(name, "")
    item = QTableWidgetItem(text[:_MOST_TEXT])
    item.setToolTip(plain_tip(text))
    item.setData(_KEY, row.key)
    return item

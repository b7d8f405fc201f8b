"""The dialog with the licences of all shipped parts; About opens it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.shipped_licences import ShippedPart, shipped_parts
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.empty_state import EmptyState
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_SIZE = (820, 560)
_LIST_WIDTH = 250


class LicencesDialog(QDialog):
    """A list of the parts, and the licence of the chosen one. They are read in the background."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Licences"))
        self.resize(*_SIZE)
        self._parts: tuple[ShippedPart, ...] = ()
        self._words = text_label(_("Reading the licences…"), "muted")
        self._list = QListWidget()
        self._list.setObjectName("licences.parts")
        self._list.setAccessibleName(_("Components"))
        self._list.setFixedWidth(_LIST_WIDTH)
        self._text = QPlainTextEdit()
        self._text.setObjectName("licences.text")
        self._text.setAccessibleName(_("Licence of the selected part"))
        self._text.setReadOnly(True)
        self._nothing = EmptyState("info", "", "")
        self._nothing.hide()
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self._nothing, 1)
        row.addWidget(self._list)
        row.addWidget(self._text, 1)
        close = ButtonBox()
        close.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(self._words)
        column.addLayout(row, 1)
        column.addWidget(close)
        self._list.currentRowChanged.connect(self._show)
        tasks.run(shipped_parts, self._fill, self._fail)

    @Slot(object)
    def _fill(self, parts: tuple[ShippedPart, ...]) -> None:
        self._parts = parts
        self._list.setVisible(bool(parts))
        self._text.setVisible(bool(parts))
        self._words.setVisible(bool(parts))
        self._nothing.setVisible(not parts)
        if not parts:
            self._nothing.set_texts("info", _("Licences"), _(
                "This app runs from its source code. Its components are Python packages with their own licences.",
            ))
            return
        self._words.setText(_("Segmind Studio uses these components. Thanks to their authors."))
        self._list.addItems([f"{part.name} {part.version}" for part in parts])
        self._list.setCurrentRow(0)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._list.hide()
        self._text.hide()
        self._words.setText(str(error))

    @Slot(int)
    def _show(self, row: int) -> None:
        if 0 <= row < len(self._parts):
            part = self._parts[row]
            self._text.setPlainText(f"{part.name} {part.version}\n{part.licence}\n\n{part.text}")

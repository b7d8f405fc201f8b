"""The files of one run as they were uploaded: name, size and SHA-256, to compare them with files elsewhere."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.errors import StudioError
from segmind_studio.core.versions import SentFile, sent_files
from segmind_studio.formats import bytes_text
from segmind_studio.services.datasets.versions import DatasetVersion
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M

_WIDTH, _HEIGHT = 760, 480
_NAME_WIDTH = 190
_SIZE, _SUM = 1, 2  # columns


class SentFilesDialog(QDialog):
    """List what was uploaded for one run; selected rows can be copied. It deletes itself when it is closed."""

    def __init__(self, version: DatasetVersion, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("versions.files")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Files that were sent"))
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._name = version.name
        self._files: tuple[SentFile, ...] = ()
        self.sentence = text_label(_("Reading…"), "muted")
        self.table = self._make_table()
        buttons = ButtonBox()
        buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.copy = buttons.addButton(_("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setObjectName("versions.copy_files")
        self.copy.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.sentence)
        column.addWidget(self.table, 1)
        column.addWidget(buttons)
        guard_scroll_areas(self)
        buttons.rejected.connect(self.reject)
        self.copy.clicked.connect(self._copy)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, self._copy)
        tasks.run(partial(sent_files, version.contents), self._show, self._fail)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 3)
        table.setObjectName("versions.sent")
        table.setAccessibleName(_("Files that were sent"))
        table.setHorizontalHeaderLabels([_("Name"), _("Size"), "SHA-256"])
        table.verticalHeader().hide()
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(_SIZE, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_SUM, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(0, text_scaled(_NAME_WIDTH))
        return table

    @Slot(object)
    def _show(self, files: tuple[SentFile, ...]) -> None:
        self._files = files
        count = len(files)
        words = ngettext(
            "{count} file of “{run}”, exactly as uploaded. If none is selected, Copy copies all.",
            "{count} files of “{run}”, exactly as uploaded. If none is selected, Copy copies all.", count,
        )
        self.sentence.setText(
            words.format(count=count, run=self._name) if count else _("The record of these files could not "
                                                                      "be read."),
        )
        self.copy.setEnabled(count > 0)
        self.table.setRowCount(count)
        digits = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for row, file in enumerate(files):
            size = QTableWidgetItem(bytes_text(file.size))
            size.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            digest = QTableWidgetItem(file.sha256)
            digest.setFont(digits)
            digest.setToolTip(plain_tip(file.sha256))
            for column, item in enumerate((QTableWidgetItem(file.name), size, digest)):
                self.table.setItem(row, column, item)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.sentence.setText(str(error))

    @Slot()
    def _copy(self) -> None:
        """Copy the selected rows, without any all, one a line: SHA-256, name, and size in bytes."""
        rows = sorted({item.row() for item in self.table.selectedItems()}) or range(len(self._files))
        chosen = [self._files[row] for row in rows]
        if chosen:
            text = "\n".join(f"{file.sha256}  {file.name}  {file.size}" for file in chosen)
            QGuiApplication.clipboard().setText(text)

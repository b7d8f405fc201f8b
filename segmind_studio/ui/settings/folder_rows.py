"""Where the app keeps its files: to look at, to copy, and to open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.rows import Rows
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark


class FolderRows(QWidget):
    """One line for each place; "Open log" is offered where one of them is a log."""

    def __init__(self, paths_text: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_file = next((Path(path) for path in paths_text.values() if path.endswith(".log")), None)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        rows = Rows()
        for title, path in paths_text.items():
            field = QLineEdit(path)
            field.setReadOnly(True)
            field.setCursorPosition(0)
            rows.add_row(title, field, buttons=(self._folder_button(title, path),))
        column.addLayout(rows)
        below = QHBoxLayout()
        below.addWidget(text_label(self.tr("The log never holds a key, and stays on this computer."), "small"), 1)
        show = QPushButton(self.tr("Open log"))
        show.setObjectName("settings.open_log")
        show.setVisible(self._log_file is not None)
        show.clicked.connect(self._open_log)
        below.addWidget(mark(show, kind="link"))
        column.addLayout(below)

    def _folder_button(self, title: str, path: str) -> QPushButton:
        show = QPushButton(icon("folder-open"), self.tr("Open folder"))
        show.setAccessibleName(self.tr("Open the folder of {0}").format(title))
        show.setProperty("path", path)
        show.clicked.connect(self._open_folder)
        return mark(show, kind="quiet")

    @Slot()
    def _open_folder(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            path = Path(str(button.property("path")))
            folder = path.parent if path.suffix else path
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot()
    def _open_log(self) -> None:
        """Open the log in whatever reads texts here; where nothing does, its folder."""
        log = self._log_file
        if log is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(log))):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.parent)))

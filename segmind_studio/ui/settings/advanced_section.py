"""Where things are: the app's folders and the address it speaks to. To look at and to copy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from segmind_studio.core.accounts import SEGMIND_API_URL
from segmind_studio.services.accounts import AccountService, AccountsState
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.settings.section import Section
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S


class AdvancedSection(Section):
    """One line for each place, read-only."""

    def __init__(
        self, accounts: AccountService, paths_text: Mapping[str, str], parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.set_title(self.tr("Advanced"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SPACE_M)
        self._grid.setVerticalSpacing(SPACE_S)
        self._grid.setColumnStretch(1, 1)
        self._address = self._add(self.tr("API address"), SEGMIND_API_URL)
        self._address.setObjectName("settings.api_url")
        for title, path in paths_text.items():
            self._add(title, path, folder=True)
        self.rows.addLayout(self._grid)
        self.rows.addWidget(text_label(self.tr(
            "The log never holds a key. The address can be set with --api-url when the app is started.",
        ), "small"))
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    def _add(self, title: str, value: str, *, folder: bool = False) -> QLineEdit:
        line = self._grid.rowCount()
        field = QLineEdit(value)
        field.setReadOnly(True)
        field.setCursorPosition(0)
        label = text_label(title, wrap=False)
        label.setBuddy(field)
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(field, line, 1)
        if folder:
            show = QPushButton(icon("folder-open"), self.tr("Open folder"))
            show.setAccessibleName(self.tr("Open the folder of {0}").format(title))
            show.setProperty("path", value)
            show.clicked.connect(self._open_folder)
            self._grid.addWidget(mark(show, kind="quiet"), line, 2)
        return field

    @Slot(object)
    def _follow(self, state: AccountsState) -> None:
        self._address.setText(state.connection.api_url if state.connection else SEGMIND_API_URL)

    @Slot()
    def _open_folder(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            path = Path(str(button.property("path")))
            folder = path.parent if path.suffix else path
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

"""The dialogs About and Keyboard shortcuts."""

from __future__ import annotations

import platform

from PySide6.QtCore import QSize, Qt, Slot, qVersion
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from segmind_studio import __version__
from segmind_studio.resources import resource
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.shell.licences import LicencesDialog
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XL, SPACE_XS

_ICON_SIDE = 64
_TEXT_WIDTH = 400


class AboutDialog(QDialog):
    """A page that closes with Escape."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.setWindowTitle(_("About Segmind Studio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        app_icon = QIcon(str(resource("icons", "app.svg")))
        picture.setPixmap(app_icon.pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        lines = (
            text_label("Segmind Studio", "title"),
            text_label(_("Version {version}").format(version=__version__), "muted"),
            text_label(_("Teach Flux Pro a face, a product or a style with your own photos.")),
            text_label(_("This is not a product of Segmind. Runs are paid to Segmind by your own account.")),
            text_label(_("MIT licence. Icons: Lucide, ISC licence. Qt and PySide: LGPL 3."), "small"),
            text_label(f"Qt {qVersion()}, Python {platform.python_version()}, {platform.system()}", "small"),
        )
        for label in lines:
            label.setFixedWidth(_TEXT_WIDTH)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(SPACE_XL)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        licences = close.addButton(_("Licences…"), QDialogButtonBox.ButtonRole.ActionRole)
        licences.setObjectName("about.licences")
        licences.clicked.connect(self._show_licences)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_L)
        column.addLayout(row)
        column.addWidget(close)

    @Slot()
    def _show_licences(self) -> None:
        dialog = LicencesDialog(self._tasks, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


_SIZE = (560, 560)


class ShortcutsDialog(QDialog):
    """One group for each menu."""

    def __init__(
        self, groups: tuple[tuple[str, tuple[QAction, ...]], ...], parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        page = QWidget()
        page.setProperty("page", True)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, SPACE_L, 0)
        column.setSpacing(SPACE_S)
        for title, actions in groups:
            rows = [(action.text().replace("&", ""), keys_text(action)) for action in actions]
            self._add_group(column, title, [row for row in rows if row[1]])
        column.addStretch()
        area = ScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_L, SPACE_L)
        whole.setSpacing(SPACE_L)
        whole.addWidget(area, 1)
        whole.addWidget(close)

    @staticmethod
    def _add_group(column: QVBoxLayout, title: str, rows: list[tuple[str, str]]) -> None:
        if not rows:
            return
        column.addWidget(text_label(title, "section"))
        card = mark(QFrame(), surface="card")
        grid = QGridLayout(card)
        grid.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_S)
        grid.setVerticalSpacing(SPACE_XS)
        grid.setColumnStretch(0, 1)
        for number, (words, keys) in enumerate(rows):
            grid.addWidget(text_label(words), number, 0)
            grid.addWidget(text_label(keys, "muted", wrap=False), number, 1, Qt.AlignmentFlag.AlignRight)
        column.addWidget(card)
        column.addSpacing(SPACE_S)


def keys_text(action: QAction) -> str:
    """Write the shortcut of an action as this system writes it."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)

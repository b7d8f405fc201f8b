"""The list of keyboard shortcuts, made from the actions themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.texts import _, unmarked
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XL, SPACE_XS

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
        set_margins(column, 0, 0, SPACE_L, 0)
        column.setSpacing(SPACE_S)
        for title, actions in groups:
            rows = [(unmarked(action.text()), keys_text(action)) for action in actions]
            self._add_group(column, title, [row for row in rows if row[1]])
        column.addStretch()
        area = ScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        close = ButtonBox()
        close.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        set_margins(whole, SPACE_XL, SPACE_XL, SPACE_L, SPACE_L)
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

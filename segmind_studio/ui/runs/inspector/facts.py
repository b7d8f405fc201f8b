"""Label and value, row by row: a plain list of known facts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from segmind_studio.record import record
from segmind_studio.texts import _
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_LINE, SPACE_M, SPACE_S

_LABEL_WIDTH = 104
_COPY_ICON = 14
_COPY_SIDE = 24


@record
class Fact:
    """One row. A `code` (an id, an address) stays on one line and can be copied; `note` is smaller, below."""

    label: str
    value: str
    code: bool = False
    note: str = ""
    tip: str = ""


class FactsGrid(QWidget):
    """Show facts; only changed rows are updated, so a selected text stays selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_M)
        self._grid.setVerticalSpacing(SPACE_S)
        self._grid.setColumnMinimumWidth(0, text_scaled(_LABEL_WIDTH))
        self._grid.setColumnStretch(1, 1)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return what is shown."""
        return self._facts

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts."""
        new = tuple(facts)
        if new == self._facts:
            return
        old, self._facts = self._facts, new
        for row in range(len(new), len(old)):
            self._remove(row, 0)
            self._remove(row, 1)
        for row, fact in enumerate(new):
            before = old[row] if row < len(old) else None
            if fact != before:
                self._show_label(row, fact)
                self._show_value(row, fact)
        self.setVisible(bool(new))

    def _at(self, row: int, column: int) -> QWidget | None:
        item = self._grid.itemAtPosition(row, column)
        return item.widget() if item else None

    def _remove(self, row: int, column: int) -> None:
        shown = self._at(row, column)
        if shown is not None:
            self._grid.removeWidget(shown)
            shown.hide()
            shown.deleteLater()

    def _show_label(self, row: int, fact: Fact) -> None:
        label = self._at(row, 0)
        if not isinstance(label, QLabel):
            label = text_label("", "muted")
            label.setFixedWidth(text_scaled(_LABEL_WIDTH))
            self._grid.addWidget(label, row, 0)
        label.setText(fact.label)
        aligned = Qt.AlignmentFlag.AlignVCenter if fact.code else Qt.AlignmentFlag.AlignTop
        self._grid.setAlignment(label, aligned)

    def _show_value(self, row: int, fact: Fact) -> None:
        """Show a value; a new widget, which takes long to style, only where it cannot be put into the old one."""
        shown = self._at(row, 1)
        if isinstance(shown, _CodeRow) and fact.code:
            shown.show_fact(fact)
        elif isinstance(shown, QLabel) and not fact.code and not fact.note:
            shown.setText(fact.value)
            shown.setToolTip(plain_tip(fact.tip))
        else:
            self._remove(row, 1)
            self._grid.addWidget(_value(fact), row, 1)


def _value(fact: Fact) -> QWidget:
    if fact.code:
        return _CodeRow(fact)
    if not fact.note:
        return _selectable(fact.value, fact.tip)
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_LINE)
    column.addWidget(_selectable(fact.value, fact.tip))
    column.addWidget(_selectable(fact.note, role="small"))
    return both


def _selectable(text: str, tip: str = "", role: str = "") -> QLabel:
    label = text_label(text, role)
    flags = Qt.TextInteractionFlag
    label.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
    label.setMinimumWidth(1)  # a long word is cut, it does not push the page out of the window
    label.setToolTip(plain_tip(tip))
    return label


class _CodeRow(QWidget):
    """An elided value with a button that copies the whole."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self._value = ""
        self._label = mark(ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), role="mono")
        self._button = button = QToolButton()
        button.setIcon(icon("copy", "muted"))
        button.setIconSize(QSize(_COPY_ICON, _COPY_ICON))
        button.setFixedSize(_COPY_SIDE, _COPY_SIDE)
        button.setToolTip(_("Copy"))
        button.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(self._label, 1)
        row.addWidget(button)
        self.show_fact(fact)

    def show_fact(self, fact: Fact) -> None:
        """Show another value."""
        self._value = fact.value
        self._label.setText(fact.value)
        self._button.setAccessibleName(_("Copy {what}").format(what=fact.label))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)

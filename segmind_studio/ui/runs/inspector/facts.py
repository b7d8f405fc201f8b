"""Label and value, row by row: a plain list of known facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from segmind_studio.texts import _
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S

_LABEL_WIDTH = 104
_COPY_ICON = 14
_COPY_SIDE = 24


@dataclass(frozen=True, slots=True)
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
        if [(fact.label, fact.code) for fact in old] == [(fact.label, fact.code) for fact in new]:
            for row, (before, fact) in enumerate(zip(old, new, strict=True)):
                if fact != before:
                    self._change(row, fact)
            return
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, fact in enumerate(new):
            label = text_label(fact.label, "muted")
            label.setFixedWidth(text_scaled(_LABEL_WIDTH))
            aligned = Qt.AlignmentFlag.AlignVCenter if fact.code else Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(label, row, 0, aligned)
            self._grid.addWidget(_value(fact), row, 1)
        self.setVisible(bool(new))

    def _change(self, row: int, fact: Fact) -> None:
        """Show another value in a row; a new widget only where words cannot be put into the old one."""
        item = self._grid.itemAtPosition(row, 1)
        shown = item.widget() if item else None
        if isinstance(shown, QLabel) and not fact.code and not fact.note:
            shown.setText(fact.value)
            shown.setToolTip(plain_tip(fact.tip))
            return
        if shown is not None:
            self._grid.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self._grid.addWidget(_value(fact), row, 1)


def _value(fact: Fact) -> QWidget:
    if fact.code:
        return _CodeRow(fact)
    if not fact.note:
        return _selectable(fact.value, fact.tip)
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
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
        self._value = fact.value
        label = mark(ElidedLabel(fact.value, mode=Qt.TextElideMode.ElideMiddle), role="mono")
        button = QToolButton()
        button.setIcon(icon("copy", "muted"))
        button.setIconSize(QSize(_COPY_ICON, _COPY_ICON))
        button.setFixedSize(_COPY_SIDE, _COPY_SIDE)
        button.setToolTip(_("Copy"))
        button.setAccessibleName(_("Copy {what}").format(what=fact.label))
        button.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addWidget(label, 1)
        row.addWidget(button)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)

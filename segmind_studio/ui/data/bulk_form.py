"""The fields of an edit of many captions: what to do, with which text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from segmind_studio.ui.data.bulk_edits import BulkEdit, EditKind
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS


class BulkForm(QWidget):
    """Let the person say what to do.

    Signals (GUI thread): changed(); submitted(), when Enter is pressed in a field.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = QComboBox()
        self._kind.setObjectName("data.bulk.kind")
        self.setFocusProxy(self._kind)
        for kind, words in (
            (EditKind.PREPEND, self.tr("Put in front")),
            (EditKind.APPEND, self.tr("Put at the end")),
            (EditKind.REPLACE, self.tr("Find and replace")),
            (EditKind.TRIM, self.tr("Trim spaces and commas")),
            (EditKind.SET, self.tr("Give all the same caption")),
        ):
            self._kind.addItem(words, kind.value)
        self._find = self._field("data.bulk.find", self.tr("Find"))
        self._text = self._field("data.bulk.text", self.tr("Text"))
        self._match_case = QCheckBox(self.tr("Capital letters matter"))
        self._skip = QCheckBox(self.tr("Skip captions that have it"))
        self._skip.setObjectName("data.bulk.skip")
        self._skip.setChecked(True)
        self._labels = {
            self._kind: _label(self.tr("Change captions"), self._kind),
            self._find: _label(self.tr("Find"), self._find),
            self._text: _label(self.tr("Text"), self._text),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        for widget in (self._kind, self._find, self._text):
            column.addWidget(self._labels[widget])
            column.addWidget(widget)
            column.addSpacing(SPACE_S)
        for box in (self._match_case, self._skip):
            column.addWidget(box)
            box.toggled.connect(self.changed)
        self._kind.currentIndexChanged.connect(self._show_fields)
        self._show_fields()

    @property
    def edit(self) -> BulkEdit:
        """Give what is asked for."""
        kind = EditKind(self._kind.currentData())
        return BulkEdit(
            kind, self._text.text(), self._find.text(), self._match_case.isChecked(), self._skip.isChecked(),
        )

    def ask_for_replacement(self) -> None:
        """Choose find and replace, and put the keyboard there."""
        self.choose(EditKind.REPLACE)
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def choose(self, kind: EditKind) -> None:
        """Choose what to do."""
        self._kind.setCurrentIndex(self._kind.findData(kind.value))

    def clear(self) -> None:
        """Empty the texts."""
        for field in (self._find, self._text):
            replace_text(field, "")

    @Slot()
    def _show_fields(self) -> None:
        kind = self.edit.kind
        replaces = kind is EditKind.REPLACE
        for widget, wanted in ((self._find, replaces), (self._text, kind is not EditKind.TRIM)):
            widget.setVisible(wanted)
            self._labels[widget].setVisible(wanted)
        self._match_case.setVisible(replaces)
        self._skip.setVisible(kind in {EditKind.PREPEND, EditKind.APPEND})
        words = {
            EditKind.PREPEND: self.tr("Text in front, with its space or comma"),
            EditKind.APPEND: self.tr("Text at the end, with its space or comma"),
            EditKind.REPLACE: self.tr("Replace with"),
            EditKind.SET: self.tr("Caption"),
        }
        self._labels[self._text].setText(words.get(kind, ""))
        self.changed.emit()

    def _field(self, name: str, words: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setAccessibleName(words)
        field.textChanged.connect(self.changed)
        field.returnPressed.connect(self.submitted)
        return field


def _label(words: str, buddy: QWidget) -> QLabel:
    label = text_label(words, "small", wrap=False)
    label.setBuddy(buddy)
    return label

"""The form of an edit of many captions: what is done, and with which text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from segmind_studio.core.caption_terms import NO_VOCABULARY, Vocabulary
from segmind_studio.texts import _
from segmind_studio.ui.data.inspector.bulk_edits import BulkEdit, EditKind
from segmind_studio.ui.data.inspector.caption_edits import ALPHABETICAL, FREQUENT, LOWER, SENTENCE, UPPER
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS

_SUGGESTED = frozenset({EditKind.SHARED, EditKind.LEAD})  # whose text is there from the beginning
_LONGEST = 60  # characters of a text that are shown


class BulkForm(QWidget):
    """The form for the edit.

    Signals (GUI thread): changed(); submitted(), when Enter is pressed in a field.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = QComboBox()
        self._kind.setObjectName("data.bulk.kind")
        self._kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusProxy(self._kind)
        for kind, words in (
            (EditKind.PREPEND, _("Add at the start")),
            (EditKind.APPEND, _("Add at the end")),
            (EditKind.REPLACE, _("Find and replace")),
            (EditKind.PATTERN, _("Find and replace with regular expression")),
            (EditKind.SHARED, _("Edit shared parts")),
            (EditKind.DROP, _("Remove comma-separated parts")),
            (EditKind.SORT, _("Sort comma-separated parts")),
            (EditKind.LEAD, _("Move trigger word to the start")),
            (EditKind.CASE, _("Change case")),
            (EditKind.TRIM, _("Trim spaces, commas and repeated parts")),
            (EditKind.SET, _("Set the same caption")),
        ):
            self._kind.addItem(words, kind.value)
        self._shared = ""
        self._trigger_word = ""
        self._vocabulary = NO_VOCABULARY
        self._last = EditKind.PREPEND
        self._find = self._field("data.bulk.find", _("Find"))
        self._text = self._field("data.bulk.text", _("Text"))
        self._case = QComboBox()
        self._case.setObjectName("data.bulk.case")
        # Translators: upper and lower case of letters.
        self._case.setAccessibleName(_("Case"))
        for case, words in (
            (LOWER, _("all lower case")), (SENTENCE, _("First letter capital")),
            (UPPER, _("ALL CAPITALS")),
        ):
            self._case.addItem(words, case)
        self._order = QComboBox()
        self._order.setObjectName("data.bulk.order")
        self._order.setAccessibleName(_("Order"))
        self._order.addItem(_("Alphabetical"), ALPHABETICAL)
        self._order.addItem(_("Most frequent first"), FREQUENT)
        self._error = text_label("", "bad")
        self._error.setObjectName("data.bulk.error")
        self._error.hide()
        self._match_case = QCheckBox(_("Match case"))
        self._skip = QCheckBox(_("Skip captions that contain it"))
        self._skip.setObjectName("data.bulk.skip")
        self._skip.setChecked(True)
        self._labels = {
            self._kind: _label(_("Change captions"), self._kind),
            self._find: _label(_("Find"), self._find),
            self._text: _label(_("Text"), self._text),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        for widget in (self._kind, self._find, self._text):
            column.addWidget(self._labels[widget])
            column.addWidget(widget)
            column.addSpacing(SPACE_S)
        column.addWidget(self._error)
        column.addWidget(self._case)
        column.addWidget(self._order)
        for box in (self._case, self._order):
            box.currentIndexChanged.connect(self.changed)
        for box in (self._match_case, self._skip):
            column.addWidget(box)
            box.toggled.connect(self.changed)
        self._kind.currentIndexChanged.connect(self._show_fields)
        self._show_fields()

    @property
    def edit(self) -> BulkEdit:
        """Return what is asked for."""
        kind = EditKind(self._kind.currentData())
        boxes = {EditKind.CASE: self._case, EditKind.SORT: self._order}
        text = str(boxes[kind].currentData()) if kind in boxes else self._text.text()
        known = {EditKind.SHARED: self._shared, EditKind.CASE: self._trigger_word}
        find = known[kind] if kind in known else self._find.text()
        return BulkEdit(kind, text, find, self._match_case.isChecked(), self._skip.isChecked(), self._vocabulary)

    def ask_for_replacement(self, find: str = "") -> None:
        """Choose find and replace, and set the keyboard focus there; `find` is what to replace, "" to ask."""
        self.choose(EditKind.REPLACE)
        if find:
            replace_text(self._find, find)
        field = self._text if find else self._find
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def set_shared(self, shared: str) -> None:
        """Set the parts that all captions share, as a list with commas."""
        if shared != self._shared:
            self._shared = shared
            if self.edit.kind is EditKind.SHARED:
                replace_text(self._text, shared)

    def set_trigger_word(self, word: str) -> None:
        """Set the word that is moved to the front."""
        self._trigger_word = word.strip()
        if self.edit.kind is EditKind.LEAD:
            replace_text(self._text, self._trigger_word)

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Set the words of the dataset, by whose number parts can be sorted."""
        if vocabulary is not self._vocabulary:
            self._vocabulary = vocabulary
            if self.edit.kind is EditKind.SORT and self.edit.text == FREQUENT:
                self.changed.emit()

    def choose(self, kind: EditKind) -> None:
        """Choose what to do."""
        self._kind.setCurrentIndex(self._kind.findData(kind.value))

    def clear(self) -> None:
        """Empty the texts."""
        replace_text(self._find, "")
        replace_text(self._text, self._suggested(self.edit.kind))

    def _suggested(self, kind: EditKind) -> str:
        return {EditKind.SHARED: self._shared, EditKind.LEAD: self._trigger_word}.get(kind, "")

    @Slot()
    def _show_fields(self) -> None:
        kind = self.edit.kind
        if kind is not self._last and not _SUGGESTED.isdisjoint({kind, self._last}):
            replace_text(self._text, self._suggested(kind))
        self._last = kind
        replaces = kind in {EditKind.REPLACE, EditKind.PATTERN}
        writes = kind not in {EditKind.TRIM, EditKind.SORT, EditKind.CASE}
        self._case.setVisible(kind is EditKind.CASE)
        self._order.setVisible(kind is EditKind.SORT)
        for widget, wanted in ((self._find, replaces), (self._text, writes)):
            widget.setVisible(wanted)
            self._labels[widget].setVisible(wanted)
        self._match_case.setVisible(replaces)
        self._skip.setVisible(kind in {EditKind.PREPEND, EditKind.APPEND})
        words = {
            EditKind.PREPEND: _("Text to add, including spaces and commas"),
            EditKind.APPEND: _("Text to add, including spaces and commas"),
            EditKind.REPLACE: _("Replace with"),
            EditKind.PATTERN: _("Replace with (\\1 for first group)"),
            EditKind.SHARED: _("Shared parts"),
            EditKind.DROP: _("Parts to remove, separated by commas"),
            EditKind.LEAD: _("Trigger word"),
            EditKind.SET: _("Caption"),
        }
        self._labels[self._text].setText(words.get(kind, ""))
        self._labels[self._find].setText(_("Regular expression") if kind is EditKind.PATTERN else _("Find"))
        self.changed.emit()

    def show_error(self) -> None:
        """Show what is wrong with the regular expression, and where."""
        error = self.edit.error
        self._error.setVisible(error is not None)
        if error is not None:
            place, rest = error
            self._error.setText(
                _("Error at character {place}: “{text}”").format(place=place, text=cut(rest)) if place
                else _("Invalid replacement: “{text}”").format(text=cut(rest))
            )

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


def cut(text: str) -> str:
    """Return as much of a text as one line shows."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

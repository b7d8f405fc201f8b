"""The words of the captions with their counts: choose photos by them, add, replace, drop or declare them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QContextMenuEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTreeView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.caption_terms import NO_VOCABULARY, Term, Vocabulary
from segmind_studio.formats import percent
from segmind_studio.texts import _, ngettext, pgettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.own_text import OwnTextDelegate
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_HEIGHT = 260  # logical pixels
_KIND_LENGTH = 10  # characters
_SEARCH_WIDTH = 150
_ADD_WIDTH = 36
_BESIDE_WORDS = 56  # logical pixels of a heading's margins and arrow
_ADD = 3  # the column whose cells add their term to the selected photos
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TermKind(StrEnum):
    """Which terms are listed."""

    WORDS = "words"
    PHRASES = "phrases"
    PARTS = "parts"


class TermModel(QAbstractTableModel):
    """List terms of a vocabulary, most frequent first or as a header was clicked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._vocabulary = NO_VOCABULARY
        self._kind = TermKind.WORDS
        self._search = ""
        self._sorted_by = (1, True)  # a column, and whether in descending order
        self._shown: list[Term] = []
        self._addable = False

    def set_addable(self, *, addable: bool) -> None:
        """Set whether there are selected photos that a term can be added to."""
        if addable != self._addable:
            self._addable = addable
            if self._shown:
                self.dataChanged.emit(self.index(0, _ADD), self.index(len(self._shown) - 1, _ADD))

    @property
    def shown(self) -> tuple[Term, ...]:
        """Return the listed terms in order."""
        return tuple(self._shown)

    @property
    def kind(self) -> TermKind:
        """Return which terms are listed."""
        return self._kind

    def show_terms(self, vocabulary: Vocabulary, kind: TermKind, search: str) -> None:
        """List other terms."""
        self._vocabulary, self._kind, self._search = vocabulary, kind, search.strip().lower()
        self._refresh()

    def term_at(self, index: _Index) -> Term | None:
        """Return the term of a row."""
        return self._shown[index.row()] if index.isValid() and index.row() < len(self._shown) else None

    def row_of(self, text: str) -> int:
        """Return the row of a term, -1 when it is not listed."""
        return next((row for row, term in enumerate(self._shown) if term.text == text), -1)

    @override
    @guarded(0)
    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    @guarded(0)
    def columnCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else _ADD + 1

    @override
    @guarded(NOTHING)
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        term = self.term_at(index)
        if term is None:
            return None
        if index.column() == _ADD:
            return (self._adding if self._addable else self._lacking).get(Qt.ItemDataRole(role))
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(term)[index.column()]
        return None

    @cached_property
    def _adding(self) -> Mapping[Qt.ItemDataRole, object]:
        return {Qt.ItemDataRole.DecorationRole: icon("plus"), **_said(_("Add to the selected photos"))}

    @cached_property
    def _lacking(self) -> Mapping[Qt.ItemDataRole, object]:
        return {Qt.ItemDataRole.DecorationRole: icon("plus"), **_said(_("Select a photo."))}

    @override
    @guarded(Qt.ItemFlag.NoItemFlags)
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        lacking = index.column() == _ADD and not self._addable
        return flags & ~Qt.ItemFlag.ItemIsEnabled if lacking else flags

    @override
    @guarded(NOTHING)
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (_("Words"), _("Captions"), _("With the trigger word"), "")[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT  # the arrow of the order is drawn over the right end
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = (column, order is Qt.SortOrder.DescendingOrder)
        self._refresh()

    def _texts(self, term: Term) -> tuple[str, str, str]:
        share = _("{count} ({share})").format(count=term.count, share=percent(self._vocabulary.share(term)))
        beside = _("{count} of {all}").format(count=term.with_trigger, all=term.count)
        return term.text, share, beside if self._vocabulary.with_trigger else ""

    def _refresh(self) -> None:
        self.beginResetModel()
        found = [term for term in self._vocabulary.terms if self._wanted(term)]
        column, down = self._sorted_by
        if column == 0:
            found.sort(key=_by_text, reverse=down)
        elif (column, down) != (1, True):  # they come so
            found.sort(key=_by_count if column == 1 else _by_trigger, reverse=down)
        self._shown = found
        self.endResetModel()

    def _wanted(self, term: Term) -> bool:
        if self._search and self._search not in term.text:
            return False
        if self._kind is TermKind.PARTS:
            return term.is_part
        return (term.size == 1) is (self._kind is TermKind.WORDS)


def _said(words: str) -> Mapping[Qt.ItemDataRole, object]:
    return {Qt.ItemDataRole.ToolTipRole: plain_tip(words), Qt.ItemDataRole.AccessibleTextRole: words}


def _by_text(term: Term) -> str:
    return term.text


def _by_count(term: Term) -> int:
    return term.count


def _by_trigger(term: Term) -> int:
    return term.with_trigger


class TermList(QTreeView):
    """The list of terms with its menu.

    Signals: menu_wanted(QPoint), a place on the screen; GUI thread.
    """

    menu_wanted = Signal(QPoint)

    def __init__(self, model: TermModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegateForColumn(0, OwnTextDelegate(self))
        self.setObjectName("data.words.list")
        self.setAccessibleName(_("Words in captions"))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSortingEnabled(True)
        header = self.header()
        header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        guard_scroll_areas(self)

    def fit_columns(self) -> None:
        """Make the columns of numbers as wide as their headings need beside the arrow of the order."""
        header = self.header()
        for column in (1, 2):
            words = str(self.model().headerData(column, Qt.Orientation.Horizontal))
            header.resizeSection(column, header.fontMetrics().horizontalAdvance(words) * 5 // 4 + _BESIDE_WORDS)
        header.resizeSection(_ADD, text_scaled(_ADD_WIDTH))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft()))
        else:
            self.setCurrentIndex(self.indexAt(event.pos()))
            self.menu_wanted.emit(event.globalPos())


class WordsPanel(QWidget):
    """Show the vocabulary below the grid.

    Signals (GUI thread), each with a term's text: chosen(str), show the photos with it; replace_wanted(str);
    drop_wanted(str); declared(str), it is meant to be in the captions; add_wanted(str, bool), add it to the
    selected photos, with True after the trigger word.
    """

    chosen = Signal(str)
    replace_wanted = Signal(str)
    drop_wanted = Signal(str)
    declared = Signal(str)
    add_wanted = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.words")
        self.setAccessibleName(_("Words"))
        self._vocabulary = NO_VOCABULARY
        self._current = ""
        self.model = TermModel(self)
        self.list = TermList(self.model)
        self.kind = QComboBox()
        self.kind.setObjectName("data.words.kind")
        self.kind.setAccessibleName(pgettext("which entries are listed", "Show"))
        for kind, words in (
            (TermKind.WORDS, _("Words")), (TermKind.PHRASES, _("Phrases")),
            (TermKind.PARTS, _("Comma-separated parts")),
        ):
            self.kind.addItem(words, kind.value)
        self.search = SearchField(_("Search words"))
        self.search.setPlaceholderText(_("Search words"))
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(_KIND_LENGTH)  # in a narrow window, the search needs the room
        self.search.setMinimumWidth(text_scaled(_SEARCH_WIDTH))
        self._summary = text_label("", "small", wrap=False)
        self._show = QAction(_("Show photos"), self)
        self._replace = QAction(_("Replace in all captions…"), self)
        self._drop = QAction(_("Remove from all captions"), self)
        self._declare = QAction(_("Keep in captions"), self)
        self._add = self._adding(_("Add to the selected photos"), "Ctrl+Return", "Ctrl+Enter")
        self._add_after = self._adding(_("Add after the trigger word"), "Ctrl+Shift+Return", "Ctrl+Shift+Enter")
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._refresh)
        self.search.textChanged.connect(self._refresh)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.list.menu_wanted.connect(self._open_menu)
        for action in (self._show, self._replace, self._drop, self._declare):
            action.triggered.connect(self._run)

    def _adding(self, words: str, *keys: str) -> QAction:
        action = finish_before(QAction(words, self))
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setEnabled(False)
        action.triggered.connect(self._add_current)
        self.list.addAction(action)
        return action

    def _lay_out(self) -> None:
        top = self._top = QHBoxLayout()
        top.setSpacing(SPACE_S)
        top.addWidget(self.kind)
        top.addWidget(self.search, 1)
        top.addWidget(self._summary)
        inside = QVBoxLayout()
        inside.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        inside.setSpacing(SPACE_S)
        inside.addLayout(top)
        inside.addWidget(self.list, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(mark(QFrame(), surface="line"))
        column.addLayout(inside)
        self.setMaximumHeight(_HEIGHT)

    def add_tool(self, button: QWidget) -> None:
        """Put a button beside the number of captions."""
        self._top.addWidget(button)

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Show the words of other captions; while hidden, they are only kept."""
        if vocabulary is not self._vocabulary:
            self._vocabulary = vocabulary
            if self.isVisible():
                self._refresh()

    def set_selected(self, count: int) -> None:
        """Set how many photos are selected: without any, no word can be added to them."""
        for action in (self._add, self._add_after):
            action.setEnabled(count > 0)
        self.model.set_addable(addable=count > 0)

    @property
    def commands(self) -> tuple[QAction, ...]:
        """Return what the menu of a term offers."""
        return self._show, self._add, self._add_after, self._replace, self._drop, self._declare

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.list.fit_columns()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        term = self.model.term_at(self.list.currentIndex())
        self.model.show_terms(self._vocabulary, TermKind(self.kind.currentData()), self.search.text())
        count = self._vocabulary.captions
        self._summary.setText(
            ngettext("{count} caption", "{count} captions", count).format(count=count)
        )
        row = self.model.row_of(term.text) if term is not None else -1
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row, 0))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        term = self.model.term_at(index)
        if term is not None and index.column() == _ADD:
            self._add.trigger()
        elif term is not None:
            self.chosen.emit(term.text)

    @Slot()
    def _add_current(self) -> None:
        term = self.model.term_at(self.list.currentIndex())
        if term is not None:
            self.add_wanted.emit(term.text, self.sender() is self._add_after)

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        if self.model.term_at(self.list.currentIndex()) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.commands)
        menu.popup(at)

    @Slot()
    def _run(self) -> None:
        term = self.model.term_at(self.list.currentIndex())
        signals = {
            self._show: self.chosen, self._replace: self.replace_wanted, self._drop: self.drop_wanted,
            self._declare: self.declared,
        }
        for action, signal in signals.items():
            if action is self.sender() and term is not None:
                signal.emit(term.text)

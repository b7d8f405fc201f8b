"""The parts between commas of several captions, with how many hold each: shown, added to all, removed from all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeView, QWidget
from typing_extensions import override

from segmind_studio.core.caption_terms import folded, parts_of
from segmind_studio.core.datasets import Photo
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.own_text import OwnTextDelegate
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.theme import text_scaled

_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_PART, _COUNT, _ADD, _REMOVE = range(4)
_LISTED = 500  # the most frequent ones
_SLICE = 150  # captions that are taken apart without a pause
_ICON_WIDTH = 32  # logical pixels
_MEASURED = 20  # rows: the most frequent come first, so their counts are the widest; Qt would measure all listed
_HERE = Qt.ShortcutContext.WidgetShortcut


class CaptionPartModel(QAbstractTableModel):
    """List parts, the most frequent first. Of many captions, they are counted between other events."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left: list[str] = []  # captions that are not counted yet, the next one last
        self._counts: Counter[str] = Counter()
        self._written: dict[str, str] = {}  # each part as it is written first
        self._shown: list[tuple[str, int]] = []
        self._counted = 0  # captions
        self._total = 0  # captions whose parts are listed
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._count_some)

    @property
    def shown(self) -> Sequence[tuple[str, int]]:
        """Return the listed parts as first written, each with the number of captions that hold it."""
        return self._shown

    def show_captions(self, captions: Sequence[str]) -> None:
        """List the parts of these captions."""
        self._left = list(captions)[::-1]
        self._counts, self._written, self._counted = Counter(), {}, 0
        self._count_some()

    @Slot()
    def _count_some(self) -> None:
        some = self._left[-_SLICE:][::-1]
        del self._left[-_SLICE:]
        self._counted += len(some)
        for caption in some:
            parts = {folded(part): part for part in parts_of(caption)}
            self._counts.update(parts.keys())
            for key, part in parts.items():
                self._written.setdefault(key, part)
        if self._left:
            self._next.start()
            return
        self._next.stop()
        self.beginResetModel()
        self._shown = [(self._written[key], count) for key, count in self._counts.most_common(_LISTED)]
        self._total = self._counted
        self.endResetModel()

    def part_at(self, index: _Index) -> str:
        """Return the part of a row, "" for none."""
        return self._shown[index.row()][0] if index.isValid() and index.row() < len(self._shown) else ""

    def row_of(self, part: str) -> int:
        """Return the row of a part, -1 when it is not listed."""
        return next((row for row, (text, _count) in enumerate(self._shown) if folded(text) == folded(part)), -1)

    @override
    @guarded(0)
    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    @guarded(0)
    def columnCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else _REMOVE + 1

    @override
    @guarded(NOTHING)
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not self.part_at(index):
            return None
        text, count = self._shown[index.row()]
        if index.column() in {_ADD, _REMOVE}:
            possible = index.column() == _REMOVE or count < self._total
            return self._button(index.column()).get(Qt.ItemDataRole(role)) if possible else None
        if role == Qt.ItemDataRole.DisplayRole:
            return text if index.column() == _PART else _("{count} of {all}").format(count=count, all=self._total)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == _PART:
            return plain_tip(text)
        return None

    def _button(self, column: int) -> Mapping[Qt.ItemDataRole, object]:
        words = _("Add to the selected photos") if column == _ADD else _("Remove from the selected photos")
        return {
            Qt.ItemDataRole.DecorationRole: icon("plus" if column == _ADD else "minus"),
            Qt.ItemDataRole.ToolTipRole: plain_tip(words), Qt.ItemDataRole.AccessibleTextRole: words,
        }

    @override
    @guarded(NOTHING)
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("Comma-separated parts"), _("Photos"), "", "")[section]


class CaptionPartList(QTreeView):
    """Show the parts of the selected photos' captions; Enter or a click shows the photos with one.

    Signals (GUI thread), each with a part: chosen(str), show its photos; add_wanted(str) and remove_wanted(str),
    to and from all selected photos.
    """

    chosen = Signal(str)
    add_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.bulk.parts")
        self.setAccessibleName(_("Comma-separated parts"))
        self._rows = CaptionPartModel(self)
        self.setModel(self._rows)
        self.setItemDelegateForColumn(_PART, OwnTextDelegate(self))
        guard_scroll_areas(self)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(_PART, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_COUNT, QHeaderView.ResizeMode.ResizeToContents)
        for column in (_ADD, _REMOVE):
            header.resizeSection(column, text_scaled(_ICON_WIDTH))
        self._show = self._action(_("Show photos"))
        self._add = self._action(_("Add to the selected photos"), "Ctrl+Return", "Ctrl+Enter")
        self._remove = self._action(_("Remove from the selected photos"), "Del")
        self.clicked.connect(self._click)
        self.activated.connect(self._click)
        self.customContextMenuRequested.connect(self._open_menu)
        self._was = ("", -1)  # the part that the keyboard was on, and its row, while others are listed
        self._rows.modelAboutToBeReset.connect(self._remember)
        self._rows.modelReset.connect(self._fit)

    @property
    def rows(self) -> CaptionPartModel:
        """Return the model of the list."""
        return self._rows

    @override
    @guarded(-1)
    def sizeHintForColumn(self, column: int) -> int:
        rows = range(min(_MEASURED, self._rows.rowCount()))
        return max((self.sizeHintForIndex(self._rows.index(row, column)).width() for row in rows), default=-1)

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """List the parts of these photos' captions."""
        self._rows.show_captions([photo.caption for photo in photos])

    def _action(self, words: str, *keys: str) -> QAction:
        action = finish_before(QAction(words, self))
        if keys:
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(_HERE)
        action.triggered.connect(self._run)
        self.addAction(action)
        return action

    @Slot()
    def _remember(self) -> None:
        index = self.currentIndex()
        self._was = self._rows.part_at(index), index.row()

    @Slot()
    def _fit(self) -> None:
        """Stay on the same part, or on the row of one that was just removed; nothing listed needs no keyboard."""
        listed, (part, before) = self._rows.rowCount(), self._was
        row = self._rows.row_of(part) if part else -1
        if part and row < 0 and self.hasFocus():
            row = min(before, listed - 1)
        if row >= 0:
            self.setCurrentIndex(self._rows.index(row, _PART))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if listed else Qt.FocusPolicy.NoFocus)

    @Slot(QModelIndex)
    def _click(self, index: QModelIndex) -> None:
        if not index.isValid():  # where one click activates too, the list may be another one by then
            return
        action = {_ADD: self._add, _REMOVE: self._remove}.get(index.column(), self._show)
        action.trigger()

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        if not self._rows.part_at(self.currentIndex()):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions())
        menu.popup(self.viewport().mapToGlobal(at))

    @Slot()
    def _run(self) -> None:
        part = self._rows.part_at(self.currentIndex())
        signals = {self._show: self.chosen, self._add: self.add_wanted, self._remove: self.remove_wanted}
        for action, signal in signals.items():
            if action is self.sender() and part:
                signal.emit(part)

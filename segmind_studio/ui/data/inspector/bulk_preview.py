"""The preview of an edit of many captions: each as it is and as it would be."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.inspector.bulk_edits import around_change
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tips import plain_tip

_NO_PARENT = QModelIndex()
_NOW, _AFTER = range(2)


class _PreviewModel(QAbstractTableModel):
    """Photos with their new captions. A text is made when it is shown: an edit changes all with each key."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._changes: Sequence[tuple[Photo, str]] = ()

    def show_changes(self, changes: Sequence[tuple[Photo, str]]) -> None:
        self.beginResetModel()
        self._changes = changes
        self.endResetModel()

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._changes)

    @override
    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else 2

    @override
    @guarded(NOTHING)
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._changes):
            return None
        photo, new = self._changes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return around_change(photo.caption, new)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(photo.caption if index.column() == _NOW else f"{photo.path.name}\n{new}")
        return None

    @override
    @guarded(NOTHING)
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        # Translators: a table's heading: the caption after the change.
        return _("Now") if section == _NOW else _("After")


class CaptionPreview(QTreeView):
    """Show what would change, the caption now and after it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _PreviewModel(self)
        self.setModel(self._rows)
        guard_scroll_areas(self)
        self.setAccessibleName(_("Caption preview"))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def show_changes(self, changes: Sequence[tuple[Photo, str]]) -> None:
        """Show these photos with their new captions; it is hidden without any."""
        self._rows.show_changes(changes)
        self.setVisible(bool(changes))

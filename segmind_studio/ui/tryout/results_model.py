"""The pictures of the strip, newest first: those made just now, and the stored ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QIcon, QImage
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.tryout.thumbnail import SIDE, card_icon, image_icon

MOST = 24  # all pictures stay on disk
_SHARP = 2  # device pixels to a logical one, enough for most screens
Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


@dataclass(slots=True)
class _Row:
    result: TryResult
    icon: QIcon | None = None  # None: not loaded


def shown(generated: GeneratedImage) -> bool:
    """Return whether a picture has its place in the strip: it was made, or it may have been paid."""
    return generated.state in {ImageState.MADE, ImageState.UNKNOWN}


def photo_of(result: TryResult) -> Photo:
    """Return the picture as the thumbnails know it."""
    return Photo(result.generated.image_id, result.path or Path())


class ResultsModel(QAbstractListModel):
    """Hold the last results. No decoding here; stored images are decoded elsewhere when they become visible.

    A whole image is kept for the newest result, and where there is no file.
    """

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._rows: list[_Row] = []
        thumbnails.ready.connect(self._thumbnail_ready)

    def show_all(self, results: Sequence[TryResult]) -> None:
        """Show other results, the newest first."""
        self.beginResetModel()
        self._rows = [_Row(result, _made_icon(result)) for result in results[:MOST]]
        self.endResetModel()

    def add(self, result: TryResult) -> None:
        """Put a result first; the oldest is dropped when there are too many."""
        for row in self._rows:
            if row.result.path is not None:
                row.result = replace(row.result, image=QImage())
        self.beginInsertRows(_TOP, 0, 0)
        self._rows.insert(0, _Row(result, _made_icon(result)))
        self.endInsertRows()
        if len(self._rows) > MOST:
            self.beginRemoveRows(_TOP, MOST, len(self._rows) - 1)
            del self._rows[MOST:]
            self.endRemoveRows()

    def result(self, row: int) -> TryResult:
        """Return a result; IndexError past the end."""
        return self._rows[row].result

    @override
    def rowCount(self, parent: Index = _TOP, /) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    @guarded(NOTHING)
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return row.icon or self._icon(row)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_caption(row.result.generated))
            case Qt.ItemDataRole.AccessibleTextRole:
                return _caption(row.result.generated)
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(SIDE + 14, SIDE + 14)
            case _:
                return None

    def _icon(self, row: _Row) -> QIcon:
        """Return what is there of a picture on the disk, and have the rest decoded."""
        image = self._thumbnails.image(photo_of(row.result), SIDE * _SHARP)
        if image is None:
            return card_icon("image", "faint")
        row.icon = card_icon("image-off", "faint") if image.isNull() else image_icon(image)
        return row.icon

    @Slot(object)
    def _thumbnail_ready(self, ready: ThumbnailReady) -> None:
        for number, row in enumerate(self._rows):
            if row.result.generated.image_id == ready.photo_id:
                index = self.index(number, 0)
                self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


def _made_icon(result: TryResult) -> QIcon | None:
    """Return the icon of what needs no decoding."""
    if result.generated.state is ImageState.UNKNOWN:
        return card_icon("circle-question-mark", "warn")
    if not result.image.isNull():
        return image_icon(result.image)
    return card_icon("image-off", "faint") if result.path is None else None


def _caption(generated: GeneratedImage) -> str:
    if generated.state is not ImageState.UNKNOWN:
        return generated.prompt
    return _("No answer: {prompt}").format(prompt=generated.prompt)

"""The pictures made in this session, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from typing_extensions import override

from segmind_studio.services.tryouts import TryResult
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tips import plain_tip

MOST = 24  # a picture has some four megabytes in memory; all stay on disk
THUMBNAIL = 88
_SHARP = 2  # device pixels to a logical one, enough for most screens
Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


@dataclass(frozen=True, slots=True)
class _Row:
    result: TryResult
    thumbnail: QIcon
    practice: bool


class ResultsModel(QAbstractListModel):
    """Hold the last results. Looks up only; thumbnails are made when a result comes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []

    def add(self, result: TryResult, *, practice: bool = False) -> None:
        """Put a result first; the oldest goes when there are too many."""
        self.beginInsertRows(_TOP, 0, 0)
        self._rows.insert(0, _Row(result, _thumbnail(result.image), practice))
        self.endInsertRows()
        if len(self._rows) > MOST:
            self.beginRemoveRows(_TOP, MOST, len(self._rows) - 1)
            del self._rows[MOST:]
            self.endRemoveRows()

    def result(self, row: int) -> TryResult:
        """Give a result; IndexError past the end."""
        return self._rows[row].result

    def practice(self, row: int) -> bool:
        """Tell whether a result was made in practice."""
        return self._rows[row].practice

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
                return row.thumbnail
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(row.result.request.prompt)
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.result.request.prompt
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(THUMBNAIL + 14, THUMBNAIL + 14)
            case _:
                return None


def _thumbnail(image: QImage) -> QIcon:
    """Shrink in two steps, coarse, then smooth, into a square; less than a millisecond."""
    side = THUMBNAIL * _SHARP
    keep = Qt.AspectRatioMode.KeepAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(2 * side, 2 * side, keep).scaled(side, side, keep, smooth)
    square = QPixmap(side, side)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.drawImage((side - small.width()) // 2, (side - small.height()) // 2, small)
    painter.end()
    square.setDevicePixelRatio(_SHARP)
    picture = QIcon(square)
    picture.addPixmap(square, QIcon.Mode.Selected)  # else the style tints it
    return picture

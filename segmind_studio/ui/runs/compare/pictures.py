"""Pictures of several runs in rows: a column for each run, so that what belongs together stands side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QTextDocument, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.record import record
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import placed
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.tokens import RADIUS, RING, SPACE_S, tones_of

Index = QModelIndex | QPersistentModelIndex
_SIGN = 22  # logical pixels: the sign in place of a picture


@record
class PictureCell:
    """One cell: a picture (None: there is none), rich text beside or below it, and the same as plain text."""

    photo: Photo | None
    html: str
    text: str


@record
class PictureLine:
    """One row: its name, and a cell for each run."""

    name: str
    cells: tuple[PictureCell, ...]


class _LinesModel(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.lines: tuple[PictureLine, ...] = ()

    def set_lines(self, names: tuple[str, ...], lines: tuple[PictureLine, ...]) -> None:
        self.beginResetModel()
        self.names, self.lines = names, lines
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self.lines)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self.names)

    @override
    @guarded(NOTHING)
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        cell = line.cells[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = (line.name, self.names[index.column()], cell.text)
            return ", ".join(part for part in words if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(part for part in (line.name, cell.text) if part))
        return None

    @override
    @guarded(NOTHING)
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.names[section]
        return None


class _CellDelegate(QStyledItemDelegate):
    def __init__(self, view: PictureTable) -> None:
        super().__init__(view)
        self._view = view

    @override
    @guarded(None)
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        room: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        painter.save()
        self._view.paint_cell(painter, QRectF(room), index, state)
        painter.restore()


class PictureTable(QTableView):
    """Show lines of pictures; arrow keys go from cell to cell, Enter or a double click opens one.

    Signals (GUI thread): opened(int, int), the line and the column of the cell.
    """

    opened = Signal(int, int)

    def __init__(  # its look
        self, name: str, thumbnails: Thumbnails | None, height: int, *, beside: bool,
        parent: QWidget | None = None,
    ) -> None:
        """`height` is that of a row in logical pixels; `beside`: the words stand beside the pictures."""
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._beside = beside
        self._lines = _LinesModel(self)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_CellDelegate(self))
        guard_scroll_areas(self)
        self.setModel(self._lines)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of a family differ at their end
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(height)
        self.activated.connect(self._activated)
        if thumbnails is not None:
            thumbnails.ready.connect(self._on_ready)

    @property
    def lines(self) -> tuple[PictureLine, ...]:
        """Return what is shown."""
        return self._lines.lines

    def set_lines(self, names: Sequence[str], lines: Sequence[PictureLine]) -> None:
        """Show these lines; the same ones again change nothing."""
        new = tuple(names), tuple(lines)
        if new != (self._lines.names, self._lines.lines):
            self._lines.set_lines(*new)
            if lines:
                self.setCurrentIndex(self._lines.index(0, 0))

    def paint_cell(self, painter: QPainter, room: QRectF, index: Index, state: QStyle.StateFlag) -> None:
        """Paint one cell: the name of the line, the picture, and the words."""
        line, tones = self._lines.lines[index.row()], tones_of(self.palette())
        cell = line.cells[index.column()]
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        inside = room.adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)
        if self.currentIndex() == index and shows_ring(self):
            painter.setPen(QPen(QColor(tones.focus), RING))
            painter.drawRoundedRect(room.adjusted(2, 2, -2, -2), RADIUS / 2, RADIUS / 2)
        elif bool(state & QStyle.StateFlag.State_MouseOver):
            painter.fillRect(room.adjusted(2, 2, -2, -2), QColor(tones.hover))
        words = self._document(cell.html)
        if self._beside:
            side = min(inside.height(), inside.width() / 3)
            place = QRectF(inside.left(), inside.top(), side, side)
            left = place.right() + SPACE_S if cell.photo is not None else inside.left()
            text = placed(QRectF(left, inside.top(), inside.right() - left, inside.height()), inside)
            place = placed(place, inside)
        else:
            words.setTextWidth(inside.width())
            text_height = min(words.size().height(), inside.height() / 3)
            text = QRectF(inside.left(), inside.bottom() - text_height, inside.width(), text_height)
            place = QRectF(inside.left(), inside.top(), inside.width(), text.top() - inside.top() - SPACE_S)
        if cell.photo is not None:
            self._paint_picture(painter, place, cell.photo)
        words.setTextWidth(text.width())
        painter.translate(text.topLeft())
        painter.setClipRect(QRectF(0, 0, text.width(), text.height()))
        words.drawContents(painter)

    def _document(self, html: str) -> QTextDocument:
        document = QTextDocument()
        document.setDefaultFont(self.font())
        document.setDocumentMargin(0)
        option = QTextOption()
        option.setTextDirection(self.layoutDirection())  # its own would be that of a prompt
        document.setDefaultTextOption(option)
        colour = self.palette().color(QPalette.ColorRole.Text).name()
        document.setHtml(f'<div style="color:{colour}">{html}</div>')
        return document

    def _paint_picture(self, painter: QPainter, place: QRectF, photo: Photo) -> None:
        ratio = self.devicePixelRatioF()
        side = round(max(place.width(), place.height()) * ratio)
        image = self._thumbnails.image(photo, side) if self._thumbnails else None
        if image is None:
            return
        if image.isNull():
            painter.fillRect(place, QColor(tones_of(self.palette()).canvas))
            sign = icons.pixmap("image-off", "faint", _SIGN, ratio)
            corner = QRectF(0, 0, _SIGN, _SIGN)
            corner.moveCenter(place.center())
            painter.drawPixmap(corner.topLeft(), sign)
            return
        size = image.size().scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        target = placed(QRectF(place.left(), place.top(), size.width(), size.height()), place)
        painter.drawImage(target, image, QRectF(image.rect()))

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        self.opened.emit(index.row(), index.column())

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        shown = (cell.photo for line in self._lines.lines for cell in line.cells)
        if any(photo is not None and photo.photo_id == ready.photo_id for photo in shown):
            self.viewport().update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, 400)


def missing_cell() -> PictureCell:
    """Return the cell of a run that has no such picture."""
    return PictureCell(None, _("none"), _("none"))

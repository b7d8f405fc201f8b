"""The table of a grid: a cell for each picture, with the headers that say what differs."""

from __future__ import annotations

from collections.abc import Mapping

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
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QPainter, QPen, QResizeEvent
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

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.datasets import Photo
from segmind_studio.core.picture_grid import CellState, GridCell, GridPlan
from segmind_studio.formats import exact_number
from segmind_studio.services.images.grid_service import GridService
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import N_, Text, _
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import draw_wrapped
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS, tones_of

CELL = Qt.ItemDataRole.UserRole
_SMALLEST, _LARGEST = 132, 300  # logical pixels of a cell
_ICON = 24
_SIDE = 512  # device pixels of a thumbnail
_HEAD = 60
_SIDE_HEAD = 184
Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()

_STATE_WORDS: Mapping[CellState, Text] = {
    CellState.LEFT: N_("Not requested yet"), CellState.ASKED: N_("Being made…"), CellState.MADE: N_("Made"),
    CellState.DELETED: N_("Deleted"), CellState.UNKNOWN: N_("No answer, may be paid"),
    CellState.FAILED: N_("Refused"),
}
_ICONS = {
    CellState.LEFT: ("circle-dashed", "faint"), CellState.ASKED: ("hourglass", "accent"),
    CellState.MADE: ("image-off", "faint"), CellState.DELETED: ("trash-2", "faint"),
    CellState.UNKNOWN: ("circle-question-mark", "warn"),
    CellState.FAILED: ("circle-x", "bad"),
}


def state_words(cell: GridCell) -> str:
    """Return what a cell is. In practice nothing is paid."""
    image = cell.image
    if cell.state is CellState.UNKNOWN and image is not None and image.account_id == PRACTICE_ACCOUNT_ID:
        return _("No answer")
    return str(_STATE_WORDS[cell.state])


class GridModel(QAbstractTableModel):
    """Show the cells of the grid service. It follows the service; it decodes nothing."""

    def __init__(self, grid: GridService, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self._thumbnails = thumbnails
        self._names: Mapping[str, str] = {}
        self._plan: GridPlan = grid.plan
        self._cells: tuple[GridCell, ...] = grid.cells
        grid.changed.connect(self._follow)
        thumbnails.ready.connect(self._ready)

    def show_names(self, names: Mapping[str, str]) -> None:
        """Set the runs' names, by id."""
        self._names = names
        if self.columnCount():
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def number(self, index: Index) -> int:
        """Return the number of a cell, counted by rows."""
        return index.row() * len(self._plan.columns) + index.column()

    def cell(self, index: Index) -> GridCell:
        """Return a cell."""
        return self._cells[self.number(index)]

    def words(self, index: Index) -> str:
        """Return what a cell is, in one line."""
        (prompt, seed), (run_id, strength) = self._plan.rows[index.row()], self._plan.columns[index.column()]
        return _("{state}: {prompt}, {model}, strength {strength}, seed {seed}").format(
            state=state_words(self.cell(index)), prompt=prompt, model=self._names.get(run_id, run_id),
            strength=exact_number(strength), seed=seed,
        )

    @override
    def rowCount(self, parent: Index = _TOP, /) -> int:
        return 0 if parent.isValid() or not self._cells else len(self._plan.rows)

    @override
    def columnCount(self, parent: Index = _TOP, /) -> int:
        return 0 if parent.isValid() or not self._cells else len(self._plan.columns)

    @override
    @guarded(NOTHING)
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid():
            return None
        if role == CELL:
            return self.cell(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.words(index))
        return self.words(index) if role == Qt.ItemDataRole.AccessibleTextRole else None

    @override
    @guarded(NOTHING)
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /,
    ) -> object:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole} or not self._cells:
            return None
        text = self.column_text(section) if orientation == Qt.Orientation.Horizontal else self.row_text(section)
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def column_text(self, column: int) -> str:
        """Return the header of a column: the model and the strength."""
        run_id, strength = self._plan.columns[column]
        words = _("strength {value}").format(value=exact_number(strength))
        return f"{self._names.get(run_id, run_id)}\n{words}"

    def row_text(self, row: int) -> str:
        """Return the header of a row: the prompt and the seed."""
        prompt, seed = self._plan.rows[row]
        return "\n".join((prompt, _("seed {seed}").format(seed=seed)))

    @Slot()
    def _follow(self) -> None:
        plan, cells = self._grid.plan, self._grid.cells
        if (plan.rows, plan.columns) != (self._plan.rows, self._plan.columns) or len(cells) != len(self._cells):
            self.beginResetModel()
            self._plan, self._cells = plan, cells
            self.endResetModel()
            return
        changed = [number for number, cell in enumerate(cells) if cell != self._cells[number]]
        self._plan, self._cells = plan, cells
        for number in changed:
            self._emit(number)

    def _emit(self, number: int) -> None:
        index = self.index(*divmod(number, len(self._plan.columns)))
        self.dataChanged.emit(index, index)

    @Slot(object)
    def _ready(self, ready: ThumbnailReady) -> None:
        for number, cell in enumerate(self._cells):
            if cell.image is not None and cell.image.image_id == ready.photo_id:
                self._emit(number)


class GridDelegate(QStyledItemDelegate):
    """Paint a picture, or what is known of a missing one."""

    def __init__(self, grid: GridService, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self._thumbnails = thumbnails

    @override
    @guarded(None)
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tones = tones_of(QGuiApplication.palette())
        cell = index.data(CELL)
        if not isinstance(cell, GridCell):
            return
        rect: QRect = option.rect.adjusted(2, 2, -2, -2)  # type: ignore[attr-defined]
        painter.save()
        painter.fillRect(rect, QColor(tones.canvas))
        image = self._picture(cell)
        if image is None:
            self._paint_state(painter, rect, cell)
        else:
            size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
            spot = QRect(rect.topLeft(), size)
            spot.moveCenter(rect.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(spot, image)
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.setPen(QPen(QColor(tones.accent), 3))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _picture(self, cell: GridCell) -> QImage | None:
        path = self._grid.path_of(cell)
        if cell.image is None or path is None:
            return None
        image = self._thumbnails.image(Photo(cell.image.image_id, path), _SIDE)
        return None if image is None or image.isNull() else image

    @staticmethod
    def _paint_state(painter: QPainter, rect: QRect, cell: GridCell) -> None:
        tones = tones_of(QGuiApplication.palette())
        name, tone = _ICONS[cell.state]
        ratio = painter.device().devicePixelRatioF()
        left, top = rect.center().x() - _ICON // 2, rect.center().y() - _ICON
        painter.drawPixmap(left, top, icons.pixmap(name, tone, _ICON, ratio))
        painter.setPen(QColor(tones.muted))
        room = rect.width() - 2 * SPACE_S
        below = QRect(rect.left() + SPACE_S, top + _ICON + SPACE_XS, room, rect.height() // 3)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(below, flags, state_words(cell))


class _Header(QHeaderView):
    """A header whose texts wrap."""

    @override
    @guarded(None)
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int, /) -> None:
        tones = tones_of(QGuiApplication.palette())
        painter.save()
        painter.fillRect(rect, QColor(tones.surface))
        text = str(self.model().headerData(logicalIndex, self.orientation()) or "")
        first, _line, second = text.rpartition("\n")
        inside = rect.adjusted(SPACE_S, SPACE_XS, -SPACE_S, -SPACE_XS)
        across = self.orientation() == Qt.Orientation.Horizontal
        line = painter.fontMetrics().lineSpacing()
        room = QRect(inside)
        room.setHeight(max(line, inside.height() - line))
        painter.setPen(QColor(tones.text))
        if across:
            elided = painter.fontMetrics().elidedText(first, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, elided)
            foot = QRect(inside.left(), room.bottom(), inside.width(), line)
            side = Qt.AlignmentFlag.AlignHCenter
        else:
            used = painter.boundingRect(room, Qt.TextFlag.TextWordWrap, first)
            painter.setClipRect(inside)
            draw_wrapped(painter, QRectF(room), Qt.AlignmentFlag.AlignLeft, first)
            top = min(used.bottom() + SPACE_XS, inside.bottom() - line)
            foot = QRect(inside.left(), top, inside.width(), line + 1)
            painter.fillRect(foot, QColor(tones.surface))
            side = Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(tones.muted))
        painter.drawText(foot, side, second)
        painter.restore()


class GridTable(QTableView):
    """The cells, walked with the arrow keys.

    Signals:
        zoom_wanted(): Space, Enter or a double click on a cell; GUI thread.
    """

    zoom_wanted = Signal()

    def __init__(self, grid: GridService, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self.model_of_grid = GridModel(grid, thumbnails, self)
        self.setObjectName("try.grid.table")
        mark(self, kind="pictures")
        self.setAccessibleName(_("The grid"))
        self.setModel(self.model_of_grid)
        self.setItemDelegate(GridDelegate(grid, thumbnails, self))
        across, down = (_Header(way, self) for way in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical))
        self.setHorizontalHeader(across)
        self.setVerticalHeader(down)
        for header in (across, down):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setSectionsClickable(False)
            header.setMinimumSectionSize(1)
        across.setFixedHeight(text_scaled(_HEAD))
        down.setFixedWidth(text_scaled(_SIDE_HEAD))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.doubleClicked.connect(self.zoom_wanted)
        self.model_of_grid.modelReset.connect(self._fit)

    @property
    def current(self) -> int | None:
        """Return the number of the cell that the keyboard is on."""
        index = self.currentIndex()
        return self.model_of_grid.number(index) if index.isValid() else None

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.current is not None:
            event.accept()
            self.zoom_wanted.emit()
            return
        super().keyPressEvent(event)

    @override
    @guarded(None)
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Give each column an equal part of the room, within bounds; the cells have the shape of the pictures."""
        columns = max(1, self.model_of_grid.columnCount())
        width = min(_LARGEST, max(_SMALLEST, self.viewport().width() // columns))
        plan = self._grid.plan
        self.horizontalHeader().setDefaultSectionSize(width)
        self.verticalHeader().setDefaultSectionSize(max(80, round(width * plan.height / max(1, plan.width))))
        if not self.currentIndex().isValid() and self.model_of_grid.rowCount():
            self.setCurrentIndex(self.model_of_grid.index(0, 0))

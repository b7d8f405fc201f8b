"""What every grid of pictures is: tiles in lines that fill the width, decoded elsewhere, painted once and kept.

The photos of Data and the results of Try are two such grids. What stands on a tile is said by their delegates.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.record import record
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import density as sizes
from segmind_studio.ui.parts.density import GAP, MEDIUM, CellSizes, Density
from segmind_studio.ui.parts.tile_painting import TileDelegate
from segmind_studio.ui.theme.direction import backwards
from segmind_studio.ui.theme.tokens import SPACE_L


@record
class RowRange:
    """Adjacent rows, both ends included."""

    first: int
    last: int


def runs_of(rows: Iterable[int]) -> list[RowRange]:
    """Join ascending row numbers to runs of adjacent rows."""
    found: list[RowRange] = []
    first = last = -2
    for row in rows:
        if row != last + 1:
            if last >= 0:
                found.append(RowRange(first, last))
            first = row
        last = row
    if last >= 0:
        found.append(RowRange(first, last))
    return found


class TileModel(QAbstractListModel):
    """Rows with names. A name stays the same while rows come, go and move."""

    def name_at(self, row: int) -> str:
        """Return the name of a row; IndexError past the end."""
        raise NotImplementedError

    def row_of(self, name: str) -> int:
        """Return the row of a name, -1 when it is not shown."""
        raise NotImplementedError

    def index_of(self, name: str) -> QModelIndex:
        """Return the index of a name, an invalid one when it is not shown."""
        return self.index(self.row_of(name))


_MOVES = frozenset({
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
})
_KEEPING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier  # what is selected
_BATCH = 400  # cells laid out at once; the rest after the window was painted
_FRAME_MS = 16
_MOST_PARTS = 6  # painted one by one
_PREPARING_S, _AT_LATEST_S = 0.001, 0.004  # of work in one turn of the event loop, and by the clock
_EDGE = SPACE_L - GAP // 2  # logical pixels before all cells of a line: their tiles align with the chips above


class TileGrid(QListView):
    """Show a TileModel. Selection and the current row are kept by name, also through a reset.

    Signals (GUI thread): chosen(), when other rows are selected or another one is current.
    """

    chosen = Signal()

    def __init__(
        self, model: TileModel, delegate: TileDelegate, thumbnails: Thumbnails, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self._thumbnails = thumbnails
        self._painter = delegate
        delegate.setParent(self)
        self._density = MEDIUM
        self._cells = CellSizes(MEDIUM, 1, MEDIUM.tile, 0)
        self._remembered: tuple[frozenset[str], str] = (frozenset(), "")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # see `paintEvent`
        self.setItemDelegate(self._painter)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._look_ahead)
        self._at, self._step = 0, 0  # where it is scrolled to, and by how much last
        self._ahead: deque[int] = deque()  # rows whose cells are painted while there is time
        self._idle = QTimer(self, singleShot=True, interval=0)
        self._idle.timeout.connect(self._prepare)
        self._ready: deque[str] = deque()  # whose pictures are to be painted into their cells
        self._came: set[str] = set()  # whose pictures are to be shown
        self._show_soon = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._show_soon.timeout.connect(self._show_pictures)
        self._chosen_soon = QTimer(self)
        self._chosen_soon.setSingleShot(True)
        self._chosen_soon.setInterval(0)
        self._chosen_soon.timeout.connect(self.chosen)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        model.modelAboutToBeReset.connect(self._remember)
        self.setModel(model)
        model.modelReset.connect(self._reselect)
        thumbnails.ready.connect(self._take_picture)
        thumbnails.background_changed.connect(self._repaint_all)
        self.setStyleSheet("QListView { background: transparent; border: none; }")  # it is the page, not a field
        self.setViewportMargins(*((0, 0, _EDGE, 0) if backwards() else (_EDGE, 0, 0, 0)))
        self._measure()

    @property
    def selected_rows(self) -> Sequence[RowRange]:
        """Return the selected rows in the order shown."""
        chosen = self.selectionModel().selection()
        ranges = sorted((part.top(), part.bottom()) for part in map(chosen.at, range(chosen.count())))
        return [RowRange(top, bottom) for top, bottom in ranges]

    @property
    def selected_names(self) -> frozenset[str]:
        """Return the names of the selected rows."""
        name_at = self._rows.name_at
        return frozenset(name_at(row) for part in self.selected_rows for row in range(part.first, part.last + 1))

    @property
    def current_name(self) -> str:
        """Return the name of the row with the focus ring, "" without one."""
        row = self.currentIndex().row()
        return self._rows.name_at(row) if 0 <= row < self._rows.rowCount() else ""

    @property
    def density(self) -> Density:
        """Return the size of the cells."""
        return self._density

    @property
    def cells(self) -> CellSizes:
        """Return how the cells fill the width now."""
        return self._cells

    @property
    def small_font(self) -> QFont:
        """Return the font of the words on the tiles."""
        return self._painter.font

    def set_density(self, density: Density) -> None:
        """Show larger or smaller cells; the current row stays in view."""
        if density != self._density:
            self._density = density
            self._measure()
            if self.currentIndex().isValid():
                self.scrollTo(self.currentIndex(), QListView.ScrollHint.PositionAtCenter)

    def select(self, names: frozenset[str], current: str = "") -> None:
        """Select these rows, as far as they are shown, and scroll to the current one."""
        rows = sorted(row for name in names if (row := self._rows.row_of(name)) >= 0)
        chosen = QItemSelection()
        for run in runs_of(rows):
            chosen.select(self._rows.index(run.first), self._rows.index(run.last))
        target = self._rows.index_of(current) if current else QModelIndex()
        if not target.isValid() and rows:
            target = self._rows.index(rows[0])
        model = self.selectionModel()
        model.setCurrentIndex(target, QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if target.isValid():
            self.scrollTo(target)

    def choose_now(self) -> None:
        """Emit `chosen` at once if it is about to be emitted."""
        if self._chosen_soon.isActive():
            self._chosen_soon.stop()
            self.chosen.emit()

    def picture_of(self, photo: Photo) -> QImage | None:
        """Return the picture on a tile, None while it is not loaded."""
        return self._thumbnails.image(photo, self._cells.tile)

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        many = _rows_of(selected) + _rows_of(deselected) > _BATCH
        if many:  # Qt would look for the place of each of them; so all that is in view is painted again
            self.setUpdatesEnabled(False)
        super().selectionChanged(selected, deselected)
        if many:
            self.setUpdatesEnabled(True)
        self._chosen_soon.start()

    @override
    def dataChanged(
        self, topLeft: QModelIndex | QPersistentModelIndex, bottomRight: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """Follow only what is in view of many rows: Qt would ask each for its size, and all have the same."""
        first, last = topLeft.row(), bottomRight.row()
        if last - first > _BATCH:
            shown = self._in_view()
            first, last = max(first, shown.start), min(last, shown.stop - 1)
            if first > last:
                return
            topLeft, bottomRight = self._rows.index(first), self._rows.index(last)  # noqa: N806  # Qt's names
        super().dataChanged(topLeft, bottomRight, roles)

    @override
    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().currentChanged(current, previous)
        self._chosen_soon.start()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the page's own colour and the cells: as nothing shows through, scrolling moves what is painted."""
        self._painter.begin(self.viewport().devicePixelRatioF(), event.region())
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._painter.tones.window))
        painter.end()
        parts = self._parts_of(event)
        if len(parts) == 1:
            super().paintEvent(event)
            return
        for part in parts:
            super().paintEvent(QPaintEvent(part))

    def _parts_of(self, event: QPaintEvent) -> list[QRect]:
        """Return what is to be painted in a few rectangles: Qt visits all cells in one around them."""
        region = event.region()
        if region.rectCount() > _MOST_PARTS or self.state() == QListView.State.DragSelectingState:
            return [event.rect()]  # the rectangle of a selection is painted with each of them
        parts: list[QRect] = list(region)  # pyright: ignore[reportUnknownVariableType, reportArgumentType]
        return parts

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()
        super().resizeEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._measure()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            return
        before = self.currentIndex()
        super().keyPressEvent(event)
        still = event.key() in _MOVES and not event.modifiers() & _KEEPING and self.currentIndex() == before
        if still and (current := self.current_name):  # Qt leaves all selected where the key moves nowhere
            self.select(frozenset({current}))

    def _measure(self) -> None:
        name_height = self._painter.set_font(self.font(), self._density)
        room = self.width() - _EDGE - self.verticalScrollBar().sizeHint().width() - 1
        found = sizes.cells(self._density, room, name_height)
        self._painter.set_cells(found, found.columns * self._lines(found))
        if found != self._cells:
            self._cells = found
            self.verticalScrollBar().setSingleStep(found.height // 4)
            self.setGridSize(QSize(found.width, found.height))
        self._settle.start()

    def _lines(self, cells: CellSizes) -> int:
        """Count the lines that can be seen, the cut ones above and below included."""
        return self.viewport().height() // cells.height + 2

    def _in_view(self) -> range:
        """Return the rows that can be seen, those of the cut lines above and below included."""
        first = self.verticalOffset() // self._cells.height * self._cells.columns
        return range(first, min(first + self._lines(self._cells) * self._cells.columns, self._rows.rowCount()))

    @Slot()
    def _repaint_all(self) -> None:
        self._painter.forget()
        self.viewport().update()

    @Slot(object)
    def _take_picture(self, ready: ThumbnailReady) -> None:
        if self._rows.row_of(ready.photo_id) >= 0 and self.isVisible():
            self._ready.append(ready.photo_id)
            self._idle.start()

    @Slot()
    def _show_pictures(self) -> None:
        came, self._came = self._came, set()
        for name in came:
            index = self._rows.index_of(name)
            if index.isValid():
                self.update(index)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        self._step, self._at = value - self._at, value
        self._idle.stop()  # first the repaint; it goes on when that is done
        self._settle.start()
        self._thumbnails.leave_processor()
        if self._came:
            self._show_pictures()  # in the same repaint

    @Slot()
    def _look_ahead(self) -> None:
        """Drop what has gone out of view, and prepare what comes into view when scrolling goes on."""
        shown, ahead = self._in_view(), self._lines_ahead()
        names = {self._rows.name_at(row) for part in (shown, ahead) for row in part}
        if current := self.current_name:
            names.add(current)
        self._thumbnails.keep_only(names)
        if self.isVisible():
            self._ahead = deque(ahead)
            self._prepare()  # begun at once: where each frame comes late, the next one is due before an idle turn

    def _lines_ahead(self) -> range:
        """Return the rows of the lines that come into view when it is scrolled on by as much as the last time."""
        high, columns, count = self._cells.height, self._cells.columns, self._rows.rowCount()
        lines = 1 + min(abs(self._step), self.viewport().height()) // high
        if self._step < 0:
            first = self.verticalOffset() // high
            return range(max(0, first - lines) * columns, min(first * columns, count))
        first = math.ceil((self.verticalOffset() + self.viewport().height()) / high)
        return range(min(first * columns, count), min((first + lines) * columns, count))

    @Slot()
    def _prepare(self) -> None:
        """Paint pictures into their cells, and cells ahead, for a moment: what the user does next must not wait.

        What can be seen of it is shown together with all that comes within the same frame.
        """
        shown, selection = self._in_view(), self.selectionModel()
        end, latest = time.thread_time() + _PREPARING_S, time.perf_counter() + _AT_LATEST_S
        while self._ready or self._ahead:
            name = self._ready.popleft() if self._ready else ""
            row = self._rows.row_of(name) if name else self._ahead.popleft()
            selected = selection.isSelected(self._rows.index(row))
            self._painter.prepare(row, selected=selected, later=row not in shown)
            if name and row in shown:
                self._came.add(name)
            if time.thread_time() > end or time.perf_counter() > latest:
                break
        if self._ready or self._ahead:
            self._idle.start()
        if self._came and not self._show_soon.isActive():
            self._show_soon.start()

    @Slot()
    def _remember(self) -> None:
        self._remembered = (self.selected_names, self.current_name)

    @Slot()
    def _reselect(self) -> None:
        chosen, current = self._remembered
        self.select(chosen, current)
        self._chosen_soon.start()


def _rows_of(selection: QItemSelection) -> int:
    return sum(part.bottom() - part.top() + 1 for part in map(selection.at, range(selection.count())))

"""What every grid of pictures is: tiles in lines that fill the width, decoded elsewhere, painted once and kept.

The photos of Data and the results of Try are two such grids. What stands on a tile is said by their delegates.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.record import record
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import density as sizes
from segmind_studio.ui.parts.density import GAP, MEDIUM, CellSizes, Density, thumbnail_side
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.theme import line_height, points
from segmind_studio.ui.theme.tokens import RADIUS, RING, SMALL, SPACE_L, tones_of


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


_PICTURE_RADIUS = 4


def paint_rounded(painter: QPainter, inner: QRectF, image: QImage, ground: QColor) -> None:
    """Paint a picture whole in the middle of `inner`; its corners are painted over with the ground.

    That takes half the time of filling a rounded rectangle with the picture.
    """
    scale = min(inner.width() / image.width(), inner.height() / image.height())
    frame = QRectF(0, 0, max(1, round(image.width() * scale)), max(1, round(image.height() * scale)))
    frame.moveTo(round(inner.center().x() - frame.width() / 2), round(inner.center().y() - frame.height() / 2))
    painter.drawImage(frame, image, QRectF(image.rect()))
    corners = QPainterPath()
    corners.addRect(frame)
    corners.addRoundedRect(frame, _PICTURE_RADIUS, _PICTURE_RADIUS)
    painter.setOpacity(1)
    painter.fillPath(corners, ground)


_LEAST_KEPT = 64
_WAITING, _RIGHT = 0, -1  # what picture a painted cell shows; any other number is a stand-in's


_SELECTED, _UNDER_POINTER, _FOCUSED = (  # as plain numbers: flags are slow, and asked for in each cell
    flag.value for flag in (
        QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver, QStyle.StateFlag.State_HasFocus,
    )
)

TileKey: TypeAlias = tuple[str, str | bool, bool]  # the name, any fact of the delegate's, whether it is selected
Tile: TypeAlias = tuple[TileKey, object, Photo]  # what is drawn, and the picture on it


@dataclass(slots=True)
class _Cell:
    """A painted cell: of what, with which picture, and how it looks."""

    subject: object
    shows: int
    pixmap: QPixmap


class TileDelegate(QStyledItemDelegate):
    """Paint the cells of a grid. Subclasses say what a row is (`tile_at`) and draw it (`draw`).

    The view calls `set_cells` when its width or density changes, and `begin` before it paints.
    """

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.font = QFont()
        self.cells = CellSizes(MEDIUM, 1, MEDIUM.tile, 0)
        self.tones, self.ratio = tones_of(), 1.0
        self._painted: OrderedDict[TileKey, _Cell] = OrderedDict()
        self._room = _LEAST_KEPT
        self._region: QRegion | None = None

    def tile_at(self, row: int, selected: bool) -> Tile | None:  # noqa: FBT001  # called for each cell
        """Return a row as it is to be drawn, None past the end. The same subject is not drawn again."""
        raise NotImplementedError

    def draw(self, key: TileKey, subject: object, image: QImage | None) -> QPixmap:
        """Draw a whole cell; the picture is None while it is not loaded, and null when it cannot be read."""
        raise NotImplementedError

    def redraw(self, key: TileKey, subject: object, image: QImage | None, before: QPixmap) -> QPixmap:  # noqa: ARG002  # for subclasses
        """Draw a cell again that only got another picture; `before` is how it was."""
        return self.draw(key, subject, image)

    def lines_height(self, font: QFont, density: Density) -> int:  # noqa: ARG002  # for subclasses
        """Return the height of the words below a tile of this density, in logical pixels."""
        return line_height(font)

    def set_font(self, font: QFont, density: Density) -> int:
        """Write words in the small size of this font; returns their height in logical pixels."""
        self.font = QFont(font)
        self.font.setPointSizeF(points(SMALL))
        self.forget()
        return self.lines_height(self.font, density)

    def forget(self) -> None:
        """Paint every cell again: the pictures, their sizes or the colours have changed."""
        self._painted.clear()

    def set_cells(self, cells: CellSizes, visible: int) -> None:
        """Set the size of a cell and the number of visible cells: twice as many painted cells are cached."""
        self._room = max(_LEAST_KEPT, 2 * visible)
        if cells != self.cells:
            self.cells = cells
            self.forget()

    def begin(self, ratio: float, region: QRegion | None = None) -> None:
        """Use these device pixels for each logical one, and the colours of now, for the cells that follow.

        Cells outside of `region` are not painted: Qt asks for all in its bounds. None: all are.
        """
        self._region = region
        tones = tones_of()
        if (tones, ratio) != (self.tones, self.ratio):
            self.tones, self.ratio = tones, ratio
            self.forget()

    @override
    @guarded(QSize())
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self.cells.width, self.cells.height)

    @override
    @guarded(None)
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        state: int = option.state.value  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        if self._region is not None and not self._region.intersects(rect):
            return
        tile = self.tile_at(index.row(), bool(state & _SELECTED))
        if tile is None:
            return
        painter.drawPixmap(rect.topLeft(), self._cell(*tile))
        if state & (_SELECTED | _UNDER_POINTER | _FOCUSED):
            side = self.cells.tile
            across = self.cells.across - GAP if self.cells.across else side
            self._paint_rings(painter, QRectF(rect.x() + GAP / 2, rect.y() + GAP / 2, across, side), state)

    def _cell(self, key: TileKey, subject: object, photo: Photo) -> QPixmap:
        """Find a painted cell, or paint it; a picture of another size is shown until the right one is ready."""
        kept = self._painted.get(key)
        if kept is not None and kept.subject is not subject:
            kept = None
        if kept is not None and kept.shows == _RIGHT:
            self._painted.move_to_end(key)
            return kept.pixmap
        side = thumbnail_side(self.cells.tile - 2 * self.cells.density.mat, self.ratio)
        image = self._thumbnails.image(photo, side) if photo.shown else QImage()
        if image is None:
            shows = _WAITING
        elif image.isNull() or max(image.width(), image.height()) >= min(side, max(photo.edited_size)):
            shows = _RIGHT
        else:
            shows = image.cacheKey()
        if kept is None or kept.shows != shows:
            drawn = (
                self.draw(key, subject, image) if kept is None
                else self.redraw(key, subject, image, kept.pixmap)
            )
            kept = self._painted[key] = _Cell(subject, shows, drawn)
            while len(self._painted) > self._room:
                self._painted.popitem(last=False)
        self._painted.move_to_end(key)
        return kept.pixmap

    def _paint_rings(self, painter: QPainter, tile: QRectF, state: int) -> None:
        """Paint one ring: the keyboard's own colour stands out among the selected tiles."""
        tones, view = self.tones, self.parent()
        selected, width = bool(state & _SELECTED), RING
        if state & _FOCUSED and isinstance(view, QWidget) and shows_ring(view):
            colour = tones.text if selected else tones.focus
        elif selected:
            colour = tones.accent
        elif state & _UNDER_POINTER:
            colour, width = tones.line_strong, 1
        else:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRoundedRect(tile, RADIUS, RADIUS)
        painter.restore()


_MOVES = frozenset({
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
})
_KEEPING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier  # what is selected
_BATCH = 400  # cells laid out at once; the rest after the window was painted
_EDGE = SPACE_L - GAP // 2  # logical pixels to the left of all cells: their tiles align with the chips above


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
        self._settle.timeout.connect(self._drop_invisible)
        self._chosen_soon = QTimer(self)
        self._chosen_soon.setSingleShot(True)
        self._chosen_soon.setInterval(0)
        self._chosen_soon.timeout.connect(self.chosen)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        model.modelAboutToBeReset.connect(self._remember)
        self.setModel(model)
        model.modelReset.connect(self._reselect)
        thumbnails.ready.connect(self._repaint)
        thumbnails.background_changed.connect(self._repaint_all)
        self.setStyleSheet("QListView { background: transparent; border: none; }")  # it is the page, not a field
        self.setViewportMargins(_EDGE, 0, 0, 0)
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
        super().paintEvent(event)

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
    def _repaint(self, ready: ThumbnailReady) -> None:
        index = self._rows.index_of(ready.photo_id)
        if index.isValid():
            self.update(index)

    @Slot()
    def _scrolled(self) -> None:
        self._settle.start()  # connected directly, `start` would use the bar's value as milliseconds

    @Slot()
    def _drop_invisible(self) -> None:
        names = {self._rows.name_at(row) for row in self._in_view()}
        if current := self.current_name:
            names.add(current)
        self._thumbnails.keep_only(names)

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

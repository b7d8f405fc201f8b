"""The cells of a grid of pictures as they are painted: once, and kept.

A cell is painted when it comes into view, or before, while nothing else is to be done.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPen, QPixmap, QRegion
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.density import GAP, MEDIUM, CellSizes, Density, thumbnail_side
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.theme import line_height, points
from segmind_studio.ui.theme.tokens import RADIUS, RING, SMALL, tones_of

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
        self._done: set[int] = set()  # rows painted since `begin`

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

        Cells outside of `region` are not painted, and none twice: Qt asks for all in its bounds. None: all are.
        """
        self._region = region
        self._done.clear()
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
        row = index.row()
        if self._region is not None:
            if row in self._done or not self._region.intersects(rect):
                return
            self._done.add(row)
        tile = self.tile_at(row, bool(state & _SELECTED))
        if tile is None:
            return
        painter.drawPixmap(rect.topLeft(), self._cell(*tile, later=False))
        if state & (_SELECTED | _UNDER_POINTER | _FOCUSED):
            side = self.cells.tile
            across = self.cells.across - GAP if self.cells.across else side
            self._paint_rings(painter, QRectF(rect.x() + GAP / 2, rect.y() + GAP / 2, across, side), state)

    def prepare(self, row: int, *, selected: bool, later: bool) -> None:
        """Paint a cell for when it is wanted, as far as that is not done; `later`: it is not in view yet."""
        tile = self.tile_at(row, selected)
        if tile is not None:
            self._cell(*tile, later=later)

    def _cell(self, key: TileKey, subject: object, photo: Photo, *, later: bool) -> QPixmap:
        """Find a painted cell, or paint it; a picture of another size is shown until the right one is ready."""
        kept = self._painted.get(key)
        if kept is not None and kept.subject is not subject:
            kept = None
        if kept is not None and kept.shows == _RIGHT:
            self._painted.move_to_end(key)
            return kept.pixmap
        side = thumbnail_side(self.cells.tile - 2 * self.cells.density.mat, self.ratio)
        image = self._thumbnails.image(photo, side, later=later) if photo.shown else QImage()
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

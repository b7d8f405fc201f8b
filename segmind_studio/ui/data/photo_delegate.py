"""The delegate of the grid: painted cells from a small memory, and the rings round them."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.thumbnails import Thumbnails
from segmind_studio.ui.data.density import GAP, MEDIUM, Cells, thumbnail_side
from segmind_studio.ui.data.photo_model import Role
from segmind_studio.ui.data.photo_tile import Look, paint_tile
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.theme import points
from segmind_studio.ui.theme.tokens import RADIUS, SMALL, Tones, tones_of

_RING = 2.5  # logical pixels
_FOCUS_DISTANCE = 4
_LEAST_KEPT = 64
_WAITING, _RIGHT = 0, -1  # what picture a painted cell shows; any other number is a stand-in's


class PhotoDelegate(QStyledItemDelegate):
    """Paint the cells of the grid. `set_cells` is called by the view when its width or density changes."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._font = QFont()
        self._cells = Cells(MEDIUM, 1, MEDIUM.tile, 0)
        self._painted: OrderedDict[tuple[Look, int], QPixmap] = OrderedDict()
        self._room = _LEAST_KEPT

    def set_font(self, font: QFont) -> int:
        """Write names in the small size of this font; gives their height in logical pixels."""
        self._font = QFont(font)
        self._font.setPointSizeF(points(SMALL))
        self._painted.clear()
        return QFontMetrics(self._font).height()

    def forget(self) -> None:
        """Paint every cell anew: the pictures look otherwise."""
        self._painted.clear()

    def set_cells(self, cells: Cells, visible: int) -> None:
        """Take the size of every cell, and how many of them are visible: twice as many are kept painted."""
        self._room = max(_LEAST_KEPT, 2 * visible)
        if cells != self._cells:
            self._cells = cells
            self._painted.clear()

    @override
    @guarded(QSize())
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._cells.width, self._cells.height)

    @override
    @guarded(None)
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        photo = index.data(Role.PHOTO)
        if not isinstance(photo, Photo):
            return
        tones = tones_of(QGuiApplication.palette())  # the view's own has a transparent window colour
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        look = Look(
            photo, bool(index.data(Role.TROUBLED)), bool(state & QStyle.StateFlag.State_Selected),
            self._cells, painter.device().devicePixelRatioF(), tones,
        )
        painter.drawPixmap(rect.topLeft(), self._cell(look))
        side = self._cells.tile
        self._paint_rings(painter, QRectF(rect.x() + GAP / 2, rect.y() + GAP / 2, side, side), state, tones)

    def _cell(self, look: Look) -> QPixmap:
        """Find a painted cell, or paint it; a picture of another size stands in until the right one is there."""
        found = self._kept(look, _RIGHT)
        if found is not None:
            return found
        photo = look.photo
        side = thumbnail_side(self._cells.tile - 2 * self._cells.density.mat, look.ratio)
        image = self._thumbnails.image(photo, side) if photo.shown else QImage()
        if image is None:
            state = _WAITING
        elif image.isNull() or max(image.width(), image.height()) >= min(side, max(photo.width, photo.height)):
            state = _RIGHT
        else:
            state = image.cacheKey()
        found = self._kept(look, state)
        if found is None:
            found = self._painted[look, state] = paint_tile(look, image, self._font)
            while len(self._painted) > self._room:
                self._painted.popitem(last=False)
        return found

    def _kept(self, look: Look, state: int) -> QPixmap | None:
        found = self._painted.get((look, state))
        if found is not None:
            self._painted.move_to_end((look, state))
        return found

    @staticmethod
    def _paint_rings(painter: QPainter, tile: QRectF, state: QStyle.StateFlag, tones: Tones) -> None:
        wanted: list[tuple[str, float, float]] = []
        if state & QStyle.StateFlag.State_Selected:
            wanted.append((tones.accent, _RING, 0))
        elif state & QStyle.StateFlag.State_MouseOver:
            wanted.append((tones.line_strong, 1, 0))
        if state & QStyle.StateFlag.State_HasFocus:
            wanted.append((tones.focus, 1.5, _FOCUS_DISTANCE))
        if not wanted:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width, distance in wanted:
            painter.setPen(QPen(QColor(colour), width))
            ring = tile.adjusted(-distance, -distance, distance, distance)
            painter.drawRoundedRect(ring, RADIUS + distance, RADIUS + distance)
        painter.restore()

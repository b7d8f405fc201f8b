"""One photo in the grid: the positions of its parts, and the delegate that paints them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.filter import without_caption
from segmind_studio.ui.data.grid.density import GAP, MEDIUM, NAME_GAP, CellSizes, thumbnail_side
from segmind_studio.ui.data.grid.model import Role
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.theme import points
from segmind_studio.ui.theme.tokens import RADIUS, SMALL, SPACE_XS, Tones, tones_of

_PICTURE_RADIUS = 4
_BADGE = 22  # logical pixels
_BADGE_ICON = 14
_WORD_EDGE = 9  # to the right of a badge's word
_WAITING_ICON = 28
_DIMMED = 0.32


@dataclass(frozen=True, slots=True)
class TileLook:
    """All values that a cell's appearance depends on, except the picture, the rings and the pointer."""

    photo: Photo
    looked_at: bool  # a check reports this photo
    selected: bool
    cells: CellSizes
    ratio: float
    tones: Tones

    def __hash__(self) -> int:
        return hash(self.photo)  # few appearances exist for one photo; hashing the rest for each cell is slow


@dataclass(frozen=True, slots=True)
class _Badge:
    icon: str
    tone: str
    word: str


def paint_tile(look: TileLook, image: QImage | None, font: QFont) -> QPixmap:
    """Paint a cell; the picture is None while it is not loaded, and null when it cannot be read."""
    cells = look.cells
    pixmap = QPixmap(QSize(cells.width, cells.height) * look.ratio)
    pixmap.setDevicePixelRatio(look.ratio)
    pixmap.fill(QColor(look.tones.window))  # opaque: it is copied, not blended
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(font)
    tile = QRectF(GAP / 2, GAP / 2, cells.tile, cells.tile)
    _paint_picture(painter, tile, look, image)
    for corner, badge in _badges(look, tile):
        _paint_badge(painter, corner, badge, look)
    _paint_name(painter, tile, look)
    painter.end()
    return pixmap


def _paint_rounded(painter: QPainter, inner: QRectF, image: QImage, ground: QColor) -> None:
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


def _paint_picture(painter: QPainter, tile: QRectF, look: TileLook, image: QImage | None) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(look.tones.canvas)
    painter.setBrush(ground)
    painter.drawRoundedRect(tile, RADIUS, RADIUS)
    if look.photo.excluded:
        painter.setOpacity(_DIMMED)
    if image is None or image.isNull():
        name = "image" if image is None else "image-off"
        half = _WAITING_ICON / 2
        drawn = icons.pixmap(name, "faint", _WAITING_ICON, look.ratio)
        painter.drawPixmap(tile.center() - QPointF(half, half), drawn)
    else:
        mat = look.cells.density.mat
        _paint_rounded(painter, tile.adjusted(mat, mat, -mat, -mat), image, ground)
    painter.setOpacity(1)


def _badges(look: TileLook, tile: QRectF) -> list[tuple[QPointF, _Badge]]:
    photo, above = look.photo, tile.topLeft()
    below = tile.bottomLeft() - QPointF(0, _BADGE + 2 * SPACE_XS)
    found: list[tuple[QPointF, _Badge]] = []
    if photo.excluded:
        found.append((above, _Badge("eye-off", "muted", _("Excluded"))))
    elif photo.problem:
        found.append((above, _Badge("circle-x", "bad", _("Problem"))))
    elif look.looked_at:
        found.append((above, _Badge("triangle-alert", "warn", _("Check"))))
    if without_caption(photo):
        word = _("No caption")
        found.append((below, _Badge("message-square", "muted", word)))
    elif photo.used and photo.caption_readings:
        found.append((below, _Badge("text-search", "warn", _("Misread?"))))
    return found


def _paint_badge(painter: QPainter, corner: QPointF, badge: _Badge, look: TileLook) -> None:
    """Paint an icon with its word; in the small density the word is in the tooltip only."""
    worded = look.cells.density.tile >= MEDIUM.tile
    word_width = QFontMetrics(painter.font()).horizontalAdvance(badge.word)
    width = _BADGE + (word_width + _WORD_EDGE if worded else 0)
    pill = QRectF(corner.x() + SPACE_XS, corner.y() + SPACE_XS, width, _BADGE)
    ground = QColor(look.tones.raised)
    ground.setAlphaF(0.92)
    painter.setPen(QPen(QColor(look.tones.line), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(pill, _BADGE / 2, _BADGE / 2)
    edge = (_BADGE - _BADGE_ICON) / 2
    inset = QPointF(edge + (2 if worded else 0), edge)
    painter.drawPixmap(pill.topLeft() + inset, icons.pixmap(badge.icon, badge.tone, _BADGE_ICON, look.ratio))
    if worded:
        painter.setPen(QColor(getattr(look.tones, badge.tone)))
        painter.drawText(pill.adjusted(_BADGE, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, badge.word)


def _paint_name(painter: QPainter, tile: QRectF, look: TileLook) -> None:
    tones = look.tones
    painter.setPen(QColor(tones.faint if look.photo.excluded else tones.text if look.selected else tones.muted))
    line = QRectF(tile.x(), tile.bottom() + NAME_GAP, tile.width(), look.cells.name_height)
    metrics = QFontMetrics(painter.font())
    name = metrics.elidedText(look.photo.path.name, Qt.TextElideMode.ElideMiddle, look.cells.tile)
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, name)


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
        self._cells = CellSizes(MEDIUM, 1, MEDIUM.tile, 0)
        self._painted: OrderedDict[tuple[TileLook, int], QPixmap] = OrderedDict()
        self._room = _LEAST_KEPT

    def set_font(self, font: QFont) -> int:
        """Write names in the small size of this font; returns their height in logical pixels."""
        self._font = QFont(font)
        self._font.setPointSizeF(points(SMALL))
        self._painted.clear()
        return QFontMetrics(self._font).height()

    def forget(self) -> None:
        """Paint every cell again: the pictures have changed."""
        self._painted.clear()

    def set_cells(self, cells: CellSizes, visible: int) -> None:
        """Set the size of a cell and the number of visible cells: twice as many painted cells are cached."""
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
        look = TileLook(
            photo, bool(index.data(Role.TROUBLED)), bool(state & QStyle.StateFlag.State_Selected),
            self._cells, painter.device().devicePixelRatioF(), tones,
        )
        painter.drawPixmap(rect.topLeft(), self._cell(look))
        side = self._cells.tile
        self._paint_rings(painter, QRectF(rect.x() + GAP / 2, rect.y() + GAP / 2, side, side), state, tones)

    def _cell(self, look: TileLook) -> QPixmap:
        """Find a painted cell, or paint it; a picture of another size is shown until the right one is ready."""
        found = self._kept(look, _RIGHT)
        if found is not None:
            return found
        photo = look.photo
        side = thumbnail_side(self._cells.tile - 2 * self._cells.density.mat, look.ratio)
        image = self._thumbnails.image(photo, side) if photo.shown else QImage()
        if image is None:
            state = _WAITING
        elif image.isNull() or max(image.width(), image.height()) >= min(side, max(photo.edited_size)):
            state = _RIGHT
        else:
            state = image.cacheKey()
        found = self._kept(look, state)
        if found is None:
            found = self._painted[look, state] = paint_tile(look, image, self._font)
            while len(self._painted) > self._room:
                self._painted.popitem(last=False)
        return found

    def _kept(self, look: TileLook, state: int) -> QPixmap | None:
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

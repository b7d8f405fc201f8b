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
from segmind_studio.ui.data.filter import NOTED, without_caption
from segmind_studio.ui.data.findings import badge_word
from segmind_studio.ui.data.grid.density import GAP, MEDIUM, NAME_GAP, CellSizes, thumbnail_side
from segmind_studio.ui.data.grid.model import PhotoModel
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
    check: str  # that reports this photo, "" for none
    selected: bool
    cells: CellSizes
    ratio: float
    tones: Tones


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
    elif look.check:
        icon, tone = ("info", "muted") if look.check in NOTED else ("triangle-alert", "warn")
        found.append((above, _Badge(icon, tone, badge_word(look.check))))
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


_SELECTED, _UNDER_POINTER, _FOCUSED = (  # as plain numbers: flags are slow, and asked for in each cell
    flag.value for flag in (
        QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver, QStyle.StateFlag.State_HasFocus,
    )
)


@dataclass(slots=True)
class _Cell:
    """A painted cell: of which photo, with which picture, and how it looks."""

    photo: Photo
    shows: int
    pixmap: QPixmap


class PhotoDelegate(QStyledItemDelegate):
    """Paint the cells of the grid.

    The view calls `set_cells` when its width or density changes, and `begin` before it paints.
    """

    def __init__(self, model: PhotoModel, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._font = QFont()
        self._cells = CellSizes(MEDIUM, 1, MEDIUM.tile, 0)
        self._tones, self._ratio = tones_of(), 1.0
        self._painted: OrderedDict[tuple[str, str, bool], _Cell] = OrderedDict()
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

    def begin(self, ratio: float) -> None:
        """Use these device pixels for each logical one, and the colours of now, for the cells that follow."""
        tones = tones_of()
        if (tones, ratio) != (self._tones, self._ratio):
            self._tones, self._ratio = tones, ratio
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
        photos, row = self._model.shown, index.row()
        if not 0 <= row < len(photos):
            return
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        state: int = option.state.value  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        photo = photos[row]
        check, selected = self._model.badges.get(photo.photo_id, ""), bool(state & _SELECTED)
        painter.drawPixmap(rect.topLeft(), self._cell(photo, check, selected=selected))
        if state & (_SELECTED | _UNDER_POINTER | _FOCUSED):
            side = self._cells.tile
            self._paint_rings(painter, QRectF(rect.x() + GAP / 2, rect.y() + GAP / 2, side, side), state)

    def _cell(self, photo: Photo, check: str, *, selected: bool) -> QPixmap:
        """Find a painted cell, or paint it; a picture of another size is shown until the right one is ready."""
        key = (photo.photo_id, check, selected)
        kept = self._painted.get(key)
        if kept is not None and kept.photo is not photo:
            kept = None
        if kept is not None and kept.shows == _RIGHT:
            self._painted.move_to_end(key)
            return kept.pixmap
        side = thumbnail_side(self._cells.tile - 2 * self._cells.density.mat, self._ratio)
        image = self._thumbnails.image(photo, side) if photo.shown else QImage()
        if image is None:
            shows = _WAITING
        elif image.isNull() or max(image.width(), image.height()) >= min(side, max(photo.edited_size)):
            shows = _RIGHT
        else:
            shows = image.cacheKey()
        if kept is None or kept.shows != shows:
            look = TileLook(photo, check, selected, self._cells, self._ratio, self._tones)
            kept = self._painted[key] = _Cell(photo, shows, paint_tile(look, image, self._font))
            while len(self._painted) > self._room:
                self._painted.popitem(last=False)
        self._painted.move_to_end(key)
        return kept.pixmap

    def _paint_rings(self, painter: QPainter, tile: QRectF, state: int) -> None:
        tones = self._tones
        wanted: list[tuple[str, float, float]] = []
        if state & _SELECTED:
            wanted.append((tones.accent, _RING, 0))
        elif state & _UNDER_POINTER:
            wanted.append((tones.line_strong, 1, 0))
        if state & _FOCUSED:
            wanted.append((tones.focus, 1.5, _FOCUS_DISTANCE))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width, distance in wanted:
            painter.setPen(QPen(QColor(colour), width))
            ring = tile.adjusted(-distance, -distance, distance, distance)
            painter.drawRoundedRect(ring, RADIUS + distance, RADIUS + distance)
        painter.restore()

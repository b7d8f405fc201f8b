"""How one photo looks in the grid: a rounded thumbnail on a grey mat, its name, and its badges."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.thumbnails import Thumbnails
from segmind_studio.ui.data.density import GAP, MEDIUM, NAME_GAP, Cells, thumbnail_side
from segmind_studio.ui.data.photo_filter import without_caption
from segmind_studio.ui.data.photo_model import Role
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.tokens import RADIUS, SMALL, SPACE_XS, Tones, tones_of

_PICTURE_RADIUS = 4
_BADGE = 22  # logical pixels
_BADGE_ICON = 14
_RING = 2.5
_DIMMED = 0.32
_MIDDLE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class _Badge:
    icon: str
    tone: str
    word: str


class PhotoDelegate(QStyledItemDelegate):
    """Paint the cells of the grid. `cells` is set by the view whenever its width or density changes."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._font = QFont()
        self._metrics = QFontMetrics(self._font)
        self._cells = Cells(MEDIUM, 1, MEDIUM.tile, self._metrics.height())
        self._excluded = _Badge("eye-off", "muted", self.tr("Excluded"))
        self._problem = _Badge("circle-x", "bad", self.tr("Problem"))
        self._look = _Badge("triangle-alert", "warn", self.tr("Look"))
        self._no_caption = _Badge("text-cursor-input", "muted", self.tr("No caption"))

    def set_font(self, font: QFont) -> int:
        """Write names in the small size of this font; gives their height in logical pixels."""
        self._font = QFont(font)
        self._font.setPointSizeF(SMALL)
        self._metrics = QFontMetrics(self._font)
        return self._metrics.height()

    def set_cells(self, cells: Cells) -> None:
        """Take the size that every cell has from now on."""
        self._cells = cells

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._cells.width, self._cells.height)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        photo = index.data(Role.PHOTO)
        if not isinstance(photo, Photo):
            return
        tones = tones_of(option.palette)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]  # missing in the stubs
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # missing in the stubs
        side = self._cells.tile
        tile = QRectF(rect.x() + GAP / 2, rect.y() + GAP / 2, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_picture(painter, tile, photo, tones)
        self._paint_badges(painter, tile, photo, tones, looked_at=bool(index.data(Role.TROUBLED)))
        self._paint_rings(painter, tile, state, tones)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setFont(self._font)
        painter.setPen(QColor(tones.faint if photo.excluded else tones.text if selected else tones.muted))
        line = QRectF(tile.x(), tile.bottom() + NAME_GAP, side, self._cells.name_height)
        name = self._metrics.elidedText(photo.path.name, Qt.TextElideMode.ElideMiddle, side)
        painter.drawText(line, _MIDDLE, name)
        painter.restore()

    def _paint_picture(self, painter: QPainter, tile: QRectF, photo: Photo, tones: Tones) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.canvas))
        painter.drawRoundedRect(tile, RADIUS, RADIUS)
        inner = tile.adjusted(*(self._cells.density.mat * sign for sign in (1, 1, -1, -1)))
        ratio = painter.device().devicePixelRatioF()
        side = thumbnail_side(round(inner.width()), ratio)
        image = QImage() if photo.problem else self._thumbnails.image(photo, side)
        if photo.excluded:
            painter.setOpacity(_DIMMED)
        if image is None or image.isNull():
            drawn = icons.pixmap("image" if image is None else "image-off", "faint", 28, ratio)
            painter.drawPixmap(tile.center() - QPointF(14, 14), drawn)
        else:
            paint_rounded(painter, inner, image)
        painter.setOpacity(1)

    def _paint_badges(
        self, painter: QPainter, tile: QRectF, photo: Photo, tones: Tones, *, looked_at: bool,
    ) -> None:
        above, below = tile.topLeft(), tile.bottomLeft() - QPointF(0, _BADGE + 2 * SPACE_XS)
        if photo.excluded:
            self._paint_badge(painter, above, self._excluded, tones)
        elif photo.problem:
            self._paint_badge(painter, above, self._problem, tones)
        elif looked_at:
            self._paint_badge(painter, above, self._look, tones)
        if without_caption(photo):
            self._paint_badge(painter, below, self._no_caption, tones)

    def _paint_badge(self, painter: QPainter, corner: QPointF, badge: _Badge, tones: Tones) -> None:
        """Paint an icon with its word; in the small density the word is in the tooltip only."""
        worded = self._cells.density.tile >= MEDIUM.tile
        width = _BADGE + (self._metrics.horizontalAdvance(badge.word) + 6 if worded else 0)
        pill = QRectF(corner.x() + SPACE_XS, corner.y() + SPACE_XS, width, _BADGE)
        ground = QColor(tones.raised)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(tones.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(pill, _BADGE / 2, _BADGE / 2)
        edge = (_BADGE - _BADGE_ICON) / 2
        drawn = icons.pixmap(badge.icon, badge.tone, _BADGE_ICON, painter.device().devicePixelRatioF())
        painter.drawPixmap(pill.topLeft() + QPointF(edge, edge), drawn)
        if worded:
            painter.setFont(self._font)
            painter.setPen(QColor(getattr(tones, badge.tone)))
            painter.drawText(pill.adjusted(_BADGE - 2, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, badge.word)

    @staticmethod
    def _paint_rings(painter: QPainter, tile: QRectF, state: QStyle.StateFlag, tones: Tones) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(tones.accent), _RING))
            painter.drawRoundedRect(tile, RADIUS, RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(tones.line_strong), 1))
            painter.drawRoundedRect(tile, RADIUS, RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(tones.focus), 1.5))
            outside = tile.adjusted(-4, -4, 4, 4)
            painter.drawRoundedRect(outside, RADIUS + 4, RADIUS + 4)


def paint_rounded(painter: QPainter, inner: QRectF, image: QImage, radius: float = _PICTURE_RADIUS) -> None:
    """Paint a picture whole in the middle of `inner`, with round corners."""
    scale = min(inner.width() / image.width(), inner.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    frame = QRectF(0, 0, width, height)
    frame.moveCenter(inner.center())
    brush = QBrush(image)
    brush.setTransform(QTransform.fromTranslate(frame.x(), frame.y()).scale(scale, scale))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(frame, radius, radius)

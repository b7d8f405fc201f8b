"""One photo in the grid: the positions of its parts, and the delegate that paints them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QPainter,
    QPen,
    QPixmap,
)
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.filter import NOTED, without_caption
from segmind_studio.ui.data.findings import badge_word
from segmind_studio.ui.data.grid.density import GAP, MEDIUM, NAME_GAP, CellSizes
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.tiles import Tile, TileDelegate, TileKey, paint_rounded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.tokens import ICON_GAP, RADIUS, SPACE_LINE, SPACE_XS, Tones

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
        paint_rounded(painter, tile.adjusted(mat, mat, -mat, -mat), image, ground)
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
        # Translators: a badge on a photo: the encoding of its caption file is unclear.
        found.append((below, _Badge("text-search", "warn", _("Encoding?"))))
    return found


def _paint_badge(painter: QPainter, corner: QPointF, badge: _Badge, look: TileLook) -> None:
    """Paint an icon with its word; in the small density the word is in the tooltip only."""
    worded = look.cells.density.tile >= MEDIUM.tile
    word_width = QFontMetrics(painter.font()).horizontalAdvance(badge.word)
    edge = (_BADGE - _BADGE_ICON) / 2
    inset = edge + (SPACE_LINE if worded else 0)
    word = inset + _BADGE_ICON + ICON_GAP
    width = word + word_width + _WORD_EDGE if worded else _BADGE
    pill = QRectF(corner.x() + SPACE_XS, corner.y() + SPACE_XS, width, _BADGE)
    ground = QColor(look.tones.raised)
    ground.setAlphaF(0.92)
    painter.setPen(QPen(QColor(look.tones.line), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(pill, _BADGE / 2, _BADGE / 2)
    drawn = icons.pixmap(badge.icon, badge.tone, _BADGE_ICON, look.ratio)
    painter.drawPixmap(pill.topLeft() + QPointF(inset, edge), drawn)
    if worded:
        painter.setPen(QColor(getattr(look.tones, badge.tone)))
        painter.drawText(pill.adjusted(word, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, badge.word)


def _paint_name(painter: QPainter, tile: QRectF, look: TileLook) -> None:
    tones = look.tones
    painter.setPen(QColor(tones.faint if look.photo.excluded else tones.text if look.selected else tones.muted))
    line = QRectF(tile.x(), tile.bottom() + NAME_GAP, tile.width(), look.cells.name_height)
    metrics = QFontMetrics(painter.font())
    name = metrics.elidedText(look.photo.path.name, Qt.TextElideMode.ElideMiddle, look.cells.tile)
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, name)


class PhotoDelegate(TileDelegate):
    """Paint the cells of the grid of photos."""

    def __init__(self, model: PhotoModel, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(thumbnails, parent)
        self._model = model

    @override
    def tile_at(self, row: int, selected: bool) -> Tile | None:
        photos = self._model.shown
        if not 0 <= row < len(photos):
            return None
        photo = photos[row]
        return (photo.photo_id, self._model.badges.get(photo.photo_id, ""), selected), photo, photo

    @override
    def draw(self, key: TileKey, subject: object, image: QImage | None) -> QPixmap:
        assert isinstance(subject, Photo)  # noqa: S101  # as `tile_at` returned it
        look = TileLook(subject, str(key[1]), key[2], self.cells, self.ratio, self.tones)
        return paint_tile(look, image, self.font)

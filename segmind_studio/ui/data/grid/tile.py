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
    QTextLayout,
    QTextOption,
)
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.filter import NOTED, without_caption
from segmind_studio.ui.data.findings import badge_word
from segmind_studio.ui.data.grid.density import GAP, MEDIUM, NAME_GAP, CellSizes, Density
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.tiles import Tile, TileDelegate, TileKey, paint_rounded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.theme import line_height, points
from segmind_studio.ui.theme.tokens import BODY, ICON_GAP, RADIUS, SPACE_LINE, SPACE_M, SPACE_XS, Tones

_BADGE = 22  # logical pixels
_BADGE_ICON = 14
_WORD_EDGE = 9  # to the right of a badge's word
_WAITING_ICON = 28
_DIMMED = 0.32
_ROW_INSET = 3  # above the name in the list: clear of the ring
_CAPTION_LINES = 2  # below a tile
_READ_AT_MOST = 600  # characters of a caption: more have no room anywhere


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
    if cells.density.listed:
        _paint_row(painter, tile, look)
    else:
        _paint_name(painter, tile, look)
        _paint_caption(painter, tile, look)
    painter.end()
    return pixmap


def caption_room(cell: QRectF, cells: CellSizes, metrics: QFontMetrics) -> QRectF:
    """Return where the caption stands in a cell of the list, below the name."""
    left = cell.x() + GAP / 2 + cells.tile + SPACE_M
    top = cell.y() + GAP / 2 + _ROW_INSET + metrics.height() + 2
    return QRectF(left, top, cell.right() - GAP - left, cell.y() + GAP / 2 + cells.tile - 2 - top)


def caption_lines(text: str, font: QFont, width: float, most: int) -> list[str]:
    """Return a text in at most so many lines of this width, the last one with an ellipsis where it goes on."""
    words = " ".join(text[:_READ_AT_MOST].split())
    lines: list[str] = []
    if not words:
        return lines
    layout = QTextLayout(words, font)
    wrap = QTextOption()
    wrap.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(wrap)
    layout.beginLayout()
    units = words.encode("utf-16-le", "surrogatepass")  # as Qt counts
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start = 2 * line.textStart()
        last = len(lines) == most - 1
        part = units[start:] if last else units[start:start + 2 * line.textLength()]
        text = part.decode("utf-16-le", "replace").strip()
        lines.append(
            QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(width)) if last else text
        )
    layout.endLayout()
    return lines


def _paint_caption(painter: QPainter, tile: QRectF, look: TileLook) -> None:
    """Paint two lines of the caption below the name; a small tile has no room for them."""
    if look.cells.density.tile < MEDIUM.tile:
        return
    height = line_height(painter.font())
    painter.setPen(QColor(look.tones.faint))
    top = tile.bottom() + NAME_GAP + height
    for line in caption_lines(look.photo.caption, painter.font(), tile.width(), _CAPTION_LINES):
        room = QRectF(tile.x(), top, tile.width(), height)
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, line)
        top += height


def _paint_row(painter: QPainter, tile: QRectF, look: TileLook) -> None:
    """Paint what stands beside the tile in the list: the name, and as much of the caption as has room."""
    tones, metrics = look.tones, QFontMetrics(painter.font())
    room = caption_room(QRectF(0, 0, look.cells.width, look.cells.height), look.cells, metrics)
    painter.setPen(QColor(tones.muted if look.selected else tones.faint))
    name = metrics.elidedText(look.photo.path.name, Qt.TextElideMode.ElideMiddle, int(room.width()))
    line = QRectF(room.x(), tile.y() + _ROW_INSET, room.width(), metrics.height())
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
    font = QFont(painter.font())
    font.setPointSizeF(points(BODY))
    painter.setFont(font)
    spacing = line_height(font)
    caption = look.photo.caption.strip()
    painter.setPen(QColor(tones.faint if look.photo.excluded or not caption else tones.text))
    most = max(1, int(room.height() // spacing))
    for place, words in enumerate(caption_lines(caption or _("No caption"), font, room.width(), most)):
        line = QRectF(room.x(), room.y() + place * spacing, room.width(), spacing)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


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
    metrics = QFontMetrics(painter.font())
    line = QRectF(tile.x(), tile.bottom() + NAME_GAP, tile.width(), metrics.height())
    name = metrics.elidedText(look.photo.path.name, Qt.TextElideMode.ElideMiddle, look.cells.tile)
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, name)


class PhotoDelegate(TileDelegate):
    """Paint the cells of the grid of photos."""

    def __init__(self, model: PhotoModel, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(thumbnails, parent)
        self._model = model

    @override
    def lines_height(self, font: QFont, density: Density) -> int:
        return line_height(font) * (1 + _CAPTION_LINES if density.tile >= MEDIUM.tile else 1)

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

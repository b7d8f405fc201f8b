"""One photo in the grid: the positions of its parts, and the delegate that paints them."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt
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
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.parts.density import GAP, MEDIUM, NAME_GAP, CellSizes, Density
from segmind_studio.ui.parts.tile_painting import Tile, TileDelegate, TileKey, paint_rounded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import draw_own, isolated, placed
from segmind_studio.ui.theme.theme import line_height, points
from segmind_studio.ui.theme.tokens import BODY, ICON_GAP, RADIUS, SPACE_LINE, SPACE_M, SPACE_XS, Tones

_BADGE = 22  # logical pixels
_BADGE_ICON = 14
_WORD_EDGE = 9  # to the right of a badge's word
_WAITING_ICON = 28
_DIMMED = 0.32
_ROW_INSET = 3  # above the name in the list: clear of the ring
_CAPTION_LINES = 2  # below a tile
_MOST_WORDS = 20_000  # whose widths are kept
_READ_AT_MOST = 600  # characters of a caption: more have no room anywhere


class TileLook(NamedTuple):
    """What a cell shows, besides the picture, the rings and the pointer."""

    photo: Photo
    check: str  # that reports this photo, "" for none
    selected: bool


class _Badge(NamedTuple):
    icon: str
    tone: str
    word: str


def caption_room(cell: QRectF, cells: CellSizes, metrics: QFontMetrics) -> QRectF:
    """Return where the caption stands in a cell of the list, below the name."""
    left = cell.x() + GAP / 2 + cells.tile + SPACE_M
    top = cell.y() + GAP / 2 + _ROW_INSET + metrics.height() + 2
    return placed(QRectF(left, top, cell.right() - GAP - left, cell.y() + GAP / 2 + cells.tile - 2 - top), cell)


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


class WordWidths:
    """The widths of words in a font, in logical pixels. They are added up: to lay out text is slow."""

    def __init__(self, font: QFont) -> None:
        self._metrics = QFontMetrics(font)
        self._words: dict[str, int] = {}
        self._space, self._ellipsis = self.of(" "), self.of("…")

    def of(self, word: str) -> int:
        """Return the width of a word or a letter."""
        found = self._words.get(word)
        if found is None:
            if len(self._words) >= _MOST_WORDS:
                self._words.clear()
            found = self._words[word] = self._metrics.horizontalAdvance(word)
        return found

    def lines(self, text: str, width: int, most: int) -> list[tuple[str, int]] | None:
        """Return what `caption_lines` does, each line with its width; None where Qt itself has to break it.

        That is outside of ASCII, where letters join and change places, and for a word longer than a line.
        """
        cut = text[:_READ_AT_MOST]
        if not cut.isascii():
            return None
        lines: list[tuple[str, int]] = []
        held: list[str] = []
        across = 0
        for word in cut.split():
            wide = self.of(word)
            if wide > width:
                return None
            if held and across + self._space + wide > width:
                if len(lines) == most - 1:
                    return [*lines, self._elided(" ".join(held), across, word, width)]
                lines.append((" ".join(held), across))
                held, across = [], 0
            across += wide + (self._space if held else 0)
            held.append(word)
        return [*lines, (" ".join(held), across)] if held else lines

    def letters(self, text: str) -> int:
        """Return the width of all letters of a text."""
        known, of = self._words, self.of
        return sum([known[letter] if letter in known else of(letter) for letter in text])

    def _elided(self, line: str, across: int, word: str, width: int) -> tuple[str, int]:
        """Return as much of a line that wide, and of the word after it, as has room before an ellipsis."""
        room = width - self._ellipsis
        if across + self._space <= room:
            start, across, rest = f"{line} ", across + self._space, word
        else:
            start, across, rest = "", 0, line
        for place, letter in enumerate(rest):
            wide = self.of(letter)
            if across + wide > room:
                return f"{start}{rest[:place]}".rstrip() + "…", across + self._ellipsis
            across += wide
        return f"{start}{rest}…", across + self._ellipsis


class TilePainter:
    """Paint cells of one size, font and screen; what many of them have in common is painted once."""

    def __init__(self, cells: CellSizes, ratio: float, tones: Tones, font: QFont) -> None:
        self._cells, self._ratio, self._tones, self._font = cells, ratio, tones, font
        self._metrics = QFontMetrics(font)
        whole = QRectF(0, 0, cells.width, cells.height)
        self._tile = placed(QRectF(GAP / 2, GAP / 2, cells.tile, cells.tile), whole)
        self._grounds: dict[str, QPixmap] = {}  # by the name of the icon in it, "" without one
        self._badges: dict[_Badge, QPixmap] = {}
        self._widths = WordWidths(font)
        self._body = QFont(font)  # of a caption in the list
        self._body.setPointSizeF(points(BODY))
        self._body_widths = WordWidths(self._body)

    def paint(self, look: TileLook, image: QImage | None, before: QPixmap | None = None) -> QPixmap:
        """Paint a cell; the picture is None while it is not loaded, and null when it cannot be read.

        `before` is the same look with another picture: its words stay, they take longer than all else.
        """
        shown, dimmed = image is not None and not image.isNull(), look.photo.excluded
        icon = "image" if image is None else "image-off"
        ground = self._ground("" if shown or dimmed else icon)
        pixmap = ground.copy() if before is None else before.copy()
        painter = QPainter(pixmap)
        if before is not None:
            part = QRectF(self._tile.topLeft() * self._ratio, self._tile.size() * self._ratio).toAlignedRect()
            spot = QRectF(QPointF(part.topLeft()) / self._ratio, QSizeF(part.size()) / self._ratio)
            painter.drawPixmap(spot, ground, QRectF(part))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(self._font)
        if image is not None and shown:
            self._paint_picture(painter, look, image)
        elif dimmed:
            painter.setOpacity(_DIMMED)
            self._paint_icon(painter, icon)
            painter.setOpacity(1)
        for corner, badge in () if self._cells.density.listed else self._badges_of(look):
            drawn = self._badge(badge)
            spot = placed(QRectF(corner, drawn.deviceIndependentSize()), self._tile)
            painter.drawPixmap(spot.topLeft(), drawn)
        if before is not None:
            pass
        elif self._cells.density.listed:
            self._paint_row(painter, look)
        else:
            self._paint_name(painter, look)
            self._paint_caption(painter, look)
        painter.end()
        return pixmap

    def _blank(self, size: QSizeF) -> QPixmap:
        pixmap = QPixmap((size * self._ratio).toSize())
        pixmap.setDevicePixelRatio(self._ratio)
        return pixmap

    def _ground(self, icon: str) -> QPixmap:
        """Return an empty cell, with this icon in its middle."""
        found = self._grounds.get(icon)
        if found is None:
            found = self._grounds[icon] = self._blank(QSizeF(self._cells.width, self._cells.height))
            found.fill(QColor(self._tones.window))  # opaque: it is copied, not blended
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._tones.canvas))
            painter.drawRoundedRect(self._tile, RADIUS, RADIUS)
            if icon:
                self._paint_icon(painter, icon)
            painter.end()
        return found

    def _paint_icon(self, painter: QPainter, name: str) -> None:
        half = _WAITING_ICON / 2
        drawn = icons.pixmap(name, "faint", _WAITING_ICON, self._ratio)
        painter.drawPixmap(self._tile.center() - QPointF(half, half), drawn)

    def _paint_picture(self, painter: QPainter, look: TileLook, image: QImage) -> None:
        if look.photo.excluded:
            painter.setOpacity(_DIMMED)
        mat = self._cells.density.mat
        paint_rounded(painter, self._tile.adjusted(mat, mat, -mat, -mat), image, QColor(self._tones.canvas))
        painter.setOpacity(1)

    def _badges_of(self, look: TileLook) -> list[tuple[QPointF, _Badge]]:
        photo, margin = look.photo, QPointF(SPACE_XS, SPACE_XS)
        above = self._tile.topLeft() + margin
        below = self._tile.bottomLeft() - QPointF(0, _BADGE + 2 * SPACE_XS) + margin
        found: list[tuple[QPointF, _Badge]] = []
        if photo.excluded:
            found.append((above, _Badge("eye-off", "muted", _("Excluded"))))
        elif photo.problem:
            found.append((above, _Badge("circle-x", "bad", _("Problem"))))
        elif look.check:
            icon, tone = ("info", "muted") if look.check in NOTED else ("triangle-alert", "warn")
            found.append((above, _Badge(icon, tone, badge_word(look.check))))
        if without_caption(photo) and not self._cells.density.listed:  # whose words say so
            found.append((below, _Badge("message-square", "muted", _("No caption"))))
        elif photo.used and photo.caption_readings:
            # Translators: a badge on a photo: the encoding of its caption file is unclear.
            found.append((below, _Badge("text-search", "warn", _("Encoding?"))))
        return found

    def _badge(self, badge: _Badge) -> QPixmap:
        """Return an icon with its word; in the small density the word is in the tooltip only."""
        found = self._badges.get(badge)
        if found is not None:
            return found
        worded = self._cells.density.tile >= MEDIUM.tile
        edge = (_BADGE - _BADGE_ICON) / 2
        inset = edge + (SPACE_LINE if worded else 0)
        word = inset + _BADGE_ICON + ICON_GAP
        width = word + self._metrics.horizontalAdvance(badge.word) + _WORD_EDGE if worded else _BADGE
        found = self._badges[badge] = self._blank(QSizeF(width + 1, _BADGE + 1))  # with its line
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        pill = QRectF(0, 0, width, _BADGE)
        ground = QColor(self._tones.raised)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(self._tones.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(pill, _BADGE / 2, _BADGE / 2)
        spot = placed(QRectF(inset, edge, _BADGE_ICON, _BADGE_ICON), pill)
        painter.drawPixmap(spot.topLeft(), icons.pixmap(badge.icon, badge.tone, _BADGE_ICON, self._ratio))
        if worded:
            painter.setPen(QColor(getattr(self._tones, badge.tone)))
            room = placed(pill.adjusted(word, 0, -_WORD_EDGE, 0), pill)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, badge.word)
        painter.end()
        return found

    def _paint_name(self, painter: QPainter, look: TileLook) -> None:
        tones, tile = self._tones, self._tile
        tone = tones.faint if look.photo.excluded else tones.text if look.selected else tones.muted
        painter.setPen(QColor(tone))
        name, width = self._elided(look.photo.path.name)
        at = QPointF(tile.center().x() - width / 2, tile.bottom() + NAME_GAP + self._metrics.ascent())
        painter.drawText(at, isolated(name))  # at a point: in a rectangle, Qt would lay it out once more

    def _paint_caption(self, painter: QPainter, look: TileLook) -> None:
        """Paint two lines of the caption below the name; a small tile has no room for them."""
        if self._cells.density.tile < MEDIUM.tile:
            return
        tile, height, text = self._tile, line_height(self._font), look.photo.caption
        painter.setPen(QColor(self._tones.faint))
        top = tile.bottom() + NAME_GAP + height
        known = self._widths.lines(text, int(tile.width()), _CAPTION_LINES)
        if known is not None:
            base = top + (height - self._metrics.height()) / 2 + self._metrics.ascent()
            for place, (line, width) in enumerate(known):
                at = QPointF(tile.center().x() - width / 2, base + place * height)
                painter.drawText(at, isolated(line))  # at a point: in a rectangle, Qt would lay it out once more
            return
        for line in caption_lines(text, self._font, tile.width(), _CAPTION_LINES):
            room = QRectF(tile.x(), top, tile.width(), height)
            draw_own(painter, room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, line)
            top += height

    def _paint_row(self, painter: QPainter, look: TileLook) -> None:
        """Paint what stands beside the tile in the list: the name, and as much of the caption as has room."""
        tones, metrics, font = self._tones, self._metrics, self._body
        room = caption_room(QRectF(0, 0, self._cells.width, self._cells.height), self._cells, metrics)
        spacing = line_height(font)
        most = max(1, int(room.height() // spacing))
        caption = look.photo.caption.strip()
        text = caption or _("No caption")
        known = self._body_widths.lines(text, int(room.width()), most)
        lines = [line for line, _width in known] if known is not None else caption_lines(
            text, font, room.width(), most,
        )
        down = max(0.0, room.height() - len(lines) * spacing) // 2  # both together are in the middle
        painter.setPen(QColor(tones.muted if look.selected else tones.faint))
        signs = [(badge, metrics.horizontalAdvance(badge.word)) for _corner, badge in self._badges_of(look)]
        taken = sum(SPACE_M + _BADGE_ICON + ICON_GAP + width for _badge, width in signs)
        name = metrics.elidedText(look.photo.path.name, Qt.TextElideMode.ElideMiddle, int(room.width() - taken))
        line = QRectF(room.x(), self._tile.y() + _ROW_INSET + down, room.width(), metrics.height())
        draw_own(painter, line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        along = line.x() + metrics.horizontalAdvance(name) if signs else 0.0
        for badge, width in signs:
            along = self._paint_sign(painter, badge, line, along + SPACE_M, width)
        painter.setFont(font)
        painter.setPen(QColor(tones.faint if look.photo.excluded or not caption else tones.text))
        for place, words in enumerate(lines):
            line = QRectF(room.x(), room.y() + down + place * spacing, room.width(), spacing)
            draw_own(painter, line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_sign(self, painter: QPainter, badge: _Badge, line: QRectF, along: float, width: int) -> float:
        """Paint a badge without its pill in a line of words, that far from its left; return where it ends."""
        icon = QRectF(along, line.center().y() - _BADGE_ICON / 2, _BADGE_ICON, _BADGE_ICON)
        drawn = icons.pixmap(badge.icon, badge.tone, _BADGE_ICON, self._ratio)
        painter.drawPixmap(placed(icon, line).topLeft(), drawn)
        painter.setPen(QColor(getattr(self._tones, badge.tone)))
        word = QRectF(icon.right() + ICON_GAP, line.y(), width, line.height())
        painter.drawText(placed(word, line), Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, badge.word)
        return word.right()

    def _elided(self, name: str) -> tuple[str, int]:
        """Return a name as it fits below a tile, and its width. Letters are added up: to lay out text is slow."""
        room = self._cells.tile
        if name.isascii():
            width = self._widths.letters(name)
            if width <= room:
                return name, width
        elided = self._metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        return elided, self._metrics.horizontalAdvance(elided)


class PhotoDelegate(TileDelegate):
    """Paint the cells of the grid of photos."""

    def __init__(self, model: PhotoModel, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(thumbnails, parent)
        self._model = model
        self._parts: TilePainter | None = None

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
    def forget(self) -> None:
        super().forget()
        self._parts = None

    @override
    def draw(self, key: TileKey, subject: object, image: QImage | None) -> QPixmap:
        return self._draw(key, subject, image, None)

    @override
    def redraw(self, key: TileKey, subject: object, image: QImage | None, before: QPixmap) -> QPixmap:
        return self._draw(key, subject, image, before)

    def _draw(self, key: TileKey, subject: object, image: QImage | None, before: QPixmap | None) -> QPixmap:
        assert isinstance(subject, Photo)  # noqa: S101  # as `tile_at` returned it
        if self._parts is None:
            self._parts = TilePainter(self.cells, self.ratio, self.tones, self.font)
        return self._parts.paint(TileLook(subject, str(key[1]), key[2]), image, before)

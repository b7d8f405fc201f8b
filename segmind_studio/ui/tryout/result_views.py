"""The results as tiles: in the grid of all of them, and in the strip below the large one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QListView, QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.core.generated_images import HIGHEST_RATING, GeneratedImage, ImageState
from segmind_studio.formats import exact_number
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.density import GAP, NAME_GAP, CellSizes, Density
from segmind_studio.ui.parts.files_out import drag_files
from segmind_studio.ui.parts.tile_painting import Tile, TileDelegate, TileKey, paint_rounded
from segmind_studio.ui.parts.tiles import TileGrid
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.colour_shapes import account_mark
from segmind_studio.ui.theme.direction import draw_own, in_a_row, placed, placed_point, visual_key
from segmind_studio.ui.theme.focus import paint_ring, shows_ring
from segmind_studio.ui.theme.theme import line_height
from segmind_studio.ui.theme.tokens import RADIUS, RADIUS_S, SPACE_S, SPACE_XS, tones_of
from segmind_studio.ui.tryout.results_model import ResultsModel, caption_of, stars_text

_SIGN = 28  # logical pixels
_STAR = 12
_PILL = 20
_MARK = 14
_STRIP = Density("strip", 88, 0)
_STRIP_CELLS = CellSizes(_STRIP, 1, _STRIP.tile, 0)
_POINTS = 10
_INNER = 0.45  # of a star's radius


def star(middle: QPointF, side: float) -> QPolygonF:
    """Return a star of five points in a square of `side`."""
    corners: list[QPointF] = []
    for number in range(_POINTS):
        radius = side / 2 * (_INNER if number % 2 else 1)
        angle = math.pi * number / 5 - math.pi / 2
        corners.append(middle + QPointF(radius * math.cos(angle), radius * math.sin(angle)))
    return QPolygonF(corners)


class ResultDelegate(TileDelegate):
    """Paint a result: its picture or why there is none, its stars, and with `worded` its prompt and model."""

    def __init__(
        self, model: ResultsModel, thumbnails: Thumbnails, parent: QObject | None = None, *, worded: bool = True,
    ) -> None:
        super().__init__(thumbnails, parent)
        self._model = model
        self._worded = worded

    @override
    def lines_height(self, font: QFont, density: Density) -> int:
        return 2 * line_height(font) if self._worded else 0

    @override
    def tile_at(self, row: int, selected: bool) -> Tile | None:
        images = self._model.shown
        if not 0 <= row < len(images):
            return None
        image = images[row]
        account = self._model.accounts.get(image.account_id) if self._model.says_accounts else None
        marked = f"account {account.colour if account else ''}" if self._model.says_accounts else False
        return (image.image_id, marked, selected), image, self._model.photo(image)

    @override
    def draw(self, key: TileKey, subject: object, image: QImage | None) -> QPixmap:
        assert isinstance(subject, GeneratedImage)  # noqa: S101  # as `tile_at` returned it
        cells, tones = self.cells, self.tones
        pixmap = QPixmap(QSize(cells.width, cells.height) * self.ratio)
        pixmap.setDevicePixelRatio(self.ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(self.font)
        tile = QRectF(GAP / 2, GAP / 2, cells.tile, cells.tile)
        lost = subject.state is ImageState.UNKNOWN
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.warn_soft if lost else tones.canvas))
        painter.drawRoundedRect(tile, RADIUS, RADIUS)
        shown = self._model.pixels(subject) if image is not None and image.isNull() and not lost else image
        if shown is None or shown.isNull():
            missing = "image-off" if shown is not None else "image"
            name, tone = ("circle-question-mark", "warn") if lost else (missing, "faint")
            drawn = icons.pixmap(name, tone, _SIGN, self.ratio)
            painter.drawPixmap(tile.center() - QPointF(_SIGN / 2, _SIGN / 2), drawn)
        else:
            mat = cells.density.mat
            paint_rounded(painter, tile.adjusted(mat, mat, -mat, -mat), shown, QColor(tones.canvas))
        if self._model.says_accounts:
            self._paint_account(painter, tile, subject)
        if subject.rating:
            self._paint_stars(painter, tile, subject.rating)
        if self._worded:
            self._paint_words(painter, tile, subject, selected=key[2])
        painter.end()
        return pixmap

    def _paint_stars(self, painter: QPainter, tile: QRectF, rating: int) -> None:
        """Paint as many stars as it has, on a ground that any picture lets see."""
        width = SPACE_S + rating * (_STAR + 2)
        pill = placed(QRectF(tile.left() + SPACE_XS, tile.bottom() - _PILL - SPACE_XS, width, _PILL), tile)
        self._paint_pill(painter, pill)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.tones.accent))
        for number in range(rating):
            x = pill.left() + SPACE_XS + number * (_STAR + 2) + _STAR / 2 + 1
            painter.drawPolygon(star(placed_point(QPointF(x, pill.center().y()), pill), _STAR))

    def _paint_account(self, painter: QPainter, tile: QRectF, image: GeneratedImage) -> None:
        """Paint the mark of the account that it was made with: a colour and a shape."""
        pill = placed(QRectF(tile.left() + SPACE_XS, tile.top() + SPACE_XS, _PILL, _PILL), tile)
        self._paint_pill(painter, pill)
        inset = (_PILL - _MARK) / 2
        mark = account_mark(image.account_id, self._model.accounts)
        mark.paint(painter, pill.adjusted(inset, inset, -inset, -inset).toRect())

    def _paint_pill(self, painter: QPainter, pill: QRectF) -> None:
        ground = QColor(self.tones.raised)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(self.tones.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(pill, _PILL / 2, _PILL / 2)

    def _paint_words(self, painter: QPainter, tile: QRectF, image: GeneratedImage, *, selected: bool) -> None:
        metrics = QFontMetrics(painter.font())
        high = line_height(painter.font())
        line = QRectF(tile.x(), tile.bottom() + NAME_GAP, tile.width(), high)
        facts = in_a_row(part for part in (self._model.name_of(image), exact_number(image.strength)) if part)
        for words, tone in ((caption_of(image), "text" if selected else "muted"), (facts, "muted")):
            painter.setPen(QColor(getattr(self.tones, tone)))
            short = metrics.elidedText(" ".join(words.split()), Qt.TextElideMode.ElideRight, self.cells.tile)
            draw_own(painter, line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
            line.translate(0, high)


class ResultGrid(TileGrid):
    """All results that the filter lets through.

    Signals (GUI thread): open_wanted(), when Enter or Space is pressed, or one is clicked twice.
    """

    open_wanted = Signal()

    def __init__(
        self, model: ResultsModel, thumbnails: Thumbnails, files: Callable[[], Sequence[Path]],
        parent: QWidget | None = None,
    ) -> None:
        """`files` returns the files of what is selected, to be dragged."""
        super().__init__(model, ResultDelegate(model, thumbnails), thumbnails, parent)
        self.setObjectName("try.grid")
        self.setAccessibleName(_("All pictures"))
        self._files = files
        self._model = model
        self.setDragEnabled(True)
        self.doubleClicked.connect(self._open)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        opens = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        if event.key() in opens and event.modifiers() == Qt.KeyboardModifier.NoModifier and self.current_name:
            self._open()
        else:
            super().keyPressEvent(event)

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        row, paths = self.currentIndex().row(), tuple(self._files())
        if paths and row >= 0:
            picture = self.picture_of(self._model.photo(self._model.shown[row]))
            drag_files(self, paths, QPixmap.fromImage(picture) if picture is not None else None)

    def _open(self) -> None:
        self.open_wanted.emit()


class ResultStrip(QListView):
    """One line of the same results, below the large one.

    Signals (GUI thread): back_wanted(), when Escape is pressed.
    """

    back_wanted = Signal()

    def __init__(self, model: ResultsModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("try.strip")
        self.setAccessibleName(_("Your pictures"))
        self._model = model
        self._painter = ResultDelegate(model, thumbnails, self, worded=False)
        self._painter.set_cells(_STRIP_CELLS, 0)
        self.setItemDelegate(self._painter)
        self.setModel(model)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_STRIP_CELLS.height + self.horizontalScrollBar().sizeHint().height() + SPACE_XS)
        self.setMouseTracking(True)
        thumbnails.ready.connect(self._repaint)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        self._painter.begin(self.viewport().devicePixelRatioF())
        self._painter.set_cells(_STRIP_CELLS, self.viewport().width() // _STRIP_CELLS.width + 2)
        super().paintEvent(event)

    @override
    def wheelEvent(self, e: QWheelEvent, /) -> None:
        """Move along the line, also with a wheel that only turns up and down."""
        bar = self.horizontalScrollBar()
        turned = e.pixelDelta().y() or e.pixelDelta().x() or e.angleDelta().y() or e.angleDelta().x()
        bar.setValue(bar.value() - turned)
        e.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _repaint(self, ready: ThumbnailReady) -> None:
        index: QModelIndex = self._model.index_of(ready.photo_id)
        if index.isValid() and self.isVisible():
            self.update(index)


class StarPicker(QWidget):
    """Five stars: a click on one sets that rating, on the last one again none; arrow keys do the same.

    Signals (GUI thread): rated(int), 0 to HIGHEST_RATING.
    """

    rated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rating = 0
        self._over = 0
        self.setObjectName("try.stars")
        self.setAccessibleName(_("Rating"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(_("To rate, press 1 to 5. 0 removes the stars"))
        self.show_rating(0)

    def show_rating(self, rating: int) -> None:
        """Show another rating."""
        self._rating = rating
        self.setAccessibleDescription(stars_text(rating))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(HIGHEST_RATING * _CELL + 2, _CELL)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones = tones_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(HIGHEST_RATING):
            full = number < (self._over or self._rating)
            painter.setPen(QPen(QColor(tones.accent if full else tones.muted), 1.2))
            painter.setBrush(QColor(tones.accent) if full else Qt.BrushStyle.NoBrush)
            middle = QPointF(number * _CELL + _CELL / 2 + 1, _CELL / 2 + 1)
            painter.drawPolygon(star(placed_point(middle, QRectF(self.rect())), _CELL - 6))
        if shows_ring(self):
            paint_ring(painter, QRectF(self.rect()), RADIUS_S)

    @override
    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        self._over = self._star_at(event)
        self.update()

    @override
    def leaveEvent(self, event: object, /) -> None:
        self._over = 0
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        number = self._star_at(event)
        self._over = 0
        self.rated.emit(0 if number == self._rating else number)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1}.get(
            visual_key(event.key()), 0,
        )
        if step:
            self.rated.emit(min(max(self._rating + step, 0), HIGHEST_RATING))
        else:
            super().keyPressEvent(event)

    def _star_at(self, event: QMouseEvent) -> int:
        across = placed_point(event.position(), QRectF(self.rect())).x()
        return min(max(int(across // _CELL) + 1, 1), HIGHEST_RATING)


_CELL = 24  # logical pixels for one star

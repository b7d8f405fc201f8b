"""The spots of a plot as one picture: dots, or thumbnails in the cells of a map that are large enough.

Many spots are drawn in slices between other events, so that they never hold the window.
"""

from __future__ import annotations

from math import sqrt

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from segmind_studio.core.glance import GlancePlot, PlotSpot
from segmind_studio.record import record
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.ui.data.glance.zoom import PlotZoom
from segmind_studio.ui.parts.density import thumbnail_side
from segmind_studio.ui.theme.tokens import Tones

DOT = 4.0  # logical pixels, the radius of a spot with one photo
_SMALLEST_DOT = 2.0  # in the cells of a map
_LARGEST_DOT = 12.0
_OPAQUE = 190  # of 255, so that dots over each other can be seen
_SLICE = 1_000  # spots drawn at once: some milliseconds
_SMALLEST_PICTURE = 30  # logical pixels
_LARGEST_PICTURE = 112
_BETWEEN = 4  # logical pixels between two thumbnails
_DIMMED = 0.32  # of an excluded photo


@record
class LayerLook:
    """All that the picture depends on, besides the thumbnails."""

    plot: GlancePlot
    size: QSizeF
    area: QRectF
    zoom: PlotZoom
    ratio: float
    tones: Tones

    def place_of(self, spot: PlotSpot) -> QPointF:
        """Return where a spot is drawn, in logical pixels of the widget."""
        x, y = self.zoom.place(spot.x, spot.y)
        return QPointF(self.area.left() + x * self.area.width(), self.area.bottom() - y * self.area.height())

    @property
    def cell(self) -> float:
        """Return the side of a cell of a map, in logical pixels; 0 without cells."""
        if self.plot.cells is None:
            return 0.0
        columns, rows = self.plot.cells
        return min(self.area.width() / columns, self.area.height() / rows) * self.zoom.scale

    @property
    def picture(self) -> int:
        """Return the side of a thumbnail, in logical pixels; 0 where dots are drawn."""
        side = int(min(_LARGEST_PICTURE, self.cell - _BETWEEN))
        return side if side >= _SMALLEST_PICTURE else 0

    def radius(self, spot: PlotSpot) -> float:
        """Return the radius of a spot's dot."""
        if self.plot.cells is not None:
            return min(DOT, max(_SMALLEST_DOT, self.cell / 2 - 0.5))
        return min(_LARGEST_DOT, DOT * sqrt(max(1, len(spot.photos))))


class SpotLayer(QObject):
    """Draw the spots of the newest look.

    Signals: changed(), when more is drawn; GUI thread.
    """

    changed = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._look: LayerLook | None = None
        self._drawn = QPixmap()  # what is shown
        self._drawing = QPixmap()  # what is being drawn
        self._left: list[PlotSpot] = []  # still to be drawn, the next one last
        self._missing: dict[str, PlotSpot] = {}  # whose thumbnail is not there yet, by photo id
        self._dots: dict[tuple[float, bool], QPixmap] = {}
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._draw_more)
        thumbnails.ready.connect(self._on_ready)
        thumbnails.background_changed.connect(self._draw_again)

    @property
    def complete(self) -> bool:
        """Return whether all spots are drawn, with their thumbnails."""
        return not self._left and not self._missing

    def picture_of(self, look: LayerLook) -> QPixmap:
        """Return the picture, as far as it is drawn; the earlier one of the same size while it is replaced."""
        if look != self._look:
            before, self._look = self._look, look
            self._begin()
            if before is None or before.size != look.size or before.ratio != look.ratio or not self._left:
                self._drawn = self._drawing
        return self._drawn

    def ask_again(self) -> None:
        """Ask again for thumbnails that are still missing: another view may have emptied the queue."""
        for spot in list(self._missing.values()):
            self._draw_now([spot])

    def _begin(self) -> None:
        look = self._look
        if look is None:
            return
        self._dots.clear()
        self._missing.clear()
        self._drawing = _clear(look.size, look.ratio)
        spots = look.plot.spots
        if look.zoom.scale > 1:
            shown = look.area.adjusted(-_LARGEST_PICTURE, -_LARGEST_PICTURE, _LARGEST_PICTURE, _LARGEST_PICTURE)
            spots = [spot for spot in spots if shown.contains(look.place_of(spot))]
        self._left = list(reversed(spots))
        self._draw_slice()

    @Slot()
    def _draw_again(self) -> None:
        self._begin()
        self._drawn = self._drawing
        self.changed.emit()

    @Slot()
    def _draw_more(self) -> None:
        self._draw_slice()
        if not self._left:
            self._drawn = self._drawing
        self.changed.emit()

    def _draw_slice(self) -> None:
        part, self._left = self._left[-_SLICE:], self._left[:-_SLICE]
        self._draw_now(part[::-1])
        if self._left:
            self._next.start()
        else:
            self._next.stop()

    def _draw_now(self, spots: list[PlotSpot]) -> None:
        look = self._look
        if look is None:
            return
        painter = QPainter(self._drawing)
        beyond = DOT if look.zoom.scale == 1 else 0  # a dot at the edge may reach over it
        painter.setClipRect(look.area.adjusted(-beyond, -beyond, beyond, beyond))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if look.picture:
            for spot in spots:
                self._draw_thumbnail(painter, look, spot)
        else:
            self._draw_dots(painter, look, spots)
        painter.end()

    def _draw_dots(self, painter: QPainter, look: LayerLook, spots: list[PlotSpot]) -> None:
        """Draw each as a copy of a dot, which is far faster than an ellipse for each."""
        for spot in spots:
            radius, used = look.radius(spot), spot.used
            dot = self._dots.get((radius, used))
            if dot is None:
                dot = self._dots[radius, used] = _dot(radius, look, used=used)
            painter.drawPixmap(look.place_of(spot) - QPointF(radius + 1, radius + 1), dot)

    def _draw_thumbnail(self, painter: QPainter, look: LayerLook, spot: PlotSpot) -> None:
        photo, side = spot.photos[0], look.picture
        image = self._thumbnails.image(photo, thumbnail_side(side, look.ratio))
        if image is None:
            self._missing[photo.photo_id] = spot
        if image is None or image.isNull():
            self._draw_dots(painter, look, [spot])
            return
        frame = _frame(image, look.place_of(spot), side)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(frame, QColor(look.tones.surface))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setOpacity(_DIMMED if photo.excluded else 1)
        painter.drawImage(frame, image, QRectF(image.rect()))
        painter.setOpacity(1)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        spot = self._missing.pop(ready.photo_id, None)
        if spot is not None:
            self._draw_now([spot])
            self.changed.emit()


def _frame(image: QImage, middle: QPointF, side: int) -> QRectF:
    size = QSizeF(image.size()).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
    frame = QRectF(QPointF(0, 0), size)
    frame.moveCenter(middle)
    return frame


def _dot(radius: float, look: LayerLook, *, used: bool) -> QPixmap:
    dot = _clear(QSizeF(2 * radius + 2, 2 * radius + 2), look.ratio)
    painter = QPainter(dot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if used:
        filled = QColor(look.tones.accent)
        filled.setAlpha(_OPAQUE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(filled)
    else:
        painter.setPen(QPen(QColor(look.tones.faint), 1.5))
    painter.drawEllipse(QPointF(radius + 1, radius + 1), radius, radius)
    painter.end()
    return dot


def _clear(size: QSizeF, ratio: float) -> QPixmap:
    pixmap = QPixmap((size * ratio).toSize())
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap

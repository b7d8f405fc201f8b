"""Pictures beside a name: one photo, or up to four of a dataset or a run as a mosaic."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.tokens import RADIUS, SPACE_XS, tones_of

MOSAIC = 4  # the most photos of one
_GAP = 2  # logical pixels between the photos of a mosaic
_STEP = 64  # thumbnails come in these sides, so that other sizes of a window decode nothing again
_SIGN = 40  # the side of the sign in an empty place, at most


class SmallPicture(QWidget):
    """Paint a photo as large as a square of `side` logical pixels allows; a sign when its file cannot be shown."""

    def __init__(self, photo: Photo, side: int, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photo = photo
        self._side = side
        self._thumbnails = thumbnails
        self.setFixedSize(side, side)
        thumbnails.ready.connect(self._on_ready)
        thumbnails.background_changed.connect(self.update)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        ratio, side = self.devicePixelRatioF(), self._side
        image = self._thumbnails.image(self.photo, round(side * ratio))
        if image is None:
            return
        if image.isNull():
            drawn = icons.pixmap("image-off", "faint", side // 3, ratio)
            painter.drawPixmap((side - side // 3) // 2, (side - side // 3) // 2, drawn)
            return
        size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRect(QPoint((side - size.width()) // 2, (side - size.height()) // 2), size), image)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if ready.photo_id == self.photo.photo_id:
            self.update()


class Mosaic(QWidget):
    """Paint one to four photos, each filling its part; without any, the sign of photos.

    It is decoration: the name beside it says the same. The pointer goes through it.
    """

    def __init__(self, width: int, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photos: tuple[Photo, ...] = ()
        self._thumbnails: Thumbnails | None = None
        self.setFixedSize(width, height)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_photos(self, photos: Sequence[Photo], thumbnails: Thumbnails | None) -> None:
        """Show these, the first four at most; without thumbnails only the sign is painted."""
        if self._thumbnails is None and thumbnails is not None:
            thumbnails.ready.connect(self._on_ready)
            thumbnails.background_changed.connect(self.update)
            self._thumbnails = thumbnails
        shown = tuple(photos[:MOSAIC])
        if shown != self.photos:
            self.photos = shown
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        paint_mosaic(QPainter(self), QRectF(self.rect()), self.photos, self._thumbnails)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if any(photo.photo_id == ready.photo_id for photo in self.photos):
            self.update()


def photo_strip(photos: Sequence[Photo], side: int, thumbnails: Thumbnails) -> QWidget:
    """Return photos beside each other, each as a square of `side` logical pixels."""
    strip = QWidget()
    row = QHBoxLayout(strip)
    row.setContentsMargins(0, SPACE_XS, 0, 0)
    row.setSpacing(SPACE_XS)
    for photo in photos:
        picture = Mosaic(side, side)
        picture.show_photos((photo,), thumbnails)
        row.addWidget(picture)
    row.addStretch()
    return strip


def paint_mosaic(
    painter: QPainter, room: QRectF, photos: Sequence[Photo], thumbnails: Thumbnails | None,
) -> tuple[str, ...]:
    """Paint photos into a rectangle with round corners, each cut to its part.

    Return the ids of those whose thumbnails are missing; they are queued.
    """
    missing: list[str] = []
    tones = tones_of()
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    outline = QPainterPath()
    outline.addRoundedRect(room, RADIUS / 2, RADIUS / 2)
    painter.setClipPath(outline)
    if not photos or thumbnails is None:
        painter.fillRect(room, QColor(tones.sunken))
        _paint_sign(painter, room, "images")
    else:
        for part, photo in zip(mosaic_parts(room, len(photos[:MOSAIC])), photos, strict=False):
            painter.fillRect(part, QColor(tones.canvas))
            if not _paint_photo(painter, part, photo, thumbnails):
                missing.append(photo.photo_id)
    painter.restore()
    return tuple(missing)


def mosaic_parts(room: QRectF, count: int) -> tuple[QRectF, ...]:
    """Return the parts of a mosaic of one to four photos, the first photo's first."""
    left, right = room, room
    if count > 1:
        half = (room.width() - _GAP) / 2
        left = QRectF(room.left(), room.top(), half, room.height())
        right = QRectF(room.right() - half, room.top(), half, room.height())
    if count <= 1:
        return (room,)
    if count == 2:  # noqa: PLR2004  # photos
        return left, right
    upper_left, lower_left = _halves(left)
    upper_right, lower_right = _halves(right)
    if count == 3:  # noqa: PLR2004  # photos
        return left, upper_right, lower_right
    return upper_left, upper_right, lower_left, lower_right


def _halves(room: QRectF) -> tuple[QRectF, QRectF]:
    half = (room.height() - _GAP) / 2
    return (
        QRectF(room.left(), room.top(), room.width(), half),
        QRectF(room.left(), room.bottom() - half, room.width(), half),
    )


def _paint_photo(painter: QPainter, room: QRectF, photo: Photo, thumbnails: Thumbnails) -> bool:
    """Paint a photo; False while its thumbnail is missing."""
    ratio = painter.device().devicePixelRatio()
    longest = max(room.width(), room.height()) * ratio
    image = thumbnails.image(photo, _STEP * math.ceil(longest * 4 / 3 / _STEP))  # a photo of 4:3 fills the part
    if image is None:
        return False
    if image.isNull():
        _paint_sign(painter, room, "image-off")
        return True
    seen = QSize(image.size())
    seen.scale(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    share = image.width() / max(1, seen.width())
    cut = QRectF(0, 0, room.width() * share, room.height() * share)
    cut.moveCenter(QRectF(image.rect()).center())
    painter.drawImage(room, image, cut & QRectF(image.rect()))
    return True


def _paint_sign(painter: QPainter, room: QRectF, name: str) -> None:
    side = round(min(_SIGN, max(1.0, min(room.width(), room.height()) - 2 * SPACE_XS), room.height() / 2))
    drawn = icons.pixmap(name, "faint", side, painter.device().devicePixelRatio())
    painter.drawPixmap((room.center() - QRectF(0, 0, side, side).center()).toPoint(), drawn)

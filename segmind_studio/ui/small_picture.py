"""The thumbnail of a photo beside a text: in versions and on the cards of datasets."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme import icons


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

"""A picture that can be zoomed and moved, and the frame with its buttons."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import FullImage, ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.focus import paint_ring, shows_ring
from segmind_studio.ui.theme.tokens import RADIUS, tones_of

_LEAST = QSize(120, 120)  # logical pixels
LARGEST = 8.0  # device pixels for one pixel of the picture


class PictureFrame:
    """Hold the scale and the centre of the visible part.

    `picture` is in the picture's own pixels, `view` in logical pixels; `ratio` is how many device pixels
    make a logical one. The caller sets all three as they change.
    """

    def __init__(self) -> None:
        self.picture = QSizeF()
        self.view = QSizeF()
        self.ratio = 1.0
        self._scale = 0.0  # logical pixels for one pixel of the picture; 0 while it fits
        self._middle = QPointF()  # the point of the picture in the middle of the view

    @property
    def fits(self) -> bool:
        """Return whether the picture is shown whole and follows the size of the view."""
        return self._scale == 0.0

    @property
    def scale(self) -> float:
        """Return the logical pixels for one pixel of the picture."""
        return self._scale or self._fit_scale()

    @property
    def zoom(self) -> float:
        """Return the device pixels for one pixel of the picture."""
        return self.scale * self.ratio

    @property
    def middle(self) -> QPointF:
        """Return the point of the picture in the middle of the view."""
        if self.fits:
            return QPointF(self.picture.width() / 2, self.picture.height() / 2)
        return self._middle

    @property
    def target(self) -> QRectF:
        """Return where in the view the whole picture would be painted, in logical pixels."""
        corner = self._centre() - self.middle * self.scale
        return QRectF(corner, self.picture * self.scale)

    def fit(self) -> None:
        """Show the whole picture, a pixel of it as one logical pixel at most."""
        self._scale = 0.0

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Show one pixel of the picture as `zoom` device pixels; the point under `at` stays where it is."""
        if self.picture.isEmpty():
            return
        old, new = self.scale, min(zoom, LARGEST) / self.ratio
        if new <= self._fit_scale() * 1.001:
            self.fit()
            return
        away = (at or self._centre()) - self._centre()
        middle = self.middle + away / old - away / new
        self._scale = new
        self.look_at(middle)

    def move_by(self, distance: QPointF) -> None:
        """Move the view over the picture by logical pixels."""
        if not self.fits:
            self.look_at(self._middle + distance / self._scale)

    def look_at(self, middle: QPointF) -> None:
        """Put a point of the picture in the middle, as far as its edges allow."""
        points: list[float] = []
        for wanted, length, view in (
            (middle.x(), self.picture.width(), self.view.width()),
            (middle.y(), self.picture.height(), self.view.height()),
        ):
            half = view / self.scale / 2
            points.append(length / 2 if half * 2 >= length else min(max(wanted, half), length - half))
        self._middle = QPointF(*points)

    def _centre(self) -> QPointF:
        return QPointF(self.view.width() / 2, self.view.height() / 2)

    def _fit_scale(self) -> float:
        if self.picture.isEmpty():
            return 1.0
        whole = min(self.view.width() / self.picture.width(), self.view.height() / self.picture.height())
        return min(whole, 1.0)  # of a fine screen, too, its pixels are not shown smaller than anywhere else


_STEP = 1.25  # one notch of the wheel, one press of a key
_SHARP_FROM = 3.0  # device pixels; from here on single pixels are shown as squares
_SIDES = (320, 640, 1024, 1600, 2400)  # sides of the requested pictures, in device pixels
_PAN = 60  # logical pixels for one press of an arrow key
_NOTCH = 120.0  # eighths of a degree, as Qt counts them
_ICON = 36


class PictureView(QWidget):
    """Show a photo whole, or a part of it enlarged.

    Signals: zoomed(float), device pixels for one pixel of the picture, 0.0 while it fits; GUI thread.
    """

    zoomed = Signal(float)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ground = ""  # "#rrggbb" round the picture; "" for the theme's own
        self._thumbnails = thumbnails
        self._photo: Photo | None = None
        self._full: QImage | None = None
        self._frame = PictureFrame()
        self._grip: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Picture"))
        self.setMinimumSize(_LEAST)
        thumbnails.ready.connect(self._on_ready)
        thumbnails.full_ready.connect(self._on_full)
        thumbnails.background_changed.connect(self._on_background)

    @property
    def photo(self) -> Photo | None:
        """Return what is shown."""
        return self._photo

    @property
    def frame(self) -> PictureFrame:
        """Return the geometry: zoom, and what part is shown."""
        return self._frame

    def set_photo(self, photo: Photo | None) -> None:
        """Show another photo whole; a change of its caption leaves the zoom alone."""
        before, self._photo = self._photo, photo
        same = before and photo and (before.photo_id, before.mtime_ns, before.edit, before.fit) == (
            photo.photo_id, photo.mtime_ns, photo.edit, photo.fit,
        )
        self.setAccessibleDescription(photo.path.name if photo else "")
        self._frame.picture = QSizeF(*photo.edited_size) if photo and photo.shown else QSizeF()
        if not same:
            self._full = None
            self.zoom_to_fit()

    @property
    def complete(self) -> bool:
        """Return whether the picture is there in the size in which it is shown."""
        image = self._image()
        return image is not None and (image.isNull() or max(image.width(), image.height()) >= self._used_side)

    def preload(self, photo: Photo) -> None:
        """Have another photo decoded in the size in which it would be shown here."""
        if photo.shown:
            self._thumbnails.image(photo, self._side)

    def zoom_to_fit(self) -> None:
        """Show the whole picture, a pixel of it as one logical pixel at most."""
        self._frame.fit()
        self._grip = None
        self._zoom_changed()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge or shrink; the point under `at` (the middle when None) stays where it is."""
        self.zoom_to(self._frame.zoom * factor, at)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Show one pixel of the picture as `zoom` device pixels; never smaller than it fits."""
        self._measure()
        self._frame.zoom_to(zoom, at)
        if not self._frame.fits and self._full is None and self._photo is not None:
            self._thumbnails.load_full(self._photo)
        self._zoom_changed()

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 260)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        self._measure()
        tones = tones_of(QGuiApplication.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.ground or tones.canvas))
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        image = self._image()
        if image is None or image.isNull():
            self._paint_icon(painter, "image" if image is None else "image-off")
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._frame.zoom < _SHARP_FROM)
            round_corners = QPainterPath()
            round_corners.addRoundedRect(self.rect(), RADIUS, RADIUS)
            painter.setClipPath(round_corners)
            painter.drawImage(self._frame.target, image, QRectF(image.rect()))
            painter.setClipping(False)
        if shows_ring(self):
            paint_ring(painter, QRectF(self.rect()), RADIUS)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(_STEP ** (event.angleDelta().y() / _NOTCH), event.position())
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self._frame.fits:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._frame.move_by(self._grip - event.position())
            self._grip = event.position()
            self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self._zoom_changed()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._frame.fits:
            self.zoom_to(max(1.0, self._frame.zoom * 2), event.position())
        else:
            self.zoom_to_fit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pans = {
            Qt.Key.Key_Left: QPointF(-_PAN, 0), Qt.Key.Key_Right: QPointF(_PAN, 0),
            Qt.Key.Key_Up: QPointF(0, -_PAN), Qt.Key.Key_Down: QPointF(0, _PAN),
        }
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom_by(_STEP)
        elif key is Qt.Key.Key_Minus:
            self.zoom_by(1 / _STEP)
        elif key is Qt.Key.Key_0:
            self.zoom_to_fit()
        elif key is Qt.Key.Key_1:
            self.zoom_to(1.0)
        elif key in pans and not self._frame.fits:
            self._frame.move_by(pans[key])
            self.update()
        else:
            super().keyPressEvent(event)

    @override
    @guarded(False)
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and (
            event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(math.exp(event.value()), event.position())
            return True
        return super().event(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
        self._frame.look_at(self._frame.middle)
        self._zoom_changed()

    def _measure(self) -> None:
        self._frame.view = QSizeF(self.size())
        self._frame.ratio = self.devicePixelRatioF()

    def _image(self) -> QImage | None:
        if self._photo is None or self._frame.picture.isEmpty():
            return QImage()
        if self._full is not None and not self._frame.fits:
            return self._full
        return self._thumbnails.image(self._photo, self._side)

    @property
    def _side(self) -> int:
        wanted = max(self.width(), self.height()) * self.devicePixelRatioF()
        return next((side for side in _SIDES if side >= wanted), _SIDES[-1])

    @property
    def _used_side(self) -> int:
        return min(self._side, round(max(self._frame.picture.width(), self._frame.picture.height())))

    def _paint_icon(self, painter: QPainter, name: str) -> None:
        if self._photo is None:
            return
        drawn = icons.pixmap(name, "faint", _ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(self.width() - _ICON, self.height() - _ICON) / 2, drawn)

    def _zoom_changed(self) -> None:
        fits = self._frame.fits
        self.setCursor(Qt.CursorShape.ArrowCursor if fits else Qt.CursorShape.OpenHandCursor)
        self.update()
        self.zoomed.emit(0.0 if fits else self._frame.zoom)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if self._photo is not None and ready.photo_id == self._photo.photo_id:
            self.update()

    @Slot()
    def _on_background(self) -> None:
        if self._photo is not None and not self._frame.fits:
            self._thumbnails.load_full(self._photo)
        self._full = None
        self.update()

    @Slot(object)
    def _on_full(self, picture: FullImage) -> None:
        if self._photo is not None and picture.shows(self._photo) and not picture.image.isNull():
            self._full = picture.image
            self.update()

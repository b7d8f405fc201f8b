"""The picture with the crop drawn over it: moved and resized by the mouse and by keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.core.crop_frames import HANDLES, INSIDE, Handle, moved, resized
from segmind_studio.core.datasets import Photo
from segmind_studio.core.photo_edits import NO_EDIT, Crop, PhotoEdit, straightened_size
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.focus import shows_ring
from segmind_studio.ui.theme.tokens import PHOTO_LINES, UNDER_PHOTO_LINES, tones_of, veil

_LEAST = QSize(160, 160)  # logical pixels
_MARGIN = 18  # logical pixels round the picture, so that handles at its edge can be grasped
_REACH = 14  # logical pixels from a handle
_SIDES = (640, 1024, 1600, 2400)  # of the requested pictures, in device pixels
_STEP = 0.01  # of the picture, for one press of an arrow key
_DARK = veil(UNDER_PHOTO_LINES, 150)
_THIRDS = veil(PHOTO_LINES, 110)
_HANDLE = 10.0
_CURSORS = {
    Handle(-1, -1): Qt.CursorShape.SizeFDiagCursor, Handle(1, 1): Qt.CursorShape.SizeFDiagCursor,
    Handle(1, -1): Qt.CursorShape.SizeBDiagCursor, Handle(-1, 1): Qt.CursorShape.SizeBDiagCursor,
    Handle(-1, 0): Qt.CursorShape.SizeHorCursor, Handle(1, 0): Qt.CursorShape.SizeHorCursor,
    Handle(0, -1): Qt.CursorShape.SizeVerCursor, Handle(0, 1): Qt.CursorShape.SizeVerCursor,
    INSIDE: Qt.CursorShape.SizeAllCursor,
}
_WAYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}


class CropCanvas(QWidget):
    """Show a photo turned and straightened, with its crop. Nothing is decoded for an edit: it is painted.

    Arrow keys move the crop by a hundredth of the picture, with Ctrl by a pixel; with Shift they resize it.

    Signals (GUI thread): crop_changed(Crop), by the user here.
    """

    crop_changed = Signal(object)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._photo: Photo | None = None
        self._edit = NO_EDIT
        self._shape: float | None = None
        self._grasped: tuple[Handle, QPointF, Crop] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(_LEAST)
        self.setAccessibleName(_("Crop"))
        self.setAccessibleDescription(_("The arrow keys move the crop. With Shift they resize it."))
        thumbnails.ready.connect(self._on_ready)

    def show_edit(self, photo: Photo, edit: PhotoEdit, shape: float | None) -> None:
        """Show a photo with an edit; `shape` as in `core.crop_frames` is kept while the crop is resized."""
        self._photo = replace(photo, edit=NO_EDIT)
        self._edit = edit
        self._shape = shape
        self.update()

    @property
    def picture_rect(self) -> QRectF:
        """Return where the straightened picture is painted, in logical pixels."""
        if self._photo is None:
            return QRectF()
        wide, high = straightened_size(self._photo.width, self._photo.height, self._edit)
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        scale = min(room.width() / max(1, wide), room.height() / max(1, high))
        target = QRectF(0, 0, wide * scale, high * scale)
        target.moveCenter(room.center())
        return target

    @property
    def crop_rect(self) -> QRectF:
        """Return where the crop is painted, in logical pixels."""
        whole, crop = self.picture_rect, self._edit.crop
        return QRectF(
            whole.left() + crop.left * whole.width(), whole.top() + crop.top * whole.height(),
            crop.width * whole.width(), crop.height * whole.height(),
        )

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        tones = tones_of(QGuiApplication.palette())
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(tones.canvas))
        if self._photo is None:
            return
        self._paint_picture(painter)
        whole, crop = self.picture_rect, self.crop_rect
        outside = QPainterPath()
        outside.addRect(whole)
        outside.addRect(crop)
        painter.fillPath(outside, _DARK)
        painter.setPen(QPen(_THIRDS, 1))
        for part in (1 / 3, 2 / 3):
            x, y = crop.left() + crop.width() * part, crop.top() + crop.height() * part
            painter.drawLine(QPointF(x, crop.top()), QPointF(x, crop.bottom()))
            painter.drawLine(QPointF(crop.left(), y), QPointF(crop.right(), y))
        painter.setPen(QPen(veil(UNDER_PHOTO_LINES, 160), 3))
        painter.drawRect(crop)
        painter.setPen(QPen(QColor(tones.focus if shows_ring(self) else PHOTO_LINES), 1.5))
        painter.drawRect(crop)
        painter.setPen(QPen(veil(UNDER_PHOTO_LINES, 200), 1))
        painter.setBrush(QColor(PHOTO_LINES))
        for handle in HANDLES:
            grip = QRectF(0, 0, _HANDLE, _HANDLE)
            grip.moveCenter(self._place_of(handle))
            painter.drawRoundedRect(grip, 2, 2)

    def _paint_picture(self, painter: QPainter) -> None:
        photo, edit, whole = self._photo, self._edit, self.picture_rect
        if photo is None:
            return
        wanted = max(self.width(), self.height()) * self.devicePixelRatioF()
        image = self._thumbnails.image(photo, next((side for side in _SIDES if side >= wanted), _SIDES[-1]))
        if image is None or image.isNull():
            return
        scale = whole.width() / max(1, straightened_size(photo.width, photo.height, edit)[0])
        painter.save()
        painter.setClipRect(whole)
        painter.translate(whole.center())
        painter.rotate(edit.angle)
        if edit.mirrored:
            painter.scale(-1, 1)
        painter.rotate(90 * edit.turns)
        upright = QRectF(0, 0, photo.width * scale, photo.height * scale)
        upright.moveCenter(QPointF(0, 0))
        painter.drawImage(upright, image, QRectF(image.rect()))
        painter.restore()

    # By the mouse

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self._handle_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and handle is not None:
            self._grasped = (handle, event.position(), self._edit.crop)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grasped is None:
            handle = self._handle_at(event.position())
            self.setCursor(Qt.CursorShape.ArrowCursor if handle is None else _CURSORS[handle])
            return
        handle, start, crop = self._grasped
        whole, way = self.picture_rect, event.position() - start
        shape = self._shape
        if shape is None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            shape = crop.width / crop.height
        self._take(resized(crop, handle, way.x() / whole.width(), way.y() / whole.height(), shape))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grasped = None

    def _handle_at(self, at: QPointF) -> Handle | None:
        near = min(HANDLES, key=lambda handle: (self._place_of(handle) - at).manhattanLength())
        if (self._place_of(near) - at).manhattanLength() <= _REACH:
            return near
        crop = self.crop_rect
        if not crop.adjusted(-_REACH / 2, -_REACH / 2, _REACH / 2, _REACH / 2).contains(at):
            return None
        across = _edge(at.x(), crop.left(), crop.right())
        down = _edge(at.y(), crop.top(), crop.bottom())
        return Handle(across, down)

    def _place_of(self, handle: Handle) -> QPointF:
        crop = self.crop_rect
        return crop.center() + QPointF(handle.across * crop.width() / 2, handle.down * crop.height() / 2)

    # By keys

    @override
    @guarded(False)
    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _WAYS:
            event.accept()  # Ctrl and an arrow would go to another photo
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _WAYS.get(Qt.Key(event.key()))
        if way is None or self._photo is None:
            super().keyPressEvent(event)
            return
        wide, high = straightened_size(self._photo.width, self._photo.height, self._edit)
        keys = event.modifiers()
        fine = bool(keys & Qt.KeyboardModifier.ControlModifier)
        x, y = way[0] * (1 / wide if fine else _STEP), way[1] * (1 / high if fine else _STEP)
        if keys & Qt.KeyboardModifier.ShiftModifier:
            handle = Handle(1, 0) if way[0] else Handle(0, 1)
            self._take(resized(self._edit.crop, handle, x, y, self._shape))
        else:
            self._take(moved(self._edit.crop, x, y))

    def _take(self, crop: Crop) -> None:
        if crop != self._edit.crop:
            self._edit = replace(self._edit, crop=crop)
            self.update()
            self.crop_changed.emit(crop)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if self._photo is not None and ready.photo_id == self._photo.photo_id:
            self.update()


def _edge(at: float, low: float, high: float) -> int:
    if abs(at - low) <= _REACH / 2:
        return -1
    return 1 if abs(at - high) <= _REACH / 2 else 0

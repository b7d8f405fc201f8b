"""Two pictures compared over the whole window: side by side, with a wipe, or by their difference."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.record import record
from segmind_studio.services.images.thumbnails import ThumbnailReady, Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.data.overlay import Overlay
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ElidedLabel
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.direction import keep_left_to_right
from segmind_studio.ui.theme.focus import paint_ring, shows_ring
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import (
    NO_DIFFERENCE,
    PHOTO_LINES,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    UNDER_PHOTO_LINES,
    tones_of,
    veil,
)

_LEAST = QSize(200, 160)  # logical pixels
_SIDES = (640, 1024, 1600, 2400)  # of the requested pictures, in device pixels
_LARGEST = 16.0  # times the size at which it fits
_STEP = 1.25
_NOTCH = 120.0  # eighths of a degree, as Qt counts them
_PAN = 0.1  # of the view, for one press of an arrow key
_WIPE = 0.02  # of the view, for one press of an arrow key
_REACH = 10  # logical pixels from the line of the wipe
_DOUBLED = 2  # times that a difference is doubled: else it is too dark to be seen


@record
class Compared:
    """One of two pictures: the photo with its edit, its text, and the most pixels of a side (0: all there are).

    A photo that does not know its size has that of its file.
    """

    photo: Photo
    text: str
    side: int = 0


class ComparisonCanvas(QWidget):
    """Paint two pictures at the same zoom and at the same place of each.

    The wheel and + and - zoom, 0 shows all, arrows move a zoomed picture, else the line of the wipe. GUI thread.
    """

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._both: tuple[Compared, Compared] | None = None
        self.zoom = 1.0  # times the size at which each fits
        self.middle = QPointF(0.5, 0.5)  # of both pictures, as fractions
        self.wiping = False
        self.differing = False
        self.line = 0.5  # of the width
        self._grip: QPointF | None = None
        self._moves_line = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Two pictures"))
        self.setMinimumSize(_LEAST)
        thumbnails.ready.connect(self._on_ready)

    def set_pictures(self, left: Compared, right: Compared) -> None:
        """Compare two pictures, each whole."""
        self._both = left, right
        self.zoom, self.middle, self.line = 1.0, QPointF(0.5, 0.5), 0.5
        self.setAccessibleDescription(f"{left.text}, {right.text}")
        self.update()

    def set_wiping(self, wiping: bool) -> None:  # noqa: FBT001  # a slot
        """Show them over each other, parted by a line, or side by side."""
        self.wiping = wiping
        self.update()

    def set_differing(self, differing: bool) -> None:  # noqa: FBT001  # a slot
        """Show where they differ, brightened on black, or the pictures themselves."""
        self.differing = differing
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge or shrink both; the point under `at` of the picture there stays where it is."""
        room = self._room_at(at or QPointF(0, 0))
        away = QPointF() if at is None else at - room.center()
        new = min(max(self.zoom * factor, 1.0), _LARGEST)
        shown = self._fitting(room, self._at(at)) * self.zoom
        change = 1 - self.zoom / new
        if not shown.isEmpty():
            self.middle += QPointF(away.x() / shown.width(), away.y() / shown.height()) * change
        self.zoom = new
        self._bound()

    def target(self, place: int) -> QRectF:
        """Return where the whole picture (0 left, 1 right) would be painted, in logical pixels."""
        room = self._rooms()[place]
        size = self._fitting(room, place) * self.zoom
        corner = room.center() - QPointF(self.middle.x() * size.width(), self.middle.y() * size.height())
        return QRectF(corner, size)

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent) -> None:
        tones = tones_of(QGuiApplication.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(tones.canvas))
        if self._both is None:
            return
        if self.differing:
            painter.drawImage(0, 0, self._difference(self._both))
        else:
            self._paint_both(painter, self._both)
        if shows_ring(self):
            paint_ring(painter, QRectF(self.rect()), 0)

    def _difference(self, both: tuple[Compared, Compared]) -> QImage:
        """Return how far the colours of both are apart; black until both are there."""
        ratio = self.devicePixelRatioF()
        drawn = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(NO_DIFFERENCE))
        images = [image for one in both if (image := self._image(one)) is not None and not image.isNull()]
        if len(images) == len(both):
            painter = QPainter(drawn)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
            for place, image in enumerate(images):
                painter.drawImage(self.target(place), image, QRectF(image.rect()))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
            for _time in range(_DOUBLED):
                painter.drawImage(0, 0, drawn.copy())
            painter.end()
        return drawn

    def _paint_both(self, painter: QPainter, both: tuple[Compared, Compared]) -> None:
        line = self.line * self.width()
        whole = QRectF(self.rect())
        for place, room in enumerate(self._rooms()):
            clip = room
            if self.wiping:
                clip = whole.adjusted(line, 0, 0, 0) if place else QRectF(0, 0, line, whole.height())
            image = self._image(both[place])
            if image is not None and not image.isNull():
                painter.setClipRect(clip)
                painter.drawImage(self.target(place), image, QRectF(image.rect()))
        painter.setClipping(False)
        x = line if self.wiping else whole.center().x()
        for colour, width in ((veil(UNDER_PHOTO_LINES, 150), 4), (QColor(PHOTO_LINES), 2)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(x, 0), QPointF(x, whole.height()))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(_STEP ** (event.angleDelta().y() / _NOTCH), event.position())
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position()
            near = abs(event.position().x() - self.line * self.width()) <= _REACH
            self._moves_line = self.wiping and (near or self.zoom == 1.0)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        if self._moves_line:
            self._set_line(event.position().x() / max(1, self.width()))
        else:
            size = self.target(self._at(self._grip)).size()
            way = self._grip - event.position()
            self._move(way.x() / max(1.0, size.width()), way.y() / max(1.0, size.height()))
        self._grip = event.position()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom_by(_STEP)
        elif key is Qt.Key.Key_Minus:
            self.zoom_by(1 / _STEP)
        elif key is Qt.Key.Key_0:
            self.zoom_by(1 / _LARGEST)
        elif key in ways and self.zoom > 1.0:
            self._move(ways[key][0] * _PAN / self.zoom, ways[key][1] * _PAN / self.zoom)
        elif key in ways and self.wiping:
            self._set_line(self.line + ways[key][0] * _WIPE)
        else:
            super().keyPressEvent(event)

    def _set_line(self, line: float) -> None:
        self.line = min(max(line, 0.0), 1.0)
        self.update()

    def _move(self, x: float, y: float) -> None:
        self.middle += QPointF(x, y)
        self._bound()

    def _bound(self) -> None:
        """Keep the middle where at least one picture fills the view, in both directions."""
        half = 0.5 / self.zoom
        self.middle = QPointF(*(min(max(at, half), 1 - half) for at in (self.middle.x(), self.middle.y())))
        self.update()

    def _rooms(self) -> tuple[QRectF, QRectF]:
        whole = QRectF(self.rect())
        if self.wiping or self.differing:
            return whole, whole
        half = whole.width() / 2
        return whole.adjusted(0, 0, -half, 0), whole.adjusted(half, 0, 0, 0)

    def _at(self, at: QPointF | None) -> int:
        """Return which picture is at a point, 0 for none."""
        if self.differing:
            return 0
        border = self.line * self.width() if self.wiping else self.width() / 2
        return int(at is not None and at.x() > border)

    def _room_at(self, at: QPointF) -> QRectF:
        return self._rooms()[self._at(at)]

    def _fitting(self, room: QRectF, place: int) -> QSizeF:
        if self._both is None:
            return QSizeF()
        size = QSizeF(*self._both[place].photo.edited_size)
        if size.isEmpty() and (image := self._image(self._both[place])) is not None:
            size = QSizeF(image.size())
        return size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio) if not size.isEmpty() else size

    def _image(self, compared: Compared) -> QImage | None:
        wanted = max(self.width(), self.height()) * self.devicePixelRatioF() * min(self.zoom, 2.0)
        side = compared.side or next((side for side in _SIDES if side >= wanted), _SIDES[-1])
        return self._thumbnails.image(compared.photo, side)

    @Slot(object)
    def _on_ready(self, ready: ThumbnailReady) -> None:
        if self._both is not None and ready.photo_id in {one.photo.photo_id for one in self._both}:
            self.update()


class PhotoComparison(Overlay):
    """Cover a window with two pictures. W switches the wipe, D the difference, Escape leaves."""

    def __init__(self, thumbnails: Thumbnails, window: QWidget) -> None:
        super().__init__(window, "data.comparison")
        keep_left_to_right(self)  # the names stand over their pictures
        self.canvas = ComparisonCanvas(thumbnails)
        self._left, self._right = (mark(ElidedLabel(), role="strong") for _side in range(2))
        self._right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.wipe = QPushButton(icon("square-split-horizontal"), _("Wipe"))
        self.wipe.setCheckable(True)
        self.wipe.setToolTip(_("Overlay with a divider (W)"))
        self.difference = QPushButton(icon("scan-search"), _("Difference"))
        self.difference.setCheckable(True)
        self.difference.setToolTip(plain_tip(_("Show where they differ, brightened (D)")))
        self.close_button = QToolButton()
        self.close_button.setIcon(icon("x"))
        self.close_button.setAccessibleName(_("Close comparison"))
        self.close_button.setToolTip(_("Close (Esc)"))
        top = QHBoxLayout()
        top.setSpacing(SPACE_M)
        top.addWidget(self._left, 1)
        top.addWidget(self.wipe)
        top.addWidget(self.difference)
        top.addWidget(self._right, 1)
        top.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addLayout(top)
        column.addWidget(self.canvas, 1)
        self.wipe.toggled.connect(self.canvas.set_wiping)
        self.difference.toggled.connect(self.canvas.set_differing)
        self.wipe.toggled.connect(self._leave_difference)
        self.difference.toggled.connect(self._leave_wipe)
        self.close_button.clicked.connect(self.hide)
        self.set_tab_ends(self.wipe, self.canvas)

    def open(self, left: Compared, right: Compared, *, wiping: bool) -> None:
        """Compare two pictures and take the keyboard focus."""
        self.canvas.set_pictures(left, right)
        self._left.setText(left.text)
        self._right.setText(right.text)
        self.wipe.setChecked(wiping)
        self.difference.setChecked(False)
        self.cover(self.canvas)

    @Slot(bool)
    def _leave_difference(self, wiping: bool) -> None:  # noqa: FBT001  # a slot has the signal's arguments
        if wiping:
            self.difference.setChecked(False)

    @Slot(bool)
    def _leave_wipe(self, differing: bool) -> None:  # noqa: FBT001  # as above
        if differing:
            self.wipe.setChecked(False)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_W:
            self.wipe.toggle()
        elif event.key() == Qt.Key.Key_D:
            self.difference.toggle()
        else:
            super().keyPressEvent(event)

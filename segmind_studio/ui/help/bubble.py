"""A bubble that points at a control: the bubble itself, and the layer behind it with shadow, arrow and ring.

Only the bubble takes the pointer: everything around it can be used.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.texts import _, listed
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.shadow import paint_shadow
from segmind_studio.ui.theme.direction import backwards, visual_key
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import HAIRLINE, RADIUS, SPACE_L, SPACE_M, SPACE_S, tones_of

_WIDTH = 320
_GAP = 14  # between the ring and the bubble: the arrow's length
_RING = 4  # outside of the control
_ARROW = 9  # half of the arrow's width
_NEXT_KEYS = {Qt.Key.Key_Right, Qt.Key.Key_PageDown}
_BACK_KEYS = {Qt.Key.Key_Left, Qt.Key.Key_PageUp}


class Bubble(QFrame):
    """A few words with Skip, Back and Next. Arrow keys step, Escape skips.

    Signals:
        skipped(), back(), forward(): by button or key; GUI thread.
    """

    skipped = Signal()
    back = Signal()
    forward = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        mark(self, surface="raised")
        self.setObjectName("guide")
        self.setFixedWidth(_WIDTH)
        self._title = text_label("", "section")
        self._text = text_label()
        self._count = text_label("", "small", wrap=False)
        self._foot = QLineF()
        self.skip_button = mark(QPushButton(_("Skip")), kind="link")
        self.skip_button.setObjectName("guide.skip")
        self.skip_button.setAccessibleName(_("Skip the tour"))
        self.back_button = QPushButton(_("Back"))
        self.back_button.setObjectName("guide.back")
        self.next_button = mark(QPushButton(), kind="primary")
        self.next_button.setObjectName("guide.next")
        self.skip_button.clicked.connect(self.skipped)
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.forward)
        for button in (self.skip_button, self.back_button, self.next_button):
            button.installEventFilter(self)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self.skip_button)
        buttons.addStretch()
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.next_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(self._count)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(SPACE_S)
        column.addLayout(buttons)
        self.setTabOrder(self.next_button, self.back_button)
        self.setTabOrder(self.back_button, self.skip_button)
        self.hide()

    @property
    def spoken(self) -> str:
        """Return what it says."""
        return self.accessibleDescription()

    def show_words(self, title: str, text: str, number: int, count: int) -> None:
        """Say this; `number` counts from 1."""
        self._title.setText(title)
        self._text.setText(text)
        self._count.setText(_("{number} of {count}").format(number=number, count=count))
        self.back_button.setVisible(number > 1)
        last = number == count
        self.next_button.setText(_("Done") if last else _("Next"))
        self.skip_button.setVisible(not last)
        self.setAccessibleName(title)
        self.setAccessibleDescription(listed((self._count.text(), title, text)))

    def fit(self) -> None:
        """Be as high as its words need, in the type that is used now."""
        self.ensurePolished()
        for label in (self._count, self._title, self._text):
            label.ensurePolished()
        self._column.invalidate()
        border = self.contentsMargins()
        width = _WIDTH - border.left() - border.right()
        self.setFixedHeight(self._column.heightForWidth(width) + border.top() + border.bottom())

    def join(self, arrow: QPolygonF) -> None:
        """Leave its edge open where the arrow begins; in the parent's coordinates."""
        half, corner = HAIRLINE / 2, QPointF(self.pos())
        line = QRectF(self.rect()).adjusted(half, half, -half, -half)  # the middle of its edge
        left, top, right, bottom = line.left(), line.top(), line.right(), line.bottom()
        first, last = (
            QPointF(min(max(end.x(), left), right), min(max(end.y(), top), bottom))
            for end in (arrow.at(0) - corner, arrow.at(1) - corner)
        )
        self._foot = QLineF(first, last)
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        pen = QPen(QColor(tones_of().raised), HAIRLINE)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(self._foot)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if not self._step(event):
            super().keyPressEvent(event)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Take the arrow keys before its buttons do: they would move the focus among them."""
        return isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._step(event)

    def _step(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.skipped.emit()
        elif visual_key(event.key()) in _NEXT_KEYS:
            self.forward.emit()
        elif visual_key(event.key()) in _BACK_KEYS:
            if self.back_button.isVisible():
                self.back.emit()
        else:
            return False
        return True


class BubbleLayer(QWidget):
    """Paint what belongs to a bubble around it. It covers its parent, and the pointer goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._ring = QRect()
        self._bubble = QRect()
        self.hide()

    @property
    def ring(self) -> QRect:
        """Return what is ringed, in the parent's coordinates."""
        return self._ring

    @property
    def arrow(self) -> QPolygonF:
        """Return the triangle, in the parent's coordinates: its foot at the bubble, and its tip."""
        return arrow(self._ring, self._bubble)

    def point(self, control: QRect, bubble: QRect) -> None:
        """Ring the control, and point at it from the bubble; both in the parent's coordinates."""
        self._ring, self._bubble = control.adjusted(-_RING, -_RING, _RING, _RING), bubble
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones = tones_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_shadow(painter, self._bubble, dark=tones.dark)
        painter.setPen(QPen(QColor(tones.accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self._ring), RADIUS + 2, RADIUS + 2)
        drawn = self.arrow
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.raised))
        painter.drawPolygon(drawn)
        painter.setPen(QPen(QColor(tones.line_raised), HAIRLINE))
        painter.drawPolyline(QPolygonF([drawn.at(0), drawn.at(2), drawn.at(1)]))


def beside(control: QRect, size: QSize, room: QRect) -> QRect:
    """Return where a bubble of this size lies: right of the control, below, above or left, where there is room.

    All in the coordinates of `room`, in which it stays.
    """
    far = _RING + _GAP
    middle_y = control.center().y() - size.height() // 2
    middle_x = control.center().x() - size.width() // 2
    spots = (
        QPoint(control.right() + far, middle_y), QPoint(middle_x, control.bottom() + far),
        QPoint(middle_x, control.top() - far - size.height()),
        QPoint(control.left() - far - size.width(), middle_y),
    )
    inside = room.adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)
    for spot in reversed(spots) if backwards() else spots:  # the rail is at the beginning of a line
        rect = _moved_inside(QRect(spot, size), inside)
        if not rect.intersects(control.adjusted(-_GAP, -_GAP, _GAP, _GAP)):
            return rect
    return _moved_inside(QRect(spots[1], size), inside)


def arrow(ring: QRect, bubble: QRect) -> QPolygonF:
    """Return the triangle from the bubble's nearest edge to the ring."""
    across = bubble.bottom() < ring.top() or bubble.top() > ring.bottom()
    if across:
        low, high = max(ring.left(), bubble.left()), min(ring.right(), bubble.right())
        x = min(max((low + high) / 2, bubble.left() + 2 * _ARROW), bubble.right() - 2 * _ARROW)
        above = bubble.bottom() < ring.top()
        edge, tip = (bubble.bottom(), ring.top()) if above else (bubble.top(), ring.bottom())
        return QPolygonF([QPointF(x - _ARROW, edge), QPointF(x + _ARROW, edge), QPointF(x, tip)])
    low, high = max(ring.top(), bubble.top()), min(ring.bottom(), bubble.bottom())
    y = min(max((low + high) / 2, bubble.top() + 2 * _ARROW), bubble.bottom() - 2 * _ARROW)
    edge, tip = (bubble.left(), ring.right()) if bubble.left() > ring.right() else (bubble.right(), ring.left())
    return QPolygonF([QPointF(edge, y - _ARROW), QPointF(edge, y + _ARROW), QPointF(tip, y)])


def _moved_inside(rect: QRect, room: QRect) -> QRect:
    moved = QRect(rect)
    moved.moveRight(min(moved.right(), room.right()))
    moved.moveBottom(min(moved.bottom(), room.bottom()))
    moved.moveLeft(max(moved.left(), room.left()))
    moved.moveTop(max(moved.top(), room.top()))
    return moved

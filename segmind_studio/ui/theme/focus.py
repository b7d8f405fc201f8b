"""The ring round what has the keyboard focus: shown to those who use the keyboard, never to a click.

Qt's style sheets know only ":focus", which a click sets too. So the focused widget is marked with the property
"ring" while the last thing used was the keyboard, as a browser's ":focus-visible" has it; the style sheet and all
painted widgets go by that mark. Text fields show where one types with ":focus", however one came there.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import RADIUS_M, RING, tones_of

_MARK = "ring"
_POINTERS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.TabletPress})
# Also held for a click:
_HELD = frozenset({Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Meta, Qt.Key.Key_AltGr})


def shows_ring(widget: QWidget) -> bool:
    """Return whether a widget that paints itself has to paint its ring."""
    return bool(widget.property(_MARK)) and widget.hasFocus()


def paint_ring(painter: QPainter, rect: QRectF, radius: float = RADIUS_M) -> None:
    """Paint the ring just inside a rectangle, in logical pixels. The painter's pen and brush are changed."""
    half = RING / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tones_of().focus), RING))
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)


class FocusRing(QObject):
    """Mark the focused widget while the keyboard is used. GUI thread; one for the application.

    It looks at the windows' own events, not at each widget's: a filter on the application would be called for all.
    """

    def __init__(self, app: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._by_keyboard = False
        self._marked: QWidget | None = None
        app.focusChanged.connect(self._moved)
        app.focusWindowChanged.connect(self._watch)
        self._watch(app.focusWindow())

    @Slot(QWindow)
    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        kind = event.type()
        if kind in _POINTERS:
            self._by_keyboard = False
            self._mark()
        elif kind is QEvent.Type.KeyPress:
            self._by_keyboard = True
            if not (isinstance(event, QKeyEvent) and event.key() in _HELD):
                self._mark()
        return False

    @Slot()
    def _moved(self) -> None:
        # Without the signal's own widgets: one of them may be in destruction.
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._by_keyboard = False
        self._mark()

    def _mark(self) -> None:
        wanted = QApplication.focusWidget() if self._by_keyboard else None
        marked, self._marked = self._marked, wanted
        if marked is not None and marked is not wanted and Shiboken.isValid(marked):
            set_mark(marked, _MARK, False)
        if wanted is not None:
            set_mark(wanted, _MARK, True)

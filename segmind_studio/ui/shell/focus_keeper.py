"""Keep the keyboard focus in the place: a disabled or hidden control never passes it to the rail."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import Shiboken

from segmind_studio.ui.place import Place

_LISTS = (QAbstractItemView, QPlainTextEdit)  # other scroll areas are pages


class FocusKeeper(QObject):
    """Follow the focus of the application. GUI thread.

    Qt gives the focus of a control that disappears to the next one in the window, which may be the rail: the next
    Space would then leave the place. Here it goes to the nearest control before it in the same part of the place,
    and prefers a field or a list to a button, which the next Space would press.
    """

    def __init__(self, places: Sequence[Place], toasts: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._places = tuple(places)
        self._toasts = toasts
        self._before: QWidget | None = None  # the focus before it moved to a toast
        self._last: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    def begin(self) -> None:
        """Set the focus to the first control of the place that is shown: Qt would take the first in the window."""
        place = self._shown()
        if place is None:
            return
        target = place.first_control()
        if target is None or not _usable(target):
            stops = _stops(place)
            lists = (stop for stop in stops if isinstance(stop, QAbstractItemView))
            target = next(lists, next(iter(stops), None))
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _moved(self) -> None:
        # Without the signal's own widgets: one of them may be in destruction.
        old, new = self._last, QApplication.focusWidget()
        self._last = new
        if new is not None and self._toasts.isAncestorOf(new):
            if old is not None and not (Shiboken.isValid(old) and self._toasts.isAncestorOf(old)):
                self._before = old
            return
        if old is None or (Shiboken.isValid(old) and _usable(old)):
            return
        place = self._shown()
        if place is None or (new is not None and new.window() is not place.window()):
            return
        if new is not None and place.isAncestorOf(new) and not isinstance(new, QAbstractButton):
            return
        target = None
        if not Shiboken.isValid(old):
            target = next(iter(_stops(place)), None) if new is not None else None
        elif self._toasts.isAncestorOf(old):
            before, self._before = self._before, None
            there = before is not None and Shiboken.isValid(before) and place.isAncestorOf(before)
            stops = [before] if there and before is not None and _usable(before) else _stops(place)
            target = next(iter(stops), None)
        elif place.isAncestorOf(old):
            target = _nearest(old, place)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _shown(self) -> Place | None:
        # While the window closes, its places are destroyed one by one, and the focus moves with each.
        return next((place for place in self._places if Shiboken.isValid(place) and place.isVisible()), None)


def _usable(widget: QWidget) -> bool:
    return widget.isEnabled() and widget.isVisible() and not widget.isHidden()


def _stops(part: QWidget) -> list[QWidget]:
    """Return the Tab stops in a part of the window in reading order: from the top, then from the left.

    Not by `nextInFocusChain`: PySide treats each as a child of the previous one, and as deleted with it.
    """
    by_tab = Qt.FocusPolicy.TabFocus.value
    stops = [
        widget for widget in part.findChildren(QWidget) if widget.focusPolicy().value & by_tab and _usable(widget)
    ]
    return sorted(stops, key=lambda widget: _place_of(widget, part))


def _place_of(widget: QWidget, part: QWidget) -> tuple[int, int]:
    corner = widget.mapTo(part, QPoint(0, 0))
    return corner.y(), corner.x()


def _nearest(gone: QWidget, place: QWidget) -> QWidget | None:
    """Find the new focus: a field or list in the smallest part around the control that has one, else a button."""
    part = gone.parentWidget()
    button: QWidget | None = None
    while part is not None:
        at, stops = _place_of(gone, part), _stops(part)
        before = [stop for stop in stops if _place_of(stop, part) <= at]
        around = [*before[::-1], *(stop for stop in stops if stop not in before)]
        for stop in around:
            if not isinstance(stop, QAbstractButton | QAbstractScrollArea) or isinstance(stop, _LISTS):
                return stop
        button = button or next(iter(around), None)
        if part is place:
            break
        part = part.parentWidget()
    return button

"""Keeps the keyboard in the place: a control that is disabled or hidden never hands it to the rail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QPlainTextEdit,
    QWidget,
)

from segmind_studio.ui.place import Place

_LISTS = (QAbstractItemView, QPlainTextEdit)  # other scroll areas are pages


class FocusKeeper(QObject):
    """Follow the focus of the application. GUI thread.

    Qt gives the focus of a control that goes to the next one in the window, which may be the rail: the next Space
    would then leave the place. Here it goes to the nearest control before it in the same part of the place, rather
    to a field or a list than to a button, which the next Space would press.
    """

    def __init__(self, places: Sequence[Place], toasts: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._places = tuple(places)
        self._toasts = toasts
        self._before: QWidget | None = None  # where the keyboard was before it went to a toast
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    @Slot(QWidget, QWidget)
    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._toasts.isAncestorOf(new):
            if old is not None and not self._toasts.isAncestorOf(old):
                self._before = old
            return
        if old is None or _usable(old):
            return
        place = next((place for place in self._places if place.isVisible()), None)
        if place is None or (new is not None and new.window() is not place.window()):
            return
        if new is not None and place.isAncestorOf(new) and not isinstance(new, QAbstractButton):
            return
        target = None
        if self._toasts.isAncestorOf(old):
            before, self._before = self._before, None
            target = before if before is not None and place.isAncestorOf(before) and _usable(before) else None
            target = target or next(filter(_stops_at, _chain(place)), None)
        elif place.isAncestorOf(old):
            target = _nearest(old, place)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)


def _usable(widget: QWidget) -> bool:
    return widget.isEnabled() and widget.isVisible() and not widget.isHidden()


def _chain(part: QWidget) -> Iterator[QWidget]:
    """Yield what lies in a part of the window, in the order of Tab, whether Tab stops there or not."""
    widget = part.nextInFocusChain()
    while widget is not None and widget is not part:
        if part.isAncestorOf(widget):
            yield widget
        widget = widget.nextInFocusChain()


def _stops_at(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
    return by_tab and widget.focusProxy() is None and _usable(widget)


def _nearest(gone: QWidget, place: QWidget) -> QWidget | None:
    """Find what takes over: a field or list in the smallest part round it that has one, else a button."""
    part = gone.parentWidget()
    button: QWidget | None = None
    while part is not None:
        chain = list(_chain(part))
        at = chain.index(gone) if gone in chain else 0
        stops = [widget for widget in (*chain[:at][::-1], *chain[at:][::-1]) if _stops_at(widget)]
        for stop in stops:
            if not isinstance(stop, QAbstractButton | QAbstractScrollArea) or isinstance(stop, _LISTS):
                return stop
        button = button or next(iter(stops), None)
        if part is place:
            break
        part = part.parentWidget()
    return button

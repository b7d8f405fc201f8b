"""Widgets of a page that are made when they are first wanted: the first page is painted sooner without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

W = TypeVar("W", bound=QWidget)


class Deferred(Generic[W]):
    """Keep a widget's room in a layout, and make the widget when it is first wanted. GUI thread.

    The room is empty until then and takes no space.
    """

    def __init__(self, layout: QBoxLayout, make: Callable[[], W], after: QWidget | None = None) -> None:
        """`after` : the widget that this one follows in the order of the Tab key; by itself it is the last."""
        self._make = make
        self._made: W | None = None
        self._after = after
        self._room = QVBoxLayout()
        layout.addLayout(self._room)

    @property
    def made(self) -> W | None:
        """Return the widget, None when nobody wanted it yet."""
        return self._made

    @property
    def widget(self) -> W:
        """Return the widget, which is made now if it was not; it is hidden until it is shown."""
        if self._made is None:
            self._made = made = self._make()
            made.hide()
            self._room.addWidget(made)
            self._order(made)
        return self._made

    def set_shown(self, shown: bool) -> None:  # noqa: FBT001  # as `QWidget.setVisible`
        """Show or hide the widget; one that is only hidden is not made for it."""
        if shown or self._made is not None:
            self.widget.setVisible(shown)

    def _order(self, made: QWidget) -> None:
        before = self._after
        for widget in (made, *made.findChildren(QWidget)) if before is not None else ():
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and before is not None:
                QWidget.setTabOrder(before, widget)
                before = widget

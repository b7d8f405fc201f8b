"""A plain window for a widget under test."""

from __future__ import annotations

from typing import Protocol, TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from tests.fakes.typed import keep

W = TypeVar("W", bound=QWidget)


def hosted(qtbot: QtBot, widget: W, width: int = 900, height: int = 700) -> W:
    """Show a widget in a window of its own that sets no limits to its size, and wait until it has the focus."""
    host = QWidget()
    qtbot.addWidget(host)
    widget.setParent(host)
    keep(widget, host)  # else Python ends the window, and the widget with it
    host.resize(width, height)
    widget.setGeometry(0, 0, width, height)
    with qtbot.waitExposed(host):
        host.show()
    widget.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    return widget


class Pool(Protocol):
    """What works in threads of its own."""

    def stop(self, deadline_ms: int = ...) -> bool: ...


class EndsWithWindow(QObject):
    """Stop pools when the window of a place is closed: one that is destroyed while it works waits for ever."""

    def __init__(self, place: QWidget, *pools: Pool) -> None:
        super().__init__(place)
        self._pools = pools
        place.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Hide and isinstance(watched, QWidget) and not watched.window().isVisible():
            for pool in self._pools:
                assert pool.stop(20_000)
        return False

"""A plain window for a widget under test."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

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

"""Requests from outside the window: those that come before the services have started wait here."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.services.system.single_instance import OrderCall, SingleInstance


class EarlyCalls(QObject):
    """Pass on what other launches, the system and the command line request, from `begin` on at once. GUI thread.

    What comes before that is passed on at `begin`, in the order wish, paths, orders; of several wishes the last.

    Signals:
        called(object): tuple[Path, ...] to add, after another launch or the system asked for it.
        wished(str): a place of the window to show, or NEW_DATASET.
        ordered(object): OrderCall, the command line orders something from this app.
    """

    called = Signal(object)
    wished = Signal(str)
    ordered = Signal(object)

    def __init__(self, wish: str, paths: tuple[Path, ...], parent: QObject | None = None) -> None:
        """`wish` and `paths` are those of this launch itself."""
        super().__init__(parent)
        self.begun = False
        self._wish = wish
        self._paths = paths
        self._orders: list[OrderCall] = []

    def follow(self, instance: SingleInstance) -> None:
        """Take what comes from other launches and from the command line."""
        instance.wished.connect(self.take_wish)
        instance.called.connect(self.take_paths)
        instance.ordered.connect(self.take_order)

    def begin(self) -> None:
        """Pass on what has come, and from now on at once; call it when the services have started."""
        self.begun = True
        if self._wish:
            self.wished.emit(self._wish)
        if self._paths:
            self.called.emit(self._paths)
        for call in self._orders:
            self.ordered.emit(call)

    @Slot(str)
    def take_wish(self, wish: str) -> None:
        """Take what a command line requests besides its files."""
        if self.begun:
            self.wished.emit(wish)
        else:
            self._wish = wish

    @Slot(object)
    def take_paths(self, paths: tuple[Path, ...]) -> None:
        """Take files and folders to add; none from a launch that only asks for the window."""
        if self.begun:
            self.called.emit(paths)
        else:
            self._paths += paths

    @Slot(object)
    def take_order(self, call: OrderCall) -> None:
        """Take an order of the command line."""
        if self.begun:
            self.ordered.emit(call)
        else:
            self._orders.append(call)

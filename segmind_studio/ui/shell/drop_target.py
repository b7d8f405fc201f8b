"""Make a whole window take files, whatever widget is under the pointer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.shell.drop_veil import DropVeil
from segmind_studio.ui.shell.drops import offer_of

_DRAGS = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop}


class DropTarget(QObject):
    """Watch the window's own QWindow: text fields would else take a file's name as text.

    Drags without files go on to the widgets.

    Signals:
        dropped(object): tuple[Path, ...]; GUI thread.
    """

    dropped = Signal(object)

    def __init__(self, window: QWidget, dataset_name: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._dataset_name = dataset_name
        self._ours = False  # the drag over the window holds files
        self.veil = DropVeil(window)
        window.setAcceptDrops(True)

    def attach(self) -> None:
        """Begin to watch; the window must have been shown."""
        self._window.windowHandle().installEventFilter(self)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() not in _DRAGS:
            return False
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if not self._ours:
            return False
        if isinstance(event, QDropEvent):
            self._judge(event)
        else:
            self._end()
        return True

    def _enter(self, event: QDragEnterEvent) -> bool:
        offer = offer_of(event.mimeData())
        self._ours = offer is not None
        if offer is not None:
            self.veil.offer(offer, self._dataset_name())
            self._answer(event, useful=offer.useful)
        return self._ours

    def _judge(self, event: QDropEvent) -> None:
        """Answer a move, or take the files; a move is a drop event to Qt's class tree."""
        offer = offer_of(event.mimeData())
        useful = offer is not None and offer.useful
        self._answer(event, useful=useful)
        if isinstance(event, QDragMoveEvent):
            return
        self._end()
        if offer is not None and useful:
            self.dropped.emit(offer.paths)

    @staticmethod
    def _answer(event: QDropEvent, *, useful: bool) -> None:
        event.setDropAction(Qt.DropAction.CopyAction if useful else Qt.DropAction.IgnoreAction)
        event.setAccepted(useful)

    def _end(self) -> None:
        self._ours = False
        self.veil.hide()

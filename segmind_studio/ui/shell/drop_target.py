"""Make a whole window take files, whatever widget is under the pointer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.shell.drop_veil import DropVeil
from segmind_studio.ui.shell.drops import DropOffer, offer_of

_DRAGS = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop}


class DropTarget(QObject):
    """Watch the window's own QWindow: text fields would else take a file's name as text.

    Drags of text go on to the widgets. So does an address from a browser over a field that takes it.

    Signals:
        dropped(object): tuple[Path, ...]; GUI thread.
        refused(str): why some of what was dropped, or all of it, is not taken, and what to do.
    """

    dropped = Signal(object)
    refused = Signal(str)

    def __init__(self, window: QWidget, dataset_name: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._dataset_name = dataset_name
        self._offer: DropOffer | None = None  # of the drag over the window, as far as it is ours
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
            self._offer = offer_of(event.mimeData())  # once a drag: it may hold thousands
        if self._offer is None:
            return False
        if not isinstance(event, QDropEvent):
            fields_too = not self._offer.useful  # one may have been entered
            self._end()
            return not fields_too
        if not self._offer.useful and self._field_takes(event):
            self.veil.hide()
            return False
        self._judge(event, self._offer)
        return True

    def _judge(self, event: QDropEvent, offer: DropOffer) -> None:
        """Answer an enter or a move, or take the files; all three are drop events to Qt's class tree."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if isinstance(event, QDragMoveEvent):
            if not self.veil.isVisible():
                self.veil.offer(offer, self._dataset_name())
            return
        self._end()
        if offer.useful:
            self.dropped.emit(offer.paths)
        if offer.refusals:
            self.refused.emit(" ".join(offer.refusals))

    def _field_takes(self, event: QDropEvent) -> bool:
        """Tell whether a text field under the pointer would take it as text."""
        under = self._window.childAt(event.position().toPoint())
        while under is not None:
            if isinstance(under, QLineEdit):
                return under.isEnabled() and not under.isReadOnly() and event.mimeData().hasText()
            if isinstance(under, QPlainTextEdit | QTextEdit):
                takes = under.isEnabled() and not under.isReadOnly()
                return takes and under.canInsertFromMimeData(event.mimeData())
            under = under.parentWidget()
        return False

    def _end(self) -> None:
        self._offer = None
        self.veil.hide()

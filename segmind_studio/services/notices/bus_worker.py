"""The worker for the desktop's notifications, on a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier, QThread, Signal, Slot

from segmind_studio.services.notices.notice import Notice, NoticeBoard, NoticeError, NoticeEvent

_log = logging.getLogger(__name__)


class NoticeWorker(QObject):
    """Show notices and report their clicks. Lives on its own QThread; slots only.

    The board is opened with the first notice. When that fails, this desktop has none: it is not tried
    again. A connection that is lost later is opened again with the next notice.

    Signals:
        clicked(str, str): the run's id and the desktop's activation token, "" without one.
        not_shown(object): Notice, the desktop refused it.
        unavailable(): this desktop has no notifications; emitted once.
    """

    clicked = Signal(str, str)
    not_shown = Signal(object)
    unavailable = Signal()

    def __init__(self, open_board: Callable[[], NoticeBoard]) -> None:
        super().__init__()
        self._open_board = open_board
        self._board: NoticeBoard | None = None
        self._absent = False
        self._ear = QSocketNotifier(QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._hear)
        self._shown: dict[str, int] = {}  # run_id → the number from the desktop

    @Slot(object)
    def show(self, notice: Notice) -> None:
        """Show a notice and replace the run's earlier one."""
        try:
            board = self._opened()
            if board is not None:
                self._shown[notice.run_id] = board.show(notice, self._shown.get(notice.run_id, 0))
                self._read(board)
                return
        except NoticeError as error:
            _log.info("A notification was not shown: %s", error)
            self._close()
        self.not_shown.emit(notice)

    def _opened(self) -> NoticeBoard | None:
        if self._board is not None or self._absent:
            return self._board
        try:
            self._board = self._open_board()
        except NoticeError as error:
            _log.info("This desktop shows no notifications: %s", error)
            self._absent = True
            self.unavailable.emit()
            return None
        self._ear.setSocket(self._board.fileno())
        self._ear.setEnabled(True)
        return self._board

    @Slot(str)
    def withdraw(self, run_id: str) -> None:
        """Close the run's notification, if it is still shown."""
        number = self._shown.pop(run_id, 0)
        if self._board is not None and number:
            try:
                self._board.withdraw(number)
            except NoticeError:
                self._close()

    @Slot()
    def _hear(self) -> None:
        if self._board is None:
            return
        try:
            self._read(self._board)
        except NoticeError as error:
            _log.info("The desktop's notifications went away: %s", error)
            self._close()

    def _read(self, board: NoticeBoard) -> None:
        for event in board.events():
            self._take(event)

    def _take(self, event: NoticeEvent) -> None:
        run_id = next((run_id for run_id, number in self._shown.items() if number == event.number), "")
        if not run_id:
            return
        if event.clicked:
            self.clicked.emit(run_id, event.token)
        else:
            del self._shown[run_id]

    def _close(self) -> None:
        self._ear.setEnabled(False)
        if self._board is not None:
            self._board.close()
            self._board = None
        self._shown.clear()

    @Slot()
    def finish(self) -> None:
        """Close the board and end this thread; shown notifications stay on the desktop."""
        self._close()
        QThread.currentThread().quit()

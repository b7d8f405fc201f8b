"""One app for one data folder: a second launch sends its files to the first and exits.

They connect by a socket in a folder that only the user owns, and each checks the owner of the other process
before it sends or accepts data.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.meeting_places import LONGEST_MESSAGE, is_own, meeting_places, reach
from segmind_studio.store.folder_lock import FolderLock

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_log = logging.getLogger(__name__)
PATIENCE_S = END_MS / 1000 + 4.0  # the first app may be starting or quitting
RETRY_MS = 100
_TAKEN = b"taken\n"
Judge = Callable[[Mapping[str, object]], StudioError | None]


class Entry(StrEnum):
    """The result of a launch."""

    FIRST = "first"  # this process has the folder
    HANDED_OVER = "handed over"  # the app that has it took the files and comes to the front
    NO_ANSWER = "no answer"  # another one has the folder and does not answer


class SingleInstance(QObject):
    """Claim a data folder, or connect to the app that has it.

    Signals:
        wished(str): another launch requests a place of the window, or a new dataset; before `called`.
        called(object): tuple[Path, ...], another launch asks to add these; empty: only to be shown.
        ordered(object): OrderCall, the command line orders something from this app.
    """

    wished = Signal(str)
    called = Signal(object)
    ordered = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._handle = -1  # an open handle of the folder, if its path is too long for a socket
        self._lock = FolderLock(folder)
        self._server: QLocalServer | None = None
        self._judge: Judge = lambda _needs: None

    def judge_by(self, judge: Judge) -> None:
        """Refuse a later launch for the reason that `judge` returns for what it needs of the window."""
        self._judge = judge

    @property
    def holder(self) -> str:
        """Return the number of the process that has the folder, "" when it is not known."""
        return self._lock.holder

    @property
    def address(self) -> str:
        """Return the name of the socket for later launches, "" while there is none."""
        return self._server.serverName() if self._server is not None else ""

    def enter(
        self, paths: tuple[Path, ...], patience_s: float = PATIENCE_S, *, wish: str = "",
        needs: Mapping[str, object] = MappingProxyType({}), listen: bool = True,
    ) -> Entry:
        """Claim the folder and listen, or send everything to the app that has it. StoreError when neither works.

        StudioError when that app refuses it: it does not fulfil what this launch `needs`.

        Both are tried again for a while: that app may hold the folder and not listen yet, or no longer. Without
        `listen` the caller must call `listen()` soon.
        """
        end = time.monotonic() + patience_s
        while not self.claim():
            left = end - time.monotonic()
            if self.hand_over(paths, max(0.0, left), wish=wish, needs=needs):
                return Entry.HANDED_OVER
            if left <= 0:
                return Entry.NO_ANSWER
            _pause(RETRY_MS)
        if listen:
            self.listen()
        return Entry.FIRST

    def claim(self) -> bool:
        """Claim the folder; False when a living app has it. StoreError when it cannot be locked."""
        return self._lock.claim()

    def listen(self) -> None:
        """Listen for later launches, at the first possible address; the socket of a killed app is removed.

        No effect the second time.
        """
        from PySide6.QtNetwork import QLocalServer  # noqa: PLC0415  # when first needed

        if self._server is not None:
            return
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        for name in self._places():
            QLocalServer.removeServer(name)
            if server.listen(name):
                break
        else:
            _log.warning("Later launches cannot be heard: %s", server.errorString())
        server.newConnection.connect(self._answer)
        self._server = server

    def hand_over(
        self, paths: tuple[Path, ...], patience_s: float = PATIENCE_S, *, wish: str = "",
        needs: Mapping[str, object] = MappingProxyType({}),
    ) -> bool:
        """Send the paths to the app that has the folder; False when it did not confirm them.

        StudioError when it refuses them.
        """
        end = time.monotonic() + patience_s
        return any(
            _Message(paths, wish, needs).send(name, max(0.0, end - time.monotonic())) for name in self._places()
        )

    def _places(self) -> list[str]:
        if self._handle < 0:
            self._handle = reach(self._folder)
        return meeting_places(self._folder, self._handle)

    @Slot()
    def _answer(self) -> None:
        server = self._server
        while server is not None and server.hasPendingConnections():
            caller = server.nextPendingConnection()
            caller.disconnected.connect(caller.deleteLater)
            if not is_own(caller.socketDescriptor()):
                _log.warning("Another user of this computer called; nothing was taken.")
                caller.abort()
                caller.deleteLater()
                continue
            caller.setReadBufferSize(LONGEST_MESSAGE)
            caller.readyRead.connect(self._read)
            if caller.canReadLine():
                self._take(caller)

    @Slot()
    def _read(self) -> None:
        from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415  # when first needed

        caller = self.sender()
        if isinstance(caller, QLocalSocket) and caller.canReadLine():
            self._take(caller)

    def _take(self, caller: QLocalSocket) -> None:
        try:
            loaded = decoded_json(bytes(caller.readLine().data()))
        except ValueError:
            return
        wish, refusal = "", None
        if isinstance(loaded, dict):
            told = cast("dict[str, object]", loaded)
            if "order" in told:
                call = OrderCall(caller, told, self)
                call.answer({"event": "taken"})  # photos may be read for minutes; a frozen window says nothing
                self.ordered.emit(call)
                return
            loaded, wish, refusal = told.get("paths"), str(told.get("wish", "")), self._judge(told)
        if refusal is not None:
            caller.write(json.dumps({"title": refusal.title, "advice": refusal.advice}).encode("ascii") + b"\n")
            caller.flush()
        elif isinstance(loaded, list):
            if wish:
                self.wished.emit(wish)
            self.called.emit(tuple(Path(item) for item in cast("list[object]", loaded) if isinstance(item, str)))
            caller.write(_TAKEN)
            caller.flush()

    def stop_listening(self) -> None:
        """Stop listening: this app is quitting, and a launch from now on should wait for the folder."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def release(self) -> None:
        """Release the folder."""
        self.stop_listening()
        self._lock.release()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class OrderCall(QObject):
    """An order of the command line, and the way back to it. GUI thread; it ends with the caller."""

    def __init__(self, caller: QLocalSocket, message: dict[str, object], parent: QObject) -> None:
        super().__init__(parent)
        self._caller: QLocalSocket | None = caller
        self._message = message
        caller.disconnected.connect(self._lose)

    @property
    def message(self) -> Mapping[str, object]:
        """Return the order."""
        return self._message

    @property
    def present(self) -> bool:
        """Return whether the caller still waits for answers, as the system knows it at this moment."""
        if self._caller is not None:
            self._caller.waitForReadyRead(0)  # else it leaves behind all that waits in the event loop
        return self._caller is not None

    def answer(self, event: Mapping[str, object], *, last: bool = False) -> None:
        """Send a line; nothing is sent once the caller is gone."""
        if self._caller is not None:
            line = json.dumps({**event, "end": True} if last else event)
            self._caller.write(line.encode("ascii") + b"\n")
            self._caller.flush()

    @Slot()
    def _lose(self) -> None:
        self._caller = None
        self.deleteLater()


class _Message(QObject):
    """One hand-over: connect, write, wait for the confirmation."""

    def __init__(self, paths: tuple[Path, ...], wish: str, needs: Mapping[str, object]) -> None:
        from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415  # when first needed

        super().__init__()
        names = [str(path) for path in paths]
        plain = not (wish or needs)
        message = names if plain else {"paths": names, "wish": wish, **needs}  # older versions know only a list
        self._line = json.dumps(message).encode() + b"\n"
        self._name = ""
        self._answer = b""
        self._loop = QEventLoop(self)
        self._socket = QLocalSocket(self)
        self._socket.connected.connect(self._write)
        self._socket.readyRead.connect(self._read)
        self._socket.disconnected.connect(self._loop.quit)
        self._socket.errorOccurred.connect(self._loop.quit)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._loop.quit)

    def send(self, name: str, patience_s: float) -> bool:
        """Send the message; True when the other side has confirmed it. StudioError: it says why not."""
        self._name = name
        self._limit.start(int(patience_s * 1000))
        QTimer.singleShot(0, self, self._connect)  # it may fail at once, before there is a loop to quit
        self._loop.exec()
        self._socket.abort()
        if self._answer.startswith(b"{") and self._answer.endswith(b"\n"):
            told = cast("dict[str, object]", decoded_json(self._answer))
            raise StudioError(str(told.get("title", "")), str(told.get("advice", "")))
        return self._answer == _TAKEN

    @Slot()
    def _connect(self) -> None:
        self._socket.connectToServer(self._name)

    @Slot()
    def _write(self) -> None:
        if is_own(self._socket.socketDescriptor()):
            self._socket.write(self._line)
        else:
            _log.warning("Another user of this computer listens where this app should; it was told nothing.")
            self._loop.quit()

    @Slot()
    def _read(self) -> None:
        self._answer += bytes(self._socket.readAll().data())
        if self._answer.endswith(b"\n"):
            self._loop.quit()


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop, loop.quit)
    loop.exec()

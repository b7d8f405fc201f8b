"""One app for one data folder: a second launch hands its files to the first and leaves."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from enum import StrEnum
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from segmind_studio.store.folder_lock import FolderLock

_log = logging.getLogger(__name__)
PATIENCE_S = 5.0  # the first app may be starting, or leaving
RETRY_MS = 100
LONGEST_MESSAGE = 16_000_000  # more than a command line can be
_TAKEN = b"taken\n"


class Entry(StrEnum):
    """What became of a launch."""

    FIRST = "first"  # the folder is ours
    HANDED_OVER = "handed over"  # the app that has it took the files and comes to the front
    NO_ANSWER = "no answer"  # another one has the folder and does not answer


class SingleInstance(QObject):
    """Claim a data folder, or speak to the app that has it.

    Signals:
        called(object): tuple[Path, ...], another launch asks to add these; empty: only to be shown.
    """

    called = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
        self._name = f"segmind-studio-{digest}"
        self._lock = FolderLock(folder)
        self._server: QLocalServer | None = None

    @property
    def holder(self) -> str:
        """Give the number of the process that has the folder, "" when it is not known."""
        return self._lock.holder

    def enter(self, paths: tuple[Path, ...], patience_s: float = PATIENCE_S) -> Entry:
        """Claim the folder and listen, or hand the paths to the app that has it. StoreError when neither can be.

        Both are tried again for a while: that app may hold the folder and not listen yet, or not any more.
        """
        end = time.monotonic() + patience_s
        while not self.claim():
            left = end - time.monotonic()
            if self.hand_over(paths, max(0.0, left)):
                return Entry.HANDED_OVER
            if left <= 0:
                return Entry.NO_ANSWER
            _pause(RETRY_MS)
        self.listen()
        return Entry.FIRST

    def claim(self) -> bool:
        """Claim the folder; False when a living app has it. StoreError when it cannot be locked."""
        return self._lock.claim()

    def listen(self) -> None:
        """Listen to later launches."""
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self._name)
        if not server.listen(self._name):
            _log.warning("Later launches cannot be heard: %s", server.errorString())
        server.newConnection.connect(self._answer)
        self._server = server

    def hand_over(self, paths: tuple[Path, ...], patience_s: float = PATIENCE_S) -> bool:
        """Give the paths to the app that has the folder; False when it did not say that it took them."""
        return _Message(paths).send(self._name, patience_s)

    @Slot()
    def _answer(self) -> None:
        server = self._server
        while server is not None and server.hasPendingConnections():
            socket = server.nextPendingConnection()
            socket.setReadBufferSize(LONGEST_MESSAGE)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)
            if socket.canReadLine():
                self._take(socket)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket) and socket.canReadLine():
            self._take(socket)

    def _take(self, socket: QLocalSocket) -> None:
        try:
            loaded: object = json.loads(bytes(socket.readLine().data()))
        except ValueError:
            return
        if isinstance(loaded, list):
            self.called.emit(tuple(Path(item) for item in cast("list[object]", loaded) if isinstance(item, str)))
            socket.write(_TAKEN)
            socket.flush()

    def close_door(self) -> None:
        """Listen no more: this app is leaving, and a launch that comes now should wait for the folder."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def release(self) -> None:
        """Let the folder go."""
        self.close_door()
        self._lock.release()


class _Message(QObject):
    """One hand-over: connect, write, wait for the word that it was taken."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self._line = json.dumps([str(path) for path in paths]).encode() + b"\n"
        self._name = ""
        self._taken = False
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
        """Send it; True when the other side has taken it."""
        self._name = name
        self._limit.start(int(patience_s * 1000))
        QTimer.singleShot(0, self._connect)  # it may fail at once, before there is a loop to quit
        self._loop.exec()
        self._socket.abort()
        return self._taken

    @Slot()
    def _connect(self) -> None:
        self._socket.connectToServer(self._name)

    @Slot()
    def _write(self) -> None:
        self._socket.write(self._line)

    @Slot()
    def _read(self) -> None:
        self._taken = self._taken or bytes(self._socket.readAll().data()).startswith(_TAKEN)
        if self._taken:
            self._loop.quit()


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

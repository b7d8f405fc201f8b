"""One app for one data folder: a second launch hands its files to the first and leaves."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import cast

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_MS = 1500
LONGEST_MESSAGE = 1_000_000


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
        self._lock = QLockFile(str(folder / "studio.lock"))
        self._lock.setStaleLockTime(0)  # held as long as its process lives, however long
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Claim the folder; False when a living app has it."""
        return self._lock.tryLock(0)

    def listen(self) -> None:
        """Listen to later launches."""
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self._name)
        server.listen(self._name)
        server.newConnection.connect(self._answer)
        self._server = server

    def hand_over(self, paths: tuple[Path, ...]) -> bool:
        """Give the paths to the app that has the folder; False when it does not answer."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(CONNECT_MS):
            return False
        socket.write(json.dumps([str(path) for path in paths]).encode() + b"\n")
        sent = socket.waitForBytesWritten(CONNECT_MS) or socket.bytesToWrite() == 0
        socket.disconnectFromServer()
        if socket.state() != QLocalSocket.LocalSocketState.UnconnectedState:
            socket.waitForDisconnected(CONNECT_MS)
        return sent

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

    def release(self) -> None:
        """Let the folder go."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

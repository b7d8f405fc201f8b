"""Start the practice service inside the app, away from the GUI thread, and say when it is there."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segmind_studio.core.accounts import ApiKey, Connection
from segmind_studio.core.errors import StudioError
from segmind_studio.practice.server import PracticeServer
from segmind_studio.services.accounts.account_service import PRACTICE_ACCOUNT
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


class PracticeHost(QObject):
    """Own the app's practice service.

    Signals:
        ready(object): Connection; emitted on the starting thread, delivered in the receiver's.
        failed(object): StudioError, when no loopback port could be had.
    """

    ready = Signal(object)
    failed = Signal(object)

    def __init__(self, folder: Path, speed: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speed = speed
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._start, name="practice-start", daemon=True)
        self.server = PracticeServer(folder, speed=speed)

    def start(self) -> None:
        """Start it on a thread of its own; `ready` or `failed` answers."""
        self._thread.start()

    def _start(self) -> None:
        try:
            address = self.server.start()
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("The practice service did not start")
            self.failed.emit(StudioError(
                _("The practice service could not start."),
                _("Other programs may hold this computer's ports; restart the app. Real accounts still work."),
                type(error).__name__,
            ))
            return
        self._connection = Connection(
            PRACTICE_ACCOUNT, address.api, address.api, ApiKey(address.key), self._speed,
        )
        self.ready.emit(self._connection)

    def at_speed(self, speed: float) -> Connection | None:
        """Run at another speed; returns the connection that knows it, None before the service is there."""
        self._speed = speed
        self.server.set_speed(speed)
        if self._connection is not None:
            self._connection = replace(self._connection, speed=speed)
        return self._connection

    def stop(self) -> None:
        """Stop it; waits a few seconds at most."""
        if self._thread.ident is not None:
            self._thread.join(5.0)
            self.server.stop()

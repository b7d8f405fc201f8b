"""Keep the computer awake while data moves between it and the service."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Slot

from segmind_studio.services.system.activity import Activity, ActivityBoard
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import WorkerThread
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


class AwakeError(Exception):
    """The system does not keep the computer awake for this app."""


class StayAwake(Protocol):
    """The system's way to stay awake. Both methods are called on one thread, which lives until the release.

    Whatever a killed process held is released by the system.
    """

    def hold(self, reason: str) -> None:
        """Keep the computer from going to sleep by itself; its screen may go dark. AwakeError when it cannot."""
        ...

    def release(self) -> None:
        """Let it sleep again; no effect when nothing is held."""
        ...


def system_stay_awake() -> StayAwake:
    """Return the way of this system. The modules of the others are not imported."""
    if sys.platform == "linux":
        from segmind_studio.services.desktop.linux_awake import LinuxAwake  # noqa: PLC0415  # Linux only

        return LinuxAwake()
    from segmind_studio.services.desktop.other_awake import MacAwake, WindowsAwake  # noqa: PLC0415  # likewise

    return MacAwake() if sys.platform == "darwin" else WindowsAwake()


class KeepAwake(QObject):
    """Hold the computer awake while a transfer is on the board: an upload or a download, no training. GUI thread.

    The system is asked on a thread of its own, started with the first transfer: an answer may take seconds. When
    the system refuses, the transfer goes on, and the next one asks again.
    """

    def __init__(
        self, board: ActivityBoard, way: Callable[[], StayAwake] = system_stay_awake,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open = way
        self._way: StayAwake | None = None  # of the thread
        self._wanted = False
        self._worker = WorkerThread("keep awake", self, finishes=True)
        board.changed.connect(self._follow)

    @Slot(object)
    def _follow(self, work: tuple[Activity, ...]) -> None:
        wanted = any(one.transfer for one in work)
        if wanted != self._wanted:
            self._wanted = wanted
            reason = _("Uploading photos or downloading a model")
            self._worker.run(None, partial(self._hold, reason) if wanted else self._release)

    def _hold(self, reason: str, _stop: TransferStop) -> None:
        """Ask the system; called in the worker's thread."""
        try:
            if self._way is None:
                self._way = self._open()
            self._way.hold(reason)
        except AwakeError as error:
            _log.info("The computer may go to sleep during a transfer: %s", error)
        else:
            _log.info("The computer is kept awake")

    def _release(self, _stop: TransferStop) -> None:
        """Let go; called in the worker's thread."""
        if self._way is not None:
            self._way.release()

    def ask_stop(self) -> None:
        """Release what is held, and ask the thread to end."""
        if self._wanted:
            self._wanted = False
            self._worker.run(None, self._release)
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)

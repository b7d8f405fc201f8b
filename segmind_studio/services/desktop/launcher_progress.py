"""Progress at the launcher's icon: Unity's LauncherEntry, which GNOME's docks and KDE's task bar read too.

It is a signal on the session bus that nobody has to hear. See the Unity Launcher API of Ubuntu.
"""
# jeepney has no type information:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from segmind_studio.services.system.activity import Activity, ActivityBoard, shared_progress
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import WorkerThread

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

APP_URI = "application://segmind-studio.desktop"
INTERFACE = "com.canonical.Unity.LauncherEntry"
PATH = "/com/canonical/unity/launcherentry/segmind_studio"
EVERY_MS = 250


class Launcher:
    """Send the signals on a connection of its own, opened with the first one. For one thread."""

    def __init__(self) -> None:
        self._connection: DBusConnection | None = None

    def show(self, thousandths: int | None) -> None:
        """Show this progress; None shows none. Without a session bus nothing happens."""
        from jeepney import DBusAddress, new_signal  # noqa: PLC0415  # Linux only
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415  # likewise

        values = {
            "progress": ("d", (thousandths or 0) / 1000), "progress-visible": ("b", thousandths is not None),
        }
        message = new_signal(DBusAddress(PATH, None, INTERFACE), "Update", "sa{sv}", (APP_URI, values))
        try:
            if self._connection is None:
                self._connection = open_dbus_connection()
            self._connection.send(message)
        except (OSError, KeyError, RuntimeError, ValueError):  # as in `notices.linux_bus`
            self.close()

    def close(self) -> None:
        """Close the connection; the launcher forgets the progress."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._connection = None


def system_launcher() -> Launcher | None:
    """Return what shows progress on this system; None on Windows and macOS."""
    return Launcher() if sys.platform == "linux" else None


class LauncherProgress(QObject):
    """Show the progress of all work in this app at the launcher, at most four times a second. GUI thread."""

    def __init__(
        self, board: ActivityBoard, make: Callable[[], Launcher | None] = system_launcher,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._launcher = make()
        self._wanted: int | None = None
        self._shown: int | None = None
        self._worker = WorkerThread("launcher", self, finishes=True)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(EVERY_MS)
        self._soon.timeout.connect(self._send)
        if self._launcher is not None:
            board.changed.connect(self._follow)

    @Slot(object)
    def _follow(self, work: tuple[Activity, ...]) -> None:
        done = shared_progress(work)
        self._wanted = None if done is None else done // 10 * 10
        if self._wanted is None and self._shown is not None:
            self._send()
        elif self._wanted != self._shown and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _send(self) -> None:
        self._soon.stop()
        if self._launcher is not None and self._wanted != self._shown:
            self._shown = self._wanted
            self._worker.run(None, partial(self._show, self._launcher, self._wanted))

    @staticmethod
    def _show(launcher: Launcher, thousandths: int | None, _stop: TransferStop) -> None:
        launcher.show(thousandths)

    def ask_stop(self) -> None:
        """Show no progress any more, and ask the thread to end."""
        if self._launcher is not None:
            if self._shown is not None:
                self._wanted = None
                self._send()
            self._worker.run(None, partial(self._close, self._launcher))
            self._launcher = None
        self._worker.ask_stop()

    @staticmethod
    def _close(launcher: Launcher, _stop: TransferStop) -> None:
        launcher.close()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)

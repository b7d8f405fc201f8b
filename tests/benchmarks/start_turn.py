"""One start of the app, or of a bare PySide6 window: when its window is painted, and its cost when idle.

  python -m tests.benchmarks.start_turn product|peer FOLDER paint|rest
"""

import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from typing_extensions import override

from tests.benchmarks.child import memory, print_figures, since_start

REST_MS = 6000  # from the first paint until everything has started
IDLE_MS = 10_000


class Watch(QObject):
    """Observe one window from its first paint until it is idle, then end the app."""

    def __init__(self, window: QMainWindow, until: str) -> None:
        super().__init__()
        self._window = window
        self._until = until
        self._first = 0.0
        self._memory = 0.0
        self._worked = 0.0
        window.windowHandle().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Expose and not self._first and self._window.windowHandle().isExposed():
            QTimer.singleShot(0, self._painted)  # the window paints in answer to this event
            watched.removeEventFilter(self)
        return False

    @Slot()
    def _painted(self) -> None:
        self._first = since_start()
        if self._until == "paint":
            self._leave()
        else:
            QTimer.singleShot(REST_MS, self._rested)

    @Slot()
    def _rested(self) -> None:
        self._memory = memory()
        self._window.showMinimized()
        QTimer.singleShot(1000, self._idle_from_here)

    @Slot()
    def _idle_from_here(self) -> None:
        self._worked = time.process_time()
        QTimer.singleShot(IDLE_MS, self._leave)

    @Slot()
    def _leave(self) -> None:
        idle = 100_000 * (time.process_time() - self._worked) / IDLE_MS
        print_figures(first=self._first, memory=self._memory, idle=idle)
        os._exit(0)  # the end is not measured


def product(folder: Path, until: str) -> None:
    """Start the app unchanged, and observe it."""
    from segmind_studio import __main__  # noqa: PLC0415  # the bare window must not import it

    __main__.hurry()  # as `main` does, before it imports the app
    from segmind_studio import app  # noqa: PLC0415  # likewise

    show = app.Studio.open
    watches = []

    def watched(self: app.Studio) -> None:
        show(self)
        watches.append(Watch(self.window, until))

    app.Studio.open = watched
    __main__.main(["--practice", "--data-dir", str(folder)])


def peer(until: str) -> None:
    """Show the smallest possible window."""
    app = QApplication(["bare"])
    window = QMainWindow()
    window.setCentralWidget(QLabel("bare"))
    window.resize(1200, 800)
    window.show()
    watch = Watch(window, until)
    app.exec()
    del watch


if __name__ == "__main__":
    if sys.argv[1] == "product":
        product(Path(sys.argv[2]), sys.argv[3])
    else:
        peer(sys.argv[3])

"""Pictures that are made while the window is idle: how late its event loop is, and how long it works in one turn.

    python -m tests.benchmarks.made_turn PICTURES FOLDER

The practice service makes them in its own process, as in the app.
"""

import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from segmind_studio.core.image_requests import TryRequest
from segmind_studio.practice_host import PracticeHost
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from tests.benchmarks.child import print_figures
from tests.benchmarks.scale_turn import list_runs
from tests.benchmarks.turns import Turns

TICK_MS = 1


class Arrivals(QObject):
    """Request one picture after another, with a timer that measures how late the event loop is."""

    def __init__(self, images: ImageService, count: int) -> None:
        super().__init__()
        self._images = images
        self._left = count
        self._loop = QEventLoop()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._ticked = 0.0
        self.late = 0.0
        images.finished.connect(self._next)
        images.failed.connect(self._next)

    def run(self) -> None:
        self._ticked = time.perf_counter()
        self._clock.start(TICK_MS)
        self._ask()
        self._loop.exec()
        self._clock.stop()

    def _ask(self) -> None:
        self._images.generate(TryRequest("run", "TOK on the moon", seed=self._left, slug="run-0"))

    @Slot(object)
    def _next(self, result: object) -> None:
        assert getattr(result, "error", None) is None, result
        self._left -= 1
        if self._left:
            self._ask()
        else:
            self._loop.quit()

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self.late = max(self.late, now - self._ticked - TICK_MS / 1000)
        self._ticked = now


def main(count: int, folder: Path) -> None:
    """Measure and print."""
    QApplication(["bench"])
    practice, results = folder / "practice", folder / "results"
    practice.mkdir()
    list_runs(practice, 1)
    host = PracticeHost(practice, 1000.0)
    images = ImageService(results, ImageStore(Database(folder / "studio.sqlite3")))
    loop = QEventLoop()
    host.changed.connect(images.set_connection)
    images.replaced.connect(lambda _images: loop.quit() if images.loaded else None)
    host.need()
    loop.exec()
    arrivals, turns = Arrivals(images, count), Turns()
    turns.begin()
    arrivals.run()
    hold = turns.longest
    images.ask_stop()
    images.wait_end()
    host.stop()
    print_figures(late=1000 * arrivals.late, hold=hold)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)

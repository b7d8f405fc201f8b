"""Many thumbnails in one window: the app's grid, or a QListWidget.

  python -m tests.benchmarks.grid_turn product|peer PHOTOS FOLDER FRAMES

A frame is timed from moving the scroll bar until everything that follows from it is painted on the screen; its
work is the processor's time of the window's thread, without waits for other threads and programs.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QListView, QListWidget, QListWidgetItem, QMainWindow
from typing_extensions import override

from segmind_studio.core.datasets import Dataset
from segmind_studio.services.images.photo_reading import read_image
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.ui.data.grid.model import PhotoModel
from segmind_studio.ui.data.grid.view import PhotoGrid
from segmind_studio.ui.parts.density import MEDIUM
from segmind_studio.ui.theme.theme import Theme
from tests.benchmarks.child import memory, print_figures
from tests.benchmarks.sets import as_photos

FRAME_MS = 16
STEP = 130  # logical pixels in a frame: a fast turn of the wheel
SETTLE_MS = 300
_AFTER_PAINTING = -10  # the priority of our own event; Qt's repaints come at -1


class Product:
    """The app's grid on its real thumbnails."""

    def __init__(self, count: int, folder: Path) -> None:
        files = as_photos(sorted(folder.glob("*.jpg")))
        self._dataset = Dataset("bench", "Bench", tuple(
            replace(files[number % len(files)], photo_id=f"{number:05}") for number in range(count)
        ))
        self._model = PhotoModel()
        self._thumbnails = Thumbnails()
        self.view = PhotoGrid(self._model, self._thumbnails)

    def fill(self) -> None:
        self._model.set_dataset(self._dataset)

    def stop(self) -> None:
        self._thumbnails.stop()


class Peer:
    """The shortest program: a QListWidget that holds every image."""

    def __init__(self, count: int, folder: Path) -> None:
        self._count = count
        self._images = [read_image(path, MEDIUM.tile) for path in sorted(folder.glob("*.jpg"))]
        self.view = QListWidget()
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setUniformItemSizes(True)
        self.view.setIconSize(QSize(MEDIUM.tile, MEDIUM.tile))
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def fill(self) -> None:
        for number in range(self._count):
            image = self._images[number % len(self._images)].copy()  # each image is a different one
            self.view.addItem(QListWidgetItem(QIcon(QPixmap.fromImage(image)), f"photo-{number}.jpg"))

    def stop(self) -> None:
        self._images.clear()


class Window(QObject):
    """Show a view, fill it, scroll it, and measure the times."""

    def __init__(self, side: Product | Peer) -> None:
        super().__init__()
        self._side = side
        self._window = QMainWindow()
        self._window.resize(1200, 800)
        self._window.setCentralWidget(side.view)
        self._loop = QEventLoop()
        self._ticks = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._ticks.timeout.connect(self._tick)
        self._begun = self._worked = 0.0
        self._paints = 0
        self._left = 0
        self._way = STEP
        self.frames: list[float] = []
        self.works: list[float] = []
        side.view.viewport().installEventFilter(self)

    def first_paint(self) -> float:
        """Return the milliseconds from filling the shown, empty view until its placeholders are painted."""
        self._window.show()
        self._rest()
        self._paints = 0
        begun = time.perf_counter()
        self._side.fill()
        while not self._paints:
            self._begin()
            self._loop.exec()
        return 1000 * (time.perf_counter() - begun)

    def scroll(self, frames: int) -> None:
        """Scroll down, and up again at the end, while thumbnails arrive."""
        self._rest()
        self._left = frames
        self._ticks.start()
        self._loop.exec()

    def _rest(self) -> None:
        QTimer.singleShot(SETTLE_MS, self._loop.quit)
        self._loop.exec()

    def _begin(self) -> None:
        self._begun, self._worked = time.perf_counter(), time.thread_time()
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), _AFTER_PAINTING)

    @Slot()
    def _tick(self) -> None:
        if self._begun:
            return
        self._begin()
        bar = self._side.view.verticalScrollBar()
        if not bar.minimum() <= bar.value() + self._way <= bar.maximum():
            self._way = -self._way
        bar.setValue(bar.value() + self._way)

    @override
    def customEvent(self, _event: QEvent) -> None:
        spent, self._begun = time.perf_counter() - self._begun, 0.0
        if not self._left:  # the first paint
            self._loop.quit()
            return
        self.frames.append(1000 * spent)
        self.works.append(1000 * (time.thread_time() - self._worked))
        if len(self.frames) >= self._left:
            self._left = 0
            self._ticks.stop()
            self._loop.quit()

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._paints += 1
        return False


def slowest(frames: Sequence[float]) -> float:
    """Return what 99 of 100 frames do not exceed."""
    return sorted(frames)[int(0.99 * len(frames))]


def main(who: str, count: int, folder: Path, frames: int) -> None:
    """Measure and print."""
    app = QApplication(["bench"])
    if who == "product":
        Theme(app).apply("light")
    side = (Product if who == "product" else Peer)(count, folder)
    window = Window(side)
    first = window.first_paint()
    window.scroll(frames)
    print_figures(first=first, p99=slowest(window.frames), work=slowest(window.works), memory=memory())
    side.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))

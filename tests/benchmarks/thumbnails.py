"""Thumbnails of phone photos, by the app's own service, against libjpeg-turbo's `djpeg`."""

import contextlib
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Slot

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import THREADS, Thumbnails
from tests.benchmarks.report import FRAME, Goal, Limit, Line, Race
from tests.benchmarks.sets import as_photos, phone_photos
from tests.fakes.typed import known

SIDE = 256
TICK_MS = 1


class Filling(QObject):
    """Ask for all thumbnails and wait for them, with a timer that measures how late the event loop is."""

    def __init__(self, photos: Sequence[Photo]) -> None:
        super().__init__()
        self._photos = photos
        self._missing = len(photos)
        self._loop = QEventLoop()
        self._thumbnails = Thumbnails()
        self._thumbnails.ready.connect(self._count)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._ticked = 0.0
        self._latest = 0.0

    def run(self) -> dict[str, float]:
        begun = self._ticked = time.perf_counter()
        self._clock.start(TICK_MS)
        for photo in self._photos:
            self._thumbnails.image(photo, SIDE)
        self._loop.exec()
        spent = time.perf_counter() - begun
        self._clock.stop()
        assert not any(known(self._thumbnails.image(photo, SIDE)).isNull() for photo in self._photos)
        self._thumbnails.stop()
        return {"each": 1000 * spent / len(self._photos), "late": self._latest * 1000}

    @Slot(object)
    def _count(self, _ready: object) -> None:
        self._missing -= 1
        if not self._missing:
            self._loop.quit()

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self._latest = max(self._latest, now - self._ticked - TICK_MS / 1000)
        self._ticked = now


def djpeg(paths: Sequence[Path], *more: str) -> dict[str, float]:
    """Decode at one eighth as well, as many at a time as the app does."""
    command = ["xargs", "-P", str(THREADS), "-I{}", "djpeg", "-scale", "1/8", *more, "-outfile", "/dev/null", "{}"]
    begun = time.perf_counter()
    subprocess.run(command, input="\n".join(map(str, paths)), text=True, check=True)  # noqa: S603  # the peer
    return {"each": 1000 * (time.perf_counter() - begun) / len(paths)}


@contextlib.contextmanager
def races(folder: Path, *, count: int = 28, size: tuple[int, int] = (4000, 3000)) -> Iterator[list[Race]]:
    """Yield the race."""
    app = QCoreApplication.instance() or QCoreApplication([])
    paths = phone_photos(folder / "photos", count, size)
    photos = as_photos(paths)
    yield [Race(
        [
            Line(
                "thumbnail of a photo of 12 megapixels", "each", "ms", "djpeg -scale 1/8", Goal(1.0),
                Limit("the same without colours"),
            ),
            Line("the window meanwhile: latest turn", "late", "ms", "", Goal(16, own=True), FRAME),
        ],
        lambda: Filling(photos).run(), lambda: djpeg(paths), limit=lambda: djpeg(paths, "-grayscale"),
    )]
    del app

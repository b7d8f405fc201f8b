"""Fingerprint, sharpness and look of photos, measured on a thread of its own and kept in memory."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TypeAlias

from PIL import Image, ImageChops, ImageFilter, ImageStat
from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.core.glance import PlotKind
from segmind_studio.core.likeness import PictureMeasures, alike_groups
from segmind_studio.services.images.plot_maker import PlotMaker
from segmind_studio.services.images.thumbnails import read_image

_log = logging.getLogger(__name__)
_SIDE = 512  # pixels: about half of the size that training uses
_COARSE = 4  # places on each side of a picture whose colours make its look
_FIRST_BATCH = 8  # photos before the first signal; each later batch is as large as all before it
_MOST_KEPT = 20_000
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)

_File: TypeAlias = tuple[str, int, int]


def measured(image: QImage) -> PictureMeasures | None:
    """Measure a decoded picture; None for a null image. For any thread."""
    if image.isNull():
        return None
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    size = QSize(grey.width(), grey.height())
    picture = Image.frombytes(
        "L", (size.width(), size.height()), bytes(grey.constBits()), "raw", "L", grey.bytesPerLine(),
    )
    small = picture.resize((9, 8), Image.Resampling.BOX)
    mirror = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    sharpness = ImageStat.Stat(picture.filter(_EDGES)).var[0]
    return PictureMeasures(_fingerprint(small.tobytes()), _fingerprint(mirror.tobytes()), sharpness, _look(image))


def _look(image: QImage) -> bytes:
    """Return brightness and colours of a few places, the same for the mirrored picture."""
    small = image.convertToFormat(QImage.Format.Format_RGB888).scaled(
        4 * _COARSE, 4 * _COARSE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation,
    )
    coarse = Image.frombytes(
        "RGB", (small.width(), small.height()), bytes(small.constBits()), "raw", "RGB", small.bytesPerLine(),
    ).convert("YCbCr").resize((_COARSE, _COARSE), Image.Resampling.BOX)
    mirror = coarse.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    left = (0, 0, _COARSE // 2, _COARSE)
    middle, apart = Image.blend(coarse, mirror, 0.5).crop(left), ImageChops.difference(coarse, mirror).crop(left)
    return middle.tobytes() + apart.tobytes()


def _fingerprint(pixels: bytes) -> int:
    bits = 0
    for row in range(0, 72, 9):
        for place in range(row, row + 8):
            bits = bits << 1 | (pixels[place] > pixels[place + 1])
    return bits


class PictureMeasurer(QObject):
    """Measure photos one after the other, each file once. All methods belong to the GUI thread.

    Signals (GUI thread): changed(), when more photos are known, once for some of them; plotted(GlancePlot), the
    answer to the newest `plot`.
    """

    changed = Signal()
    plotted = Signal(object)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: OrderedDict[_File, PictureMeasures | None] = OrderedDict()
        self._files: list[_File] = []  # asked for last
        self._groups: tuple[tuple[_File, ...], ...] = ()
        self._stop = Event()
        self._stopped = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setObjectName("picture measures")
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._plots = PlotMaker(self)
        self._plots.made.connect(self.plotted)

    def measure(self, photos: Iterable[Photo]) -> None:
        """Measure these photos, and no longer those asked for before; known ones are only compared again."""
        by_file = {_file(photo): photo for photo in photos if photo.shown}
        files = list(by_file)
        if files == self._files or self._stopped:
            return
        self._files = files
        self._stop.set()
        self._stop = Event()
        missing = [photo for file, photo in by_file.items() if file not in self._known]
        known = {file: found for file in files if (found := self._known.get(file))}
        self._pool.start(_Measuring(missing, known, self._stop, self))

    def of(self, photos: Iterable[Photo]) -> dict[str, PictureMeasures]:
        """Return what is known of these photos, by photo id."""
        return _by_id(self._known, photos)

    def groups(self, photos: Iterable[Photo]) -> list[list[Photo]]:
        """Return those of these photos that look nearly alike, in groups of two and more."""
        by_file: dict[_File, list[Photo]] = {}
        for photo in photos:
            by_file.setdefault(_file(photo), []).append(photo)
        groups = ([photo for file in group for photo in by_file.get(file, ())] for group in self._groups)
        return [group for group in groups if len(group) > 1]

    def plot(self, kind: PlotKind, photos: Sequence[Photo]) -> None:
        """Make a plot of these photos by what is known of them; `plotted` follows, but for a newer call."""
        self._plots.make(kind, photos, partial(_by_id, dict(self._known)))

    def ask_stop(self) -> None:
        """Measure nothing more."""
        self._stopped = True
        self._plots.ask_stop()
        self._stop.set()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the thread; False when the deadline passed."""
        measured = self._pool.waitForDone(deadline_ms)
        return self._plots.wait_end(deadline_ms) and measured

    def hand_over(self, answer: _Measured) -> None:
        """Receive measured photos; called in the pool's thread."""
        self._answered.emit(answer)

    @Slot(object)
    def _take(self, answer: _Measured) -> None:
        self._known.update(answer.found)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        if not self._stopped and answer.asked is self._stop:  # else other photos were asked for since
            self._groups = answer.groups
            self.changed.emit()


def _by_id(
    known: Mapping[_File, PictureMeasures | None], photos: Iterable[Photo],
) -> dict[str, PictureMeasures]:
    return {photo.photo_id: found for photo in photos if (found := known.get(_file(photo)))}


def _file(photo: Photo) -> _File:
    return str(photo.path), photo.size, photo.mtime_ns


@dataclass(frozen=True, slots=True)
class _Measured:
    asked: Event
    found: dict[_File, PictureMeasures | None]
    groups: tuple[tuple[_File, ...], ...]


class _Measuring(QRunnable):
    def __init__(
        self, photos: list[Photo], known: dict[_File, PictureMeasures], stop: Event, owner: PictureMeasurer,
    ) -> None:
        super().__init__()
        self._photos = photos
        self._known = known
        self._stopped = stop
        self._owner = owner

    @override
    def run(self) -> None:
        found: dict[_File, PictureMeasures | None] = {}
        batch = _FIRST_BATCH
        for photo in self._photos:
            if self._stopped.is_set():
                break
            try:
                found[_file(photo)] = measured(read_image(photo.path, _SIDE))
            except Exception:  # noqa: BLE001  # one bad file must not end the others
                _log.exception("A photo could not be measured")
                found[_file(photo)] = None
            if len(found) >= batch:
                batch *= 2
                self._answer(found)
                found = {}
        self._answer(found)

    def _answer(self, found: dict[_File, PictureMeasures | None]) -> None:
        self._known.update((file, measures) for file, measures in found.items() if measures)
        groups = () if self._stopped.is_set() else alike_groups(self._known)
        self._owner.hand_over(_Measured(self._stopped, found, groups))

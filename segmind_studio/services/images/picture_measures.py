"""Fingerprint, sharpness and look of photos as they are cropped, measured on a thread of its own."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeAlias

from PIL import Image, ImageChops, ImageFilter, ImageStat
from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage
from typing_extensions import override

from segmind_studio.core.datasets import Check, Photo
from segmind_studio.core.glance import PlotKind
from segmind_studio.core.likeness import PictureMeasures, alike_groups
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.core.picture_traits import PictureTraits, scenes_of, standing_out, usual
from segmind_studio.dataset.cutouts import cutouts, families
from segmind_studio.dataset.picture_traits import says_place, traits_of
from segmind_studio.record import record
from segmind_studio.services.images.plot_maker import PlotMaker
from segmind_studio.services.images.thumbnails import read_image

_log = logging.getLogger(__name__)
MEASURED_SIDE = 512  # pixels: about half of the size that training uses
_COARSE = 4  # places on each side of a picture whose mean colours are kept
_SCALED = 64  # pixels, a multiple of it
_FIRST_BATCH = 8  # photos before the first signal; each later batch is as large as all before it
_MOST_KEPT = 20_000
_LEAST_SIDE = 3  # pixels
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)

_File: TypeAlias = tuple[str, int, int, PhotoEdit | None]  # with the edit, which makes another picture of it


def measured(image: QImage, *, placed: bool = False) -> PictureMeasures | None:
    """Measure a decoded picture; None for a null image. For any thread.

    `placed` says that its file has place data.
    """
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
    colours = _colours(image)
    traits = traits_of(picture, colours, placed=placed) if min(picture.size) >= _LEAST_SIDE else None
    return PictureMeasures(
        _fingerprint(small.tobytes()), _fingerprint(mirror.tobytes()), sharpness, _look(colours), traits,
    )


def _colours(image: QImage) -> bytes:
    """Return the mean colours of four by four parts, row by row, as red, green and blue."""
    ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    small = image.scaled(QSize(_SCALED, _SCALED), *ways).convertToFormat(QImage.Format.Format_RGB888)
    size, row = (small.width(), small.height()), small.bytesPerLine()
    pixels = Image.frombytes("RGB", size, bytes(small.constBits()), "raw", "RGB", row)
    return pixels.resize((_COARSE, _COARSE), Image.Resampling.BOX).tobytes()


def _look(colours: bytes) -> bytes:
    """Return brightness and colours of these places, the same for the mirrored picture."""
    coarse = Image.frombytes("RGB", (_COARSE, _COARSE), colours).convert("YCbCr")
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
    """Measure photos one after the other, each file and edit once. All methods belong to the GUI thread.

    Signals (GUI thread): changed(), when more photos are known, once for some of them; plotted(GlancePlot), the
    answer to the newest `plot`.
    """

    changed = Signal()
    plotted = Signal(object)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: OrderedDict[_File, PictureMeasures | None] = OrderedDict()
        self._photos: tuple[Photo, ...] = ()  # asked for last
        self._files: list[_File] = []  # theirs
        self._named: list[tuple[Sequence[Photo], list[_File]]] = []  # see `_files_of`
        self._groups: tuple[tuple[_File, ...], ...] = ()
        self._scenes: tuple[tuple[_File, ...], ...] = ()
        self._cutouts: tuple[tuple[_File, _File], ...] = ()
        self._standing: Mapping[Check, tuple[_File, ...]] = {}
        self.usual = 0.0, 0.0  # the middle focus and the middle noise of the measured photos
        self._stop = Event()
        self._stopped = False
        self._measuring = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setObjectName("picture measures")
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._plots = PlotMaker(self)
        self._plots.made.connect(self.plotted)

    def measure(self, photos: Iterable[Photo]) -> None:
        """Measure these photos, and no longer those asked for before; known ones are only compared again."""
        before, self._photos = self._photos, tuple(photos)
        if self._stopped or (before and _same_files(before, self._photos)):
            return
        by_file = {_file(photo): photo for photo in self._photos if photo.shown}
        files = list(by_file)
        if files == self._files:
            return
        self._files = files
        self._stop.set()
        self._stop = Event()
        missing = [photo for file, photo in by_file.items() if file not in self._known]
        known = {file: found for file in files if (found := self._known.get(file))}
        self._measuring = True
        self._pool.start(_Measuring(missing, known, self._stop, self))

    @property
    def measuring(self) -> bool:
        """Return whether photos that were asked for are still to be measured."""
        return self._measuring

    def of(self, photos: Sequence[Photo]) -> dict[str, PictureMeasures]:
        """Return what is known of these photos, by photo id."""
        find = self._known.get
        return {
            photo.photo_id: found for photo, file in zip(photos, self._files_of(photos), strict=True)
            if (found := find(file))
        }

    def groups(self, photos: Sequence[Photo]) -> list[list[Photo]]:
        """Return those of these photos that look nearly alike, in groups of two and more."""
        return [group for group in self._grouped(photos, self._groups) if len(group) > 1]

    def scenes(self, photos: Sequence[Photo]) -> list[list[Photo]]:
        """Return these photos by scenes, the largest first; empty when there are too many photos."""
        return [scene for scene in self._grouped(photos, self._scenes) if scene]

    def cutouts(self, photos: Sequence[Photo]) -> list[tuple[Photo, Photo]]:
        """Return those of these photos that are cut out of another one of them, each with that one."""
        by_file = dict(zip(self._files_of(photos), photos, strict=True)) if self._cutouts else {}
        return [
            (by_file[part], by_file[whole]) for part, whole in self._cutouts
            if part in by_file and whole in by_file
        ]

    def standing_out(self, photos: Sequence[Photo]) -> dict[Check, list[Photo]]:
        """Return those of these photos that stand out among all measured ones, worst first, by the check.

        `Check.PLACE_DATA` has those whose files say where they were taken.
        """
        by_file = dict(zip(self._files_of(photos), photos, strict=True))
        found = {
            check: [by_file[file] for file in files if file in by_file] for check, files in self._standing.items()
        }
        return {check: those for check, those in found.items() if those}

    def _files_of(self, photos: Sequence[Photo]) -> list[_File]:
        """Return the photos' files; those of the last two sequences are kept, as several answers need them."""
        for known, files in self._named:
            if known is photos:
                return files
        files = list(map(_file, photos))
        self._named = [(photos, files), *self._named[:1]]
        return files

    def _grouped(self, photos: Sequence[Photo], groups: Sequence[tuple[_File, ...]]) -> Iterator[list[Photo]]:
        if not groups:
            return
        by_file: dict[_File, list[Photo]] = {}
        for photo, file in zip(photos, self._files_of(photos), strict=True):
            by_file.setdefault(file, []).append(photo)
        for group in groups:
            yield [photo for file in group for photo in by_file.get(file, ())]

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
            self._groups, self._scenes, self._cutouts = answer.groups, answer.scenes, answer.cutouts
            self._standing, self.usual = answer.standing, answer.usual
            self._measuring = not answer.last
            self.changed.emit()


def _by_id(
    known: Mapping[_File, PictureMeasures | None], photos: Iterable[Photo],
) -> dict[str, PictureMeasures]:
    return {photo.photo_id: found for photo in photos if (found := known.get(_file(photo)))}


def _same_files(before: tuple[Photo, ...], now: tuple[Photo, ...]) -> bool:
    """Return whether photos look the same and are in the same order, whatever else was changed."""
    return len(before) == len(now) and not [
        was for was, photo in zip(before, now, strict=True)
        if was is not photo
        and (was.path, was.size, was.mtime_ns, was.shown, was.edit)
        != (photo.path, photo.size, photo.mtime_ns, photo.shown, photo.edit)
    ]


def _file(photo: Photo) -> _File:
    edit = None if photo.edit is NO_EDIT else photo.edit or None  # the usual case first: of 10,000, this is a lot
    return str(photo.path), photo.size, photo.mtime_ns, edit


@record
class _Measured:
    asked: Event
    found: dict[_File, PictureMeasures | None]
    groups: tuple[tuple[_File, ...], ...]
    last: bool = False
    scenes: tuple[tuple[_File, ...], ...] = ()
    cutouts: tuple[tuple[_File, _File], ...] = ()
    standing: Mapping[Check, tuple[_File, ...]] = field(default_factory=dict[Check, tuple[_File, ...]])
    usual: tuple[float, float] = (0.0, 0.0)


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
                image = read_image(photo.path, MEASURED_SIDE, edit=photo.edit)
                found[_file(photo)] = measured(image, placed=says_place(photo.path))
            except Exception:  # noqa: BLE001  # one bad file must not end the others
                _log.exception("A photo could not be measured")
                found[_file(photo)] = None
            if len(found) >= batch:
                batch *= 2
                self._answer(found)
                found = {}
        self._answer(found)
        self._answer({}, last=True)  # finding cut-outs takes longer than all that is known by now

    def _answer(self, found: dict[_File, PictureMeasures | None], *, last: bool = False) -> None:
        self._known.update((file, measures) for file, measures in found.items() if measures)
        groups = () if self._stopped.is_set() else alike_groups(self._known)
        traits = {file: measures.traits for file, measures in self._known.items() if measures.traits}
        scenes = () if self._stopped.is_set() else scenes_of(traits)
        parts = tuple(self._find_cutouts(traits)) if last else ()
        standing = standing_out(traits)
        standing[Check.PLACE_DATA] = tuple(file for file, known in traits.items() if known.placed)
        self._owner.hand_over(_Measured(
            self._stopped, found, groups, last, scenes, parts, standing, usual(traits.values()),
        ))

    def _find_cutouts(self, traits: Mapping[_File, PictureTraits]) -> Iterator[tuple[_File, _File]]:
        for family in families({file: Path(file[0]).stem for file in traits}):
            small = {file: _grey_copy(traits[file]) for file in family if traits[file].grey}
            yield from cutouts(small, self._stopped.is_set)


def _grey_copy(traits: PictureTraits) -> Image.Image:
    return Image.frombytes("L", (traits.grey_width, len(traits.grey) // traits.grey_width), traits.grey)

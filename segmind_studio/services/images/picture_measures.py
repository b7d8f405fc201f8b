"""Measure photos as they are cropped, and compare them, on a thread of its own."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import Event

from PySide6.QtCore import QObject, QRunnable, Qt, Signal, Slot
from typing_extensions import override

from segmind_studio.core.datasets import Check, Photo
from segmind_studio.core.glance import PlotKind
from segmind_studio.core.likeness import PictureMeasures
from segmind_studio.core.picture_findings import MeasuredPhotos
from segmind_studio.record import record
from segmind_studio.services.images.cutouts_apart import cutouts_apart
from segmind_studio.services.images.picture_steps import (
    ComparedPictures,
    PictureFile,
    PictureSteps,
    file_of,
    measured_photos,
    photo_pairs,
    photos_in,
)
from segmind_studio.services.images.plot_maker import PlotMaker
from segmind_studio.services.system.ending import thread_pool
from segmind_studio.store.measure_store import MeasureStore

_MOST_KEPT = 20_000
_JUDGED_ANEW = 1_000  # photos: among more, the others are not judged again when one is excluded
_WORK_S, _PAUSE_S = 0.02, 0.02  # of work that nobody waits for


class PictureMeasurer(QObject):
    """Measure photos one after the other, each file and edit once. All methods belong to the GUI thread.

    `store` has what was measured in earlier sessions.

    Signals (GUI thread): changed(), when more photos are known, once for some of them; plotted(GlancePlot), the
    answer to the newest `plot`.
    """

    changed = Signal()
    plotted = Signal(object)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None, *, store: MeasureStore | None = None) -> None:
        super().__init__(parent)
        self._steps = PictureSteps(store, find=cutouts_apart)
        self._known: OrderedDict[PictureFile, PictureMeasures | None] = OrderedDict()
        self._unread: set[PictureFile] = set()  # those of `_known` that could not be read
        self._photos: tuple[Photo, ...] = ()  # asked for last
        self._asked: tuple[list[PictureFile], frozenset[PictureFile]] = ([], frozenset())  # theirs; of used ones
        self._named: list[tuple[Sequence[Photo], list[PictureFile]]] = []  # see `_files_of`
        self._compared = ComparedPictures()
        self._ended: frozenset[PictureFile] = frozenset()  # the used ones that were all compared with each other
        self._pace = _Pace()
        self._stopped = False
        self._measuring = False
        self._missing = False
        self._pool = thread_pool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setObjectName("picture measures")
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._plots = PlotMaker(self)
        self._plots.made.connect(self.plotted)

    def measure(self, photos: Iterable[Photo], *, unasked: bool = False) -> None:
        """Measure these photos, and no longer those asked for before; known ones are only compared again.

        `unasked` does it with pauses, since nobody waits for it.
        """
        before, self._photos = self._photos, tuple(photos)
        if self._stopped:
            return
        if not unasked:
            self._pace.hurry = True
        if before and _same_files(before, self._photos):
            return
        by_file = {file_of(photo): photo for photo in self._photos if photo.shown}
        asked = list(by_file), frozenset([file for file, photo in by_file.items() if photo.used])
        if asked == self._asked:
            return
        if self._unread:
            for file in self._unread.intersection(by_file).difference(self._asked[0]):  # it had gone, and is back
                self._unread.discard(file)
                self._known.pop(file, None)
        self._asked = asked
        self._pace.stop()
        self._pace = _Pace(hurry=not unasked)
        missing = [photo for file, photo in by_file.items() if file not in self._known]
        known = {file: found for file in by_file if (found := self._known.get(file))}
        self._missing = bool(missing)
        self._measuring = self._missing or not asked[1] <= self._ended
        self._pool.start(_Measuring(missing, known, asked[1], self._pace, self._steps, self))

    @property
    def measuring(self) -> bool:
        """Return whether photos that were asked for are still to be measured or compared."""
        return self._measuring

    def missing(self, photos: Iterable[Photo]) -> int:
        """Return how many of these photos are not measured; one that cannot be read counts as measured."""
        return len([photo for photo in photos if file_of(photo) not in self._known])

    def of(self, photos: Sequence[Photo]) -> dict[str, PictureMeasures]:
        """Return what is known of these photos, by photo id."""
        find = self._known.get
        return {
            photo.photo_id: found for photo, file in zip(photos, self._files_of(photos), strict=True)
            if (found := find(file))
        }

    def known_of(self, photos: tuple[Photo, ...], *, stripped: bool) -> MeasuredPhotos:
        """Return what is known of photos of the package, to judge them; `stripped` is as in `MeasuredPhotos`."""
        return measured_photos(photos, self._known, self._compared, stripped=stripped, complete=not self._missing)

    def groups(self, photos: Sequence[Photo]) -> list[list[Photo]]:
        """Return those of these photos that look nearly alike, in groups of two and more."""
        found = photos_in(photos, self._files_of(photos), self._compared.groups)
        return [group for group in found if len(group) > 1]

    def scenes(self, photos: Sequence[Photo]) -> list[list[Photo]]:
        """Return these photos by scenes, the largest first; empty when there are too many photos."""
        return [scene for scene in photos_in(photos, self._files_of(photos), self._compared.scenes) if scene]

    def cutouts(self, photos: Sequence[Photo]) -> list[tuple[Photo, Photo]]:
        """Return those of these photos that are cut out of another one of them, each with that one."""
        return photo_pairs(dict(zip(self._files_of(photos), photos, strict=True)), self._compared.cutouts)

    def standing_out(self, photos: Sequence[Photo]) -> dict[Check, list[Photo]]:
        """Return those of these photos that stand out among the used ones, worst first, by the check.

        `Check.PLACE_DATA` has those whose files say where they were taken.
        """
        by_file = dict(zip(self._files_of(photos), photos, strict=True))
        found = {
            check: [by_file[file] for file in files if file in by_file]
            for check, files in self._compared.standing.items()
        }
        return {check: those for check, those in found.items() if those}

    def _files_of(self, photos: Sequence[Photo]) -> list[PictureFile]:
        """Return the photos' files; those of the last two sequences are kept, as several answers need them."""
        for known, files in self._named:
            if known is photos:
                return files
        files = list(map(file_of, photos))
        self._named = [(photos, files), *self._named[:1]]
        return files

    def plot(self, kind: PlotKind, photos: Sequence[Photo]) -> None:
        """Make a plot of these photos by what is known of them; `plotted` follows, but for a newer call."""
        self._plots.make(kind, photos, partial(_by_id, dict(self._known)))

    def ask_stop(self) -> None:
        """Measure nothing more."""
        self._stopped = True
        self._plots.ask_stop()
        self._pace.stop()

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
        self._unread.update(file for file, measures in answer.found.items() if measures is None)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        if not self._stopped and answer.asked is self._pace:  # else other photos were asked for since
            compared = answer.compared
            if not answer.last:  # until they are looked for again
                compared = replace(compared, cutouts=self._compared.cutouts)
            self._compared = compared
            if answer.last:
                self._measuring = self._missing = False
                self._ended = self._asked[1]
            self.changed.emit()


class _Pace:
    """Whether some work is stopped, and how fast it is done; called often in its thread, set in the GUI thread.

    Without `hurry` it rests half of the time, so that the window and the rest of the computer feel nothing of it.
    """

    def __init__(self, *, hurry: bool = True) -> None:
        self.hurry = hurry
        self._stop = Event()
        self._rest_at = 0.0

    def stop(self) -> None:
        """Have `stopped` return True from now on."""
        self._stop.set()

    def stopped(self) -> bool:
        """Return whether to stop; rest before that, if it is time to."""
        if not self.hurry and time.monotonic() >= self._rest_at:
            self._stop.wait(_PAUSE_S)
            self._rest_at = time.monotonic() + _WORK_S
        return self._stop.is_set()


def _by_id(
    known: Mapping[PictureFile, PictureMeasures | None], photos: Iterable[Photo],
) -> dict[str, PictureMeasures]:
    return {photo.photo_id: found for photo in photos if (found := known.get(file_of(photo)))}


def _same_files(before: tuple[Photo, ...], now: tuple[Photo, ...]) -> bool:
    """Return whether photos look the same, are in the same order and in the package, whatever else was changed."""
    anew = len(now) <= _JUDGED_ANEW
    return len(before) == len(now) and not [
        was for was, photo in zip(before, now, strict=True)
        if was is not photo
        and (was.path, was.size, was.mtime_ns, was.shown, was.edit, was.used and anew)
        != (photo.path, photo.size, photo.mtime_ns, photo.shown, photo.edit, photo.used and anew)
    ]


@record
class _Measured:
    asked: _Pace
    found: Mapping[PictureFile, PictureMeasures | None]
    compared: ComparedPictures
    last: bool = False


class _Measuring(QRunnable):
    def __init__(  # noqa: PLR0913, PLR0917  # all parts of the work
        self, photos: list[Photo], known: dict[PictureFile, PictureMeasures], used: frozenset[PictureFile],
        pace: _Pace, steps: PictureSteps, owner: PictureMeasurer,
    ) -> None:
        super().__init__()
        self._photos = photos
        self._known = known
        self._used = used
        self._pace = pace
        self._steps = steps
        self._owner = owner

    @override
    def run(self) -> None:
        if self._photos:
            for found in self._steps.measure(self._photos, self._pace.stopped):
                self._answer(found)
        self._answer({}, last=True)  # finding cut-outs takes longer than all that is known by now

    def _answer(self, found: Mapping[PictureFile, PictureMeasures | None], *, last: bool = False) -> None:
        self._known.update((file, measures) for file, measures in found.items() if measures)
        compared = ComparedPictures() if self._pace.stopped() else self._steps.compare(
            self._known, self._used, self._pace.stopped, last=last,
        )
        self._owner.hand_over(_Measured(self._pace, found, compared, last))

"""Thumbnails and whole pictures, read off the GUI thread and kept in a memory cache of limited size.

What a photo looks like is decided in `photo_reading`. Nothing is written to disk.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QMetaObject, QObject, QRunnable, Qt, QThread, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from typing_extensions import override

from segmind_studio.core.conversions import Conversion, holds
from segmind_studio.core.crop_frames import widened
from segmind_studio.core.datasets import WHITE, PackageOptions, Photo
from segmind_studio.core.photo_edits import NO_EDIT, Crop, PhotoEdit, straightened_size
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit
from segmind_studio.dataset.subject import subject_of
from segmind_studio.record import record
from segmind_studio.services.images.photo_reading import WHOLE, read_image
from segmind_studio.services.system.ending import thread_pool

if TYPE_CHECKING:
    from segmind_studio.services.images.picture_measures import PictureMeasurer

_log = logging.getLogger(__name__)
THREADS = 2
_SCROLLED_MS = 100  # between two turns of a wheel there is less
MEMORY_BYTES = 40 * 1024 * 1024

# Photo id, the file's time, background, edit, fit and whether it is stripped: a changed file is another picture.
# The background is "" if it cannot be seen, edit and fit None if there are none: their hashes are slow, and wanted
# for each cell that is painted.
_Name: TypeAlias = tuple[str, int, str, PhotoEdit | None, tuple[PhotoFit, bool] | None]


@record
class ThumbnailReady:
    """The thumbnail of this photo is now in the cache."""

    photo_id: str


@record
class FullImage:
    """The whole picture; a null image when it cannot be read."""

    photo_id: str
    image: QImage
    edit: PhotoEdit = NO_EDIT
    fit: PhotoFit = NO_FIT

    def shows(self, photo: Photo) -> bool:
        """Return whether it is this photo with its present edit and fit."""
        return (self.photo_id, self.edit, self.fit) == (photo.photo_id, photo.edit, photo.fit)


@record
class _Request:
    photo: Photo
    side: int
    background: str
    stripped: bool = True

    @property
    def name(self) -> _Name:
        photo = self.photo
        seen = photo.changes and holds(photo.changes, Conversion.TRANSPARENT)
        edit = None if photo.edit is NO_EDIT else photo.edit or None
        fit = None if photo.fit is NO_FIT or not photo.fit else (photo.fit, self.stripped)
        return photo.photo_id, photo.mtime_ns, self.background if seen else "", edit, fit


_Burst: TypeAlias = OrderedDict[tuple[_Name, int], _Request]


@record
class _Answer:
    request: _Request
    image: QImage


@record
class SubjectFound:
    """The proposed crop of a photo, as a part of it with this edit; None when it cannot be read."""

    photo_id: str
    edit: PhotoEdit
    crop: Crop | None


class Thumbnails(QObject):
    """Return cached pictures and queue missing ones: the newest burst first, in the order of the calls.

    A burst is all requests between two turns of the event loop, so one repaint is decoded from its top. What is
    only wanted later is decoded last. A picture that cannot be read is cached as a null image and not tried again
    until the file changes. All methods belong to the GUI thread; decoding runs on two threads of its own.

    Signals: ready(ThumbnailReady), full_ready(FullImage); unreadable(Photo), once for each file that cannot be
    decoded; background_changed(), earlier results may look different now, by another background or option;
    subject_found(SubjectFound), for each `find_subject`. All in the GUI thread.
    """

    ready = Signal(object)
    full_ready = Signal(object)
    unreadable = Signal(object)
    background_changed = Signal()
    subject_found = Signal(object)
    _decoded = Signal(object)
    _looked_for = Signal(object)

    def __init__(
        self, parent: QObject | None = None, *, memory_bytes: int = MEMORY_BYTES, measures: Path | None = None,
    ) -> None:
        """`measures` is the file for what is measured of photos; None: it is forgotten at the end."""
        super().__init__(parent)
        self._measures = measures
        self._kept = _Kept(memory_bytes)
        self._broken: set[_Name] = set()
        self._asked: _Burst = OrderedDict()  # since the last turn of the event loop
        self._bursts: list[_Burst] = []  # the newest last
        self._later: _Burst = OrderedDict()
        self._turn_awaited = False
        self._full: _Request | None = None
        self._at_work: set[tuple[_Name, int]] = set()
        self._stopped = False
        self._scrolls = QTimer(self, singleShot=True, interval=_SCROLLED_MS)
        self._scrolls.timeout.connect(self._pump)
        self._background = WHITE
        self._stripped = True
        self._pool = thread_pool(self)
        self._pool.setMaxThreadCount(THREADS)
        self._pool.setObjectName("thumbnails")
        self._decoded.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._looked_for.connect(self._take_subject, Qt.ConnectionType.QueuedConnection)
        self._measurer: PictureMeasurer | None = None

    @property
    def measurer(self) -> PictureMeasurer:
        """Return what measures the same pictures, on one more thread that stops with these."""
        if self._measurer is None:
            from segmind_studio.services.images.picture_measures import PictureMeasurer  # noqa: PLC0415  # first use
            from segmind_studio.store.measure_store import MeasureStore  # noqa: PLC0415  # as above

            store = None if self._measures is None else MeasureStore(self._measures)
            self._measurer = PictureMeasurer(self, store=store)
        return self._measurer

    def image(self, photo: Photo, side: int, *, later: bool = False) -> QImage | None:
        """Return a picture that fits a square of `side` device pixels; `later`: it is not in view yet.

        None: not in the cache; it is queued and `ready` follows. A null image: it cannot be read. Until
        the right size is ready, another size of the same picture is returned.
        """
        request = _Request(photo, side, self._background, self._stripped)
        name = request.name
        if name in self._broken:
            return QImage()
        found = self._kept.get(name, side)
        if found is None:
            self._queue(request, name, later=later)
            return self._kept.nearest(name, side)
        return found

    def set_background(self, background: str) -> None:
        """Set the colour ("#rrggbb") behind transparent parts from now on."""
        if background != self._background:
            self._background = background
            self.background_changed.emit()

    def set_options(self, options: PackageOptions) -> None:
        """Set how archives are made: whether a fit is in vain depends on the metadata."""
        if options.strip_metadata is not self._stripped:
            self._stripped = options.strip_metadata
            self.background_changed.emit()

    def keep_only(self, photo_ids: Collection[str]) -> None:
        """Remove the thumbnails of all other photos from the queue: their rows are no longer visible."""
        for burst in (self._asked, *self._bursts, self._later):
            for key in [key for key in burst if key[0][0] not in photo_ids]:
                del burst[key]
        self._bursts = [burst for burst in self._bursts if burst]  # a quick scroll leaves hundreds of empty ones

    def leave_processor(self) -> None:
        """Leave a processor to the window for a moment, since it is scrolled: fewer threads decode meanwhile."""
        self._scrolls.start()

    def load_full(self, photo: Photo) -> None:
        """Decode the whole picture and emit `full_ready`; a newer call replaces a waiting one."""
        self._full = _Request(photo, WHOLE, self._background, self._stripped)
        self._await_turn()

    def find_subject(self, photo: Photo) -> None:
        """Look for what the picture shows, as turned and straightened by its edit; `subject_found` follows."""
        if not self._stopped:
            self._pool.start(_FindSubject(photo, self._background, self))

    def ask_stop(self) -> None:
        """Clear the queue."""
        self._stopped = True
        if self._measurer is not None:
            self._measurer.ask_stop()
        self._asked.clear()
        self._bursts.clear()
        self._later.clear()
        self._full = None

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the decoding threads; False when the deadline passed."""
        decoded = self._pool.waitForDone(deadline_ms)
        return decoded and (self._measurer is None or self._measurer.wait_end(deadline_ms))

    def stop(self, deadline_ms: int = 2000) -> bool:
        """Clear the queue and wait for the two decoding threads; True when both ended in time."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

    def _queue(self, request: _Request, name: _Name, *, later: bool) -> None:
        key = (name, request.side)
        if self._stopped or key in self._at_work:
            return
        if not later:
            for burst in (*self._bursts, self._later):
                burst.pop(key, None)
            self._asked[key] = request
        elif not any(key in burst for burst in (self._asked, *self._bursts)):
            self._later[key] = request
        self._await_turn()

    def _await_turn(self) -> None:
        if not self._turn_awaited and not self._stopped:
            self._turn_awaited = True
            QMetaObject.invokeMethod(self, "_close_burst", Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _close_burst(self) -> None:
        self._turn_awaited = False
        if self._asked:
            self._bursts.append(self._asked)
            self._asked = OrderedDict()
        self._pump()

    @Slot()
    def _pump(self) -> None:
        most = THREADS
        if self._scrolls.isActive():
            most = max(1, min(most, QThread.idealThreadCount() - 1))
        while not self._stopped and len(self._at_work) < most and (request := self._next()) is not None:
            self._at_work.add((request.name, request.side))
            self._pool.start(_Decode(request, self))

    def _next(self) -> _Request | None:
        if self._full is not None:
            request, self._full = self._full, None
            return request
        while self._bursts:
            if self._bursts[-1]:
                return self._bursts[-1].popitem(last=False)[1]
            self._bursts.pop()
        return self._later.popitem(last=False)[1] if self._later else None

    def hand_over(self, request: _Request, image: QImage) -> None:
        """Receive a decoded picture; called in the worker's thread."""
        self._decoded.emit(_Answer(request, image))

    def hand_over_subject(self, found: SubjectFound) -> None:
        """Receive a proposed crop; called in the worker's thread."""
        self._looked_for.emit(found)

    @Slot(object)
    def _take_subject(self, found: SubjectFound) -> None:
        if not self._stopped:
            self.subject_found.emit(found)

    @Slot(object)
    def _take(self, answer: _Answer) -> None:
        request, image = answer.request, answer.image
        self._at_work.discard((request.name, request.side))
        if self._stopped:
            return
        if request.side == WHOLE:
            now = replace(request, background=self._background, stripped=self._stripped)
            if request.name == now.name:  # else it was requested again
                photo = request.photo
                self.full_ready.emit(FullImage(photo.photo_id, image, photo.edit, photo.fit))
        else:
            if image.isNull():
                self._broken.add(request.name)
                self.unreadable.emit(request.photo)
            else:
                self._kept.put(request.name, request.side, image)
            self.ready.emit(ThumbnailReady(request.photo.photo_id))
        self._pump()


class _Kept:
    """The pictures in memory, bounded in bytes; the least recently used one is dropped first."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._used = 0
        self._images: OrderedDict[tuple[_Name, int], QImage] = OrderedDict()
        self._sides: dict[_Name, set[int]] = {}

    def get(self, name: _Name, side: int) -> QImage | None:
        found = self._images.get((name, side))
        if found is not None:
            self._images.move_to_end((name, side))
        return found

    def nearest(self, name: _Name, side: int) -> QImage | None:
        sides = self._sides.get(name)
        if not sides:
            return None
        return self.get(name, min(sides, key=lambda known: abs(known - side)))

    def put(self, name: _Name, side: int, image: QImage) -> None:
        self._drop(name, side)
        self._images[name, side] = image
        self._sides.setdefault(name, set()).add(side)
        self._used += image.sizeInBytes()
        while self._used > self._memory_bytes and len(self._images) > 1:
            self._drop(*next(iter(self._images)))

    def _drop(self, name: _Name, side: int) -> None:
        image = self._images.pop((name, side), None)
        if image is not None:
            self._used -= image.sizeInBytes()
            self._sides[name].discard(side)
            if not self._sides[name]:
                del self._sides[name]


class _Decode(QRunnable):
    """Decode one picture on a thread of the pool."""

    def __init__(self, request: _Request, owner: Thumbnails) -> None:
        super().__init__()
        self._request = request
        self._owner = owner

    @override
    def run(self) -> None:
        request, image = self._request, QImage()
        try:
            photo = request.photo
            image = read_image(
                photo.path, request.side, request.background, photo.edit, photo.fit, stripped=request.stripped,
            )
        except Exception:  # noqa: BLE001  # an answer must come, else its place in the pool is lost
            _log.exception("A photo could not be decoded")
        self._owner.hand_over(request, image)


class _FindSubject(QRunnable):
    """Look for the subject of one photo on a thread of the pool."""

    def __init__(self, photo: Photo, background: str, owner: Thumbnails) -> None:
        super().__init__()
        self._photo = photo
        self._background = background
        self._owner = owner

    @override
    def run(self) -> None:
        photo, crop = self._photo, None
        try:
            crop = subject_of(photo.path, photo.edit, self._background)
            if crop is not None and photo.width:
                crop = widened(crop, straightened_size(photo.width, photo.height, photo.edit))
        except Exception:  # noqa: BLE001  # an answer must come, else its button stays off
            _log.exception("The subject of a photo could not be looked for")
        self._owner.hand_over_subject(SubjectFound(photo.photo_id, photo.edit, crop))

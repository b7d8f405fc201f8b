"""Collect Python's cyclic garbage in the GUI thread alone.

The collector runs in whichever thread happens to allocate. When a worker thread's collection destroys a QObject
of the GUI thread, Qt's locks and the interpreter's lock wait for each other and the app hangs for ever. So only
the GUI thread collects.

Kept apart: it affects the whole process, and this reason must be read before a change.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from collections.abc import Sized
from operator import is_

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from segmind_studio.core.datasets import Dataset, Photo

LOOK_EVERY_MS = 5000
MANY_PHOTOS = 1_000
MANY = 1_000  # runs
MANY_OBJECTS = 20_000  # to look through them takes 5 to 10 ms
LONG_LOOK_S = 0.008
AWAY_MS = 15_000  # in the background, before the window may be held for longer


class GarbageCollector(QObject):
    """Replace the interpreter's automatic collection, from construction to `stop`. GUI thread.

    Objects that exist already count as permanent, so that a collection stays short.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.freeze()
        gc.disable()
        self._photos: tuple[Photo, ...] = ()  # the last that count as permanent
        self._spared = False
        self._loaded = False  # very much, since free memory was last given back
        self._new = 0  # runs since the last time that all counted as permanent
        self._away = QTimer(self)
        self._away.setSingleShot(True)
        self._away.setInterval(AWAY_MS)
        self._away.timeout.connect(self.collect_all)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def settle(self) -> None:
        """Count newer objects as permanent too; call it after each step of the start, so that it stays short.

        Very many, as a worker makes of what is stored, are not looked through before.
        """
        if gc.get_count()[0] > MANY_OBJECTS:
            self._freeze()
        else:
            self._collect()

    def _collect(self) -> None:
        gc.collect()
        gc.freeze()

    @Slot()
    def look(self) -> None:
        """Collect the generations that are due, by the interpreter's own thresholds.

        Where that took long, what is left counts as permanent, so that it takes long only once. After very much
        was loaded, the system gets back what that took and needs no more.
        """
        if self._loaded:
            self._loaded = False
            give_back_memory()
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > threshold > 0:
                begun = time.thread_time()
                gc.collect(generation)
                if time.thread_time() - begun > LONG_LOOK_S:
                    self._freeze()

    def _freeze(self) -> None:
        self._new = 0
        self._spared = self._loaded = True
        gc.freeze()

    @Slot(object)
    def follow(self, dataset: Dataset) -> None:
        """Count all objects as permanent when many photos are new: to look through 10,000 takes 40 ms.

        Garbage that exists by then waits until the app is in the background; photos that go are freed at once.
        """
        photos = dataset.photos if len(dataset.photos) >= MANY_PHOTOS else ()
        if len(photos) - sum(map(is_, photos, self._photos)) >= MANY_PHOTOS:
            self._freeze()
        elif photos:
            return
        self._photos = photos

    @Slot()
    def follow_package(self) -> None:
        """Count what was found out about many photos as permanent too: the words of their captions, and others."""
        if self._photos:
            self._freeze()

    @Slot(object)
    def follow_many(self, new: Sized) -> None:
        """Count all objects as permanent when many runs are new, as for photos; they may come in parts."""
        self._new += len(new)
        if self._new >= MANY:
            self._freeze()

    @Slot(Qt.ApplicationState)
    def follow_state(self, state: Qt.ApplicationState) -> None:
        """Collect all garbage in the background, if some may wait for it; not at once, the user may come back."""
        if state is Qt.ApplicationState.ApplicationActive:
            self._away.stop()
        elif self._spared:
            self._away.start()

    @Slot()
    def collect_all(self) -> None:
        """Collect also what waits for the background; that takes long where there is much."""
        self._spared = False
        gc.unfreeze()
        self._collect()

    def stop(self) -> None:
        """Enable the interpreter's automatic collection again; call it when no worker runs any more."""
        self._timer.stop()
        self._away.stop()
        gc.unfreeze()
        gc.enable()


def give_back_memory() -> None:
    """Return free memory to the system where glibc keeps it, also between what is in use; it takes 1 to 2 ms."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)

"""Collect Python's cyclic garbage in the GUI thread alone.

The collector runs in whichever thread happens to allocate. When a worker thread's collection destroys a QObject
of the GUI thread, Qt's locks and the interpreter's lock wait for each other and the app hangs for ever. So only
the GUI thread collects.

Kept apart: it affects the whole process, and this reason must be read before a change.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_EVERY_MS = 5000


class GarbageCollector(QObject):
    """Replace the interpreter's automatic collection, from construction to `stop`. GUI thread.

    Objects that exist already count as permanent, so that a collection stays short.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def settle(self) -> None:
        """Count newer objects as permanent too; call it when the start of the app is complete."""
        gc.collect()
        gc.freeze()

    @Slot()
    def look(self) -> None:
        """Collect the generations that are due, by the interpreter's own thresholds."""
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > threshold > 0:
                gc.collect(generation)

    def stop(self) -> None:
        """Enable the interpreter's automatic collection again; call it when no worker runs any more."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

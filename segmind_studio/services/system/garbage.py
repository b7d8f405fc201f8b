"""Collect Python's cyclic garbage in the GUI thread alone.

The collector runs in whichever thread happens to allocate. When a worker's turn destroys a QObject of the GUI
thread, Qt's locks and the interpreter's lock wait for each other and the app hangs for ever. So it is done here.

Kept apart: it is about the whole process, and whoever changes it must read this.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_EVERY_MS = 5000


class GarbageCollector(QObject):
    """Take over the collecting for this process, from construction to `stop`. GUI thread.

    What lives already is taken for permanent, so that a round stays short.
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
        """Take for permanent what was made since, once all that the app begins with is there."""
        gc.collect()
        gc.freeze()

    @Slot()
    def look(self) -> None:
        """Collect the generations that are due, as the interpreter itself would."""
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > threshold > 0:
                gc.collect(generation)

    def stop(self) -> None:
        """Give the collecting back to the interpreter; call it when no worker runs any more."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

"""Make the plots of the set at a glance on a thread of their own: some take tenths of a second of many photos."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, QRunnable, Qt, Signal, Slot
from typing_extensions import override

from segmind_studio.core.datasets import Photo
from segmind_studio.core.glance import GlancePlot, PlotKind, plot_of
from segmind_studio.core.likeness import PictureMeasures
from segmind_studio.record import record
from segmind_studio.services.system.ending import thread_pool

_log = logging.getLogger(__name__)


@record
class _PlotRequest:
    kind: PlotKind
    photos: Sequence[Photo]
    measures_of: Callable[[Iterable[Photo]], Mapping[str, PictureMeasures]]  # called in the pool's thread


class PlotMaker(QObject):
    """Make one plot at a time; of the waiting requests only the newest counts. All methods: GUI thread.

    Signals: made(GlancePlot), the answer to the newest request; GUI thread.
    """

    made = Signal(object)
    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: _PlotRequest | None = None
        self._waiting: _PlotRequest | None = None
        self._stopped = False
        self._pool = thread_pool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setObjectName("plots")
        self._finished.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def make(
        self, kind: PlotKind, photos: Sequence[Photo],
        measures_of: Callable[[Iterable[Photo]], Mapping[str, PictureMeasures]],
    ) -> None:
        """Make the plot of these photos; `measures_of` is called in another thread."""
        self._waiting = _PlotRequest(kind, photos, measures_of)
        self._begin()

    def ask_stop(self) -> None:
        """Make no further plot."""
        self._stopped = True
        self._waiting = None

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the thread; False when the deadline passed."""
        return self._pool.waitForDone(deadline_ms)

    def hand_over(self, request: _PlotRequest, plot: GlancePlot | None) -> None:
        """Receive a plot; called in the pool's thread."""
        self._finished.emit(request, plot)

    def _begin(self) -> None:
        if self._running is None and self._waiting is not None and not self._stopped:
            self._running, self._waiting = self._waiting, None
            self._pool.start(_Plotting(self._running, self))

    @Slot(object, object)
    def _take(self, request: _PlotRequest, plot: GlancePlot | None) -> None:
        self._running = None
        newest = self._waiting
        if plot is not None and not self._stopped and (newest is None or newest.kind is request.kind):
            self.made.emit(plot)  # also one that is about to be replaced: while a caption is typed, it moves
        self._begin()


class _Plotting(QRunnable):
    def __init__(self, request: _PlotRequest, owner: PlotMaker) -> None:
        super().__init__()
        self._request = request
        self._owner = owner

    @override
    def run(self) -> None:
        request, plot = self._request, None
        try:
            plot = plot_of(request.kind, request.photos, request.measures_of(request.photos))
        except Exception:  # noqa: BLE001  # an answer must come, else no other plot is made
            _log.exception("A plot could not be made")
        self._owner.hand_over(request, plot)

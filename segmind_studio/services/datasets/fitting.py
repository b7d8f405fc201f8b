"""Fit a dataset to a size: measure, make the copies and compare them, off the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.errors import CancelledError
from segmind_studio.record import record
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread

if TYPE_CHECKING:
    from segmind_studio.core.fit_plan import FitEstimate, FitOrder, FitResult
    from segmind_studio.dataset.archive import PlanCache

_STEP_S = 0.06  # progress at most this often


class FitPhase(StrEnum):
    """What is being done to the photos."""

    MEASURE = "measure"
    MAKE = "make"
    COMPARE = "compare"


@record
class FitProgress:
    """How many photos of the present phase are done."""

    phase: FitPhase
    done: int
    total: int


class FitService(QObject):
    """Measure and make fits, one after the other, each on all cores. GUI thread. Nothing here changes a dataset.

    Signals (GUI thread):
        progress(FitProgress): at most one each 60 ms, and the last of each phase.
        measured(FitEstimate), fitted(FitResult), failed(StudioError): none of them after `cancel`.
        busy_changed(bool).
    """

    progress = Signal(object)
    measured = Signal(object)
    fitted = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, prepared: Path, plans: PlanCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prepared = prepared
        self._plans = plans
        self._running: tuple[object, TransferStop, SignalInstance] | None = None
        self._worker = WorkerThread("fit", self)
        self._worker.ended.connect(self._take)

    @property
    def busy(self) -> bool:
        """Return whether photos are being measured or fitted."""
        return self._running is not None

    def measure(self, dataset: Dataset) -> None:
        """Encode some of the photos to estimate sizes; `measured` is the answer."""
        self._run(self.measured, partial(_measure, dataset, self.progress))

    def fit(self, order: FitOrder) -> None:
        """Make all copies of a fit; `fitted` is the answer."""
        self._run(self.fitted, partial(_fit, order, self._prepared, self._plans, self.progress))

    def cancel(self) -> None:
        """Stop what is running; copies that are complete stay in the cache."""
        if self._running is not None:
            self._running[1].stop()
            self._running = None
            self.busy_changed.emit(False)

    def ask_stop(self) -> None:
        """Stop all work and end the thread."""
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)

    def _run(self, answer: SignalInstance, work: Callable[[TransferStop], object]) -> None:
        self.cancel()
        order = object()
        stop = self._worker.run(order, work)
        if not stop.asked():
            self._running = order, stop, answer
            self.busy_changed.emit(True)

    @Slot(object)
    def _take(self, outcome: Outcome[object, object]) -> None:
        if self._running is None or outcome.order is not self._running[0]:
            return  # it was cancelled
        answer = self._running[2]
        self._running = None
        self.busy_changed.emit(False)
        if outcome.error is None:
            answer.emit(outcome.result)
        elif not isinstance(outcome.error, CancelledError):
            self.failed.emit(outcome.error)


class _Steps:
    """Emit progress, at most each 60 ms. For the worker's thread."""

    def __init__(self, progress: SignalInstance, phase: FitPhase, stop: TransferStop) -> None:
        self._progress = progress
        self._phase = phase
        self._stop = stop
        self._next_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if (done == total or now >= self._next_at) and not self._stop.asked():
            self._next_at = now + _STEP_S
            self._progress.emit(FitProgress(self._phase, done, total))


def _measure(dataset: Dataset, progress: SignalInstance, stop: TransferStop) -> FitEstimate:
    from segmind_studio.dataset.fit_trial import measured  # noqa: PLC0415  # when first needed

    return measured(dataset, _Steps(progress, FitPhase.MEASURE, stop), stop.asked)


def _fit(
    order: FitOrder, prepared: Path, plans: PlanCache, progress: SignalInstance, stop: TransferStop,
) -> FitResult:
    from segmind_studio.dataset.fit_trial import made  # noqa: PLC0415  # when first needed

    steps = _Steps(progress, FitPhase.MAKE, stop), _Steps(progress, FitPhase.COMPARE, stop)
    return made(order, prepared, plans, steps, stop.asked)

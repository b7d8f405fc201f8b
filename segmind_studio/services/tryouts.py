"""Try a finished model, as the window sees it: one paid picture for each wish, never asked for twice."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.values import Generated
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import CancelledError, StoreError, StudioError
from segmind_studio.services.result_pictures import keep_picture
from segmind_studio.services.tasks import unexpected
from segmind_studio.services.transfer_stop import TransferStop

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TryRequest:
    """One picture to make. Sizes are pixels, `strength` is 0 to 2, a `seed` of None lets the service choose.

    The model is called by `inference_api_url`, or by `slug` where it has none.
    """

    run_id: str
    prompt: str
    seed: int | None = None
    strength: float = 1.0
    width: int = 1024
    height: int = 1024
    inference_api_url: str = ""
    slug: str = ""

    def params(self) -> dict[str, object]:
        """Give the body that goes out."""
        body: dict[str, object] = {
            "prompt": self.prompt, "width": self.width, "height": self.height, "finetune_strength": self.strength,
        }
        if self.seed is not None:
            body["seed"] = self.seed
        return body


@dataclass(frozen=True, slots=True)
class TryResult:
    """A picture. `path` is None when it could not be saved; `cost` and `remaining` are US dollars if told."""

    request: TryRequest
    image: QImage
    path: Path | None = None
    cost: float | None = None
    remaining: float | None = None


@dataclass(frozen=True, slots=True)
class TryFailure:
    """Why there is no picture. `error` is a CancelledError when the person did not want to wait any longer."""

    request: TryRequest
    error: StudioError


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    connection: Connection
    request: TryRequest
    stop: TransferStop = field(default_factory=TransferStop)


@dataclass(frozen=True, slots=True)
class _Outcome:
    order: _Order
    result: TryResult | None
    error: StudioError | None


class _Worker(QObject):
    """Ask for one picture after another, decode and keep it, on its own thread.

    Signals:
        ended(object): _Outcome, once for each order.
    """

    ended = Signal(object)

    def __init__(self, results: Path) -> None:
        super().__init__()
        self._results = results

    @Slot(object)
    def do(self, order: _Order) -> None:
        """Carry out one order; never raises."""
        result, error = None, None
        try:
            result = self._picture(order)
        except StudioError as problem:
            error = problem
        except Exception as problem:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("A try broke")
            error = unexpected(problem)
        self.ended.emit(_Outcome(order, result, error))

    def _picture(self, order: _Order) -> TryResult:
        request = order.request
        model = request.inference_api_url or request.slug
        if not model:
            raise StudioError("This model cannot be called yet.", "Wait until the run is ready.")
        with SegmindClient(order.connection) as client, order.stop.watching(client):
            made = client.generate(model, request.params())
        image = QImage.fromData(made.image)
        path = self._kept(request, made)
        if image.isNull():
            raise StudioError(
                "The picture that came cannot be shown.",
                f"It was saved as {path.name}." if path else "It could not be saved either.",
            )
        return TryResult(request, image, path, made.cost, made.remaining)

    def _kept(self, request: TryRequest, made: Generated) -> Path | None:
        """Save a picture; it was paid, so a full disk must not keep it from being shown."""
        try:
            return keep_picture(self._results, request.slug or request.run_id, made.image, time.time())
        except StoreError as error:
            _log.warning("A picture could not be saved: %s", error.detail)
            return None


class TryService(QObject):
    """Make pictures with finished models, one after another. GUI thread; the waiting is a worker's.

    Signals:
        finished(object): TryResult.
        failed(object): TryFailure.
        busy_changed(object): bool.
    """

    finished = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(object)
    _wanted = Signal(object)

    def __init__(self, results: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection: Connection | None = None
        self._orders: list[_Order] = []
        self._stopped = False
        self._thread = QThread(self)
        self._thread.setObjectName("tryouts")
        self._worker = _Worker(results)
        self._worker.moveToThread(self._thread)
        self._wanted.connect(self._worker.do)
        self._worker.ended.connect(self._take_outcome)

    @property
    def busy(self) -> bool:
        """Tell whether a picture is being made."""
        return bool(self._orders)

    @property
    def waiting(self) -> int:
        """Give the number of pictures that are not made yet."""
        return len(self._orders)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Ask in this account's name from now on; what is under way is not touched."""
        self._connection = connection

    def generate(self, request: TryRequest) -> None:
        """Ask for one picture, paid; exactly one answer comes, `finished` or `failed`."""
        if self._stopped:
            return
        if self._connection is None:
            error = StudioError("There is no account to ask with.", "Add a key in Settings.")
            self.failed.emit(TryFailure(request, error))
            return
        order = _Order(self._connection, request)
        self._orders.append(order)
        if not self._thread.isRunning():
            self._thread.start()
        self._wanted.emit(order)
        if len(self._orders) == 1:
            self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Stop waiting. A picture that the service has begun may be paid all the same."""
        for order in self._orders:
            order.stop.stop()

    @Slot(object)
    def _take_outcome(self, outcome: _Outcome) -> None:
        self._orders = [order for order in self._orders if order is not outcome.order]
        if outcome.result is not None:
            self.finished.emit(outcome.result)
        else:
            self.failed.emit(TryFailure(outcome.order.request, outcome.error or CancelledError()))
        if not self._orders:
            self.busy_changed.emit(False)

    def stop(self, deadline_ms: int = 8000) -> bool:
        """Stop waiting and end the thread; False when the deadline passed. May be repeated."""
        self._stopped = True
        self.cancel()
        if not self._thread.isRunning():
            return True
        self._thread.quit()
        return self._thread.wait(deadline_ms)

"""The worker behind the Try place: it writes each picture down, asks for it, and keeps what comes."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.values import Generated
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, CancelledError, StoreError, StudioError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.result_images import kept_file, save_image

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TryRequest:
    """One picture to make. Sizes are pixels, `strength` is 0 to 2, a `seed` of None is drawn when it is asked for.

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
        """Return the body that goes out."""
        body: dict[str, object] = {
            "prompt": self.prompt, "width": self.width, "height": self.height, "finetune_strength": self.strength,
        }
        if self.seed is not None:
            body["seed"] = self.seed
        return body

    def generated(self, image_id: str, account_id: str, at: float) -> GeneratedImage:
        """Return its row for the image store."""
        return GeneratedImage(
            image_id, account_id, self.run_id, at, prompt=self.prompt, seed=self.seed, strength=self.strength,
            width=self.width, height=self.height, slug=self.slug,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ImageOrder:
    """One picture to ask for, as soon as those before it are done."""

    connection: Connection
    request: TryRequest
    generated: GeneratedImage
    stop: TransferStop = field(default_factory=TransferStop)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order. `generated` is None when nothing was asked for; `image` may be null."""

    order: ImageOrder
    generated: GeneratedImage | None = None
    image: QImage = field(default_factory=QImage)
    remaining: float | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class StoredImages:
    """An account's pictures, newest first."""

    account_id: str
    images: tuple[GeneratedImage, ...]


class ImageWorker(QObject):
    """Ask for one picture after another, on its own thread.

    Signals:
        read(object): StoredImages. ended(object): Outcome, once for each order.
    """

    read = Signal(object)
    ended = Signal(object)

    def __init__(self, image_store: ImageStore, results: Path) -> None:
        super().__init__()
        self._image_store = image_store
        self._results = results

    @Slot(str)
    def load(self, account_id: str) -> None:
        """Read an account's pictures; what an earlier start of the app was waiting for has no answer any more."""
        try:
            self._image_store.settle(time.time(), partial(kept_file, self._results))
            self.read.emit(StoredImages(account_id, self._image_store.images(account_id)))
        except StoreError as error:
            _log.warning("The image store cannot be read: %s", error.detail)

    @Slot(object)
    def do(self, order: ImageOrder) -> None:
        """Carry out one order; never raises."""
        try:
            generated = self._write_down(order)
        except StudioError as error:
            self.ended.emit(Outcome(order, error=error))
            return
        try:
            made = self._asked(order)
        except Exception as problem:  # noqa: BLE001  # the border of a thread: it is worded and logged
            if not isinstance(problem, StudioError):
                _log.exception("A try broke")
            self.ended.emit(self._not_made(order, generated, problem))
        else:
            self.ended.emit(self._made(order, generated, made))

    def _write_down(self, order: ImageOrder) -> GeneratedImage:
        """Have the intent on the disk; where that cannot be done, nothing is asked for."""
        if order.stop.asked():
            raise CancelledError
        if not (order.request.inference_api_url or order.request.slug):
            raise StudioError("This model cannot be called yet.", "Wait until the run is ready.")
        generated = replace(order.generated, asked_at=time.time())
        self._image_store.add(generated)
        return generated

    def _asked(self, order: ImageOrder) -> Generated:
        request = order.request
        with SegmindClient(order.connection) as client, order.stop.watching(client):
            return client.generate(request.inference_api_url or request.slug, request.params())

    def _not_made(self, order: ImageOrder, generated: GeneratedImage, problem: Exception) -> Outcome:
        """Only an answer that surely means "nothing was done" makes it unpaid."""
        error = problem if isinstance(problem, StudioError) else unexpected(problem)
        unpaid = isinstance(error, ApiError) and not error.may_have_arrived
        words = "\n".join(part for part in (error.title, error.detail) if part)
        if isinstance(error, CancelledError):
            words = "The app was closed." if order.stop.leaving else "You stopped waiting."
        state = ImageState.FAILED if unpaid else ImageState.UNKNOWN
        return Outcome(order, self._ended(generated, state, error=words), error=error)

    def _made(self, order: ImageOrder, generated: GeneratedImage, made: Generated) -> Outcome:
        path = self._kept(generated, made.image)
        name = path.name if path else ""
        cost = None if made.cost is not None and made.cost < 0 else made.cost
        image = QImage.fromData(made.image)
        error = None
        if image.isNull():
            error = StudioError(
                "The picture that came cannot be shown.",
                f"It was saved as {name}." if name else "It could not be saved either.",
            )
        words = str(error) if error else ""
        ended = self._ended(generated, ImageState.MADE, file_name=name, cost=cost, error=words)
        return Outcome(order, ended, image, made.remaining, error)

    def _kept(self, generated: GeneratedImage, image: bytes) -> Path | None:
        """Save a picture; it was paid, so a full disk must not keep it from being shown."""
        try:
            return save_image(self._results, generated, image)
        except StoreError as error:
            _log.warning("A picture could not be saved: %s", error.detail)
            return None

    def _ended(
        self, generated: GeneratedImage, state: ImageState, *, file_name: str = "", cost: float | None = None,
        error: str = "",
    ) -> GeneratedImage:
        """Write how it ended; where the disk refuses, the next start finds out from what is there."""
        ended = replace(
            generated, state=state, ended_at=time.time(), file_name=file_name, cost=cost, error=error,
        )
        try:
            self._image_store.save(ended)
        except (StoreError, KeyError) as problem:
            _log.warning("The end of a picture could not be written: %s", problem)
        return ended

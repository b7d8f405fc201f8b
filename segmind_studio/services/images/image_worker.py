"""The work behind the Try place: it stores each request, sends it, and stores the result."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.values import Generated
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, CancelledError, StoreError, StudioError, unexpected
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.result_images import kept_file, save_image
from segmind_studio.texts import _

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TryRequest:
    """One image to make. Sizes are pixels, `strength` is 0 to 2, a `seed` of None is drawn at the request.

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
        """Return the request body."""
        body: dict[str, object] = {
            "prompt": self.prompt, "width": self.width, "height": self.height, "finetune_strength": self.strength,
        }
        if self.seed is not None:
            body["seed"] = self.seed
        return body

    def generated(self, image_id: str, account_id: str, at: float) -> GeneratedImage:
        """Return the row of the image store for this request."""
        return GeneratedImage(
            image_id, account_id, self.run_id, at, prompt=self.prompt, seed=self.seed, strength=self.strength,
            width=self.width, height=self.height, slug=self.slug,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ImageOrder:
    """One image to request when the earlier ones are done."""

    connection: Connection
    request: TryRequest
    generated: GeneratedImage


@dataclass(frozen=True, slots=True)
class MadeImage:
    """The result of a requested image; `image` is what the maker's `decode` returned, None without one."""

    generated: GeneratedImage
    image: Any = None
    remaining: float | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class StoredImages:
    """An account's images, newest first."""

    account_id: str
    images: tuple[GeneratedImage, ...]


class ImageMaker:
    """Request one image after another. Blocking, without Qt; for one thread.

    `decode` returns an image to show from the bytes of a file, None when it cannot be shown.
    """

    def __init__(self, image_store: ImageStore, results: Path, decode: Callable[[bytes], Any]) -> None:
        self._decode = decode
        self._image_store = image_store
        self._results = results

    def load(self, account_id: str) -> StoredImages:
        """Read an account's images; requests of an earlier session get no answer any more.

        StoreError when the disk refuses.
        """
        self._image_store.settle(time.time(), partial(kept_file, self._results))
        return StoredImages(account_id, self._image_store.images(account_id))

    def make(self, order: ImageOrder, stop: TransferStop) -> MadeImage:
        """Run one order. Raises StudioError when nothing was requested."""
        generated = self._write_down(order, stop)
        try:
            made = self._asked(order, stop)
        except Exception as problem:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            if not isinstance(problem, StudioError):
                _log.exception("A try broke")
            return self._not_made(generated, problem, stop)
        return self._made(generated, made)

    def _write_down(self, order: ImageOrder, stop: TransferStop) -> GeneratedImage:
        """Store the request before it is sent; if that fails, nothing is sent."""
        if stop.asked():
            raise CancelledError
        if not (order.request.inference_api_url or order.request.slug):
            raise StudioError(_("This model cannot be called yet."), _("Wait until the run is ready."))
        generated = replace(order.generated, asked_at=time.time())
        self._image_store.add(generated)
        return generated

    def _asked(self, order: ImageOrder, stop: TransferStop) -> Generated:
        request = order.request
        with SegmindClient(order.connection) as client, stop.watching(client):
            return client.generate(request.inference_api_url or request.slug, request.params())

    def _not_made(self, generated: GeneratedImage, problem: Exception, stop: TransferStop) -> MadeImage:
        """Store the failure. Only an answer that certainly means "nothing was done" makes it unpaid."""
        error = problem if isinstance(problem, StudioError) else unexpected(problem)
        unpaid = isinstance(error, ApiError) and not error.may_have_arrived
        words = "\n".join(part for part in (error.title, error.detail) if part)
        if isinstance(error, CancelledError):
            words = _("The app was closed.") if stop.leaving else _("You stopped waiting.")
        state = ImageState.FAILED if unpaid else ImageState.UNKNOWN
        return MadeImage(self._ended(generated, state, error=words), error=error)

    def _made(self, generated: GeneratedImage, made: Generated) -> MadeImage:
        path = self._kept(generated, made.image)
        name = path.name if path else ""
        cost = None if made.cost is not None and made.cost < 0 else made.cost
        image = self._decode(made.image)
        error = None
        if image is None:
            error = StudioError(
                _("The picture that came cannot be shown."),
                _("It was saved as {name}.").format(name=name) if name else _("It could not be saved either."),
            )
        words = str(error) if error else ""
        ended = self._ended(generated, ImageState.MADE, file_name=name, cost=cost, error=words)
        return MadeImage(ended, image, made.remaining, error)

    def _kept(self, generated: GeneratedImage, image: bytes) -> Path | None:
        """Save an image. It was paid, so it is shown also when the disk is full."""
        try:
            return save_image(self._results, generated, image)
        except StoreError as error:
            _log.warning("A image could not be saved: %s", error.detail)
            return None

    def _ended(
        self, generated: GeneratedImage, state: ImageState, *, file_name: str = "", cost: float | None = None,
        error: str = "",
    ) -> GeneratedImage:
        """Store the end. After a disk error, the next start of the app finds it from the files."""
        ended = replace(
            generated, state=state, ended_at=time.time(), file_name=file_name, cost=cost, error=error,
        )
        try:
            self._image_store.save(ended)
        except (StoreError, KeyError) as problem:
            _log.warning("The end of a image could not be written: %s", problem)
        return ended

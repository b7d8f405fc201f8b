"""Try a finished model, for the window: one paid image for each request, never requested twice."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import field, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.core.generated_images import GeneratedImage, ImageState, marks_of, with_marks_of
from segmind_studio.core.image_requests import TryRequest
from segmind_studio.record import record
from segmind_studio.services.images.decoding import decoded
from segmind_studio.services.images.image_worker import ImageMaker, ImageOrder, MadeImage, StoredImages
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.result_images import path_of
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
_SEEDS = 2**31  # a service may read them as 32 bits with a sign
__all__ = ["ImageService", "TryFailure", "TryRequest", "TryResult"]


@record
class TryResult:
    """An image to show. `image` is null while it was not read from the disk, or could not be read.

    `path` is None when it could not be saved; `remaining` is the balance in US dollars if the service returned it.
    """

    generated: GeneratedImage
    image: QImage = field(default_factory=QImage)
    path: Path | None = None
    remaining: float | None = None


@record
class TryFailure:
    """Why there is no image. `error` is a CancelledError when the user stopped waiting.

    `generated` is its row in the image store, None when nothing was requested; `image_id` is what `generate`
    returned.
    """

    request: TryRequest
    error: StudioError
    generated: GeneratedImage | None = None
    image_id: str = ""


class ImageService(QObject):
    """Make images with finished models, one after another, and hold all earlier ones. GUI thread.

    Signals:
        replaced(object): tuple[GeneratedImage, ...], the whole image store, when read or replaced.
        changed(object): GeneratedImage, requested or ended.
        finished(object): TryResult, with its image.
        failed(object): TryFailure.
        looked(object): TryResult or TryFailure, the end of a look for an image that an earlier request queued.
        busy_changed(object): bool.
    """

    replaced = Signal(object)
    changed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    looked = Signal(object)
    busy_changed = Signal(object)

    def __init__(self, results: Path, image_store: ImageStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._results = results
        self._connection: Connection | None = None
        self._account_id = ""
        self._loaded = ""  # the account whose images `images` holds
        self._images: dict[str, GeneratedImage] = {}
        self._orders: dict[ImageOrder, TransferStop] = {}
        self._maker = ImageMaker(image_store, results, _shown)
        self._worker = WorkerThread("tryouts", self)
        self._worker.ended.connect(self._take_outcome)
        self._looks: dict[ImageOrder, TransferStop] = {}
        self._looked_for: set[str] = set()  # of this session, by id
        self._looker = WorkerThread("queued tryouts", self)  # a look may take minutes, and nobody waits for it
        self._looker.ended.connect(self._take_look)

    @property
    def account_id(self) -> str:
        """Return the account that images are requested with, "" without one."""
        return self._account_id

    @property
    def busy(self) -> bool:
        """Return whether an image is being made."""
        return bool(self._orders)

    @property
    def waiting(self) -> int:
        """Return the number of images that are requested and not done."""
        return len(self._orders)

    @property
    def images(self) -> tuple[GeneratedImage, ...]:
        """Return the account's images, newest first, the running ones included."""
        return tuple(sorted(self._images.values(), key=_asked_at, reverse=True))

    @property
    def loaded(self) -> bool:
        """Return whether the image store was read; before that a missing image means nothing."""
        return bool(self._account_id) and self._loaded == self._account_id

    def result_of(self, generated: GeneratedImage) -> TryResult:
        """Return a stored image as a result to show; its pixels are not read from the disk yet."""
        return TryResult(generated, path=path_of(self._results, generated))

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Use this account from now on; running requests are not changed."""
        self._connection = connection
        account_id = connection.account.account_id if connection else ""
        if account_id == self._account_id or self._worker.stopped:
            return
        self._account_id = account_id
        self._loaded = ""  # also when an account that was read before comes back
        self._images = {}
        if account_id:
            self._load(account_id)
        self.replaced.emit(())

    def generate(self, request: TryRequest) -> str:
        """Request one paid image; exactly one signal follows, `finished` or `failed`.

        Return its id, "" when it cannot be requested: without an account, and after the service was stopped. A
        missing seed is drawn here, so that the image can be made again: services do not return theirs.
        """
        if self._worker.stopped:
            return ""
        if request.seed is None:
            request = replace(request, seed=secrets.randbelow(_SEEDS))
        if self._connection is None:
            error = StudioError(_("No account is connected."), _("Add a key in Settings."))
            self.failed.emit(TryFailure(request, error))
            return ""
        generated = request.generated(uuid4().hex, self._account_id, time.time())
        order = ImageOrder(self._connection, request, generated)
        if not self.loaded:
            self._load(self._account_id)  # a disk error may be over
        self._orders[order] = self._worker.run(order, partial(self._maker.make, order))
        self._keep(generated)
        if len(self._orders) == 1:
            self.busy_changed.emit(True)
        return generated.image_id

    def cancel(self) -> None:
        """Stop waiting. An image that the service has started may still cost money."""
        for stop in (*self._orders.values(), *self._looks.values()):
            stop.stop()

    def can_look(self, generated: GeneratedImage) -> bool:
        """Return whether an image without an answer may still come out of the service's queue."""
        under_way = any(order.generated.image_id == generated.image_id for order in (*self._looks, *self._orders))
        mine = self._connection is not None and generated.account_id == self._account_id
        return mine and not under_way and generated.can_be_looked_for(time.time())

    def look(self, generated: GeneratedImage) -> None:
        """Look for an image that an earlier request queued: free; `looked` follows. No effect where it cannot."""
        if self._connection is None or not self.can_look(generated):
            return
        generated = replace(generated, state=ImageState.ASKED, ended_at=None, error="")
        request = TryRequest(generated.run_id, generated.prompt, generated.seed, slug=generated.slug)
        order = ImageOrder(self._connection, request, generated)
        self._looked_for.add(generated.image_id)
        self._looks[order] = self._looker.run(order, partial(self._maker.look, order))
        self._keep(generated)

    def accept(self, images: Iterable[GeneratedImage]) -> None:
        """Hold other ratings, tags and deletions of known images, which are written elsewhere.

        `replaced` is emitted where some were deleted or came back, else nothing.
        """
        moved = False
        for image in images:
            known = self._images.get(image.image_id)
            if known is not None:
                moved = moved or image.deleted is not known.deleted
                self._images[image.image_id] = replace(known, **marks_of(image))
        if moved:
            self.replaced.emit(self.images)

    def _load(self, account_id: str) -> None:
        def read(_stop: TransferStop) -> StoredImages:
            return self._maker.load(account_id)

        self._worker.run(account_id, read)

    def _keep(self, ended: GeneratedImage) -> GeneratedImage:
        """Show an image that has ended; what a person said about it may not be stored yet."""
        generated = with_marks_of(ended, self._images.get(ended.image_id))
        if generated.account_id == self._account_id:
            self._images[generated.image_id] = generated
            self.changed.emit(generated)
        return generated

    def _take_page(self, page: StoredImages | None, error: StudioError | None) -> None:
        if page is None:
            if not self._worker.stopped:
                _log.warning("The image store cannot be read: %s", error.detail if error else "")
            return
        if page.account_id != self._account_id:
            return
        self._loaded = page.account_id
        under_way = {order.generated.image_id: order.generated for order in (*self._looks, *self._orders)}
        mine = {key: generated for key, generated in under_way.items() if generated.account_id == self._account_id}
        self._images = {generated.image_id: generated for generated in page.images} | mine
        images = self.images
        self.replaced.emit(images)
        for generated in images:
            if generated.unanswered and generated.image_id not in self._looked_for:
                self.look(generated)

    @Slot(object)
    def _take_look(self, outcome: Outcome[ImageOrder, MadeImage]) -> None:
        self._looks.pop(outcome.order, None)
        made, before = outcome.result, outcome.order.generated
        error = made.error if made else outcome.error
        generated = made.generated if made else replace(before, state=ImageState.UNKNOWN, error=str(error or ""))
        generated = self._keep(generated)
        if made is not None and generated.state is ImageState.MADE and error is None:
            self.looked.emit(TryResult(generated, made.image, path_of(self._results, generated), made.remaining))
        else:
            failure = TryFailure(outcome.order.request, error or CancelledError(), generated, before.image_id)
            self.looked.emit(failure)

    @Slot(object)
    def _take_outcome(self, outcome: Outcome[ImageOrder | str, StoredImages | MadeImage]) -> None:
        if isinstance(outcome.order, ImageOrder):
            made = outcome.result if isinstance(outcome.result, MadeImage) else None
            self._take_image(outcome.order, made, made.error if made else outcome.error)
        else:
            self._take_page(outcome.result if isinstance(outcome.result, StoredImages) else None, outcome.error)

    def _take_image(self, order: ImageOrder, made: MadeImage | None, error: StudioError | None) -> None:
        self._orders.pop(order, None)
        generated = made.generated if made else None
        self._keep(generated or replace(order.generated, state=ImageState.FAILED))  # no row: never requested
        if made is not None and made.generated.state is ImageState.MADE and error is None:
            path = path_of(self._results, made.generated)
            self.finished.emit(TryResult(made.generated, made.image, path, made.remaining))
        else:
            image_id = order.generated.image_id
            self.failed.emit(TryFailure(order.request, error or CancelledError(), generated, image_id))
        if not self._orders:
            self.busy_changed.emit(False)

    def ask_stop(self) -> None:
        """Stop waiting for all requested images."""
        self._worker.ask_stop()
        self._looker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        ended = self._worker.wait_end(deadline_ms)
        return self._looker.wait_end(deadline_ms) and ended

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Stop waiting and end the thread; False when the deadline passed. May be repeated."""
        self.ask_stop()
        return self.wait_end(deadline_ms)


def _shown(data: bytes) -> QImage | None:
    image = decoded(data)
    return None if image.isNull() else image


_asked_at = attrgetter("asked_at")

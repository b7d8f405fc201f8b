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
from segmind_studio.api.generation import ticket_now
from segmind_studio.api.values import Generated, QueueTicket
from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import ApiError, CancelledError, StoreError, StudioError, unexpected
from segmind_studio.core.generated_images import KEPT_DELETED_DAYS, GeneratedImage, ImageState, with_marks_of
from segmind_studio.core.image_requests import TryRequest
from segmind_studio.record import record
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.result_images import kept_file, remove_file, save_image
from segmind_studio.texts import _

_DAY_S = 24 * 3600
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ImageOrder:
    """One image to request when the earlier ones are done."""

    connection: Connection
    request: TryRequest
    generated: GeneratedImage


@record
class MadeImage:
    """The result of a requested image; `image` is what the maker's `decode` returned, None without one."""

    generated: GeneratedImage
    image: Any = None
    remaining: float | None = None
    error: StudioError | None = None


@record
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

        The files of those that were deleted long ago are removed. StoreError when the disk refuses.
        """
        now = time.time()
        self._image_store.settle(now, partial(kept_file, self._results))
        self._image_store.drop_files(now - KEPT_DELETED_DAYS * _DAY_S, partial(remove_file, self._results))
        return StoredImages(account_id, self._image_store.images(account_id))

    def make(self, order: ImageOrder, stop: TransferStop) -> MadeImage:
        """Run one order. Raises StudioError when nothing was requested."""
        generated = self._write_down(order, stop)
        target, queued = order.request.call
        try:
            with SegmindClient(order.connection) as client, stop.watching(client):
                if not queued:
                    made = client.generate(target, order.request.params())
                else:
                    ticket = client.queue_image(target, order.request.params())
                    generated = self._accepted(generated, ticket)
                    made = client.queued_image(ticket, cancelled=stop.asked, wait=stop.wait)
            return self._made(generated, made)
        except Exception as problem:  # noqa: BLE001  # top of the thread: it becomes a StudioError and is logged
            return self._not_made(generated, problem, stop)

    def look(self, order: ImageOrder, stop: TransferStop) -> MadeImage:
        """Look for an image that the service took into its queue earlier; nothing is requested or paid."""
        generated = order.generated
        ticket = QueueTicket(generated.request_id, generated.status_url, generated.response_url)
        try:
            with SegmindClient(order.connection) as client, stop.watching(client):
                made = client.queued_image(
                    ticket_now(ticket, order.connection), cancelled=stop.asked, wait=stop.wait,
                )
            return self._made(generated, made)
        except Exception as problem:  # noqa: BLE001  # as above
            return self._not_made(generated, problem, stop)

    def _accepted(self, generated: GeneratedImage, ticket: QueueTicket) -> GeneratedImage:
        """Store the service's id before the first look, so that the next start can look too."""
        accepted = replace(
            generated, request_id=ticket.request_id, status_url=ticket.status_url,
            response_url=ticket.response_url,
        )
        try:
            self._image_store.save(accepted)
        except (StoreError, KeyError) as problem:
            _log.warning("The id of a queued image could not be written: %s", problem)
        return accepted

    def _write_down(self, order: ImageOrder, stop: TransferStop) -> GeneratedImage:
        """Store the request before it is sent; if that fails, nothing is sent."""
        if stop.asked():
            raise CancelledError
        if not order.request.call[0]:
            raise StudioError(_("This model cannot be used yet."), _("Wait until the run is ready."))
        generated = replace(order.generated, asked_at=time.time())
        self._image_store.add(generated)
        return generated

    def _not_made(self, generated: GeneratedImage, problem: Exception, stop: TransferStop) -> MadeImage:
        """Store the failure. Only an answer that certainly means "nothing was done" makes it unpaid."""
        if not isinstance(problem, StudioError):
            _log.error("A try broke", exc_info=problem)
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
                _("The picture cannot be shown."),
                _("It is saved as {name}.").format(name=name) if name else _("It could not be saved either."),
            )
        words = str(error) if error else ""
        known = replace(generated, request_id=made.request_id or generated.request_id)
        ended = self._ended(known, ImageState.MADE, file_name=name, cost=cost, error=words)
        return MadeImage(ended, image, made.remaining, error)

    def _kept(self, generated: GeneratedImage, image: bytes) -> Path | None:
        """Save an image. It was paid, so it is shown also when the disk is full."""
        try:
            return save_image(self._results, generated, image)
        except StoreError as error:
            _log.warning("An image could not be saved: %s", error.detail)
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
            return self._image_store.end(ended)
        except (StoreError, KeyError) as problem:
            _log.warning("The end of an image could not be written: %s", problem)
            return with_marks_of(ended, generated)

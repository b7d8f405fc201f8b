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
from segmind_studio.core.generated_images import Picture, PictureState
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.album import Album
from segmind_studio.store.result_pictures import keep_picture, kept_file
from segmind_studio.texts import _

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

    def picture(self, picture_id: str, account_id: str, at: float) -> Picture:
        """Return the row of the album that stands for it."""
        return Picture(
            picture_id, account_id, self.run_id, at, prompt=self.prompt, seed=self.seed, strength=self.strength,
            width=self.width, height=self.height, slug=self.slug,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ImageOrder:
    """One picture to ask for, as soon as those before it are done."""

    connection: Connection
    request: TryRequest
    picture: Picture
    stop: TransferStop = field(default_factory=TransferStop)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order. `picture` is None when nothing was asked for; `image` may be null."""

    order: ImageOrder
    picture: Picture | None = None
    image: QImage = field(default_factory=QImage)
    remaining: float | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """An account's pictures, newest first."""

    account_id: str
    pictures: tuple[Picture, ...]


class PictureWorker(QObject):
    """Ask for one picture after another, on its own thread.

    Signals:
        read(object): AlbumPage. ended(object): Outcome, once for each order.
    """

    read = Signal(object)
    ended = Signal(object)

    def __init__(self, album: Album, results: Path) -> None:
        super().__init__()
        self._album = album
        self._results = results

    @Slot(str)
    def load(self, account_id: str) -> None:
        """Read an account's pictures; what an earlier start of the app was waiting for has no answer any more."""
        try:
            self._album.settle(time.time(), partial(kept_file, self._results))
            self.read.emit(AlbumPage(account_id, self._album.pictures(account_id)))
        except StoreError as error:
            _log.warning("The album cannot be read: %s", error.detail)

    @Slot(object)
    def do(self, order: ImageOrder) -> None:
        """Carry out one order; never raises."""
        try:
            picture = self._write_down(order)
        except StudioError as error:
            self.ended.emit(Outcome(order, error=error))
            return
        try:
            made = self._asked(order)
        except Exception as problem:  # noqa: BLE001  # the border of a thread: it is worded and logged
            if not isinstance(problem, StudioError):
                _log.exception("A try broke")
            self.ended.emit(self._not_made(order, picture, problem))
        else:
            self.ended.emit(self._made(order, picture, made))

    def _write_down(self, order: ImageOrder) -> Picture:
        """Have the intent on the disk; where that cannot be done, nothing is asked for."""
        if order.stop.asked():
            raise CancelledError
        if not (order.request.inference_api_url or order.request.slug):
            raise StudioError(_("This model cannot be called yet."), _("Wait until the run is ready."))
        picture = replace(order.picture, asked_at=time.time())
        self._album.add(picture)
        return picture

    def _asked(self, order: ImageOrder) -> Generated:
        request = order.request
        with SegmindClient(order.connection) as client, order.stop.watching(client):
            return client.generate(request.inference_api_url or request.slug, request.params())

    def _not_made(self, order: ImageOrder, picture: Picture, problem: Exception) -> Outcome:
        """Only an answer that surely means "nothing was done" makes it unpaid."""
        error = problem if isinstance(problem, StudioError) else unexpected(problem)
        unpaid = isinstance(error, ApiError) and not error.may_have_arrived
        words = "\n".join(part for part in (error.title, error.detail) if part)
        if isinstance(error, CancelledError):
            words = _("The app was closed.") if order.stop.leaving else _("You stopped waiting.")
        state = PictureState.FAILED if unpaid else PictureState.UNKNOWN
        return Outcome(order, self._ended(picture, state, error=words), error=error)

    def _made(self, order: ImageOrder, picture: Picture, made: Generated) -> Outcome:
        path = self._kept(picture, made.image)
        name = path.name if path else ""
        cost = None if made.cost is not None and made.cost < 0 else made.cost
        image = QImage.fromData(made.image)
        error = None
        if image.isNull():
            error = StudioError(
                _("The picture that came cannot be shown."),
                _("It was saved as {name}.").format(name=name) if name else _("It could not be saved either."),
            )
        words = str(error) if error else ""
        ended = self._ended(picture, PictureState.MADE, file_name=name, cost=cost, error=words)
        return Outcome(order, ended, image, made.remaining, error)

    def _kept(self, picture: Picture, image: bytes) -> Path | None:
        """Save a picture; it was paid, so a full disk must not keep it from being shown."""
        try:
            return keep_picture(self._results, picture, image)
        except StoreError as error:
            _log.warning("A picture could not be saved: %s", error.detail)
            return None

    def _ended(
        self, picture: Picture, state: PictureState, *, file_name: str = "", cost: float | None = None,
        error: str = "",
    ) -> Picture:
        """Write how it ended; where the disk refuses, the next start finds out from what is there."""
        ended = replace(
            picture, state=state, ended_at=time.time(), file_name=file_name, cost=cost, error=error,
        )
        try:
            self._album.save(ended)
        except (StoreError, KeyError) as problem:
            _log.warning("The end of a picture could not be written: %s", problem)
        return ended

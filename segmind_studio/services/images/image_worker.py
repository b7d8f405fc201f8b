"""The work behind the Try place: it writes each picture down, asks for it, and keeps what comes."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class MadePicture:
    """What became of a picture that was asked for; `image` may be null."""

    picture: Picture
    image: QImage = field(default_factory=QImage)
    remaining: float | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """An account's pictures, newest first."""

    account_id: str
    pictures: tuple[Picture, ...]


class PictureMaker:
    """Ask for one picture after another. Blocking; for one worker thread."""

    def __init__(self, album: Album, results: Path) -> None:
        self._album = album
        self._results = results

    def load(self, account_id: str) -> AlbumPage:
        """Read an account's pictures; what an earlier start of the app was waiting for has no answer any more.

        StoreError when the disk refuses.
        """
        self._album.settle(time.time(), partial(kept_file, self._results))
        return AlbumPage(account_id, self._album.pictures(account_id))

    def make(self, order: ImageOrder, stop: TransferStop) -> MadePicture:
        """Carry out one order. Raises StudioError when nothing was asked for."""
        picture = self._write_down(order, stop)
        try:
            made = self._asked(order, stop)
        except Exception as problem:  # noqa: BLE001  # the border of a thread: it is worded and logged
            if not isinstance(problem, StudioError):
                _log.exception("A try broke")
            return self._not_made(picture, problem, stop)
        return self._made(picture, made)

    def _write_down(self, order: ImageOrder, stop: TransferStop) -> Picture:
        """Have the intent on the disk; where that cannot be done, nothing is asked for."""
        if stop.asked():
            raise CancelledError
        if not (order.request.inference_api_url or order.request.slug):
            raise StudioError("This model cannot be called yet.", "Wait until the run is ready.")
        picture = replace(order.picture, asked_at=time.time())
        self._album.add(picture)
        return picture

    def _asked(self, order: ImageOrder, stop: TransferStop) -> Generated:
        request = order.request
        with SegmindClient(order.connection) as client, stop.watching(client):
            return client.generate(request.inference_api_url or request.slug, request.params())

    def _not_made(self, picture: Picture, problem: Exception, stop: TransferStop) -> MadePicture:
        """Only an answer that surely means "nothing was done" makes it unpaid."""
        error = problem if isinstance(problem, StudioError) else unexpected(problem)
        unpaid = isinstance(error, ApiError) and not error.may_have_arrived
        words = "\n".join(part for part in (error.title, error.detail) if part)
        if isinstance(error, CancelledError):
            words = "The app was closed." if stop.leaving else "You stopped waiting."
        state = PictureState.FAILED if unpaid else PictureState.UNKNOWN
        return MadePicture(self._ended(picture, state, error=words), error=error)

    def _made(self, picture: Picture, made: Generated) -> MadePicture:
        path = self._kept(picture, made.image)
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
        ended = self._ended(picture, PictureState.MADE, file_name=name, cost=cost, error=words)
        return MadePicture(ended, image, made.remaining, error)

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

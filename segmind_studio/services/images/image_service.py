"""Try a finished model, as the window sees it: one paid picture for each wish, never asked for twice."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import CancelledError, StudioError
from segmind_studio.core.generated_images import Picture, PictureState
from segmind_studio.services.images.image_worker import AlbumPage, ImageOrder, Outcome, PictureWorker, TryRequest
from segmind_studio.store.album import Album
from segmind_studio.store.result_pictures import path_of
from segmind_studio.texts import _

_SEEDS = 2**31  # a service may read them as 32 bits with a sign
__all__ = ["ImageService", "TryFailure", "TryRequest", "TryResult"]


@dataclass(frozen=True, slots=True)
class TryResult:
    """A picture to show. `image` is null while it is only on the disk, or could not be read.

    `path` is None when it could not be saved; `remaining` is the balance in US dollars if it was told.
    """

    picture: Picture
    image: QImage = field(default_factory=QImage)
    path: Path | None = None
    remaining: float | None = None


@dataclass(frozen=True, slots=True)
class TryFailure:
    """Why there is no picture. `error` is a CancelledError when the person did not want to wait any longer.

    `picture` is its row in the album, None when nothing was asked for.
    """

    request: TryRequest
    error: StudioError
    picture: Picture | None = None


class ImageService(QObject):
    """Make pictures with finished models, one after another, and know all earlier ones. GUI thread.

    Signals:
        replaced(object): tuple[Picture, ...], the whole album: first read, another account.
        changed(object): Picture, asked for or ended.
        finished(object): TryResult, with its image.
        failed(object): TryFailure.
        busy_changed(object): bool.
    """

    replaced = Signal(object)
    changed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(object)
    _wanted = Signal(object)
    _load = Signal(str)

    def __init__(self, results: Path, album: Album, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._results = results
        self._connection: Connection | None = None
        self._account_id = ""
        self._loaded = ""  # the account whose pictures these are
        self._pictures: dict[str, Picture] = {}
        self._orders: list[ImageOrder] = []
        self._stopped = False
        self._thread = QThread(self)
        self._thread.setObjectName("tryouts")
        self._worker = PictureWorker(album, results)
        self._worker.moveToThread(self._thread)
        self._wanted.connect(self._worker.do)
        self._load.connect(self._worker.load)
        self._worker.read.connect(self._take_page)
        self._worker.ended.connect(self._take_outcome)

    @property
    def busy(self) -> bool:
        """Return whether a picture is being made."""
        return bool(self._orders)

    @property
    def waiting(self) -> int:
        """Return the number of pictures that are not made yet."""
        return len(self._orders)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Return the account's pictures, newest first, those under way included."""
        return tuple(sorted(self._pictures.values(), key=lambda picture: picture.asked_at, reverse=True))

    @property
    def loaded(self) -> bool:
        """Return whether the album was read; before that a missing picture means nothing."""
        return bool(self._account_id) and self._loaded == self._account_id

    def result_of(self, picture: Picture) -> TryResult:
        """Return a picture of the album to show; its image is still on the disk."""
        return TryResult(picture, path=path_of(self._results, picture))

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Ask in this account's name from now on; what is under way is not touched."""
        self._connection = connection
        account_id = connection.account.account_id if connection else ""
        if account_id == self._account_id or self._stopped:
            return
        self._account_id = account_id
        self._pictures = {}
        if account_id:
            self._awake()
            self._load.emit(account_id)
        self.replaced.emit(())

    def generate(self, request: TryRequest) -> None:
        """Ask for one picture, paid; exactly one answer comes, `finished` or `failed`.

        A seed that is left open is drawn here, so that the picture can be repeated: services do not tell theirs.
        """
        if self._stopped:
            return
        if request.seed is None:
            request = replace(request, seed=secrets.randbelow(_SEEDS))
        if self._connection is None:
            error = StudioError(_("There is no account to ask with."), _("Add a key in Settings."))
            self.failed.emit(TryFailure(request, error))
            return
        picture = request.picture(uuid4().hex, self._account_id, time.time())
        order = ImageOrder(self._connection, request, picture)
        self._orders.append(order)
        self._awake()
        if not self.loaded:
            self._load.emit(self._account_id)  # a disk that refused may have recovered
        self._wanted.emit(order)
        self._keep(picture)
        if len(self._orders) == 1:
            self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Stop waiting. A picture that the service has begun may still be paid."""
        for order in self._orders:
            order.stop.stop()

    def _awake(self) -> None:
        if not self._thread.isRunning():
            self._thread.start()

    def _keep(self, picture: Picture) -> None:
        if picture.account_id == self._account_id:
            self._pictures[picture.picture_id] = picture
            self.changed.emit(picture)

    @Slot(object)
    def _take_page(self, page: AlbumPage) -> None:
        if page.account_id != self._account_id:
            return
        self._loaded = page.account_id
        under_way = {order.picture.picture_id: order.picture for order in self._orders}
        mine = {key: picture for key, picture in under_way.items() if picture.account_id == self._account_id}
        self._pictures = {picture.picture_id: picture for picture in page.pictures} | mine
        self.replaced.emit(self.pictures)

    @Slot(object)
    def _take_outcome(self, outcome: Outcome) -> None:
        order, picture = outcome.order, outcome.picture
        self._orders = [other for other in self._orders if other is not order]
        self._keep(picture or replace(order.picture, state=PictureState.FAILED))  # without a row: never asked
        if picture is not None and picture.state is PictureState.MADE and outcome.error is None:
            path = path_of(self._results, picture)
            self.finished.emit(TryResult(picture, outcome.image, path, outcome.remaining))
        else:
            self.failed.emit(TryFailure(order.request, outcome.error or CancelledError(), picture))
        if not self._orders:
            self.busy_changed.emit(False)

    def stop(self, deadline_ms: int = 8000) -> bool:
        """Stop waiting and end the thread; False when the deadline passed. May be repeated."""
        self._stopped = True
        for order in self._orders:
            order.stop.stop(leaving=True)
        if not self._thread.isRunning():
            return True
        self._thread.quit()
        return self._thread.wait(deadline_ms)

"""Captions from a model of the user's choice: a queue of photos, one call each, with proposals as they come."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.captioning import (
    CaptionEndpoint,
    CaptionMode,
    Proposal,
    combined,
    filled_instruction,
)
from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.core.proxies import SYSTEM_PROXY, Proxy
from segmind_studio.record import record
from segmind_studio.services.accounts.keyring_service import KeyringAnswer, KeyringService
from segmind_studio.services.datasets.local_models import LocalModels
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread
from segmind_studio.texts import _

if TYPE_CHECKING:
    from segmind_studio.api.caption_client import CaptionClient

SENT_SIDE = 1024  # pixels of the longer side: models scale larger pictures down themselves
_QUALITY = 90


@record
class CaptionRequest:
    """What is the same for all photos of one turn; `background` is the dataset's, "#rrggbb".

    The instruction may have the placeholders of `filled_instruction`.
    """

    endpoint: CaptionEndpoint
    key: ApiKey | None
    instruction: str
    mode: CaptionMode
    background: str
    trigger_word: str = ""
    proxy: Proxy = SYSTEM_PROXY


class CaptionWriter(QObject):
    """Ask a model for captions, photo by photo. GUI thread; a `WorkerThread` decodes and asks.

    A call that failed is repeated by `retry` only. Nothing here changes a dataset: the window decides.

    Signals:
        proposed(object): Proposal, once for each photo; none for those left over after `cancel`.
        busy_changed(object): bool.
        key_found(str, object): a keyring name, and its ApiKey or None; the answer to `find_key`.
        key_failed(object): SecretsError, when the keyring could not read or store a key.
    """

    proposed = Signal(object)
    busy_changed = Signal(object)
    key_found = Signal(str, object)
    key_failed = Signal(object)

    def __init__(
        self, keyring: KeyringService, know_secret: Callable[[ApiKey], None], parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._keyring = keyring
        self._know_secret = know_secret
        self._questions: dict[int, str] = {}  # names that were asked for, by the question's number
        self._stops: list[TransferStop] = []
        self._waiting = 0
        self._done = 0
        self._worker = WorkerThread("captions", self)
        self._worker.ended.connect(self._take)
        self.local_models = LocalModels(self)
        keyring.answered.connect(self._take_key)

    @property
    def busy(self) -> bool:
        """Return whether photos wait for their captions."""
        return self._waiting > 0

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many photos of this turn are done, and how many there are."""
        return self._done, self._done + self._waiting

    def start(self, photos: tuple[Photo, ...], request: CaptionRequest) -> None:
        """Ask for the captions of these photos, in their order; `proposed` follows for each."""
        if request.key is not None:
            self._know_secret(request.key)
        if not self.busy:
            self._done = 0
        for photo in photos:
            if self._worker.stopped:
                return
            self._waiting += 1
            self._stops.append(self._worker.run(photo, partial(_ask, photo, request)))
        if photos:
            self.busy_changed.emit(self.busy)

    def cancel(self) -> None:
        """Stop the running call and the waiting ones."""
        for stop in self._stops:
            stop.stop()

    def find_key(self, endpoint: CaptionEndpoint) -> None:
        """Look for this host's key in the keyring; `key_found` is the answer."""
        number = self._keyring.read((endpoint.keyring_name,))
        self._questions[number] = endpoint.keyring_name

    def keep_key(self, endpoint: CaptionEndpoint, key: ApiKey) -> None:
        """Store this host's key in the keyring."""
        self._know_secret(key)
        self._keyring.write(endpoint.keyring_name, key)

    @Slot(object)
    def _take_key(self, answer: KeyringAnswer) -> None:
        name = self._questions.pop(answer.question, "")
        if answer.error is not None:
            self.key_failed.emit(answer.error)
        elif name:
            key = dict(answer.keys).get(name)
            if key is not None:
                self._know_secret(key)
            self.key_found.emit(name, key)

    @Slot(object)
    def _take(self, outcome: Outcome[Photo, Proposal]) -> None:
        self._waiting -= 1
        self._done += 1
        if not self._waiting:
            self._stops.clear()
        photo, error = outcome.order, outcome.error
        if outcome.result is not None:
            self.proposed.emit(outcome.result)
        elif not isinstance(error, CancelledError):
            self.proposed.emit(Proposal(photo.photo_id, photo.caption, error=error))
        if not self._waiting:
            self.busy_changed.emit(False)

    def ask_stop(self) -> None:
        """Drop all waiting photos and cut the running call."""
        self.local_models.ask_stop()
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        ended = self.local_models.wait_end(deadline_ms)
        return self._worker.wait_end(deadline_ms) and ended


def _ask(photo: Photo, request: CaptionRequest, stop: TransferStop) -> Proposal:
    """Decode one photo and ask for its caption. In the worker's thread."""
    picture = sent_picture(photo, request.background)
    instruction = filled_instruction(request.instruction, photo, request.trigger_word)
    with _client(request) as client, stop.watching(client):
        new = client.caption(picture, instruction)
    return Proposal(photo.photo_id, photo.caption, combined(photo.caption, new, request.mode))


def _client(request: CaptionRequest) -> CaptionClient:
    from segmind_studio.api.caption_client import CaptionClient  # noqa: PLC0415  # when first needed

    return CaptionClient(request.endpoint, request.key, request.proxy)


def sent_picture(photo: Photo, background: str) -> bytes:
    """Return a photo as a JPEG of at most `SENT_SIDE`, as training sees it and without metadata. Blocking."""
    from PIL import Image  # noqa: PLC0415  # when first needed

    from segmind_studio.dataset.edits import edited_pixels  # noqa: PLC0415  # likewise

    pixels = edited_pixels(photo.path, photo.edit, background, SENT_SIDE, SENT_SIDE * SENT_SIDE)
    if pixels is None:
        raise DatasetError(_("This photo can no longer be opened."))
    data = BytesIO()
    Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data).save(data, "JPEG", quality=_QUALITY)
    return data.getvalue()

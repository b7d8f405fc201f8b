"""Request several images one after another: the next when the one before has come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.budget import Breach, Limit
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.image_requests import TryRequest
from segmind_studio.services.images.image_service import ImageService, TryFailure, TryResult
from segmind_studio.texts import _

BudgetCheck = Callable[[tuple[TryRequest, ...]], tuple[Breach, ...]]


class ImageBatch(QObject):
    """Request what was confirmed together, and stop where going on could do harm. GUI thread.

    It stops after a lost answer, after a refusal that the next would get too (too few credits, a wrong key, no
    network), when another account was chosen, and before a payment that would exceed a limit that was not
    confirmed. A refusal of one image alone, such as of its prompt, lets the others go on. Nothing is requested
    twice; what was not requested stays `left`.

    Signals (GUI thread):
        changed(): another image is requested, or none any more.
        stopped(object): StudioError, why the others are not requested; not after the last image, nor after `halt`.
    """

    changed = Signal()
    stopped = Signal(object)

    def __init__(self, tryouts: ImageService, breaches_of: BudgetCheck, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tryouts = tryouts
        self._breaches_of = breaches_of
        self._left: deque[TryRequest] = deque()
        self._confirmed: frozenset[Limit | None] = frozenset()
        self._account_id = ""
        self._present = ""  # the id of the image that is being made
        self._halting = False
        tryouts.finished.connect(self._made)
        tryouts.failed.connect(self._failed)

    @property
    def running(self) -> bool:
        """Return whether an image of it is being made."""
        return bool(self._present)

    @property
    def left(self) -> tuple[TryRequest, ...]:
        """Return what is still to be requested."""
        return tuple(self._left)

    def start(self, requests: Iterable[TryRequest], confirmed: Iterable[Breach] = ()) -> None:
        """Request these; `confirmed` are the exceeded limits that were agreed to. No effect while it runs."""
        if self.running or self._tryouts.busy:
            return
        self._left = deque(requests)
        self._confirmed = frozenset(breach.limit for breach in confirmed)
        self._halting = False
        self._account_id = self._tryouts.account_id
        self._next()

    def halt(self) -> None:
        """Request nothing more; the image that is being made is waited for."""
        self._left.clear()
        if self.running:
            self._halting = True
            self.changed.emit()

    @property
    def halting(self) -> bool:
        """Return whether it ends after the image that is being made."""
        return self._halting and self.running

    def _next(self) -> None:
        self._present = ""
        if not self._left:
            self.changed.emit()
            return
        if self._tryouts.account_id != self._account_id:
            self._stop(StudioError(
                _("Another account was chosen, so the other pictures were not requested."),
                _("Choose the model's account again, then continue."),
            ))
            return
        over = {breach.limit for breach in self._breaches_of(self.left)} - self._confirmed
        if over:
            self._stop(StudioError(
                _("The other pictures would exceed your budget."),
                _("They were not requested. Press the button again to confirm."),
            ))
            return
        self._present = self._tryouts.generate(self._left.popleft())
        if self._present:
            self.changed.emit()
        else:  # there is no account, or the app is closing
            self._left.clear()
            self.changed.emit()

    def _stop(self, error: StudioError) -> None:
        self._left.clear()
        self._present = ""
        self.changed.emit()
        self.stopped.emit(error)

    @Slot(object)
    def _made(self, result: TryResult) -> None:
        if result.generated.image_id == self._present:
            self._next()

    @Slot(object)
    def _failed(self, failure: TryFailure) -> None:
        if not self._present or failure.image_id != self._present:
            return
        if _of_this_image_alone(failure):
            self._next()
            return
        rest = bool(self._left)
        self._left.clear()
        self._present = ""
        self.changed.emit()
        if rest:
            self.stopped.emit(failure.error)


def _of_this_image_alone(failure: TryFailure) -> bool:
    """Return whether the service refused this image, and may still make others."""
    image, error = failure.generated, failure.error
    if image is not None and image.state is ImageState.MADE:
        return True  # it came, and could not be shown or saved
    refused = isinstance(error, ApiError) and error.problem is ApiProblem.BAD_REQUEST
    return refused and image is not None and image.state is ImageState.FAILED

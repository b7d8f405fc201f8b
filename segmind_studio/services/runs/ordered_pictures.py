"""The pictures that the command line orders from the open window: one after another, each requested once.

Kept apart: `order_desk.py` takes the orders and knows nothing of how pictures follow each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Slot

from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.image_requests import TryRequest
from segmind_studio.core.runs import Run
from segmind_studio.services.images.image_service import ImageService, TryFailure, TryResult
from segmind_studio.services.runs.order_calls import MayBePaidError, OrderCaller, error_event
from segmind_studio.services.runs.purchase_orders import PictureOrder, PurchaseQuote
from segmind_studio.texts import _

Judge = Callable[[PictureOrder], PurchaseQuote]


@dataclass(slots=True, eq=False)
class _Pictures:
    """An order that is being carried out."""

    call: OrderCaller
    order: PictureOrder
    requests: Iterator[TryRequest]
    left: int
    account_id: str


class OrderedPictures(QObject):
    """Make the pictures of orders. GUI thread.

    An order ends with its first picture that fails, when another account is chosen, when the rest passes a limit
    of the budget, and when its caller is gone: nothing more is requested then. What was made stays in Try.
    """

    def __init__(self, images: ImageService, judge: Judge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images = images
        self._judge = judge
        self._orders: dict[str, _Pictures] = {}  # by the picture that is being made
        images.finished.connect(self._made)
        images.failed.connect(self._failed)

    def start(self, call: OrderCaller, order: PictureOrder, run: Run) -> None:
        """Make the pictures of a confirmed order, whose price was compared with the budget. StudioError."""
        if not next(order.requests(run)).call[0]:
            raise StudioError(_("This model cannot be used yet."), _("Wait until the run is ready."))
        self._next(_Pictures(call, order, order.requests(run), order.count, self._images.account_id))

    def _next(self, order: _Pictures) -> None:
        order.left -= 1
        image_id = self._images.generate(next(order.requests))
        if image_id:
            self._orders[image_id] = order
        else:  # there is no account, or the app is closing
            error = StudioError(_("The open window has no connection."), _("Check its Settings."))
            order.call.answer(error_event(error), last=True)

    @Slot(object)
    def _made(self, result: TryResult) -> None:
        order = self._orders.pop(result.generated.image_id, None)
        if order is not None:
            self._take(order, result)

    def _take(self, order: _Pictures, result: TryResult) -> None:
        if result.path is None:
            error = StoreError(_("The picture could not be saved."), _("Free some disk space."))
            order.call.answer(error_event(error), last=True)
            return
        event = {
            "event": "image", "seed": result.generated.seed, "path": str(result.path),
            "cost": result.generated.cost,
        }
        order.call.answer(event, last=not order.left)
        if not (order.left and order.call.present):
            return
        try:
            self._check(order)
        except StudioError as error:
            order.call.answer(error_event(error), last=True)
        else:
            self._next(order)

    def _check(self, order: _Pictures) -> None:
        """Raise StudioError when the other pictures must not be requested any more."""
        if self._images.account_id != order.account_id:
            raise StudioError(
                _("Another account was chosen in the open window."), _("The other pictures were not asked for."),
            )
        over = self._judge(replace(order.order, count=order.left)).over
        if over:
            raise StudioError(over[0], _("The other pictures were not asked for."))

    @Slot(object)
    def _failed(self, failure: TryFailure) -> None:
        order = self._orders.pop(failure.image_id, None)
        if order is None:
            return
        error, image = failure.error, failure.generated
        if image is not None and image.state is ImageState.MADE:  # it came, and only cannot be shown
            self._take(order, self._images.result_of(image))
            return
        if image is not None and image.may_be_paid:
            error = MayBePaidError(error.title, error.advice, error.detail)
        order.call.answer(error_event(error, "failed"), last=True)

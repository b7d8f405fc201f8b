"""Pictures, and a run to continue, as the command line orders them, and what they would cost. Without Qt.

The command line carries such an order out itself, or the open window of the same data folder does, see
`order_desk.py`: then the order and the quote travel as JSON. A training has `training_order.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Self, cast

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, Account
from segmind_studio.core.budget import Bill, Budget, PurchaseKind
from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.image_requests import TryRequest
from segmind_studio.core.possible_duplicates import duplicates_of, repeat_text, repeats_of
from segmind_studio.core.pricing import image_estimate, run_estimate
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.accounts.purchases import status_of_bill
from segmind_studio.store.records import from_record, plain
from segmind_studio.texts import _

_STRENGTHS, _SIDES = (0.0, 2.0), (64, 4096)  # pixels
_MOST = 100  # images of one order


@record
class PictureOrder:
    """Make `count` images with the model of a run; the first has `seed`, and the others have the next ones."""

    run_id: str
    prompt: str
    seed: int
    count: int = 1
    strength: float = 1.0
    width: int = 1024
    height: int = 1024

    @property
    def problem(self) -> str:
        """Return why nothing can be made of it, by the options of the command line; "" when it can be."""
        ranges = (
            (self.count, 1, _MOST, "--count"), (self.width, *_SIDES, "--width"),
            (self.height, *_SIDES, "--height"), (self.strength, *_STRENGTHS, "--strength"),
        )
        for value, least, most, option in ranges:
            if not least <= value <= most:
                words = _("{option} must be from {least} to {most}.")
                return words.format(option=option, least=least, most=most)
        return "" if self.prompt.strip() else _("The prompt is empty.")

    def requests(self, run: Run) -> Iterator[TryRequest]:
        """Yield the requests, one for each image, for the order's run as it is now."""
        for number in range(self.count):
            yield TryRequest(
                run.run_id, self.prompt, self.seed + number, self.strength, self.width, self.height,
                inference_api_url=run.inference_api_url, slug=run.slug,
            )

    def message(self) -> dict[str, object]:
        """Return it as JSON for the open window."""
        return cast("dict[str, object]", plain(self))

    @classmethod
    def of(cls, message: object) -> Self:
        """Read what `message` returned. StudioError for anything that cannot be made."""
        try:
            order = from_record(cls, message)
        except ValueError as error:
            raise StudioError(_("The open window does not know this command.")) from error
        if order.problem:
            raise StudioError(order.problem)
        return order


class PictureMade(NamedTuple):
    """An image of an order: its seed, its file in the app's folder, and its cost in US dollars if known."""

    seed: int | None
    kept: Path
    cost: float | None


@record
class PurchaseQuote:
    """What has to be known before a purchase is confirmed.

    `dollars` is None when the cost is unknown; `over` are the limits that it passes, and `duplicates` the names of
    runs without an answer that it may repeat: each of them forbids it. `warnings` forbid nothing.
    """

    account: str
    practice: bool
    price: str
    dollars: float | None
    over: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def message(self) -> dict[str, object]:
        """Return it as JSON."""
        return cast("dict[str, object]", plain(self))


def purchase_quote_from(message: object) -> PurchaseQuote:
    """Read what `PurchaseQuote.message` returned; ValueError when it is something else."""
    return from_record(PurchaseQuote, message)


def quote_continuing(
    run: Run, account: Account, budget: Budget, runs: Iterable[Run], images: Iterable[GeneratedImage],
) -> PurchaseQuote:
    """Return what sending a run that has a row may cost, by the runs and images of its account as they are now."""
    known = tuple(runs)
    cost = run_estimate(run, known, practice=_is_practice(account))
    quote = _quote(Bill((cost,), earlier=len(run.unanswered_at)), account, budget, known, images)
    repeated = repeat_text(repeats_of(run, known))
    return replace(
        quote, duplicates=tuple(dict.fromkeys(other.name for other in duplicates_of(run, known))),
        warnings=(repeated,) if repeated else (),
    )


def quote_pictures(
    order: PictureOrder, account: Account, budget: Budget, runs: Iterable[Run], images: Iterable[GeneratedImage],
) -> PurchaseQuote:
    """Return what the images of an order may cost; judged as a run in `quote_continuing`."""
    made = tuple(images)
    cost = image_estimate(order.run_id, made, practice=_is_practice(account))
    return _quote(Bill((cost,) * order.count, PurchaseKind.IMAGE), account, budget, runs, made)


def _quote(
    bill: Bill, account: Account, budget: Budget, runs: Iterable[Run], images: Iterable[GeneratedImage],
) -> PurchaseQuote:
    status = status_of_bill(budget, bill, lambda: (runs, images), account.account_id)
    return PurchaseQuote(
        account.name, _is_practice(account), bill.total.text, bill.total.dollars,
        tuple(breach.text for breach in status.breaches) if status else (),
    )


def _is_practice(account: Account) -> bool:
    return account.account_id == PRACTICE_ACCOUNT_ID

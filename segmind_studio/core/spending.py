"""What was spent on runs and images: what counts, since when, and where each amount comes from.

Amounts are US dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import fsum, inf

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import image_estimate, iterations_of, run_estimate
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.formats import money
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext, sentences

_PAID = frozenset({Phase.SENDING, Phase.UNKNOWN, Phase.ACCEPTED, Phase.ADOPTED})
_UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})
_ABOUT_TO_PAY = frozenset({Stage.PREPARING, Stage.UPLOADING})  # live: they are sent without another question


@record
class Spent:
    """What was paid in a period: measured or reported, estimated, and how much has no known cost.

    `unanswered` runs and images were sent and have no answer yet; they count as paid. A run that was sent again
    counts once for each request that has no answer.
    """

    measured: float = 0.0
    estimated: float = 0.0
    measured_runs: int = 0
    estimated_runs: int = 0
    unpriced_runs: int = 0
    unanswered: int = 0
    image_reported: float = 0.0
    image_estimated: float = 0.0
    reported_images: int = 0
    estimated_images: int = 0
    unpriced_images: int = 0
    unanswered_images: int = 0

    @property
    def dollars(self) -> float:
        """Return the sum, without what has no known cost."""
        return fsum((self.measured, self.estimated, self.image_reported, self.image_estimated))

    @property
    def unpriced(self) -> str:
        """Return what has no known cost, as text, "" when there is nothing."""
        return _both(self.unpriced_runs, self.unpriced_images)

    @property
    def text(self) -> str:
        """Return the sum as text for the user."""
        if self.unpriced:
            return _("at least {amount}").format(amount=money(self.dollars))
        about = self.estimated_runs or self.estimated_images
        return _("about {amount}").format(amount=money(self.dollars)) if about else money(self.dollars)

    @property
    def source(self) -> str:
        """Return sentences that say where the amounts come from."""
        found: list[str] = []
        if self.measured_runs:
            # Translators: {things} is a count, such as “3 runs”; {amount} is a price.
            found.append(_("Measured: {things}, {amount}.").format(
                things=_runs(self.measured_runs), amount=money(self.measured)
            ))
        if self.estimated_runs:
            words = _("Estimated from your other runs or Black Forest Labs' list price: {things}, {amount}.")
            found.append(words.format(things=_runs(self.estimated_runs), amount=money(self.estimated)))
        if self.reported_images:
            found.append(_("Stated by Segmind: {things}, {amount}.").format(
                things=_images(self.reported_images), amount=money(self.image_reported)
            ))
        if self.estimated_images:
            words = _("Estimated from your other pictures: {things}, {amount}.")
            found.append(words.format(things=_images(self.estimated_images), amount=money(self.image_estimated)))
        if self.unpriced:
            found.append(_("Cost unknown: {things}.").format(things=self.unpriced))
        if self.unanswered or self.unanswered_images:
            words = ngettext(
                "{things} without an answer counts as paid.", "{things} without an answer count as paid.",
                self.unanswered + self.unanswered_images,
            )
            found.append(words.format(things=_both(self.unanswered, self.unanswered_images)))
        return sentences(*found) or _("Nothing was paid.")


@record
class Calendar:
    """When today and this month began, in seconds since the epoch."""

    day: float
    month: float


@record
class Payment:
    """One request that was paid, or may have been.

    `at` is when it was sent, in seconds since the epoch. `dollars` is None when no cost is known; `measured` says
    that the cost was measured, or named by the service, and not estimated. `pending` is True for what is about to
    be sent. In practice `dollars` are simulated.
    """

    run_id: str
    at: float
    dollars: float | None
    measured: bool = False
    image: bool = False
    unanswered: bool = False
    pending: bool = False


def payments(
    runs: Iterable[Run], images: Iterable[GeneratedImage], account_id: str, since: float = -inf,
) -> tuple[Payment, ...]:
    """Return what an account's runs and images made here have cost since a time, one entry for each request.

    Something counts when its request was sent, as far as is known, or is about to be sent. A time in the future
    (the clock was set back) counts, so that no payment is ever hidden. In practice nothing is estimated.
    """
    return (
        *_for_runs([run for run in runs if run.account_id == account_id], since),
        *_for_images([image for image in images if image.account_id == account_id], since),
    )


def spent(runs: Iterable[Run], images: Iterable[GeneratedImage], account_id: str, since: float) -> Spent:
    """Return the sums of `payments`; nothing in practice."""
    return Spent() if account_id == PRACTICE_ACCOUNT_ID else summed(payments(runs, images, account_id, since))


def summed(paid: Iterable[Payment]) -> Spent:
    """Return the sums of payments."""
    on_runs, on_images = _Amounts(), _Amounts()
    for payment in paid:
        amounts = on_images if payment.image else on_runs
        amounts.unanswered += payment.unanswered
        if payment.dollars is None:
            amounts.unpriced += 1
        else:
            (amounts.known if payment.measured else amounts.estimated).append(payment.dollars)
    return Spent(
        measured=fsum(on_runs.known), estimated=fsum(on_runs.estimated), measured_runs=len(on_runs.known),
        estimated_runs=len(on_runs.estimated), unpriced_runs=on_runs.unpriced, unanswered=on_runs.unanswered,
        image_reported=fsum(on_images.known), image_estimated=fsum(on_images.estimated),
        reported_images=len(on_images.known), estimated_images=len(on_images.estimated),
        unpriced_images=on_images.unpriced, unanswered_images=on_images.unanswered,
    )


@dataclass(slots=True)
class _Amounts:
    """The amounts of one kind while they are summed."""

    known: list[float] = field(default_factory=list[float])
    estimated: list[float] = field(default_factory=list[float])
    unpriced: int = 0
    unanswered: int = 0


def _for_runs(mine: list[Run], since: float) -> Iterator[Payment]:
    """Yield what runs cost. A measured cost of zero does not count: the money may be taken later."""
    known = [run for run in mine if run.cost]
    prices: dict[int, float | None] = {}
    for run in mine:
        if not run.made_here:
            continue
        earlier = [at for at in run.unanswered_at if at >= since]
        again = run.live and run.phase is Phase.UNKNOWN  # the person sends it once more, just now
        counts = _counts(run, since)
        if not (earlier or again or counts):
            continue
        iterations = iterations_of(run)
        if iterations not in prices:
            practice = run.account_id == PRACTICE_ACCOUNT_ID
            prices[iterations] = None if practice else run_estimate(run, known, practice=False).dollars
        price, when = prices[iterations], run.created_at if run.sent_at is None else run.sent_at
        for at in earlier:
            yield Payment(run.run_id, at, price, unanswered=True)
        if again:
            yield Payment(run.run_id, when, price, unanswered=True, pending=True)
        if counts:
            unanswered = run.phase in _UNANSWERED
            measured = run.cost if run.cost and not unanswered else None
            yield Payment(
                run.run_id, when, price if measured is None else measured, measured is not None,
                unanswered=unanswered, pending=run.live and run.stage in _ABOUT_TO_PAY,
            )


def _counts(run: Run, since: float) -> bool:
    """Return whether a run's last request counts; earlier ones without an answer are counted separately."""
    if run.live and run.stage in _ABOUT_TO_PAY:
        return True
    when = run.created_at if run.sent_at is None else run.sent_at
    return run.phase in _PAID and when >= since


def _for_images(mine: list[GeneratedImage], since: float) -> Iterator[Payment]:
    prices: dict[str, float | None] = {}
    of_run: dict[str, list[GeneratedImage]] = {}
    for image in mine:
        of_run.setdefault(image.run_id, []).append(image)
    for image in mine:
        if image.asked_at < since or not image.may_be_paid:
            continue
        price, run_id = image.cost, image.run_id
        if price is None:
            if run_id not in prices:
                practice = image.account_id == PRACTICE_ACCOUNT_ID
                similar = of_run[run_id]
                prices[run_id] = None if practice else image_estimate(run_id, similar, practice=False).dollars
            price = prices[run_id]
        measured = image.cost is not None
        yield Payment(run_id, image.asked_at, price, measured, image=True, unanswered=image.unanswered)


def _both(runs: int, pictures: int) -> str:
    if runs and pictures:
        # Translators: such as “3 runs and 12 pictures”.
        return _("{runs} and {pictures}").format(runs=_runs(runs), pictures=_images(pictures))
    if runs:
        return _runs(runs)
    return _images(pictures) if pictures else ""


def _runs(count: int) -> str:
    return ngettext("{count} run", "{count} runs", count).format(count=count)


def _images(count: int) -> str:
    return ngettext("{count} picture", "{count} pictures", count).format(count=count)

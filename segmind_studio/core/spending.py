"""What was spent on runs and images: what counts, since when, and where each amount comes from.

Amounts are US dollars.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import fsum

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import image_estimate, iterations_of, money, run_estimate
from segmind_studio.core.runs import Phase, Run, Stage

_PAID = frozenset({Phase.SENDING, Phase.UNKNOWN, Phase.ACCEPTED, Phase.ADOPTED})
_UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})
_ABOUT_TO_PAY = frozenset({Stage.PREPARING, Stage.UPLOADING})  # live: they are sent without another question


@dataclass(frozen=True, slots=True)
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
            return f"at least {money(self.dollars)}"
        about = self.estimated_runs or self.estimated_images
        return f"about {money(self.dollars)}" if about else money(self.dollars)

    @property
    def source(self) -> str:
        """Return sentences that say where the amounts come from."""
        sentences: list[str] = []
        if self.measured_runs:
            sentences.append(f"Measured: {_runs(self.measured_runs)}, {money(self.measured)}.")
        if self.estimated_runs:
            sentences.append(
                f"Estimated from your other runs or Black Forest Labs' list price: "
                f"{_runs(self.estimated_runs)}, {money(self.estimated)}."
            )
        if self.reported_images:
            sentences.append(f"Told by Segmind: {_images(self.reported_images)}, {money(self.image_reported)}.")
        if self.estimated_images:
            sentences.append(
                f"Estimated from your other pictures: {_images(self.estimated_images)}, "
                f"{money(self.image_estimated)}.",
            )
        if self.unpriced:
            sentences.append(f"Cost unknown: {self.unpriced}.")
        if self.unanswered or self.unanswered_images:
            counts = "counts" if self.unanswered + self.unanswered_images == 1 else "count"
            who = _both(self.unanswered, self.unanswered_images)
            sentences.append(f"{who} without an answer {counts} as paid.")
        return " ".join(sentences) or "Nothing was paid."


@dataclass(frozen=True, slots=True)
class Calendar:
    """When today and this month began, in seconds since the epoch."""

    day: float
    month: float


def spent(runs: Iterable[Run], images: Iterable[GeneratedImage], account_id: str, since: float) -> Spent:
    """Return what an account's runs and images made here have cost since a time.

    Something counts when its request was sent, as far as is known, or is about to be sent. A time in the future
    (the clock was set back) counts, so that no payment is ever hidden.
    """
    if account_id == PRACTICE_ACCOUNT_ID:
        return Spent()
    on_runs = _on_runs([run for run in runs if run.account_id == account_id], since)
    on_images = _on_images([image for image in images if image.account_id == account_id], since)
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

    def add_estimate(self, price: float | None, count: int = 1) -> None:
        """Count `count` items of unknown cost at `price`, the price of similar ones; None when that is unknown."""
        if price is None:
            self.unpriced += count
        else:
            self.estimated += [price] * count


def _on_runs(mine: list[Run], since: float) -> _Amounts:
    """Return what runs cost. A measured cost of zero does not count: the money may be taken later."""
    found = _Amounts()
    known = [run for run in mine if run.cost]
    prices: dict[int, float | None] = {}
    for run in mine:
        if not run.made_here:
            continue
        earlier = sum(at >= since for at in run.unanswered_at)
        earlier += run.live and run.phase is Phase.UNKNOWN  # the person sends it once more, just now
        counts = _counts(run, since)
        if not (earlier or counts):
            continue
        iterations = iterations_of(run)
        if iterations not in prices:
            prices[iterations] = run_estimate(run, known, practice=False).dollars
        found.unanswered += earlier
        found.add_estimate(prices[iterations], earlier)
        if counts:
            found.unanswered += run.phase in _UNANSWERED
            if run.cost and run.phase not in _UNANSWERED:
                found.known.append(run.cost)
            else:
                found.add_estimate(prices[iterations])
    return found


def _counts(run: Run, since: float) -> bool:
    """Return whether a run's last request counts; earlier ones without an answer are counted separately."""
    if run.live and run.stage in _ABOUT_TO_PAY:
        return True
    when = run.created_at if run.sent_at is None else run.sent_at
    return run.phase in _PAID and when >= since


def _on_images(mine: list[GeneratedImage], since: float) -> _Amounts:
    found = _Amounts()
    prices: dict[str, float | None] = {}
    for image in mine:
        if image.asked_at < since or not image.may_be_paid:
            continue
        found.unanswered += image.unanswered
        if image.cost is not None:
            found.known.append(image.cost)
            continue
        if image.run_id not in prices:
            prices[image.run_id] = image_estimate(image.run_id, mine, practice=False).dollars
        found.add_estimate(prices[image.run_id])
    return found


def _both(runs: int, images: int) -> str:
    sentences = [words(count) for words, count in ((_runs, runs), (_images, images)) if count]
    return " and ".join(sentences)


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _images(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"

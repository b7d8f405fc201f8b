"""What a run or an image may cost, and where the amount comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import cast

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.fields import Group
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import Phase, Run

_LOOKED_AT = 5  # images: prices change, so older ones are ignored
_HALF_A_CENT = 0.005
_UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})  # the cost of such a request is probable, but not measured


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """US dollars, None when unknown; `source` is a sentence that says where the amount comes from."""

    dollars: float | None
    source: str

    @property
    def text(self) -> str:
        """Return it as text for the user."""
        if self.dollars is None:
            return "unknown"
        return f"about {money(self.dollars)}" if self.dollars else "free"


FREE = CostEstimate(0.0, "Practice: nothing is paid.")


def money(dollars: float) -> str:
    """Return an amount in whole cents, with more places where it would be 0.00."""
    if 0 < dollars < _HALF_A_CENT:
        return f"${max(dollars, 0.0001):.4f}".rstrip("0")
    return f"${dollars:.2f}"


def estimate(iterations: int, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Return the estimate for one run: from measured runs, else upstream's list price, named as such."""
    if practice:
        return FREE
    measured = [
        cost for run in runs if (cost := measured_cost(run)) is not None and iterations_of(run) == iterations
    ]
    if measured:
        mean = sum(measured) / len(measured)
        count = "your own run" if len(measured) == 1 else f"{len(measured)} of your own runs"
        return CostEstimate(mean, f"Measured from {count} with {iterations} iterations.")
    return CostEstimate(
        _list_price(iterations),
        "Black Forest Labs' list price for this trainer. Segmind publishes no price; yours may differ.",
    )


def measured_cost(run: Run) -> float | None:
    """Return what a run that was made here surely cost, in US dollars; None where that says nothing of others."""
    if run.made_here and run.phase not in _UNANSWERED and run.account_id != PRACTICE_ACCOUNT_ID:
        return run.cost or None
    return None


def image_estimate(run_id: str, images: Iterable[GeneratedImage], *, practice: bool) -> CostEstimate:
    """Return the estimate for one image of a model: as reported for its last images, else unknown.

    `images` are those of the account, in any order.
    """
    if practice:
        return FREE
    reported = [
        (image.asked_at, image.cost) for image in images
        if image.run_id == run_id and image.cost is not None and image.may_be_paid
    ]
    last = [cost for _, cost in sorted(reported)[-_LOOKED_AT:]]
    if not last:
        return CostEstimate(
            None, "Segmind tells the cost only with the picture, and you have no picture of this model yet.",
        )
    if len(last) == 1:
        return CostEstimate(last[0], "What Segmind told for your last picture with this model.")
    return CostEstimate(
        median(last), f"The middle of what Segmind told for your last {len(last)} pictures with this model.",
    )


def together(costs: Sequence[CostEstimate], what: str = "run") -> CostEstimate:
    """Return the sum of what several runs or images may cost; unknown when one of them is."""
    if len(costs) == 1:
        return costs[0]
    known = [cost.dollars for cost in costs if cost.dollars is not None]
    sources = " ".join(dict.fromkeys(cost.source for cost in costs))
    return CostEstimate(fsum(known) if len(known) == len(costs) else None, f"{len(costs)} {what}s. {sources}")


def iterations_of(run: Run) -> int:
    """Return the iterations that were sent; 0 for a run made elsewhere, whose settings are not known."""
    advance = run.body.get(Group.ADVANCE.value)
    value = cast("Mapping[str, object]", advance).get("iterations") if isinstance(advance, Mapping) else None
    return value if isinstance(value, int) else 0


def run_estimate(run: Run, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Return the estimate for sending a run that is already in the journal."""
    iterations = iterations_of(run)
    if not (iterations or practice):
        return CostEstimate(None, "How long it trains is not known.")
    return estimate(iterations, runs, practice=practice)


def _list_price(iterations: int) -> float:
    """Return upstream's list price: under 150 steps 2 dollars, 150 to 500 steps 4, above 500 steps 6."""
    if iterations < 150:  # noqa: PLR2004
        return 2.0
    return 4.0 if iterations <= 500 else 6.0  # noqa: PLR2004

"""What a run or a picture may cost, and where the figure comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import cast

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.fields import Group
from segmind_studio.core.generated_images import Picture
from segmind_studio.core.runs import Phase, Run

_LOOKED_AT = 5  # pictures: prices change, so old ones say little
_HALF_A_CENT = 0.005
_UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})  # what such a request cost is likely, and no measure


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """US dollars, None when unknown; `source` is a sentence that says where the figure comes from."""

    dollars: float | None
    source: str

    @property
    def text(self) -> str:
        """Write it for a person."""
        if self.dollars is None:
            return "unknown"
        return f"about {money(self.dollars)}" if self.dollars else "free"


FREE = CostEstimate(0.0, "Practice: nothing is paid.")


def money(dollars: float) -> str:
    """Write an amount in whole cents; one that would be nothing then, with more places."""
    if 0 < dollars < _HALF_A_CENT:
        return f"${max(dollars, 0.0001):.4f}".rstrip("0")
    return f"${dollars:.2f}"


def estimate(iterations: int, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Estimate one run: measured from the person's own runs, else upstream's list price, named as such."""
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


def picture_estimate(run_id: str, pictures: Iterable[Picture], *, practice: bool) -> CostEstimate:
    """Estimate one picture of a model: what the service told for the last ones, else unknown.

    `pictures` are those of the account, in any order.
    """
    if practice:
        return FREE
    told = [
        (picture.asked_at, picture.cost) for picture in pictures
        if picture.run_id == run_id and picture.cost is not None and picture.may_be_paid
    ]
    last = [cost for _, cost in sorted(told)[-_LOOKED_AT:]]
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
    """Add up what several runs, or pictures, may cost; unknown as soon as one is."""
    if len(costs) == 1:
        return costs[0]
    known = [cost.dollars for cost in costs if cost.dollars is not None]
    sources = " ".join(dict.fromkeys(cost.source for cost in costs))
    return CostEstimate(fsum(known) if len(known) == len(costs) else None, f"{len(costs)} {what}s. {sources}")


def iterations_of(run: Run) -> int:
    """Return what was sent; 0 for a run made elsewhere, whose settings nobody knows."""
    advance = run.body.get(Group.ADVANCE.value)
    value = cast("Mapping[str, object]", advance).get("iterations") if isinstance(advance, Mapping) else None
    return value if isinstance(value, int) else 0


def run_estimate(run: Run, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Estimate what sending a run that is already in the journal costs."""
    iterations = iterations_of(run)
    if not (iterations or practice):
        return CostEstimate(None, "How long it trains is not known.")
    return estimate(iterations, runs, practice=practice)


def _list_price(iterations: int) -> float:
    """Upstream: under 150 steps 2 dollars, 150 to 500 steps 4, above 500 steps 6."""
    if iterations < 150:  # noqa: PLR2004
        return 2.0
    return 4.0 if iterations <= 500 else 6.0  # noqa: PLR2004

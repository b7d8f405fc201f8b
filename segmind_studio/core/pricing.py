"""What a run may cost, and where the figure comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import cast

from segmind_studio.core.fields import Group
from segmind_studio.core.runs import Run


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
        return f"about ${self.dollars:.2f}" if self.dollars else "free"


def estimate(iterations: int, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Estimate one run: measured from the person's own runs, else upstream's list price, named as such."""
    if practice:
        return CostEstimate(0.0, "Practice: nothing is paid.")
    measured = [
        run.cost for run in runs
        if run.cost and run.made_here and run.account_id != "practice" and iterations_of(run) == iterations
    ]
    if measured:
        mean = sum(measured) / len(measured)
        count = "your own run" if len(measured) == 1 else f"{len(measured)} of your own runs"
        return CostEstimate(mean, f"Measured from {count} with {iterations} iterations.")
    return CostEstimate(
        _list_price(iterations),
        "Black Forest Labs' list price for this trainer. Segmind publishes no price; yours may differ.",
    )


def together(costs: Sequence[CostEstimate]) -> CostEstimate:
    """Add up what several runs may cost; unknown as soon as one is."""
    if len(costs) == 1:
        return costs[0]
    known = [cost.dollars for cost in costs if cost.dollars is not None]
    sources = " ".join(dict.fromkeys(cost.source for cost in costs))
    return CostEstimate(fsum(known) if len(known) == len(costs) else None, f"{len(costs)} runs. {sources}")


def iterations_of(run: Run) -> int:
    """Give what was sent; 0 for a run made elsewhere, whose settings nobody knows."""
    advance = run.body.get(Group.ADVANCE.value)
    value = cast("Mapping[str, object]", advance).get("iterations") if isinstance(advance, Mapping) else None
    return value if isinstance(value, int) else 0


def _list_price(iterations: int) -> float:
    """Upstream: under 150 steps 2 dollars, 150 to 500 steps 4, above 500 steps 6."""
    if iterations < 150:  # noqa: PLR2004
        return 2.0
    return 4.0 if iterations <= 500 else 6.0  # noqa: PLR2004

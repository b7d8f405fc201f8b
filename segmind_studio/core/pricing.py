"""What a run or a picture may cost, and where the figure comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import cast

from segmind_studio.core.fields import Group
from segmind_studio.core.generated_images import Picture
from segmind_studio.core.runs import Phase, Run
from segmind_studio.formats import money
from segmind_studio.texts import _, ngettext, pgettext, sentences

_LOOKED_AT = 5  # pictures: prices change, so old ones say little
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
            return pgettext("cost", "unknown")
        return _("about {amount}").format(amount=money(self.dollars)) if self.dollars else pgettext("cost", "free")


def free() -> CostEstimate:
    """Return the cost of everything in practice."""
    return CostEstimate(0.0, _("Practice: nothing is paid."))


def estimate(iterations: int, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Estimate one run: measured from the person's own runs, else upstream's list price, named as such."""
    if practice:
        return free()
    measured = [
        run.cost for run in runs
        if run.cost and run.made_here and run.phase not in _UNANSWERED
        and run.account_id != "practice" and iterations_of(run) == iterations
    ]
    if measured:
        mean = sum(measured) / len(measured)
        words = ngettext(
            "Measured from your own run with {iterations} iterations.",
            "Measured from {count} of your own runs with {iterations} iterations.", len(measured),
        )
        return CostEstimate(mean, words.format(count=len(measured), iterations=iterations))
    return CostEstimate(
        _list_price(iterations),
        _("Black Forest Labs' list price for this trainer. Segmind publishes no price; yours may differ."),
    )


def picture_estimate(run_id: str, pictures: Iterable[Picture], *, practice: bool) -> CostEstimate:
    """Estimate one picture of a model: what the service told for the last ones, else unknown.

    `pictures` are those of the account, in any order.
    """
    if practice:
        return free()
    told = [
        (picture.asked_at, picture.cost) for picture in pictures
        if picture.run_id == run_id and picture.cost is not None and picture.may_be_paid
    ]
    last = [cost for _, cost in sorted(told)[-_LOOKED_AT:]]
    if not last:
        return CostEstimate(
            None, _("Segmind names the cost only with the picture, and you have no picture of this model yet."),
        )
    if len(last) == 1:
        return CostEstimate(last[0], _("What Segmind named for your last picture with this model."))
    return CostEstimate(
        median(last),
        _("The middle of what Segmind named for your last {count} pictures with this model.").format(
            count=len(last)
        ),
    )


def together(costs: Sequence[CostEstimate], *, pictures: bool = False) -> CostEstimate:
    """Add up what several runs, or pictures, may cost; unknown as soon as one is."""
    if len(costs) == 1:
        return costs[0]
    known = [cost.dollars for cost in costs if cost.dollars is not None]
    what = ngettext("{count} picture.", "{count} pictures.", len(costs)) if pictures \
        else ngettext("{count} run.", "{count} runs.", len(costs))
    source = sentences(what.format(count=len(costs)), *dict.fromkeys(cost.source for cost in costs))
    return CostEstimate(fsum(known) if len(known) == len(costs) else None, source)


def iterations_of(run: Run) -> int:
    """Return what was sent; 0 for a run made elsewhere, whose settings nobody knows."""
    advance = run.body.get(Group.ADVANCE.value)
    value = cast("Mapping[str, object]", advance).get("iterations") if isinstance(advance, Mapping) else None
    return value if isinstance(value, int) else 0


def run_estimate(run: Run, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Estimate what sending a run that is already in the journal costs."""
    iterations = iterations_of(run)
    if not (iterations or practice):
        return CostEstimate(None, _("How long it trains is not known."))
    return estimate(iterations, runs, practice=practice)


def _list_price(iterations: int) -> float:
    """Upstream: under 150 steps 2 dollars, 150 to 500 steps 4, above 500 steps 6."""
    if iterations < 150:  # noqa: PLR2004
        return 2.0
    return 4.0 if iterations <= 500 else 6.0  # noqa: PLR2004

"""What a run or an image may cost, and where the amount comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from statistics import median
from typing import cast

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.fields import Group
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import Phase, Run
from segmind_studio.formats import money
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext, pgettext, sentences

_LOOKED_AT = 5  # images: prices change, so older ones are ignored
_UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})  # the cost of such a request is probable, but not measured


@record
class CostEstimate:
    """US dollars, None when unknown; `source` is a sentence that says where the amount comes from."""

    dollars: float | None
    source: str

    @property
    def text(self) -> str:
        """Return it as text for the user."""
        if self.dollars is None:
            return pgettext("cost", "unknown")
        return _("about {amount}").format(amount=money(self.dollars)) if self.dollars else pgettext("cost", "free")


def free() -> CostEstimate:
    """Return the cost of everything in practice."""
    return CostEstimate(0.0, _("Practice is free."))


def estimate(iterations: int, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Return the estimate for one run: from measured runs, else upstream's list price, named as such."""
    if practice:
        return free()
    measured = [
        cost for run in runs if (cost := measured_cost(run)) is not None and iterations_of(run) == iterations
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
        return free()
    reported = [
        (image.asked_at, image.cost) for image in images
        if image.run_id == run_id and image.cost is not None and image.may_be_paid
    ]
    last = [cost for _, cost in sorted(reported)[-_LOOKED_AT:]]
    if not last:
        return CostEstimate(
            None, _("Segmind states the cost only with the picture, and you have no picture from this model yet."),
        )
    if len(last) == 1:
        return CostEstimate(last[0], _("The cost of your last picture with this model, as stated by Segmind."))
    return CostEstimate(
        median(last),
        _("The median cost of your last {count} pictures with this model, as stated by Segmind.").format(
            count=len(last)
        ),
    )


def together(costs: Sequence[CostEstimate], *, pictures: bool = False) -> CostEstimate:
    """Return the sum of what several runs or images may cost; unknown when one of them is."""
    if len(costs) == 1:
        return costs[0]
    known = [cost.dollars for cost in costs if cost.dollars is not None]
    what = ngettext("{count} picture.", "{count} pictures.", len(costs)) if pictures \
        else ngettext("{count} run.", "{count} runs.", len(costs))
    source = sentences(what.format(count=len(costs)), *dict.fromkeys(cost.source for cost in costs))
    return CostEstimate(fsum(known) if len(known) == len(costs) else None, source)


def iterations_of(run: Run) -> int:
    """Return the iterations that were sent; 0 for a run made elsewhere, whose settings are not known."""
    advance = run.body.get(Group.ADVANCE.value)
    value = cast("Mapping[str, object]", advance).get("iterations") if isinstance(advance, Mapping) else None
    return value if isinstance(value, int) else 0


def run_estimate(run: Run, runs: Iterable[Run], *, practice: bool) -> CostEstimate:
    """Return the estimate for sending a run that is already in the journal."""
    iterations = iterations_of(run)
    if not (iterations or practice):
        return CostEstimate(None, _("The number of iterations is not known."))
    return estimate(iterations, runs, practice=practice)


def _list_price(iterations: int) -> float:
    """Return upstream's list price: under 150 steps 2 dollars, 150 to 500 steps 4, above 500 steps 6."""
    if iterations < 150:  # noqa: PLR2004
        return 2.0
    return 4.0 if iterations <= 500 else 6.0  # noqa: PLR2004

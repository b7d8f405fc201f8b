"""An account's history in numbers: what was spent by month and by dataset, runs over time, how long states took.

Values and pure functions; `ui/runs/history` has the words and the drawing. Amounts are US dollars, simulated ones
in practice; times are seconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from math import fsum
from statistics import median

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import iterations_of
from segmind_studio.core.runs import Phase, Run, Stage, TimelineEntry
from segmind_studio.core.spending import Payment, Spent, payments, summed
from segmind_studio.core.usual_times import Spread, StageTime, stage_times
from segmind_studio.record import record

_WAITING = frozenset({Stage.UNKNOWN, Stage.INTERRUPTED})
_LOST = frozenset({Stage.FAILED, Stage.REFUSED})


@record
class SpendingBar:
    """What was paid in a month, or for a dataset.

    `start` is when the month began; `name` is the dataset's, "" for what belongs to none. `unpriced` runs and
    pictures have no known cost; `estimated` says that some of the cost is an estimate.
    """

    start: float = 0.0
    name: str = ""
    on_runs: float = 0.0
    on_pictures: float = 0.0
    runs: int = 0
    pictures: int = 0
    unpriced: int = 0
    estimated: bool = False

    @property
    def dollars(self) -> float:
        """Return the sum."""
        return fsum((self.on_runs, self.on_pictures))


@record
class RunsBar:
    """How many runs were started in the month that began at `start`, by how they ended."""

    start: float
    ready: int = 0
    lost: int = 0  # failed or refused
    other: int = 0


@record
class RunPrice:
    """What runs with so many iterations have cost, by the balance: the lowest, the median and the highest."""

    iterations: int
    spread: Spread


@record
class RunHistory:
    """All of it, for one account or, with `together`, for all but practice: that is never added to paid amounts.

    `earlier` is what was spent before the first of the `months`.
    """

    practice: bool
    together: bool = False
    months: tuple[SpendingBar, ...] = ()
    datasets: tuple[SpendingBar, ...] = ()
    started: tuple[RunsBar, ...] = ()
    stages: tuple[StageTime, ...] = ()
    prices: tuple[RunPrice, ...] = ()
    earlier: float = 0.0
    month: Spent = field(default_factory=Spent)
    active: int = 0
    waiting: int = 0  # for the user's decision
    ready: int = 0
    lost: int = 0

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to show yet."""
        return not (self.active or self.waiting or self.ready or self.lost or self.datasets)


def run_history(  # noqa: PLR0913  # what is added up, and how
    runs: Iterable[Run], images: Iterable[GeneratedImage], account_id: str, months: Sequence[float],
    timelines: Mapping[str, Sequence[TimelineEntry]], *, together: bool = False,
) -> RunHistory:
    """Return an account's history, or `together` that of all accounts but practice.

    `months` are the starts of the last months, oldest first, the current one last. About a quarter of a second
    for 10,000 runs, so not for the GUI thread.
    """
    given, made = tuple(runs), tuple(images)
    accounts = {account_id}
    if together:
        accounts = {one.account_id for one in (*given, *made)} - {PRACTICE_ACCOUNT_ID}
    mine = [run for run in given if run.account_id in accounts]
    paid = tuple(payment for account in sorted(accounts) for payment in payments(mine, made, account))
    by_month: list[list[Payment]] = [[] for _month in months]
    earlier: list[float] = []
    for payment in paid:
        place = len(months) - 1 if payment.pending else bisect_right(months, payment.at) - 1
        if place < 0:
            earlier.append(payment.dollars or 0.0)
        else:
            by_month[place].append(payment)
    stages = [run.stage for run in mine]
    return RunHistory(
        practice=not together and account_id == PRACTICE_ACCOUNT_ID, together=together,
        months=tuple(_bar(bills, start=start) for start, bills in zip(months, by_month, strict=True)),
        datasets=_by_dataset(mine, paid), started=_started(mine, months), stages=stage_times(timelines.values()),
        prices=_prices(mine), earlier=fsum(earlier), month=summed(by_month[-1]) if by_month else Spent(),
        active=sum(run.active and stage not in _WAITING for run, stage in zip(mine, stages, strict=True)),
        waiting=sum(stage in _WAITING for stage in stages), ready=stages.count(Stage.READY),
        lost=sum(stage in _LOST for stage in stages),
    )


def _bar(paid: Iterable[Payment], start: float = 0.0, name: str = "") -> SpendingBar:
    sums = summed(paid)
    return SpendingBar(
        start, name, fsum((sums.measured, sums.estimated)), fsum((sums.image_reported, sums.image_estimated)),
        runs=sums.measured_runs + sums.estimated_runs + sums.unpriced_runs,
        pictures=sums.reported_images + sums.estimated_images + sums.unpriced_images,
        unpriced=sums.unpriced_runs + sums.unpriced_images,
        estimated=bool(sums.estimated_runs or sums.estimated_images),
    )


def _by_dataset(mine: Iterable[Run], paid: Iterable[Payment]) -> tuple[SpendingBar, ...]:
    """Return the datasets with payments, the dearest first. Two of one name stay two."""
    names: dict[str, str] = {}
    of_run: dict[str, str] = {}
    for run in sorted(mine, key=lambda run: run.created_at):
        key = run.dataset_id or run.dataset_name
        of_run[run.run_id] = key
        names[key] = run.dataset_name  # the newest name counts
    found: dict[str, list[Payment]] = {}
    for payment in paid:
        found.setdefault(of_run.get(payment.run_id, ""), []).append(payment)
    bars = (_bar(bills, name=names.get(key, "")) for key, bills in found.items())
    return tuple(sorted(bars, key=lambda bar: (-bar.dollars, bar.name)))


def _started(mine: Iterable[Run], months: Sequence[float]) -> tuple[RunsBar, ...]:
    counts = [[0, 0, 0] for _month in months]
    for run in mine:
        place = bisect_right(months, run.created_at) - 1
        if place >= 0:
            stage = run.stage
            counts[place][0 if stage is Stage.READY else 1 if stage in _LOST else 2] += 1
    return tuple(RunsBar(start, *count) for start, count in zip(months, counts, strict=True))


def _prices(mine: Iterable[Run]) -> tuple[RunPrice, ...]:
    found: dict[int, list[float]] = {}
    for run in mine:
        iterations = iterations_of(run)
        if run.made_here and iterations and run.cost and run.phase not in {Phase.SENDING, Phase.UNKNOWN}:
            found.setdefault(iterations, []).append(run.cost)
    return tuple(
        RunPrice(iterations, Spread(min(costs), median(costs), max(costs), len(costs)))
        for iterations, costs in sorted(found.items())
    )

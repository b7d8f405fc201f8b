"""How much may be spent on training, how much was, and which limit a further run would pass.

Amounts are US dollars. They are compared as they are shown: in whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import fsum

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.pricing import CostEstimate, estimate, iterations_of
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.core.settings import Settings

_PAID = frozenset({Phase.SENDING, Phase.UNKNOWN, Phase.ACCEPTED, Phase.ADOPTED})
_UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})
_ABOUT_TO_PAY = frozenset({Stage.PREPARING, Stage.UPLOADING})  # live: they are sent without asking again


class Limit(StrEnum):
    """What a limit is for."""

    RUN = "for one run"
    DAY = "a day"
    MONTH = "a month"


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits; None sets no limit, and 0 asks before anything is paid."""

    per_run: float | None = None
    per_day: float | None = None
    per_month: float | None = None

    @classmethod
    def of(cls, settings: Settings) -> Budget:
        """Read the limits that the person has set; one below zero, which nobody can type, is zero."""
        limits = (settings.budget_per_run, settings.budget_per_day, settings.budget_per_month)
        return cls(*(None if limit is None else max(0.0, limit) for limit in limits))

    @property
    def empty(self) -> bool:
        """Tell whether there is no limit at all."""
        return self.per_run is None and self.per_day is None and self.per_month is None


@dataclass(frozen=True, slots=True)
class Spent:
    """What the runs of a time have cost: measured, estimated, and how many have no known cost.

    `unanswered` of them were sent and have no answer yet; they count as paid.
    """

    measured: float = 0.0
    estimated: float = 0.0
    measured_runs: int = 0
    estimated_runs: int = 0
    unpriced_runs: int = 0
    unanswered: int = 0

    @property
    def dollars(self) -> float:
        """Give the sum, less what has no known cost."""
        return self.measured + self.estimated

    @property
    def text(self) -> str:
        """Write the sum for a person."""
        if self.unpriced_runs:
            return f"at least {money(self.dollars)}"
        return f"about {money(self.dollars)}" if self.estimated_runs else money(self.dollars)

    @property
    def source(self) -> str:
        """Say where the figures come from."""
        said: list[str] = []
        if self.measured_runs:
            said.append(f"Measured: {_runs(self.measured_runs)}, {money(self.measured)}.")
        if self.estimated_runs:
            said.append(
                f"Estimated from your other runs or Black Forest Labs' list price: "
                f"{_runs(self.estimated_runs)}, {money(self.estimated)}."
            )
        if self.unpriced_runs:
            said.append(f"Cost unknown: {_runs(self.unpriced_runs)}.")
        if self.unanswered:
            count = "counts" if self.unanswered == 1 else "count"
            said.append(f"{_runs(self.unanswered)} without an answer {count} as paid.")
        return " ".join(said) or "No run was paid."


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that would be passed, or may be; `over` is by how much, None when that is not known.

    `limit` is None when no single limit is meant. `source` says where the figures in `words` come from.
    """

    limit: Limit | None
    over: float | None
    words: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When today and this month began, in seconds since the epoch."""

    day: float
    month: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand before one more run; `today` and `month` are None while the runs are not read."""

    budget: Budget
    today: Spent | None
    month: Spent | None
    breaches: tuple[Breach, ...]


def money(dollars: float) -> str:
    """Write an amount."""
    return f"${dollars:.2f}"


def local_calendar(now: float) -> Calendar:
    """Find the beginnings of the day and the month of `now` in this computer's time zone."""
    # Naive on purpose: midnight is looked up in the zone, where summer time may have begun since.
    day = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006
    return Calendar(day.timestamp(), day.replace(day=1).timestamp())


def spent(runs: Iterable[Run], account_id: str, since: float) -> Spent:
    """Add up what an account's runs made here have cost since a time.

    A run counts when its request was sent, as far as anybody can know, or is about to be sent. A measured
    cost of nothing counts as not measured: the service may take its money later.
    """
    if account_id == PRACTICE_ACCOUNT_ID:
        return Spent()
    mine = [run for run in runs if run.account_id == account_id]
    known = [run for run in mine if run.cost]
    prices: dict[int, float | None] = {}
    measured: list[float] = []
    estimated: list[float] = []
    unpriced = unanswered = 0
    for run in mine:
        if not run.made_here or not _counts(run, since):
            continue
        unanswered += run.phase in _UNANSWERED
        iterations = iterations_of(run)
        if iterations not in prices:
            prices[iterations] = estimate(iterations, known, practice=False).dollars if iterations else None
        price = prices[iterations]
        if run.cost and run.phase not in _UNANSWERED:
            measured.append(run.cost)
        elif price is None:
            unpriced += 1
        else:
            estimated.append(price)
    return Spent(fsum(measured), fsum(estimated), len(measured), len(estimated), unpriced, unanswered)


def _counts(run: Run, since: float) -> bool:
    if run.live and run.stage in _ABOUT_TO_PAY:
        return True
    when = run.created_at if run.sent_at is None else run.sent_at
    return run.phase in _PAID and when >= since


def check(
    budget: Budget, cost: CostEstimate, today: Spent | None, month: Spent | None,
) -> tuple[Breach, ...]:
    """List the limits that one more run of this cost would pass, or may pass because something is unknown."""
    found: list[Breach] = []
    if cost.dollars is None and not budget.empty:
        words = "What this run costs is unknown, so it may pass your limits."
        found.append(Breach(None, None, words, cost.source))
    if budget.per_run is not None and cost.dollars is not None:
        over = _over(cost.dollars, budget.per_run)
        if over:
            words = (
                f"This run costs {cost.text}. That is {money(over)} over your limit of "
                f"{money(budget.per_run)} {Limit.RUN}."
            )
            found.append(Breach(Limit.RUN, over, words, cost.source))
    times = ((Limit.DAY, "today", budget.per_day, today), (Limit.MONTH, "this month", budget.per_month, month))
    for limit, time, most, before in times:
        breach = None if most is None else _passed(limit, time, most, cost, before)
        if breach is not None:
            found.append(breach)
    return tuple(found)


def _passed(limit: Limit, time: str, most: float, cost: CostEstimate, before: Spent | None) -> Breach | None:
    """Check one limit for a time."""
    if before is None:
        words = f"Your runs are still being read, so what you spent {time} is not known yet."
        return Breach(limit, None, words)
    total = before.dollars + (cost.dollars or 0.0)
    source = " ".join(part for part in (before.source, cost.source) if part)
    over = _over(total, most)
    if over:
        words = (
            f"With this run you spend about {money(total)} {time}. That is {money(over)} over your limit of "
            f"{money(most)} {limit}."
        )
        return Breach(limit, over, words, source)
    if before.unpriced_runs:
        words = (
            f"The cost of {_runs(before.unpriced_runs)} {time} is unknown, so your limit of {money(most)} "
            f"{limit} may be passed."
        )
        return Breach(limit, None, words, source)
    return None


def standing(
    budget: Budget, cost: CostEstimate, runs: Iterable[Run] | None, account_id: str, calendar: Calendar,
) -> Standing:
    """Say how things stand before one more run; `runs` is None while they are not read."""
    today = month = None
    if runs is not None:
        known = tuple(runs)
        today, month = (spent(known, account_id, since) for since in (calendar.day, calendar.month))
    return Standing(budget, today, month, check(budget, cost, today, month))


def _over(total: float, most: float) -> float:
    """Give by how many dollars a total passes a limit, in whole cents; 0 when it does not."""
    return max(0.0, round(round(total, 2) - round(most, 2), 2))


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"

"""The spending limits, and which of them the next purchase would exceed.

Amounts are US dollars. They are compared as they are shown: in whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import CostEstimate, money, together
from segmind_studio.core.runs import Run
from segmind_studio.core.settings import Settings
from segmind_studio.core.spending import Calendar, Spent, spent


class Limit(StrEnum):
    """The period or unit that a limit applies to."""

    RUN = "for one run"
    DAY = "a day"
    MONTH = "a month"


class PurchaseKind(StrEnum):
    """What is paid for."""

    RUN = "run"
    IMAGE = "picture"


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits; None sets no limit, and 0 asks before every payment. `per_run` is for training runs."""

    per_run: float | None = None
    per_day: float | None = None
    per_month: float | None = None

    @classmethod
    def of(cls, settings: Settings) -> Budget:
        """Return the limits in the settings; a negative one, which cannot be typed, counts as zero."""
        limits = (settings.budget_per_run, settings.budget_per_day, settings.budget_per_month)
        return cls(*(None if limit is None else max(0.0, limit) for limit in limits))

    @property
    def empty(self) -> bool:
        """Return whether no limit is set."""
        return self.per_run is None and self.per_day is None and self.per_month is None


@dataclass(frozen=True, slots=True)
class Bill:
    """A purchase that is about to be made: runs or images at `costs`, one for each.

    `earlier` is the number of requests of the same run that were sent without an answer, which count as paid.
    """

    costs: tuple[CostEstimate, ...]
    purchase: PurchaseKind = PurchaseKind.RUN
    earlier: int = 0

    @property
    def count(self) -> int:
        """Return how many runs or images are bought."""
        return len(self.costs)

    @property
    def total(self) -> CostEstimate:
        """Return the total cost."""
        return together(self.costs, self.purchase)

    @property
    def highest_cost(self) -> CostEstimate | None:
        """Return the highest of the known costs."""
        known = [cost for cost in self.costs if cost.dollars is not None]
        return max(known, key=_dollars) if known else None

    @property
    def subject(self) -> str:
        """Return how to name it within a sentence."""
        if self.count > 1:
            return f"these {self.count} {self.purchase}s"
        return "this request" if self.earlier else f"this {self.purchase}"

    @property
    def words(self) -> str:
        """Return the sentence that says what it costs."""
        cost = "cost" if self.count > 1 else "costs"
        return f"{self.subject.capitalize()} {cost} {self.total.text}."


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that would be exceeded, or may be; `over` is the excess in US dollars, None when it is not known.

    `limit` is None when no single limit is meant. `source` says where the amounts in `words` come from. `unread`
    is True when the answer is missing only because the history is still being read.
    """

    limit: Limit | None
    over: float | None
    words: str
    source: str = ""
    unread: bool = False


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """The budget before a purchase; `today` and `month` are None while the history is being read."""

    budget: Budget
    bill: Bill
    today: Spent | None
    month: Spent | None
    breaches: tuple[Breach, ...]


def check(budget: Budget, bill: Bill, today: Spent | None, month: Spent | None) -> tuple[Breach, ...]:
    """Return the limits that a purchase would exceed, or may exceed because an amount is unknown."""
    runs = bill.purchase is PurchaseKind.RUN
    times = ((Limit.DAY, "today", budget.per_day, today), (Limit.MONTH, "this month", budget.per_month, month))
    any_limit = (runs and budget.per_run is not None) or any(most is not None for _, _, most, _ in times)
    found: list[Breach] = []
    if bill.total.dollars is None and any_limit:
        it_may = "they may" if bill.count > 1 else "it may"
        cost = "cost" if bill.count > 1 else "costs"
        words = f"What {bill.subject} {cost} is unknown, so {it_may} pass your limits."
        found.append(Breach(None, None, words, bill.total.source))
    if runs and budget.per_run is not None and bill.highest_cost is not None:
        found += _one_run(budget.per_run, bill, bill.highest_cost)
    for limit, time, most, before in times:
        breach = None if most is None else _passed(limit, time, most, bill, before)
        if breach is not None:
            found.append(breach)
    return tuple(found)


def _one_run(most: float, bill: Bill, highest_cost: CostEstimate) -> list[Breach]:
    """Check the limit for one run; a run that may be paid more than once counts with all its requests."""
    dollars = _dollars(highest_cost) * (1 + bill.earlier)
    over = _over(dollars, most)
    if not over:
        return []
    if bill.earlier:
        often = "twice" if bill.earlier == 1 else f"{1 + bill.earlier} times"
        costs = f"Paid {often}, this run costs {CostEstimate(dollars, '').text}."
    elif bill.count == 1:
        costs = bill.words
    elif len({cost.dollars for cost in bill.costs}) == 1:
        costs = f"Each of these {bill.count} runs costs {highest_cost.text}."
    else:
        costs = f"The dearest of these {bill.count} runs costs {highest_cost.text}."
    words = f"{costs} That is {money(over)} over your limit of {money(most)} {Limit.RUN}."
    return [Breach(Limit.RUN, over, words, highest_cost.source)]


def _passed(limit: Limit, time: str, most: float, bill: Bill, before: Spent | None) -> Breach | None:
    """Check the limit for one period."""
    if before is None:
        words = f"Your history is still being read, so what you spent {time} is not known yet."
        return Breach(limit, None, words, unread=True)
    total = before.dollars + _dollars(bill.total)
    source = " ".join(part for part in (before.source, bill.total.source) if part)
    over = _over(total, most)
    if over:
        start = f"{bill.words} With them" if bill.count > 1 and bill.total.dollars else f"With {bill.subject}"
        words = (
            f"{start} you spend about {money(total)} {time}. That is {money(over)} over your limit of "
            f"{money(most)} {limit}."
        )
        return Breach(limit, over, words, source)
    if before.unpriced:
        words = (
            f"The cost of {before.unpriced} {time} is unknown, so your limit of {money(most)} "
            f"{limit} may be passed."
        )
        return Breach(limit, None, words, source)
    return None


def budget_status(
    budget: Budget, bill: Bill, history: tuple[Iterable[Run], Iterable[GeneratedImage]] | None, account_id: str,
    calendar: Calendar,
) -> BudgetStatus:
    """Return the budget before a purchase; `history` is None while runs or images are being read."""
    today = month = None
    if history is not None:
        runs, images = tuple(history[0]), tuple(history[1])
        today, month = (spent(runs, images, account_id, since) for since in (calendar.day, calendar.month))
    return BudgetStatus(budget, bill, today, month, check(budget, bill, today, month))


def _dollars(cost: CostEstimate) -> float:
    return cost.dollars or 0.0


def _over(total: float, most: float) -> float:
    """Return by how many dollars a total exceeds a limit, in whole cents; 0 when it does not."""
    return max(0.0, round(round(total, 2) - round(most, 2), 2))

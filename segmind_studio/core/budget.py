"""The spending limits, and which of them the next purchase would exceed.

Amounts are US dollars. They are compared as they are shown: in whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import CostEstimate, together
from segmind_studio.core.runs import Run
from segmind_studio.core.settings import Settings
from segmind_studio.core.spending import Calendar, Spent, spent
from segmind_studio.formats import money
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext, sentences


class Limit(StrEnum):
    """The period or unit that a limit applies to."""

    RUN = "run"
    DAY = "day"
    MONTH = "month"


class PurchaseKind(StrEnum):
    """What is paid for."""

    RUN = "run"
    IMAGE = "picture"


@record
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


@record
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
        """Return what all of it costs."""
        return together(self.costs, pictures=self.purchase is PurchaseKind.IMAGE)

    @property
    def highest_cost(self) -> CostEstimate | None:
        """Return the highest of the known costs."""
        known = [cost for cost in self.costs if cost.dollars is not None]
        return max(known, key=_dollars) if known else None

    @property
    def text(self) -> str:
        """Return the sentence that says what it costs."""
        if self.purchase is PurchaseKind.IMAGE:
            words = ngettext("This picture costs {price}.", "These {count} pictures cost {price}.", self.count)
        elif self.earlier and self.count == 1:
            words = _("This request costs {price}.")
        else:
            words = ngettext("This run costs {price}.", "These {count} runs cost {price}.", self.count)
        return words.format(count=self.count, price=self.total.text)


@record
class Breach:
    """A limit that would be exceeded, or may be; `over` is the excess in US dollars, None when it is not known.

    `limit` is None when no single limit is meant. `source` says where the amounts in `text` come from. `unread`
    is True when the answer is missing only because the history is still being read.
    """

    limit: Limit | None
    over: float | None
    text: str
    source: str = ""
    unread: bool = False


@record
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
    times = ((Limit.DAY, budget.per_day, today), (Limit.MONTH, budget.per_month, month))
    any_limit = (runs and budget.per_run is not None) or any(most is not None for _limit, most, _before in times)
    found: list[Breach] = []
    if bill.total.dollars is None and any_limit:
        found.append(
            Breach(None, None, _("The cost is unknown, so you may exceed your limits."), bill.total.source)
        )
    if runs and budget.per_run is not None and bill.highest_cost is not None:
        found += _one_run(budget.per_run, bill, bill.highest_cost)
    for limit, most, before in times:
        breach = None if most is None else _passed(limit, most, bill, before)
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
        words = ngettext(
            "Paid {count} time, this run costs {price}.", "Paid {count} times, this run costs {price}.",
            1 + bill.earlier,
        )
        costs = words.format(count=1 + bill.earlier, price=CostEstimate(dollars, "").text)
    elif bill.count == 1:
        costs = bill.text
    elif len({cost.dollars for cost in bill.costs}) == 1:
        words = _("Each of these {count} runs costs {price}.")
        costs = words.format(count=bill.count, price=highest_cost.text)
    else:
        words = _("The most expensive of these {count} runs costs {price}.")
        costs = words.format(count=bill.count, price=highest_cost.text)
    that = _("That is {over} above your limit of {limit} for one run.").format(over=money(over), limit=money(most))
    return [Breach(Limit.RUN, over, sentences(costs, that), highest_cost.source)]


def _passed(limit: Limit, most: float, bill: Bill, before: Spent | None) -> Breach | None:
    """Check the limit for one period."""
    day = limit is Limit.DAY
    if before is None:
        words = _("Your history is still loading, so today's spending is not known yet.") if day \
            else _("Your history is still loading, so this month's spending is not known yet.")
        return Breach(limit, None, words, unread=True)
    total = before.dollars + _dollars(bill.total)
    source = sentences(before.source, bill.total.source)
    over = _over(total, most)
    if over:
        words = (
            ngettext(
                "With it, you spend about {total} today. That is {over} above your daily limit of {limit}.",
                "With them, you spend about {total} today. That is {over} above your daily limit of {limit}.",
                bill.count,
            )
            if day
            else ngettext(
                "With it, you spend about {total} this month. That is {over} above your monthly limit of {limit}.",
                "With them, you spend about {total} this month. That is {over} above your monthly limit of "
                "{limit}.",
                bill.count,
            )
        )
        words = words.format(total=money(total), over=money(over), limit=money(most))
        return Breach(limit, over, sentences(bill.text if bill.total.dollars else "", words), source)
    if before.unpriced:
        words = _("The cost of {things} today is unknown, so you may exceed your daily limit of {limit}.") if day \
            else _("The cost of {things} this month is unknown, so you may exceed your monthly limit of {limit}.")
        words = words.format(things=before.unpriced, limit=money(most))
        return Breach(limit, None, words, source)
    return None


def unshown(shown: Iterable[Breach], now: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return the breaches of `now` that `shown` did not name: another limit or gap, or more above a limit."""
    known = tuple(shown)
    return tuple(breach for breach in now if not any(_named(breach, before) for before in known))


def _named(breach: Breach, before: Breach) -> bool:
    if breach.over is None or before.over is None:
        return breach.text == before.text
    return breach.limit is before.limit and breach.over <= before.over


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

"""What a purchase costs and which limits it passes, without Qt: for `BudgetService` and for the command line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Bill, Budget, BudgetStatus, budget_status
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import CostEstimate, free
from segmind_studio.core.runs import Run
from segmind_studio.core.spending import Calendar
from segmind_studio.texts import _

History = Callable[[], tuple[Iterable[Run], Iterable[GeneratedImage]] | None]


def form_costs(
    form: TrainingForm, price: Callable[[int], CostEstimate], *, practice: bool,
) -> tuple[CostEstimate, ...]:
    """Return the possible cost of each run of a form; `price` returns that of a run by its iterations."""
    return tuple(_single_cost(single, price, practice=practice) for single in form.forms)


def _single_cost(form: TrainingForm, price: Callable[[int], CostEstimate], *, practice: bool) -> CostEstimate:
    iterations = form.value("iterations")
    if practice:
        return free()
    if not isinstance(iterations, int) or FIELD_BY_KEY["iterations"].problem(iterations):
        return CostEstimate(None, _("It depends on the number of iterations."))
    return price(iterations)


def status_of_bill(budget: Budget, bill: Bill, history: History, account_id: str) -> BudgetStatus | None:
    """Compare a purchase with the limits as the clock is now; None in practice and without limits.

    `history` returns the runs and images of the account, or None while they are being read.
    """
    if account_id == PRACTICE_ACCOUNT_ID or budget.empty:
        return None
    return budget_status(budget, bill, history(), account_id, local_calendar(time.time()))


def local_calendar(now: float) -> Calendar:
    """Return the starts of the day and the month of `now` in this computer's time zone as it is now."""
    if hasattr(time, "tzset"):
        time.tzset()  # else the zone stays the one at the app's start, also after travel
    # Where midnight comes twice, the day begins with the first.
    # Naive on purpose: midnight is computed in the zone, where summer time may have started since.
    day = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)  # noqa: DTZ006
    return Calendar(day.timestamp(), day.replace(day=1).timestamp())

"""What things cost and what counts against the budget, as the next paid act must see it.

A run is counted from the moment it is confirmed: `run_service.py` knows it from then on. So are pictures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Bill, Budget, BudgetStatus, PurchaseKind, budget_status
from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import (
    CostEstimate,
    estimate,
    free,
    image_estimate,
    iterations_of,
    measured_cost,
    run_estimate,
)
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.settings import Settings
from segmind_studio.core.spending import Calendar, Spent, spent
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _


@dataclass(frozen=True, slots=True)
class Spending:
    """What an account has spent."""

    today: Spent
    month: Spent


class BudgetService(QObject):
    """Add up what counts against the budget. GUI thread; adding up takes a moment, so it is done when asked.

    Signals:
        changed(): what it would say may be another thing now.
        prices_changed(): what a run costs may be another thing now.
    """

    changed = Signal()
    prices_changed = Signal()

    def __init__(
        self, runs: RunService, tryouts: ImageService, settings: SettingsService, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._tryouts = tryouts
        self._settings = settings
        self._budget = Budget.of(settings.value)
        self._measured: dict[str, float] = {}  # what runs surely cost, by id
        self._prices: dict[int, CostEstimate] = {}  # of runs, by iterations
        self._runs_replaced(runs.runs)
        runs.replaced.connect(self._runs_replaced)
        runs.changed.connect(self._runs_changed)
        for news in (tryouts.replaced, tryouts.changed):
            news.connect(self._images_changed)
        settings.changed.connect(self._settings_changed)

    # -- what things cost

    def run_cost(self, run: Run) -> CostEstimate:
        """Return what sending a run costs that has a row already."""
        if run.account_id == PRACTICE_ACCOUNT_ID:
            return run_estimate(run, (), practice=True)
        iterations = iterations_of(run)
        return self._price(iterations) if iterations else run_estimate(run, (), practice=False)

    def form_costs(self, form: TrainingForm, *, practice: bool) -> tuple[CostEstimate, ...]:
        """Return what each of the form's runs may cost; unknown while its iterations cannot be sent."""
        return tuple(self._single_cost(single, practice=practice) for single in form.forms)

    def _single_cost(self, form: TrainingForm, *, practice: bool) -> CostEstimate:
        iterations = form.value("iterations")
        if practice:
            return free()
        if not isinstance(iterations, int) or FIELD_BY_KEY["iterations"].problem(iterations):
            return CostEstimate(None, _("The number of iterations decides."))
        return self._price(iterations)

    def _price(self, iterations: int) -> CostEstimate:
        """Look a price up: all runs are gone through only after one of them has changed."""
        if iterations not in self._prices:
            self._prices[iterations] = estimate(iterations, self._runs.runs, practice=False)
        return self._prices[iterations]

    def image_cost(self, run: Run) -> CostEstimate:
        """Return what one picture of a run's model costs."""
        practice = run.account_id == PRACTICE_ACCOUNT_ID
        return image_estimate(run.run_id, () if practice else self._tryouts.images, practice=practice)

    # -- how things stand

    def budget_status(self, account_id: str, costs: Sequence[CostEstimate]) -> BudgetStatus | None:
        """Return how more runs, one at each cost, stand to the limits; None in practice and without limits."""
        return self._budget_status(account_id, Bill(tuple(costs)))

    def budget_status_of_run(self, run: Run) -> BudgetStatus | None:
        """Return how sending a run that has a row already stands to the limits; as `budget_status`."""
        earlier = len(run.unanswered_at) + (run.phase is Phase.UNKNOWN)
        return self._budget_status(run.account_id, Bill((self.run_cost(run),), earlier=earlier))

    def budget_status_of_images(self, account_id: str, cost: CostEstimate, count: int = 1) -> BudgetStatus | None:
        """Return how `count` images at `cost` each compare with the limits of the day and the month."""
        return self._budget_status(account_id, Bill((cost,) * count, PurchaseKind.IMAGE))

    def spent(self, account_id: str) -> Spending | None:
        """Return what was spent today and this month; None while it is not known yet."""
        history = self._history(account_id)
        if history is None:
            return None
        calendar = local_calendar(time.time())
        return Spending(*(spent(*history, account_id, since) for since in (calendar.day, calendar.month)))

    def _budget_status(self, account_id: str, bill: Bill) -> BudgetStatus | None:
        if account_id == PRACTICE_ACCOUNT_ID or self._budget.empty:
            return None
        calendar = local_calendar(time.time())
        return budget_status(self._budget, bill, self._history(account_id), account_id, calendar)

    def _history(self, account_id: str) -> tuple[list[Run], tuple[GeneratedImage, ...]] | None:
        known = self._runs.runs
        read = self._runs.loaded and all(run.account_id == account_id for run in known)
        images = self._tryouts.images
        read = read and self._tryouts.loaded and all(generated.account_id == account_id for generated in images)
        return (list(known), images) if read else None

    # -- news

    @Slot(object)
    def _runs_replaced(self, runs: tuple[Run, ...]) -> None:
        self._measured = {run.run_id: cost for run in runs if (cost := measured_cost(run)) is not None}
        self._prices = {}
        self.prices_changed.emit()
        self.changed.emit()

    @Slot(object)
    def _runs_changed(self, runs: tuple[Run, ...]) -> None:
        """Look up prices anew when a run was measured, or its measure turned out to be none."""
        new = {run.run_id: measured_cost(run) for run in runs}
        if any(self._measured.get(run_id) != cost for run_id, cost in new.items()):
            known = self._measured | new
            self._measured = {run_id: cost for run_id, cost in known.items() if cost is not None}
            self._prices = {}
            self.prices_changed.emit()
        self.changed.emit()

    @Slot(object)
    def _images_changed(self, _images: object) -> None:
        self.changed.emit()

    @Slot(object)
    def _settings_changed(self, value: Settings) -> None:
        budget = Budget.of(value)
        if budget != self._budget:
            self._budget = budget
            self.changed.emit()


def local_calendar(now: float) -> Calendar:
    """Find the beginnings of the day and the month of `now` in this computer's time zone as it is now."""
    if hasattr(time, "tzset"):
        time.tzset()  # else the zone stays the one of the start, wherever the person has travelled
    # Naive on purpose: midnight is looked up in the zone, where summer time may have begun since.
    day = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006
    return Calendar(day.timestamp(), day.replace(day=1).timestamp())

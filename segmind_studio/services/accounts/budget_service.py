"""What things cost and what counts against the budget, up to date for the next paid action.

A run counts from its confirmation: `run_service.py` has it from then on. The same is true of images.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Bill, Budget, BudgetStatus, PurchaseKind
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import (
    CostEstimate,
    estimate,
    image_estimate,
    iterations_of,
    measured_cost,
    run_estimate,
)
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.settings import Settings
from segmind_studio.core.spending import Spent, spent
from segmind_studio.record import record
from segmind_studio.services.accounts.purchases import form_costs, local_calendar, status_of_bill
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.settings_service import SettingsService


@record
class Spending:
    """What an account has spent."""

    today: Spent
    month: Spent


class BudgetService(QObject):
    """Add up what counts against the budget. GUI thread. Adding up is slow, so it is done only on request.

    Signals:
        changed(): its answers may differ now.
        prices_changed(): the cost of a run may differ now.
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
        self._measured: dict[str, float] = {}  # the certain costs of runs, by id
        self._prices: dict[int, CostEstimate] = {}  # of runs, by iterations
        self._runs_replaced(runs.runs)
        runs.replaced.connect(self._runs_replaced)
        runs.changed.connect(self._runs_changed)
        for news in (tryouts.replaced, tryouts.changed):
            news.connect(self._images_changed)
        settings.changed.connect(self._settings_changed)

    # -- what things cost

    def run_cost(self, run: Run) -> CostEstimate:
        """Return the cost of sending a run that already has a row."""
        if run.account_id == PRACTICE_ACCOUNT_ID:
            return run_estimate(run, (), practice=True)
        iterations = iterations_of(run)
        return self._price(iterations) if iterations else run_estimate(run, (), practice=False)

    def form_costs(self, form: TrainingForm, *, practice: bool) -> tuple[CostEstimate, ...]:
        """Return the possible cost of each run of the form; unknown while its iterations are not valid."""
        return form_costs(form, self._price, practice=practice)

    def _price(self, iterations: int) -> CostEstimate:
        """Return a cached price. All runs are read again only after one of them has changed."""
        if iterations not in self._prices:
            self._prices[iterations] = estimate(iterations, self._runs.runs, practice=False)
        return self._prices[iterations]

    def image_cost(self, run: Run) -> CostEstimate:
        """Return the cost of one image of a run's model."""
        practice = run.account_id == PRACTICE_ACCOUNT_ID
        return image_estimate(run.run_id, () if practice else self._tryouts.images, practice=practice)

    # -- compared with the limits

    def budget_status(self, account_id: str, costs: Sequence[CostEstimate]) -> BudgetStatus | None:
        """Compare more runs, one at each cost, with the limits; None in practice and without limits."""
        return self._budget_status(account_id, Bill(tuple(costs)))

    def budget_status_of_run(self, run: Run) -> BudgetStatus | None:
        """Compare sending a run that already has a row with the limits; returns as `budget_status`."""
        earlier = len(run.unanswered_at) + (run.phase is Phase.UNKNOWN)
        return self._budget_status(run.account_id, Bill((self.run_cost(run),), earlier=earlier))

    def budget_status_of_images(self, account_id: str, costs: Sequence[CostEstimate]) -> BudgetStatus | None:
        """Compare more images, one at each cost, with the limits of the day and the month; as `budget_status`."""
        return self._budget_status(account_id, Bill(tuple(costs), PurchaseKind.IMAGE))

    def spent(self, account_id: str) -> Spending | None:
        """Return what was spent today and this month; None while it is not known."""
        history = self._history(account_id)
        if history is None:
            return None
        calendar = local_calendar(time.time())
        return Spending(*(spent(*history, account_id, since) for since in (calendar.day, calendar.month)))

    def _budget_status(self, account_id: str, bill: Bill) -> BudgetStatus | None:
        return status_of_bill(self._budget, bill, partial(self._history, account_id), account_id)

    def _history(self, account_id: str) -> tuple[list[Run], tuple[GeneratedImage, ...]] | None:
        known = self._runs.runs
        read = self._runs.loaded and all(run.account_id == account_id for run in known)
        images = self._tryouts.images
        read = read and self._tryouts.loaded and all(generated.account_id == account_id for generated in images)
        return (list(known), images) if read else None

    # -- changes

    @Slot(object)
    def _runs_replaced(self, runs: tuple[Run, ...]) -> None:
        read = (run for run in runs if run.credits_after is not None)  # a look at each of ten thousand takes long
        self._measured = {run.run_id: cost for run in read if (cost := measured_cost(run)) is not None}
        self._prices = {}
        self.prices_changed.emit()
        self.changed.emit()

    @Slot(object)
    def _runs_changed(self, runs: tuple[Run, ...]) -> None:
        """Drop the cached prices when a run's cost was measured, or its measured cost was withdrawn."""
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

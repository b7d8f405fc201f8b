"""What counts against the budget, as the next paid act must see it: all that is known or was just confirmed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Bill, Budget, BudgetStatus, PurchaseKind, budget_status
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.pricing import CostEstimate, image_estimate, iterations_of, run_estimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.settings import Settings
from segmind_studio.core.spending import Calendar, Spent, spent
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.run_service import RunFailure, RunService
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitOutcome, SubmitRequest
from segmind_studio.services.system.settings_service import SettingsService


@dataclass(frozen=True, slots=True)
class Spending:
    """What an account has spent."""

    today: Spent
    month: Spent


@dataclass(frozen=True, slots=True, eq=False)
class _Confirmed:
    """A run that has no row yet: submissions are done one after another."""

    account_id: str
    form: TrainingForm

    @property
    def run(self) -> Run:
        """Return it as a run that is about to be sent."""
        now, body = time.time(), self.form.body()
        return Run("", self.account_id, self.form.text("name"), Phase.PREPARED, now, now, body=body, live=True)

    def became(self, run: Run) -> bool:
        """Return whether this is its row, as it was when it was started."""
        return run.account_id == self.account_id and run.body == self.form.body()


class BudgetService(QObject):
    """Add up what counts against the budget. GUI thread; adding up takes a moment, so it is done when asked.

    Signals:
        changed(): what it would say may be another thing now.
    """

    changed = Signal()

    def __init__(
        self, runs: RunService, tryouts: ImageService, settings: SettingsService, submits: SubmissionService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._tryouts = tryouts
        self._settings = settings
        self._budget = Budget.of(settings.value)
        self._confirmed: list[_Confirmed] = []  # oldest first
        self._ordered: dict[str, Run] = {}  # runs that go on, as they will be, until their worker tells of them
        self._handed: list[list[_Confirmed] | str] = []  # the orders that are being given away now
        self._rows: dict[str, Run] = {}  # of this session; RunService may learn of them seconds later
        self._prices: dict[int, CostEstimate] = {}  # of runs, by iterations
        for news in (runs.replaced, runs.changed):
            news.connect(self._runs_changed)
        for news in (tryouts.replaced, tryouts.changed):
            news.connect(self._images_changed)
        settings.changed.connect(self._settings_changed)
        submits.started.connect(self._started)
        submits.row_changed.connect(self._row_changed)
        submits.finished.connect(self._finished)
        submits.refused.connect(self._refused)
        submits.failed.connect(self._order_failed)

    # -- what things cost

    def run_cost(self, run: Run) -> CostEstimate:
        """Return what sending a run costs that has a row already."""
        if run.account_id == PRACTICE_ACCOUNT_ID:
            return run_estimate(run, (), practice=True)
        iterations = iterations_of(run)
        if iterations not in self._prices:
            self._prices[iterations] = run_estimate(run, self._runs.runs, practice=False)
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
        return ([*map(self._newest, known), *self._not_yet_known()], images) if read else None

    def _newest(self, run: Run) -> Run:
        """Return a run as it is about to be, or as the submission last told of it, if that is news."""
        if run.run_id in self._ordered:
            return self._ordered[run.run_id]
        row = self._rows.get(run.run_id, run)
        newer = row.changed_at > run.changed_at or (row.live and row.changed_at == run.changed_at)
        return replace(row, account_id=run.account_id) if newer else run  # two accounts may have become one

    def _not_yet_known(self) -> list[Run]:
        waiting = [item.run for item in self._confirmed]
        return waiting + [run for run in self._rows.values() if self._runs.run(run.run_id) is None]

    # -- what was confirmed

    def confirm(self, account_id: str, *requests: SubmitRequest) -> None:
        """Count all runs of these requests from now on; call it before handing them over."""
        orders = [[_Confirmed(account_id, form) for form in request.form.forms] for request in requests]
        for items in orders:
            self._confirmed += items
        self._handed = [*orders]

    def confirm_run(self, run: Run) -> None:
        """Count from now on a run that goes on or is sent again; call it before handing it over."""
        coming = replace(run, live=True)
        if run.phase is Phase.UNKNOWN:
            coming = replace(coming, phase=Phase.SENDING, unanswered_at=run.unanswered_times, sent_at=time.time())
        self._ordered[run.run_id] = coming
        self._handed = [run.run_id]

    def handed_over(self) -> None:
        """Take notice that all of it was given away; a refusal from now on means another order."""
        self._handed = []
        self.changed.emit()

    def under_way(self, run_id: str) -> bool:
        """Return whether a run was confirmed and its worker has not told of it yet."""
        return run_id in self._ordered

    # -- news

    @Slot(object)
    def _runs_changed(self, _rows: object) -> None:
        self._prices = {}
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

    @Slot(object)
    def _started(self, runs: tuple[Run, ...]) -> None:
        for run in runs:
            self._rows[run.run_id] = run
            item = next((item for item in self._confirmed if item.became(run)), None)
            if item is not None:
                self._confirmed.remove(item)

    @Slot(object)
    def _row_changed(self, run: Run) -> None:
        self._ordered.pop(run.run_id, None)
        self._rows[run.run_id] = run
        self.changed.emit()

    @Slot(object)
    def _finished(self, outcome: SubmitOutcome) -> None:
        run = outcome.run
        self._ordered.pop(run.run_id, None)
        if run.run_id not in self._rows:  # its row could not even be written
            self._started((run,))
        self._rows[run.run_id] = replace(run, live=False)
        self.changed.emit()

    @Slot(object)
    def _refused(self, _error: object) -> None:
        if not self._handed:
            return
        order = self._handed.pop()
        if isinstance(order, str):
            self._ordered.pop(order, None)
        else:
            self._confirmed = [item for item in self._confirmed if item not in order]

    @Slot(object)
    def _order_failed(self, failure: RunFailure) -> None:
        if failure.run_id in self._handed:  # it was not taken: an earlier order has the run
            self._handed.remove(failure.run_id)
            self._ordered.pop(failure.run_id, None)


def local_calendar(now: float) -> Calendar:
    """Find the beginnings of the day and the month of `now` in this computer's time zone as it is now."""
    if hasattr(time, "tzset"):
        time.tzset()  # else the zone stays the one of the start, wherever the person has travelled
    # Naive on purpose: midnight is looked up in the zone, where summer time may have begun since.
    day = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006
    return Calendar(day.timestamp(), day.replace(day=1).timestamp())

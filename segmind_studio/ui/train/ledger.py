"""What was spent, as a further run must see it: the runs that are known, and those that were just confirmed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Slot

from segmind_studio.core.budget import Budget, Standing, local_calendar, standing
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.services.runs import RunService
from segmind_studio.services.settings import SettingsService
from segmind_studio.services.submissions import SubmitOutcome, SubmitRequest, SubmitService
from segmind_studio.ui.train.facts import AccountFacts


@dataclass(frozen=True, slots=True)
class _Confirmed:
    """A run that has no row yet: submissions are done one after another."""

    account_id: str
    form: TrainingForm

    @property
    def run(self) -> Run:
        """Give it as a run that is about to be sent."""
        now, body = time.time(), self.form.body()
        return Run("", self.account_id, self.form.text("name"), Phase.PREPARED, now, now, body=body, live=True)

    def became(self, run: Run) -> bool:
        """Tell whether this is its row, as it was when it was started."""
        return run.account_id == self.account_id and run.body == self.form.body()


class Ledger(QObject):
    """Add up what counts against the budget. GUI thread; looked at only when a review opens."""

    def __init__(
        self, runs: RunService, settings: SettingsService, submits: SubmitService, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._settings = settings
        self._confirmed: list[_Confirmed] = []  # oldest first
        self._handing_over = 0  # how many of them are being given away right now
        self._rows: dict[str, Run] = {}  # of this session; RunService may learn of them seconds later
        submits.started.connect(self._started)
        submits.row_changed.connect(self._row_changed)
        submits.finished.connect(self._finished)
        submits.refused.connect(self._refused)

    def standing(self, account: AccountFacts, cost: CostEstimate) -> Standing | None:
        """Say how one more run stands to the limits now; None in practice and where no limit is set."""
        budget = Budget.of(self._settings.value)
        if account.practice or budget.empty:
            return None
        account_id = account.account.account_id
        known = self._runs.runs
        read = self._runs.loaded and all(run.account_id == account_id for run in known)
        runs = (*known, *self._not_yet_known()) if read else None
        return standing(budget, cost, runs, account_id, local_calendar(time.time()))

    def confirm(self, account_id: str, request: SubmitRequest) -> None:
        """Count a request from now on; call it before handing it over."""
        new = [_Confirmed(account_id, form) for form in request.form.forms]
        self._confirmed += new
        self._handing_over = len(new)

    def handed_over(self) -> None:
        """Take notice that the request was given away; a refusal from now on means another order."""
        self._handing_over = 0

    def _not_yet_known(self) -> list[Run]:
        waiting = [item.run for item in self._confirmed]
        return waiting + [run for run in self._rows.values() if self._runs.run(run.run_id) is None]

    @Slot(object)
    def _started(self, runs: tuple[Run, ...]) -> None:
        for run in runs:
            self._rows[run.run_id] = run
            item = next((item for item in self._confirmed if item.became(run)), None)
            if item is not None:
                self._confirmed.remove(item)

    @Slot(object)
    def _row_changed(self, run: Run) -> None:
        self._rows[run.run_id] = run

    @Slot(object)
    def _finished(self, outcome: SubmitOutcome) -> None:
        if outcome.run.run_id not in self._rows:  # its row could not even be written
            self._started((outcome.run,))
        self._rows[outcome.run.run_id] = replace(outcome.run, live=False)

    @Slot(object)
    def _refused(self, _error: object) -> None:
        if self._handing_over:
            del self._confirmed[-self._handing_over:]
            self._handing_over = 0


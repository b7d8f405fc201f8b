"""The grid of Try, for the window: what stands in its cells, and the requests for what is left."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import Breach, BudgetStatus
from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.image_requests import TryRequest
from segmind_studio.core.picture_grid import ASKED_BY_HAND, CellState, GridCell, GridPlan, cells_of, left_in
from segmind_studio.core.pricing import CostEstimate, free
from segmind_studio.core.runs import Run
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.images.grid_picture import GridSheet, write_sheet
from segmind_studio.services.images.image_batch import ImageBatch
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.images.try_notes import TryNotesService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _


class GridService(QObject):
    """Hold one grid: a draft, or one that was started. GUI thread.

    A grid is on the disk before its first request. What is left is requested one after another; it stops as
    `ImageBatch` does, and continues, also after a restart, when a person says so.

    Signals (GUI thread):
        changed(): another plan, or other cells; busy_changed(): it begins or ends to request.
        stopped(object): StudioError, why it requests no more, or was not written; exported(object): Path.
    """

    changed = Signal()
    busy_changed = Signal()
    stopped = Signal(object)
    exported = Signal(object)

    def __init__(  # noqa: PLR0913  # the services that it speaks to
        self, tryouts: ImageService, runs: RunService, budgets: BudgetService, notes: TryNotesService,
        *, tasks: TaskRunner, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._tryouts = tryouts
        self._runs = runs
        self._budgets = budgets
        self._notes = notes
        self._plan = GridPlan()
        self._cells: tuple[GridCell, ...] = ()
        self._waiting: tuple[int, tuple[TryRequest, ...], tuple[Breach, ...]] | None = None  # for the disk
        self._batch = ImageBatch(tryouts, self._breaches_of, self)
        self._batch.changed.connect(self.busy_changed)
        self._batch.stopped.connect(self.stopped)
        tryouts.replaced.connect(self._recount)
        tryouts.changed.connect(self._image_changed)
        tryouts.busy_changed.connect(self._tryouts_busy)
        notes.saved.connect(self._saved)
        notes.failed.connect(self._not_saved)

    @property
    def plan(self) -> GridPlan:
        """Return the plan; without a `plan_id` it is a draft."""
        return self._plan

    @property
    def cells(self) -> tuple[GridCell, ...]:
        """Return the cells, by rows."""
        return self._cells

    @property
    def left(self) -> tuple[int, ...]:
        """Return the cells that were surely never requested."""
        return left_in(self._cells)

    @property
    def running(self) -> bool:
        """Return whether it requests images."""
        return self._batch.running or self._waiting is not None

    @property
    def possible(self) -> bool:
        """Return whether it could begin now.

        That is so when the earlier images are read, nothing else is being made, and every model can be called.
        """
        return self._tryouts.loaded and not (self.running or self._tryouts.busy or self._missing_run())

    @property
    def halting(self) -> bool:
        """Return whether it ends after the image that is being made."""
        return self._batch.halting

    @property
    def practice(self) -> bool:
        """Return whether its images cost nothing."""
        return bool(runs := self._plan_runs()) and all(run.account_id == PRACTICE_ACCOUNT_ID for run in runs)

    def show(self, plan: GridPlan) -> None:
        """Show another grid; not while one is running."""
        if not self.running and plan != self._plan:
            self._plan = plan
            self._recount()

    def _missing_run(self) -> str:
        """Return the id of a run that cannot be called now, "" when all can."""
        for run_id in self._plan.run_ids:
            run = self._runs.run(run_id)
            if run is None or not run.ready:
                return run_id
        return ""

    def costs(self, cells: Iterable[int]) -> tuple[CostEstimate, ...]:
        """Return the cost of each of these cells."""
        prices: dict[str, CostEstimate] = {}
        for run in self._plan_runs():
            prices[run.run_id] = self._budgets.image_cost(run)
        return tuple(prices.get(self._plan.request(cell).run_id, free()) for cell in cells)

    def budget_status(self, cells: Sequence[int]) -> BudgetStatus | None:
        """Compare requesting these cells with the limits; None in practice and without limits."""
        account_id = next((run.account_id for run in self._plan_runs()), "")
        return self._budgets.budget_status_of_images(account_id, self.costs(cells))

    def start(self, cells: Sequence[int], confirmed: tuple[Breach, ...]) -> None:
        """Request cells that a person confirmed; a lost, refused or deleted one only when it is the only one."""
        alone = len(cells) == 1
        again = ASKED_BY_HAND if alone else frozenset[CellState]()
        wanted = [cell for cell in cells if self._cells[cell].state in {CellState.LEFT, *again}]
        if self.running or not wanted:
            return
        if not self.possible:
            self.stopped.emit(StudioError(
                _("Nothing was requested: another picture is being made, or a model or the history is not ready."),
                _("Wait a moment, then try again."),
            ))
            return
        if not self._plan.plan_id:
            account_id = next(run.account_id for run in self._plan_runs())
            self._plan = replace(self._plan, plan_id=uuid4().hex, account_id=account_id, made_at=time.time())
        requests = tuple(dict.fromkeys(self._request(cell) for cell in wanted))  # an edited file may repeat one
        number = self._notes.update(self._notes.value.with_plan(self._plan))
        self._waiting = (number, requests, confirmed)
        self.busy_changed.emit()
        if not self._notes.loaded:
            self._not_saved(number, StudioError(
                _("The grid could not be saved, so nothing was requested."),
                _("Restart the app, then try again."),
            ))

    def path_of(self, cell: GridCell) -> Path | None:
        """Return the file of a picture, None where there is none."""
        made = cell.image is not None and cell.state is CellState.MADE
        return self._tryouts.result_of(cell.image).path if made and cell.image is not None else None

    def export(self, columns: Sequence[str], rows: Sequence[str], words: Sequence[str], target: Path) -> None:
        """Write the grid as a PNG with these headers, and `words` for missing pictures; `exported` follows."""
        cells = tuple((self.path_of(cell), text) for cell, text in zip(self._cells, words, strict=True))
        sheet = GridSheet(tuple(columns), tuple(rows), cells, (self._plan.width, self._plan.height))
        self._tasks.run(partial(write_sheet, sheet, target), self._written, self._not_written)

    @Slot(object)
    def _written(self, target: Path) -> None:
        self.exported.emit(target)

    @Slot(object)
    def _not_written(self, error: StudioError) -> None:
        self.stopped.emit(error)

    def halt(self) -> None:
        """Request nothing more; the image that is being made is waited for."""
        self._batch.halt()

    def _request(self, cell: int) -> TryRequest:
        """Return what can be sent for a cell, with the address that its model has now."""
        return self._plan.request(cell, self._runs.run(self._plan.request(cell).run_id))

    def _plan_runs(self) -> tuple[Run, ...]:
        found = (self._runs.run(run_id) for run_id in self._plan.run_ids)
        return tuple(run for run in found if run is not None)

    def _breaches_of(self, requests: tuple[TryRequest, ...]) -> tuple[Breach, ...]:
        runs = {run.run_id: run for run in self._plan_runs()}
        costs = [self._budgets.image_cost(runs[request.run_id]) for request in requests if request.run_id in runs]
        account_id = next((run.account_id for run in runs.values()), "")
        status = self._budgets.budget_status_of_images(account_id, costs)
        return status.breaches if status is not None else ()

    @Slot(object)
    def _tryouts_busy(self, _busy: bool) -> None:  # noqa: FBT001  # a Qt slot
        self.busy_changed.emit()

    @Slot(int)
    def _saved(self, number: int) -> None:
        """Request the first one, now that the grid is on the disk."""
        if self._waiting is not None and self._waiting[0] == number:
            _number, requests, confirmed = self._waiting
            self._waiting = None
            if self._tryouts.account_id == self._plan.account_id:
                self._batch.start(requests, confirmed)
            else:
                self.stopped.emit(StudioError(
                    _("Another account was chosen, so nothing was requested."),
                    _("Choose the model's account again, then continue."),
                ))
            self.busy_changed.emit()

    @Slot(int, object)
    def _not_saved(self, number: int, error: StudioError) -> None:
        if self._waiting is not None and self._waiting[0] == number:
            self._waiting = None
            self.busy_changed.emit()
            self.stopped.emit(error)

    @Slot()
    def _recount(self) -> None:
        self._cells = cells_of(self._plan, self._tryouts.images) if self._plan.size else ()
        self.changed.emit()

    @Slot(object)
    def _image_changed(self, image: GeneratedImage) -> None:
        if image.run_id in self._plan.run_ids:
            self._recount()

"""The cost estimate for the form, without looking through all runs at each key."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.pricing import CostEstimate, estimate, together
from segmind_studio.core.runs import Run
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.texts import _


class CostBook(QObject):
    """Keep the runs whose cost was measured. GUI thread.

    Signals:
        changed(): another run was measured, or other runs are shown.
    """

    changed = Signal()

    def __init__(self, runs: RunService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._measured: dict[str, Run] = {}
        self._known: dict[int, CostEstimate] = {}  # by iterations, until another run is measured
        self._take(runs.runs)
        runs.replaced.connect(self._replace)
        runs.changed.connect(self._update)

    def estimate(self, form: TrainingForm, *, practice: bool) -> CostEstimate:
        """Return what the form's runs may cost together; unknown while their iterations cannot be sent."""
        return together(self.estimates(form, practice=practice))

    def estimates(self, form: TrainingForm, *, practice: bool) -> tuple[CostEstimate, ...]:
        """Return what each of the form's runs may cost."""
        return tuple(self._one(single, practice=practice) for single in form.forms)

    def _one(self, form: TrainingForm, *, practice: bool) -> CostEstimate:
        iterations = form.value("iterations")
        if practice:
            return estimate(0, (), practice=True)
        if not isinstance(iterations, int) or FIELD_BY_KEY["iterations"].problem(iterations):
            return CostEstimate(None, _("The number of iterations decides."))
        if iterations not in self._known:
            self._known[iterations] = estimate(iterations, self._measured.values(), practice=False)
        return self._known[iterations]

    def _take(self, runs: Iterable[Run]) -> bool:
        """Note what was measured; tells whether anything changed."""
        new = {run.run_id: run for run in runs if run.cost and self._measured.get(run.run_id) != run}
        self._measured.update(new)
        if new:
            self._known = {}
        return bool(new)

    @Slot(object)
    def _replace(self, runs: tuple[Run, ...]) -> None:
        self._measured, self._known = {}, {}
        self._take(runs)
        self.changed.emit()

    @Slot(object)
    def _update(self, runs: tuple[Run, ...]) -> None:
        if self._take(runs):
            self.changed.emit()

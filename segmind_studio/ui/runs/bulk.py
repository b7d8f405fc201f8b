"""What is done with all selected runs at once: archive, label, continue. Each can be undone, or asks first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.budget import BudgetStatus
from segmind_studio.core.pricing import together
from segmind_studio.core.run_labels import LabelChange, known_tags
from segmind_studio.core.runs import NOT_SENT, Run, Stage
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.run_values import RunEdit
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.texts import _, listed, ngettext, sentences
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.handlers import ConfirmDialog, Price, with_other_runs
from segmind_studio.ui.runs.labels_dialog import LabelsDialog

_UNDOS = 3  # as many toasts are shown at once
_NAMES = 3  # of the runs in the question


def may_continue(selected: Sequence[Run], known: RunService) -> tuple[Run, ...]:
    """Return the runs that can be continued together: of several selected, or of one run's comparison.

    Nothing for a single run that can only be continued alone. `known` has all runs of the account.
    """
    if len(selected) > 1:
        return tuple(run for run in selected if run.phase in NOT_SENT and run.stage is Stage.INTERRUPTED)
    sweep_id = selected[0].sweep_id if selected else ""
    if not sweep_id:
        return ()
    found = tuple(run for run in known.runs if run.sweep_id == sweep_id and run.stage is Stage.INTERRUPTED)
    return found if len(found) > 1 else ()


def continue_all_dialog(
    runs: Sequence[Run], price: Price, parent: QWidget, *, known: Callable[[], Sequence[Run]] = tuple,
) -> ConfirmDialog:
    """Make the one question before several runs continue; `known` returns the runs of the account as they are."""
    count = len(runs)
    names = [_("“{name}”").format(name=run.name) for run in runs[:_NAMES]]
    if count > _NAMES:
        more = count - _NAMES
        names.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
    text = sentences(
        _("In this order: {names}.").format(names=listed(names)),
        _("Each run continues where it stopped. Then its request is sent.")
        if all(run.account_id == PRACTICE_ACCOUNT_ID for run in runs)
        else _("Each run continues where it stopped. Then its request is sent, and the run is paid."),
        _("If one run is not accepted, the rest are not sent."),
    )
    return ConfirmDialog(
        "", "wallet", title=ngettext("Continue {count} run?", "Continue {count} runs?", count).format(count=count),
        ask=lambda: with_other_runs(text, runs, known()), verb=_("Continue"), parent=parent, price=price,
    )


class BulkActions(QObject):
    """Do it for the selected runs. GUI thread.

    Signals:
        offer(str, object): what was done, and the QAction that undoes it.
    """

    offer = Signal(str, object)

    def __init__(
        self, commands: RunCommands, *, runs: RunService, submits: SubmissionService, budgets: BudgetService,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._runs = runs
        self._submits = submits
        self._budgets = budgets
        self._window = window
        self._selected: tuple[Run, ...] = ()
        self._marked: tuple[Run, ...] = ()  # which the open dialog is about
        self._continued: tuple[str, ...] = ()  # which the open question is about
        self._undos: deque[tuple[QAction, tuple[RunEdit, ...]]] = deque()
        for action, slot in (
            (commands.archive, self._archive), (commands.labels, self._ask_labels),
            (commands.continue_all, self._ask_continue),
        ):
            action.triggered.connect(slot)

    def set_selected(self, runs: tuple[Run, ...]) -> int:
        """Set the selected runs; return how many can be continued together."""
        self._selected = runs
        return len(may_continue(runs, self._runs))

    # -- archive and labels

    @Slot()
    def _archive(self) -> None:
        """Archive those that have ended, or bring all back where all are archived."""
        back = all(run.put_away for run in self._selected)
        found = [run for run in self._selected if back or (run.may_be_archived and not run.archived)]
        count = len(found)
        if back:
            words = ngettext("{count} run restored.", "{count} runs restored.", count)
        else:
            words = ngettext("{count} run archived.", "{count} runs archived.", count)
        self._edit(
            [RunEdit(run.run_id, archived=not back) for run in found],
            [RunEdit(run.run_id, archived=back) for run in found], words.format(count=count),
        )

    @Slot()
    def _ask_labels(self) -> None:
        if self._selected:
            self._marked = self._selected
            dialog = LabelsDialog(self._selected, known_tags(self._runs.runs), self._window)
            dialog.applied.connect(self._label)
            dialog.open()

    @Slot(object)
    def _label(self, change: LabelChange) -> None:
        now = (self._runs.run(run.run_id) for run in self._marked)
        found = [run for run in now if run is not None and change.touches(run)]
        words = ngettext("{count} run updated.", "{count} runs updated.", len(found))
        self._edit(
            [RunEdit(run.run_id, tags=change.tags_of(run), colour=change.colour) for run in found],
            [RunEdit(run.run_id, tags=run.tags, colour=run.colour) for run in found],
            words.format(count=len(found)),
        )

    def _edit(self, edits: Sequence[RunEdit], inverse: Sequence[RunEdit], words: str) -> None:
        if not edits:
            return
        while len(self._undos) >= _UNDOS:
            self._undos.popleft()[0].deleteLater()
        undo = QAction(_("Undo"), self)
        undo.triggered.connect(self._undo)
        self._undos.append((undo, tuple(inverse)))
        self._runs.edit(tuple(edits))
        self.offer.emit(words, undo)

    @Slot()
    def _undo(self) -> None:
        action = self.sender()
        for undo, edits in self._undos:
            if undo is action:
                self._runs.edit(edits)

    # -- continue

    @Slot()
    def _ask_continue(self) -> None:
        runs = may_continue(self._selected, self._runs)
        if not runs or any(run.live for run in runs):
            return
        costs = tuple(self._budgets.run_cost(run) for run in runs)
        self._continued = tuple(run.run_id for run in runs)
        price = Price(together(costs), partial(self._budget_now, runs))
        dialog = continue_all_dialog(runs, price, self._window, known=lambda: self._runs.runs)
        self._runs.changed.connect(dialog.ask_anew)
        dialog.confirmed.connect(self._continue)
        dialog.open()

    def _budget_now(self, runs: Sequence[Run]) -> BudgetStatus | None:
        return self._budgets.budget_status(runs[0].account_id, tuple(map(self._budgets.run_cost, runs)))

    @Slot()
    def _continue(self) -> None:
        self._submits.resume_all(self._continued)

"""Undo steps that survive a restart: the stack of the open dataset is written as it changes, and filled again."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import Shiboken
from typing_extensions import override

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.undo_history import UndoStep, difference
from segmind_studio.record import record
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.messages import HistoryChange


class StoredCommand(QUndoCommand):
    """A step of an earlier session, or of a dataset that was closed meanwhile.

    It is still, that is, does nothing, until `awake` is set: Qt runs `redo` when it is put on a stack.
    """

    def __init__(self, datasets: DatasetService, step: UndoStep) -> None:
        super().__init__(step.name)
        self._datasets = datasets
        self._difference = step.difference
        self.awake = False

    @override
    def redo(self) -> None:
        if self.awake:
            self._datasets.apply(self._difference)

    @override
    def undo(self) -> None:
        if self.awake:
            self._datasets.apply(self._difference.reverse)


@record
class _Known:
    command: QUndoCommand
    step: UndoStep


class LastingUndo(QObject):
    """Keep the undo stack of the open dataset on disk. GUI thread.

    What a command does is found by comparing the dataset before and after it, so it needs no code of its own here.

    Signals: changed(), the steps, their order or the current one changed.
    """

    changed = Signal()

    def __init__(self, datasets: DatasetService, stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._stack = stack
        self._known: list[_Known] = []
        self._index = 0
        self._base: Dataset = datasets.dataset  # as it was after the current step
        self._restoring = False
        stack.indexChanged.connect(self._follow)

    @property
    def steps(self) -> tuple[UndoStep, ...]:
        """Return the steps on the stack, oldest first."""
        return tuple(known.step for known in self._known)

    @property
    def applied(self) -> int:
        """Return how many of the steps are not undone."""
        return self._index

    def go_to(self, applied: int) -> None:
        """Undo or redo until so many steps are applied."""
        self._stack.setIndex(applied)

    def open(self) -> None:
        """Fill the stack with the stored steps of the dataset that was opened."""
        history = self._datasets.history
        self._base = self._datasets.dataset
        self._restoring = True
        try:
            self._stack.clear()
            commands = [StoredCommand(self._datasets, step) for step in history.steps]
            self._known = [_Known(*pair) for pair in zip(commands, history.steps, strict=True)]
            for command in commands:
                self._stack.push(command)
            self._stack.setIndex(history.applied)
            for command in commands:
                command.awake = True
        finally:
            self._restoring = False
        self._index = self._stack.index()
        self.changed.emit()

    @Slot()
    def settle(self) -> None:
        """Count everything that changed by now without a step, such as names read anew, as no part of the next."""
        self._base = self._datasets.dataset

    @Slot()
    def _follow(self) -> None:
        """Record what happened on the stack: a new step, one that grew or vanished, or a move."""
        if self._restoring or not Shiboken.isValid(self._stack):  # Qt clears a stack that it destroys
            return
        stack, now = self._stack, self._datasets.dataset
        index, count = stack.index(), stack.count()
        before = len(self._known)
        written: tuple[UndoStep, ...] = ()
        if index and (index > before or self._known[index - 1].command is not stack.command(index - 1)):
            del self._known[index - 1 :]
            last = self._known[-1].step.number if self._known else 0
            step = UndoStep(last + 1, stack.text(index - 1), time.time(), difference(self._base, now))
            self._known.append(_Known(stack.command(index - 1), step))
            written = (step,)
        elif index and index == self._index and count == before:  # typing goes on in the same step
            known = self._known[-1]
            start = known.step.difference.reverse.applied(self._base)
            step = replace(known.step, difference=difference(start, now))
            self._known[-1] = replace(known, step=step)
            written = (step,)
        else:
            del self._known[count:]
        self._index = index
        self._base = now
        numbers = [known.step.number for known in self._known]
        self._datasets.note_history(HistoryChange(
            now.dataset_id, written, numbers[-1] if numbers else 0, numbers[index - 1] if index else 0,
        ))
        self.changed.emit()

"""The table's columns: their order, headings, widths, and what each is sorted by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.runs import Run, Stage
from segmind_studio.ui.runs.values import dataset_text, sent_value

Key = tuple[bool, int | float | str, float, str]


class Column(IntEnum):
    """The columns, in the order of the model."""

    STATUS = 0
    NAME = 1
    DATASET = 2
    SETTINGS = 3
    STARTED = 4
    CHANGED = 5
    COST = 6
    VISIBILITY = 7
    PINNED = 8


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """How wide a column is at first, in pixels, and which are left out first where room is short.

    `rank` 0 is never left out; the highest goes first.
    """

    width: int
    rank: int


SHAPES: dict[Column, ColumnShape] = {
    Column.STATUS: ColumnShape(164, 0),
    Column.NAME: ColumnShape(170, 0),
    Column.DATASET: ColumnShape(130, 4),
    Column.SETTINGS: ColumnShape(100, 3),
    Column.STARTED: ColumnShape(108, 1),
    Column.CHANGED: ColumnShape(108, 7),
    Column.COST: ColumnShape(68, 5),
    Column.VISIBILITY: ColumnShape(92, 6),
    Column.PINNED: ColumnShape(44, 2),
}
_STAGES = {stage: place for place, stage in enumerate((
    Stage.UNKNOWN, Stage.INTERRUPTED, Stage.PREPARING, Stage.UPLOADING, Stage.SENDING, Stage.REQUESTED,
    Stage.PROCESSING, Stage.TRAINING, Stage.OTHER, Stage.TRAINED, Stage.DEPLOYING, Stage.READY, Stage.FAILED,
    Stage.REFUSED, Stage.ABANDONED,
))}


def heading(column: Column) -> str:
    """Give a column's heading."""
    return {
        Column.STATUS: _tr("Status"),
        Column.NAME: _tr("Name"),
        Column.DATASET: _tr("Dataset"),
        Column.SETTINGS: _tr("Settings"),
        Column.STARTED: _tr("Started"),
        Column.CHANGED: _tr("Changed"),
        Column.COST: _tr("Cost"),
        Column.VISIBILITY: _tr("Visibility"),
        Column.PINNED: _tr("Pin"),
    }[column]


def sort_key(run: Run, column: Column, *, descending: bool) -> Key:
    """Give what orders the rows; pinned runs come first either way, equal ones by age, the newest first.

    The rows are kept in ascending order of this key and shown in reverse when `descending`.
    """
    pinned = run.pinned if descending else not run.pinned
    age = run.created_at if descending else -run.created_at
    return pinned, _PRIMARY[column](run), age, run.run_id


def _iterations(run: Run) -> int:
    value = sent_value(run, "iterations")
    return value if isinstance(value, int) else -1


_PRIMARY: dict[Column, Callable[[Run], int | float | str]] = {
    Column.STATUS: lambda run: _STAGES[run.stage],
    Column.NAME: lambda run: run.name.casefold(),
    Column.DATASET: lambda run: dataset_text(run).casefold(),
    Column.SETTINGS: _iterations,
    Column.STARTED: lambda run: run.created_at,
    Column.CHANGED: lambda run: run.changed_at,
    Column.COST: lambda run: -1.0 if run.cost is None else run.cost,
    Column.VISIBILITY: lambda run: -1 if run.public is None else int(run.public),
    Column.PINNED: lambda _run: 0,
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Columns", text)

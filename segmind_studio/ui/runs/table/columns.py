"""The columns of the table: of each its heading, its width, what a cell says, and what its rows are ordered by."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from types import MappingProxyType

from segmind_studio.core.accounts import Account, account_name
from segmind_studio.core.label_colours import COLOUR_WORDS, RunColour
from segmind_studio.core.runs import Run, Stage
from segmind_studio.core.usual_times import LateRun, UsualTimes
from segmind_studio.formats import bytes_text, exact_time, relative_time
from segmind_studio.record import record
from segmind_studio.texts import N_, NC_, Text, _, ngettext, sentences
from segmind_studio.ui.runs.stages import happening, late_text, status_word
from segmind_studio.ui.runs.values import (
    base_model_text,
    cost_source,
    dataset_text,
    elsewhere_tip,
    sent_value,
    settings_text,
    settings_tip,
    short_cost_text,
    unknown_text,
    visibility_text,
)
from segmind_studio.ui.theme.direction import isolated

Order = int | float | str
Key = tuple[bool, Order, float, str]
Accounts = Mapping[str, Account]


class Column(IntEnum):
    """The columns, in the order of the model; saved views name them by these numbers."""

    STATUS = 0
    NAME = 1
    DATASET = 2
    SETTINGS = 3
    STARTED = 4
    CHANGED = 5
    COST = 6
    VISIBILITY = 7
    PINNED = 8
    TAGS = 9
    PHOTOS = 10
    TRIGGER = 11
    MODEL = 12
    ACCOUNT = 13


LAST = max(Column)
ALWAYS = frozenset({Column.STATUS, Column.NAME})  # which cannot be hidden


class CellFacts:
    """What a cell says depends on, besides its run.

    `now` is in seconds since the epoch; `percent` is of uploads, by run id.
    """

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}  # by id
        self.account_id = ""  # of the account in use; "" while it is not known
        self.now = time.time()
        self.percent: dict[str, int] = {}
        self.usual: UsualTimes | None = None

    def late(self, run: Run) -> LateRun | None:
        """Return by how much a run's state lasts unusually long; None of one that is in time."""
        elsewhere = self.account_id and run.account_id != self.account_id  # its state is an old one
        return None if self.usual is None or elsewhere else self.usual.late(run, self.now)

    def late_text(self, run: Run) -> str:
        """Return the words for a run that stays in its state for unusually long, "" for another."""
        return late_text(run, self.late(run))


def _no_tip(_run: Run, _facts: CellFacts) -> str | None:
    return None


@record
class ColumnSpec:
    """What a column is.

    `width` is in pixels, at first. `rank` says what is left out where room is short: the highest goes first, 0 is
    never left out. `order` returns what the rows are ordered by. One that is not `usual` is shown only when it was
    chosen; `number` aligns it at the right.
    """

    heading: Text
    width: int
    rank: int
    text: Callable[[Run, CellFacts], str]
    order: Callable[[Run, Accounts], Order]
    tip: Callable[[Run, CellFacts], str | None] = _no_tip
    usual: bool = True
    number: bool = False


_STAGES = {stage: place for place, stage in enumerate((
    Stage.UNKNOWN, Stage.INTERRUPTED, Stage.PREPARING, Stage.UPLOADING, Stage.SENDING, Stage.REQUESTED,
    Stage.PROCESSING, Stage.TRAINING, Stage.OTHER, Stage.TRAINED, Stage.DEPLOYING, Stage.READY, Stage.FAILED,
    Stage.REFUSED, Stage.ABANDONED,
))}
_BEHIND_ALL = "\uffff"  # runs without tags


def _status_tip(run: Run, facts: CellFacts) -> str:
    return sentences(happening(run), facts.late_text(run))


def _name_tip(run: Run, _facts: CellFacts) -> str | None:
    colour = RunColour.of(run)
    lines = (str(COLOUR_WORDS[colour]) if colour is not RunColour.NONE else "", ", ".join(run.tags), run.notes)
    return "\n".join((run.name, *(line for line in lines if line))) if any(lines) else None


def _dataset_tip(run: Run, _facts: CellFacts) -> str | None:
    if not run.image_count:
        return elsewhere_tip(run)
    words = ngettext("{name}: {count} photo, {size}", "{name}: {count} photos, {size}", run.image_count)
    return words.format(
        name=isolated(dataset_text(run)), count=run.image_count, size=bytes_text(run.archive_size),
    )


def _elsewhere_tip(run: Run, _facts: CellFacts) -> str | None:
    return elsewhere_tip(run)


def _pin_text(run: Run, _facts: CellFacts) -> str:
    return _("Pinned") if run.pinned else _("Not pinned")


def _iterations(run: Run, _accounts: Accounts) -> int:
    value = sent_value(run, "iterations")
    return value if isinstance(value, int) else -1


COLUMNS: Mapping[Column, ColumnSpec] = {  # in the usual order of the table
    Column.STATUS: ColumnSpec(
        N_("Status"), 160, 0,
        text=lambda run, facts: status_word(run, facts.percent.get(run.run_id)),
        order=lambda run, _accounts: _STAGES[run.stage], tip=_status_tip,
    ),
    Column.NAME: ColumnSpec(
        N_("Name"), 170, 0,
        text=lambda run, _facts: run.name, order=lambda run, _accounts: run.name.casefold(), tip=_name_tip,
    ),
    Column.ACCOUNT: ColumnSpec(
        N_("Account"), 136, 1,
        text=lambda run, facts: account_name(run.account_id, facts.accounts),
        order=lambda run, accounts: account_name(run.account_id, accounts).casefold(),
    ),
    Column.TAGS: ColumnSpec(
        N_("Tags"), 110, 3,
        text=lambda run, _facts: ", ".join(run.tags),
        order=lambda run, _accounts: ", ".join(run.tags).casefold() or _BEHIND_ALL,
        tip=lambda run, _facts: "\n".join(run.tags) or None,
    ),
    Column.DATASET: ColumnSpec(
        N_("Dataset"), 130, 5,
        text=lambda run, _facts: dataset_text(run),
        order=lambda run, _accounts: dataset_text(run).casefold(), tip=_dataset_tip,
    ),
    Column.SETTINGS: ColumnSpec(
        N_("Settings"), 150, 4,
        text=lambda run, _facts: settings_text(run), order=_iterations, tip=lambda run, _facts: settings_tip(run),
    ),
    Column.STARTED: ColumnSpec(
        N_("Started"), 108, 1,
        text=lambda run, facts: relative_time(run.created_at, facts.now),
        order=lambda run, _accounts: run.created_at, tip=lambda run, _facts: exact_time(run.created_at),
    ),
    Column.CHANGED: ColumnSpec(
        N_("Changed"), 108, 8,
        text=lambda run, facts: relative_time(run.changed_at, facts.now),
        order=lambda run, _accounts: run.changed_at, tip=lambda run, _facts: exact_time(run.changed_at),
    ),
    Column.COST: ColumnSpec(
        N_("Cost"), 68, 6,
        text=lambda run, _facts: short_cost_text(run),
        order=lambda run, _accounts: -1.0 if run.cost is None else run.cost,
        tip=lambda run, _facts: cost_source(run), number=True,
    ),
    Column.VISIBILITY: ColumnSpec(
        N_("Visibility"), 92, 7,
        text=lambda run, _facts: visibility_text(run),
        order=lambda run, _accounts: -1 if run.public is None else int(run.public),
    ),
    Column.PHOTOS: ColumnSpec(
        N_("Photos"), 64, 9,
        text=lambda run, _facts: str(run.image_count) if run.image_count else unknown_text(run),
        order=lambda run, _accounts: run.image_count, tip=_elsewhere_tip, usual=False, number=True,
    ),
    Column.TRIGGER: ColumnSpec(
        N_("Trigger word"), 90, 10,
        text=lambda run, _facts: run.trigger_word or unknown_text(run),
        order=lambda run, _accounts: run.trigger_word.casefold(), tip=_elsewhere_tip, usual=False,
    ),
    Column.MODEL: ColumnSpec(
        N_("Base model"), 100, 11,
        text=lambda run, _facts: base_model_text(run),
        order=lambda run, _accounts: base_model_text(run).casefold(), usual=False,
    ),
    Column.PINNED: ColumnSpec(
        NC_("column", "Pin"), 44, 2,
        text=_pin_text, order=lambda _run, _accounts: 0, tip=_pin_text,
    ),
}
USUAL_ORDER = tuple(COLUMNS)


def sort_key(
    run: Run, column: Column, *, descending: bool, accounts: Accounts = MappingProxyType({}),
) -> Key:
    """Return what orders the rows; pinned runs come first either way, equal ones by age, the newest first.

    The rows are kept in ascending order of this key and shown in reverse when `descending`.
    """
    (key,) = sort_keys((run,), column, descending=descending, accounts=accounts)
    return key


def sort_keys(
    runs: Iterable[Run], column: Column, *, descending: bool, accounts: Accounts = MappingProxyType({}),
) -> list[Key]:
    """Return the keys of many runs, as `sort_key` does that of one."""
    if column is Column.STARTED and descending:  # as nearly always, for ten thousand runs
        return [(run.pinned, run.created_at, run.created_at, run.run_id) for run in runs]
    order = COLUMNS[column].order
    if descending:
        return [(run.pinned, order(run, accounts), run.created_at, run.run_id) for run in runs]
    return [(not run.pinned, order(run, accounts), -run.created_at, run.run_id) for run in runs]

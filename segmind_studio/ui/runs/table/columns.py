"""The columns of the table and the text, order and tip of every cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon

from segmind_studio.core.accounts import Account, account_name
from segmind_studio.core.label_colours import COLOUR_WORDS, RunColour
from segmind_studio.core.runs import Run, Stage
from segmind_studio.core.usual_times import LateRun, UsualTimes
from segmind_studio.formats import bytes_text, exact_time, relative_time
from segmind_studio.record import record
from segmind_studio.texts import _, ngettext, pgettext, sentences
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.stages import LATE_LOOK, StageLook, happening, late_text, look_of, status_word
from segmind_studio.ui.runs.values import (
    base_model_text,
    cost_source,
    dataset_text,
    elsewhere_tip,
    sent_value,
    settings_text,
    short_cost_text,
    unknown_text,
    visibility_text,
)
from segmind_studio.ui.theme.colour_shapes import account_icon, colour_icon
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.icons import icon

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
    TAGS = 9
    PHOTOS = 10
    TRIGGER = 11
    MODEL = 12
    ACCOUNT = 13


LAST = max(Column)
ALWAYS = frozenset({Column.STATUS, Column.NAME})  # which cannot be hidden

@record
class ColumnShape:
    """How wide a column is at first, in pixels, and which are left out first where room is short.

    `rank` 0 is never left out; the highest goes first. One that is not `usual` is shown only when it was chosen.
    """

    width: int
    rank: int
    usual: bool = True


SHAPES: dict[Column, ColumnShape] = {
    Column.STATUS: ColumnShape(160, 0),
    Column.NAME: ColumnShape(170, 0),
    Column.DATASET: ColumnShape(130, 5),
    Column.SETTINGS: ColumnShape(100, 4),
    Column.STARTED: ColumnShape(108, 1),
    Column.CHANGED: ColumnShape(108, 8),
    Column.COST: ColumnShape(68, 6),
    Column.VISIBILITY: ColumnShape(92, 7),
    Column.PINNED: ColumnShape(44, 2),
    Column.TAGS: ColumnShape(110, 3),
    Column.PHOTOS: ColumnShape(64, 9, usual=False),
    Column.TRIGGER: ColumnShape(90, 10, usual=False),
    Column.MODEL: ColumnShape(100, 11, usual=False),
    Column.ACCOUNT: ColumnShape(136, 1),
}
USUAL_ORDER = (Column.STATUS, Column.NAME, Column.ACCOUNT, Column.TAGS, *(
    column for column in Column if Column.DATASET <= column < Column.PINNED
), Column.PHOTOS, Column.TRIGGER, Column.MODEL, Column.PINNED)
_STAGES = {stage: place for place, stage in enumerate((
    Stage.UNKNOWN, Stage.INTERRUPTED, Stage.PREPARING, Stage.UPLOADING, Stage.SENDING, Stage.REQUESTED,
    Stage.PROCESSING, Stage.TRAINING, Stage.OTHER, Stage.TRAINED, Stage.DEPLOYING, Stage.READY, Stage.FAILED,
    Stage.REFUSED, Stage.ABANDONED,
))}


def heading(column: Column) -> str:
    """Return a column's heading."""
    return {
        Column.STATUS: _("Status"),
        Column.NAME: _("Name"),
        Column.DATASET: _("Dataset"),
        Column.SETTINGS: _("Settings"),
        Column.STARTED: _("Started"),
        Column.CHANGED: _("Changed"),
        Column.COST: _("Cost"),
        Column.VISIBILITY: _("Visibility"),
        Column.PINNED: pgettext("column", "Pin"),
        Column.TAGS: _("Tags"),
        Column.PHOTOS: _("Photos"),
        Column.TRIGGER: _("Trigger word"),
        Column.MODEL: _("Base model"),
        Column.ACCOUNT: _("Account"),
    }[column]


def sort_key(
    run: Run, column: Column, *, descending: bool, accounts: Mapping[str, Account] = MappingProxyType({}),
) -> Key:
    """Return what orders the rows; pinned runs come first either way, equal ones by age, the newest first.

    The rows are kept in ascending order of this key and shown in reverse when `descending`.
    """
    (key,) = sort_keys((run,), column, descending=descending, accounts=accounts)
    return key


def sort_keys(
    runs: Iterable[Run], column: Column, *, descending: bool,
    accounts: Mapping[str, Account] = MappingProxyType({}),
) -> list[Key]:
    """Return the keys of many runs, as `sort_key` does that of one."""
    if column is Column.STARTED and descending:  # as nearly always, for ten thousand runs
        return [(run.pinned, run.created_at, run.created_at, run.run_id) for run in runs]
    def account(run: Run) -> str:
        return account_name(run.account_id, accounts).casefold()

    primary = _PRIMARY.get(column, account)
    if descending:
        return [(run.pinned, primary(run), run.created_at, run.run_id) for run in runs]
    return [(not run.pinned, primary(run), -run.created_at, run.run_id) for run in runs]


_BEHIND_ALL = "\uffff"  # runs without tags


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
    Column.TAGS: lambda run: ", ".join(run.tags).casefold() or _BEHIND_ALL,
    Column.PHOTOS: lambda run: run.image_count,
    Column.TRIGGER: lambda run: run.trigger_word.casefold(),
    Column.MODEL: lambda run: base_model_text(run).casefold(),
}



RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NUMBERS = frozenset({Column.COST, Column.PHOTOS})  # columns that are aligned at the right
RUN_ROLE = Qt.ItemDataRole.UserRole + 1  # the Run
LOOK_ROLE = Qt.ItemDataRole.UserRole + 2  # its StageLook
PERCENT_ROLE = Qt.ItemDataRole.UserRole + 3  # int, or None when nothing is uploaded
CELL_ROLES = frozenset(map(int, (  # that a cell has an answer for: a cell is asked for seven to be painted
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.TextAlignmentRole, RUN_ROLE, LOOK_ROLE, PERCENT_ROLE,
)))


class CellTexts:
    """Answer for single cells. `now` is in seconds since the epoch; `percent` is of uploads, by run id."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}  # by id
        self.account_id = ""  # of the account in use; "" while it is not known
        self.now = time.time()
        self.percent: dict[str, int] = {}
        self.usual: UsualTimes | None = None
        self._icons: dict[str, QIcon] = {}
        self._answers: dict[int, Callable[[Run, Column], object]] = {
            Qt.ItemDataRole.DisplayRole: self._shown,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.ToolTipRole: self._tip,
            Qt.ItemDataRole.DecorationRole: self._icon,
            Qt.ItemDataRole.TextAlignmentRole: self._alignment,
            LOOK_ROLE: self._look,
            PERCENT_ROLE: self._percent,
        }

    def data(self, run: Run, column: Column, role: int) -> object:
        """Return the value for `QAbstractItemModel.data`."""
        answer = self._answers.get(role)
        return None if answer is None else answer(run, column)

    def _shown(self, run: Run, column: Column) -> str:
        return "" if column is Column.PINNED else self._text(run, column)

    def _text(self, run: Run, column: Column) -> str:
        if column is Column.STATUS:
            return status_word(run, self.percent.get(run.run_id))
        if column is Column.STARTED:
            return relative_time(run.created_at, self.now)
        if column is Column.CHANGED:
            return relative_time(run.changed_at, self.now)
        if column is Column.ACCOUNT:
            return account_name(run.account_id, self.accounts)
        return _TEXTS[column](run)

    def _spoken(self, run: Run, column: Column) -> str | None:
        if column is Column.NAME and (colour := RunColour.of(run)) is not RunColour.NONE:
            return _("{title}, {state}").format(title=run.name, state=COLOUR_WORDS[colour])
        if column is Column.STATUS and self._late(run) is not None:
            return _("{title}, {state}").format(title=self._text(run, column), state=_("longer than usual"))
        return self._text(run, column) if column in {Column.STATUS, Column.PINNED} else None

    def late_text(self, run: Run) -> str:
        """Return the words for a run that stays in its state for unusually long, "" for another."""
        return late_text(run, self._late(run))

    def _late(self, run: Run) -> LateRun | None:
        elsewhere = self.account_id and run.account_id != self.account_id  # its state is an old one
        return None if self.usual is None or elsewhere else self.usual.late(run, self.now)

    def _tip(self, run: Run, column: Column) -> str | None:
        tip = _TIPS[column](run) if column in _TIPS else None
        if column is Column.STATUS and tip is not None:
            tip = sentences(tip, self.late_text(run))
        return None if tip is None else plain_tip(tip)

    def _alignment(self, _run: Run, column: Column) -> Qt.AlignmentFlag | None:
        return RIGHT if column in NUMBERS else None

    def _look(self, run: Run, _column: Column) -> StageLook:
        return look_of(run) if self._late(run) is None else LATE_LOOK

    def _percent(self, run: Run, _column: Column) -> int | None:
        return self.percent.get(run.run_id)

    def _icon(self, run: Run, column: Column) -> QIcon | None:
        if column is Column.VISIBILITY and run.public is not None:
            return self._made("globe" if run.public else "lock")
        if column is Column.PINNED and run.pinned:
            return self._made("pin")
        if column is Column.NAME and (colour := RunColour.of(run)) is not RunColour.NONE:
            return colour_icon(colour)
        if column is Column.ACCOUNT and (account := self.accounts.get(run.account_id)) is not None:
            return account_icon(account)
        return None

    def _made(self, name: str) -> QIcon:
        if name not in self._icons:
            self._icons[name] = icon(name, "muted")
        return self._icons[name]


def _pin_text(run: Run) -> str:
    return _("Pinned") if run.pinned else _("Not pinned")


def _name_tip(run: Run) -> str | None:
    colour = RunColour.of(run)
    lines = (str(COLOUR_WORDS[colour]) if colour is not RunColour.NONE else "", ", ".join(run.tags), run.notes)
    return "\n".join((run.name, *(line for line in lines if line))) if any(lines) else None


def _dataset_tip(run: Run) -> str | None:
    if not run.image_count:
        return elsewhere_tip(run)
    words = ngettext("{name}: {count} photo, {size}", "{name}: {count} photos, {size}", run.image_count)
    return words.format(
        name=isolated(dataset_text(run)), count=run.image_count, size=bytes_text(run.archive_size),
    )


_TEXTS: dict[Column, Callable[[Run], str]] = {
    Column.NAME: lambda run: run.name,
    Column.DATASET: dataset_text,
    Column.SETTINGS: settings_text,
    Column.COST: short_cost_text,
    Column.VISIBILITY: visibility_text,
    Column.PINNED: _pin_text,
    Column.TAGS: lambda run: ", ".join(run.tags),
    Column.PHOTOS: lambda run: str(run.image_count) if run.image_count else unknown_text(run),
    Column.TRIGGER: lambda run: run.trigger_word or unknown_text(run),
    Column.MODEL: base_model_text,
}
_TIPS: dict[Column, Callable[[Run], str | None]] = {
    Column.STATUS: happening,
    Column.NAME: _name_tip,
    Column.TAGS: lambda run: "\n".join(run.tags) or None,
    Column.SETTINGS: elsewhere_tip,
    Column.PHOTOS: elsewhere_tip,
    Column.TRIGGER: elsewhere_tip,
    Column.DATASET: _dataset_tip,
    Column.STARTED: lambda run: exact_time(run.created_at),
    Column.CHANGED: lambda run: exact_time(run.changed_at),
    Column.COST: cost_source,
    Column.PINNED: _pin_text,
}


"""Which runs are shown: the five groups of the filter, and the words of the search."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.runs import ENDED_STAGES, Run, Stage
from segmind_studio.ui.runs.values import dataset_text

DECISION_STAGES = frozenset({Stage.UNKNOWN, Stage.INTERRUPTED})
FAILED_STAGES = frozenset({Stage.FAILED, Stage.REFUSED})


class Filter(StrEnum):
    """A group of runs; the values are kept in the settings."""

    ALL = "all"
    ACTIVE = "active"
    READY = "ready"
    DECISION = "decision"
    FAILED = "failed"

    @classmethod
    def of(cls, text: str) -> Filter:
        """Read a kept value; anything unknown shows all."""
        return next((item for item in cls if item.value == text), cls.ALL)


def filter_word(which: Filter) -> str:
    """Give the word of a filter's chip."""
    return {
        Filter.ALL: _tr("All"),
        Filter.ACTIVE: _tr("Active"),
        Filter.READY: _tr("Ready"),
        Filter.DECISION: _tr("Needs a decision"),
        Filter.FAILED: _tr("Failed"),
    }[which]


def groups_of(run: Run) -> frozenset[Filter]:
    """Give the groups that a run is in."""
    return _groups(run.stage, run.vanished)


@cache
def _groups(stage: Stage, vanished: bool) -> frozenset[Filter]:  # noqa: FBT001  # two plain facts
    found = {Filter.ALL}
    if not vanished and stage not in ENDED_STAGES and stage is not Stage.INTERRUPTED:  # as Run.active has it
        found.add(Filter.ACTIVE)
    if stage is Stage.READY:
        found.add(Filter.READY)
    if stage in DECISION_STAGES:
        found.add(Filter.DECISION)
    if stage in FAILED_STAGES:
        found.add(Filter.FAILED)
    return frozenset(found)


def haystack(run: Run) -> str:
    """Give all that the search looks in, folded."""
    return "\n".join((
        run.name, dataset_text(run), run.trigger_word, run.stage.value, run.status, run.service_id, run.slug,
        run.notes, str(run.body.get("instance_prompt") or ""),
    )).casefold()


def wanted_words(text: str) -> tuple[str, ...]:
    """Split what was typed in the search; a run matches when it holds every word."""
    return tuple(text.casefold().split())


def _tr(text: str) -> str:
    return QCoreApplication.translate("Filters", text)

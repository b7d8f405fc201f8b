"""Which rows are shown, and which of them stay selected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache

from segmind_studio.core.run_terms import ARCHIVED, RunTexts, parse_run_query
from segmind_studio.core.runs import (
    DECISION_STAGES,
    ENDED_STAGES,
    FAILED_STAGES,
    Phase,
    Run,
    Stage,
    stage_of_status,
)
from segmind_studio.texts import _, pgettext
from segmind_studio.ui.runs.stages import stage_word, status_word
from segmind_studio.ui.runs.values import base_model_text, dataset_text


class Filter(StrEnum):
    """A group of runs; the values are kept in the settings."""

    ALL = "all"
    ACTIVE = "active"
    READY = "ready"
    DECISION = "decision"
    FAILED = "failed"
    ARCHIVED = "archived"  # which no other group has

    @classmethod
    def of(cls, text: str) -> Filter:
        """Read a kept value; anything unknown shows all."""
        return next((item for item in cls if item.value == text), cls.ALL)


def filter_word(which: Filter) -> str:
    """Return the word of a filter's chip."""
    return {
        Filter.ALL: _("All"),
        Filter.ACTIVE: _("Active"),
        Filter.READY: pgettext("several runs", "Ready"),
        Filter.DECISION: _("Needs a decision"),
        Filter.FAILED: pgettext("several runs", "Failed"),
        Filter.ARCHIVED: _("Archived"),
    }[which]


_ACCEPTED, _ADOPTED = Phase.ACCEPTED, Phase.ADOPTED  # a set of them would be hashed in Python for each run


def groups_of(run: Run) -> frozenset[Filter]:
    """Return the groups that a run is in."""
    phase = run.phase
    if phase is _ACCEPTED or phase is _ADOPTED:  # as most of ten thousand: little of them decides
        return _groups_of_listed(run.status, run.error, run.vanished, run.archived)
    return _groups(run.stage, run.vanished, run.archived and run.put_away)


@lru_cache(maxsize=1024)
def _groups_of_listed(status: str, error: str, vanished: bool, archived: bool) -> frozenset[Filter]:  # noqa: FBT001  # plain facts
    stage = stage_of_status(status or "REQUESTED", error)
    return _groups(stage, vanished, archived and (vanished or stage in ENDED_STAGES))


@cache
def _groups(stage: Stage, vanished: bool, put_away: bool) -> frozenset[Filter]:  # noqa: FBT001  # plain facts
    if put_away:
        return frozenset({Filter.ARCHIVED})
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
    """Return all that the search looks in, folded."""
    text = (
        f"{run.name}\n{dataset_text(run)}\n{run.trigger_word}\n{stage_word(run.stage)}\n{run.status}\n"
        f"{run.service_id}\n{run.slug}\n{run.notes}\n{run.body.get('instance_prompt') or ''}"
    )
    if run.tags:
        text = "\n".join((text, *run.tags))
    return text.lower() if text.isascii() else text.casefold()


def _status_words(run: Run) -> str:
    return f"{status_word(run)}\n{run.status}".casefold()


def _dataset_words(run: Run) -> str:
    return dataset_text(run).casefold()


def _model_words(run: Run) -> str:
    return base_model_text(run).casefold()


class RowChoice:
    """Decide for single runs; the texts that the search looks in are made when first needed."""

    def __init__(self) -> None:
        self.filter = Filter.ALL
        self.kept: frozenset[str] = frozenset()  # rows that stay although they no longer pass
        self.left: set[str] = set()  # those of them that no longer passed when they were last asked about
        self._query = parse_run_query("")
        self._text = ""
        self._texts: dict[str, tuple[Run, str]] = {}
        self._context = RunTexts(self._haystack, _status_words, _dataset_words, _model_words)

    def search(self, text: str) -> bool:
        """Search for something else; False when it is the same as before. QueryError when it cannot be read."""
        query = parse_run_query(text)
        same, self._query, self._text = query == self._query, query, text.casefold()
        return not same

    def takes(self, run: Run) -> bool:
        """Return whether a run passes filter and search."""
        if self.filter is Filter.ALL and not run.archived:  # as most rows, of which there may be ten thousand
            test = self._query.test
            return test is None or test(run, self._context)
        groups = groups_of(run)
        if self.filter not in groups and not (self.filter is Filter.ALL and ARCHIVED in self._text):
            return False
        return self._query.matches(run, self._context)

    def chosen(self, runs: Iterable[Run]) -> list[Run]:
        """Return the runs that pass filter and search."""
        if self.filter is Filter.ALL and self._query.test is None:
            return [run for run in runs if not run.archived or self.takes(run)]
        return [run for run in runs if self.takes(run)]

    def wants(self, run: Run, *, shown: bool) -> bool:
        """Return whether a run, `shown` as a row now or not, should be a row."""
        if self.takes(run):
            return True
        moved = run.put_away is not (self.filter is Filter.ARCHIVED)  # the user archived it, or brought it back
        if shown and not moved and run.run_id in self.kept:
            self.left.add(run.run_id)
            return True
        return False

    def _haystack(self, run: Run) -> str:
        known = self._texts.get(run.run_id)
        if known is None or known[0] is not run:
            known = (run, haystack(run))
            self._texts[run.run_id] = known
        return known[1]


class GroupCounts:
    """Count runs by group, by differences."""

    def __init__(self) -> None:
        self._by_groups: Counter[frozenset[Filter]] = Counter()

    @property
    def counts(self) -> dict[Filter, int]:
        """Return how many runs are in each group."""
        return {
            which: sum(count for groups, count in self._by_groups.items() if which in groups) for which in Filter
        }

    def fill(self, runs: Iterable[Run]) -> None:
        """Start over with these."""
        self._by_groups = Counter(map(groups_of, runs))

    def change(self, old: Run | None, new: Run | None) -> None:
        """Remove `old` and add `new`."""
        if old is not None:
            self._by_groups[groups_of(old)] -= 1
        if new is not None:
            self._by_groups[groups_of(new)] += 1

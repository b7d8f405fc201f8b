"""Which rows are shown, and which of them stay selected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from segmind_studio.core.runs import ENDED_STAGES, Run, Stage
from segmind_studio.texts import _
from segmind_studio.ui.runs.stages import stage_word
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
    """Return the word of a filter's chip."""
    return {
        Filter.ALL: _("All"),
        Filter.ACTIVE: _("Active"),
        Filter.READY: _("Ready"),
        Filter.DECISION: _("Needs a decision"),
        Filter.FAILED: _("Failed"),
    }[which]


def groups_of(run: Run) -> frozenset[Filter]:
    """Return the groups that a run is in."""
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
    """Return all that the search looks in, folded."""
    return "\n".join((
        run.name, dataset_text(run), run.trigger_word, stage_word(run.stage), run.status, run.service_id, run.slug,
        run.notes, str(run.body.get("instance_prompt") or ""),
    )).casefold()


def wanted_words(text: str) -> tuple[str, ...]:
    """Split what was typed in the search; a run matches when it holds every word."""
    return tuple(text.casefold().split())



class RowChoice:
    """Decide for single runs; the texts that the search looks in are made when first needed."""

    def __init__(self) -> None:
        self.filter = Filter.ALL
        self.kept: frozenset[str] = frozenset()  # rows that stay although they no longer pass
        self._words: tuple[str, ...] = ()
        self._texts: dict[str, tuple[Run, str]] = {}

    def search(self, text: str) -> bool:
        """Search for other words; False when they are the same as before."""
        words = wanted_words(text)
        same, self._words = words == self._words, words
        return not same

    def takes(self, run: Run) -> bool:
        """Return whether a run passes filter and search."""
        if self.filter is not Filter.ALL and self.filter not in groups_of(run):
            return False
        if not self._words:
            return True
        text = self._text(run)
        return all(word in text for word in self._words)

    def wants(self, run: Run, *, shown: bool) -> bool:
        """Return whether a run, `shown` as a row now or not, should be a row."""
        return self.takes(run) or (shown and run.run_id in self.kept)

    def _text(self, run: Run) -> str:
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

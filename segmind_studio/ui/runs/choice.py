"""Which runs are chosen by filter and search, and how many are in each group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from segmind_studio.core.runs import Run
from segmind_studio.ui.runs.filters import Filter, groups_of, haystack, wanted_words


class Choice:
    """Decide for single runs; the texts that the search looks in are made when first needed."""

    def __init__(self) -> None:
        self.filter = Filter.ALL
        self.kept: frozenset[str] = frozenset()  # rows that stay although they no longer pass
        self._words: tuple[str, ...] = ()
        self._texts: dict[str, tuple[Run, str]] = {}

    def search(self, text: str) -> bool:
        """Look for other words; False when they are the same as before."""
        words = wanted_words(text)
        same, self._words = words == self._words, words
        return not same

    def takes(self, run: Run) -> bool:
        """Tell whether a run passes filter and search."""
        if self.filter is not Filter.ALL and self.filter not in groups_of(run):
            return False
        if not self._words:
            return True
        text = self._text(run)
        return all(word in text for word in self._words)

    def wants(self, run: Run, *, shown: bool) -> bool:
        """Tell whether a run, `shown` as a row now or not, should be a row."""
        return self.takes(run) or (shown and run.run_id in self.kept)

    def _text(self, run: Run) -> str:
        known = self._texts.get(run.run_id)
        if known is None or known[0] is not run:
            known = (run, haystack(run))
            self._texts[run.run_id] = known
        return known[1]


class GroupCounts:
    """Count runs by group, by difference."""

    def __init__(self) -> None:
        self._by_groups: Counter[frozenset[Filter]] = Counter()

    @property
    def counts(self) -> dict[Filter, int]:
        """Give how many runs are in each group."""
        return {
            which: sum(count for groups, count in self._by_groups.items() if which in groups) for which in Filter
        }

    def fill(self, runs: Iterable[Run]) -> None:
        """Start over with these."""
        self._by_groups = Counter(map(groups_of, runs))

    def change(self, old: Run | None, new: Run | None) -> None:
        """Take `old` out and `new` in."""
        if old is not None:
            self._by_groups[groups_of(old)] -= 1
        if new is not None:
            self._by_groups[groups_of(new)] += 1

"""Rows in order: where a run stands, and where it would stand, found by halving instead of searching."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from segmind_studio.core.runs import Run
from segmind_studio.ui.runs.columns import Column, Key, sort_key


class OrderedRows:
    """Runs kept ascending by their key, counted from the top as they are shown: reversed when descending.

    A run that is asked for must be there as it was added; `replace` it when it changed.
    """

    def __init__(self) -> None:
        self._column = Column.STARTED
        self._descending = True
        self._runs: list[Run] = []
        self._keys: list[Key] = []
        self._ids: set[str] = set()

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._ids

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def order(self) -> tuple[Column, bool]:
        """Give the column, and whether it is descending."""
        return self._column, self._descending

    def at(self, row: int) -> Run:
        """Give the run of a row."""
        return self._runs[-1 - row if self._descending else row]

    def row_of(self, run: Run) -> int:
        """Give the row of a run that is there."""
        place = self._place(run)
        return len(self) - 1 - place if self._descending else place

    def row_for(self, run: Run) -> int:
        """Give the row that a run would have once it were added."""
        place = self._place(run)
        return len(self) - place if self._descending else place

    def row_after(self, old: Run, new: Run) -> int:
        """Give the row that `new` would have instead of `old`."""
        place = self._place(new)
        place -= place > self._place(old)
        return len(self) - 1 - place if self._descending else place

    def add(self, run: Run) -> None:
        """Put a run in its place."""
        key = self._key(run)
        place = bisect_left(self._keys, key)
        self._runs.insert(place, run)
        self._keys.insert(place, key)
        self._ids.add(run.run_id)

    def drop(self, run: Run) -> None:
        """Take a run out."""
        place = self._place(run)
        del self._runs[place]
        del self._keys[place]
        self._ids.discard(run.run_id)

    def replace(self, old: Run, new: Run) -> None:
        """Put `new` where `old` stood; its row must not differ."""
        place = self._place(old)
        self._runs[place] = new
        self._keys[place] = self._key(new)

    def fill(self, runs: Iterable[Run]) -> None:
        """Start over with these."""
        self._runs = sorted(runs, key=self._key)
        self._keys = [self._key(run) for run in self._runs]
        self._ids = {run.run_id for run in self._runs}

    def sort(self, column: Column, *, descending: bool) -> None:
        """Order by another column."""
        self._column, self._descending = column, descending
        self.fill(self._runs)

    def _key(self, run: Run) -> Key:
        return sort_key(run, self._column, descending=self._descending)

    def _place(self, run: Run) -> int:
        return bisect_left(self._keys, self._key(run))

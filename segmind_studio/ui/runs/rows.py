"""Rows in order: where a run stands, and where it would stand, found by halving instead of searching."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from segmind_studio.core.runs import Run
from segmind_studio.ui.runs.columns import Column, Key, sort_key
from segmind_studio.ui.runs.filters import Filter, groups_of, haystack


@dataclass(frozen=True, slots=True)
class Entry:
    """One run with what the order, the filter and the search need of it."""

    run: Run
    groups: frozenset[Filter]
    haystack: str
    key: Key

    @classmethod
    def of(cls, run: Run, column: Column, *, descending: bool) -> Entry:
        """Make it."""
        return cls(run, groups_of(run), haystack(run), sort_key(run, column, descending=descending))

    def matches(self, which: Filter, words: tuple[str, ...]) -> bool:
        """Tell whether it passes filter and search."""
        return which in self.groups and all(word in self.haystack for word in words)


class OrderedRows:
    """Entries kept ascending by key, counted from the top as they are shown: reversed when descending."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._keys: list[Key] = []
        self._descending = False

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, row: int) -> Entry:
        """Give the entry of a row."""
        return self._entries[-1 - row if self._descending else row]

    def row_of(self, entry: Entry) -> int:
        """Give the row of an entry that is there."""
        place = bisect_left(self._keys, entry.key)
        return len(self) - 1 - place if self._descending else place

    def row_for(self, entry: Entry) -> int:
        """Give the row that an entry would have once it were added."""
        place = bisect_left(self._keys, entry.key)
        return len(self) - place if self._descending else place

    def row_after_move(self, old: Entry, new: Entry) -> int:
        """Give the row that `new` would have in place of `old`."""
        source, place = bisect_left(self._keys, old.key), bisect_left(self._keys, new.key)
        place -= place > source
        return len(self) - 1 - place if self._descending else place

    def add(self, entry: Entry) -> None:
        """Put an entry in its place."""
        place = bisect_left(self._keys, entry.key)
        self._entries.insert(place, entry)
        self._keys.insert(place, entry.key)

    def drop(self, entry: Entry) -> None:
        """Take an entry out."""
        place = bisect_left(self._keys, entry.key)
        del self._entries[place]
        del self._keys[place]

    def replace(self, old: Entry, new: Entry) -> None:
        """Put `new` where `old` stood; its key may differ when its row does not."""
        place = bisect_left(self._keys, old.key)
        self._entries[place] = new
        self._keys[place] = new.key

    def fill(self, entries: Iterable[Entry], *, descending: bool) -> None:
        """Start over with these."""
        self._descending = descending
        self._entries = sorted(entries, key=_key)
        self._keys = [entry.key for entry in self._entries]


def _key(entry: Entry) -> Key:
    return entry.key

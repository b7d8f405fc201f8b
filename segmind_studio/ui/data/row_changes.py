"""The difference between two lists of rows, as the runs that a Qt model announces. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """Neighbouring rows, both ends included."""

    first: int
    last: int


def runs_of(rows: Iterable[int]) -> list[Rows]:
    """Join ascending row numbers to runs of neighbours."""
    found: list[Rows] = []
    first = last = -2
    for row in rows:
        if row != last + 1:
            if last >= 0:
                found.append(Rows(first, last))
            first = row
        last = row
    if last >= 0:
        found.append(Rows(first, last))
    return found


def removed_runs(old: Sequence[str], kept: Collection[str]) -> list[Rows]:
    """Give the runs of `old` that are not kept, the last one first, so that earlier numbers stay true."""
    return runs_of(row for row, name in enumerate(old) if name not in kept)[::-1]


def inserted_runs(new: Sequence[str], known: Collection[str]) -> list[Rows]:
    """Give the runs of `new` that were not known, as row numbers in `new`, the first one first.

    Right for inserting one after the other when the known rows keep their order.
    """
    return runs_of(row for row, name in enumerate(new) if name not in known)

"""The difference between two lists of rows, as the runs that a Qt model announces. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from segmind_studio.core.datasets import Photo


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


def same_order_changes(old: Sequence[Photo], new: Sequence[Photo]) -> list[tuple[Photo, Photo]] | None:
    """Pair the photos that changed with what they were; None when photos came, went or moved."""
    if len(old) != len(new):
        return None
    changes = [(was, now) for was, now in zip(old, new, strict=True) if was is not now and was != now]
    same = all(was.photo_id == now.photo_id for was, now in changes)
    return changes if same else None


def removed_runs(old: Sequence[str], kept: Collection[str]) -> list[Rows]:
    """Give the runs of `old` that are not kept, the last one first, so that earlier numbers stay true."""
    return runs_of(row for row, name in enumerate(old) if name not in kept)[::-1]


def inserted_runs(new: Sequence[str], known: Collection[str]) -> list[Rows]:
    """Give the runs of `new` that were not known, as row numbers in `new`, the first one first.

    Right for inserting one after the other when the known rows keep their order.
    """
    return runs_of(row for row, name in enumerate(new) if name not in known)

"""Families of runs: which run was made from which, and what each step changed. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from segmind_studio.core.fields import FIELDS
from segmind_studio.core.runs import Run
from segmind_studio.record import record

_NO_CHANGE = frozenset({"name", "data_source_path"})  # each run has its own


class FamilyStep(StrEnum):
    """How a run came from the one above it."""

    FIRST = "first"  # nothing is known above it
    AGAIN = "again"  # run again, with or without changes
    SWEEP = "sweep"  # one of several that differ in one setting
    TWICE = "twice"  # the same request, sent a second time


@record
class FamilyMember:
    """One line of a family: a run, or (`run` is None) runs that were started together, which follow below it.

    `depth` counts from 0. `changed` are the keys of the settings that differ from the run above it, and
    `photos_changed` tells that it was made of other photos or captions. `run_ids` are the runs of the line.
    """

    run: Run | None
    run_ids: tuple[str, ...]
    depth: int
    step: FamilyStep
    sweep_key: str = ""
    changed: tuple[str, ...] = ()
    photos_changed: bool = False


def changed_settings(before: Run, after: Run) -> tuple[str, ...]:
    """Return the keys of the settings in which two runs differ, in the form's order."""
    old, new = before.form, after.form
    return tuple(
        field.key for field in FIELDS
        if field.key not in _NO_CHANGE and old.value(field.key) != new.value(field.key)
    )


def family(run: Run, runs: Iterable[Run]) -> tuple[FamilyMember, ...]:
    """Return the family of a run from its oldest known member down, () when it is alone."""
    linked = {one.run_id: one for one in runs if one.parent_id or one.sweep_id or one.paid_twin}
    wanted = {one.parent_id for one in linked.values()} | {one.paid_twin for one in linked.values()}
    known = {one.run_id: one for one in runs if one.run_id in wanted} | linked
    known[run.run_id] = run
    above = {one.run_id: parent for one in known.values() if (parent := _parent(one, known)) is not None}
    top = run.run_id
    seen = {top}
    while (parent := above.get(top)) is not None and parent not in seen:
        seen.add(parent)
        top = parent
    below: dict[str, list[Run]] = {}
    for one in sorted(known.values(), key=_age):
        if one.run_id in above:
            below.setdefault(above[one.run_id], []).append(one)
    tops = _together(known[top], known) if top not in above else (known[top],)
    found: list[FamilyMember] = []
    placed: set[str] = set()
    todo = _lines(tops, None, 0)[::-1]
    while todo:
        member = todo.pop()
        one = member.run
        if one is not None and one.run_id in placed:
            continue
        found.append(member)
        if one is not None:
            placed.add(one.run_id)
            todo += _lines(below.get(one.run_id, ()), one, member.depth + 1)[::-1]
    return tuple(found) if len(found) > 1 else ()


def _parent(run: Run, known: Mapping[str, Run]) -> str | None:
    """Return the run above: the one that its form began with, or the one whose request was sent a second time."""
    if run.parent_id in known and run.parent_id != run.run_id:
        return run.parent_id
    twin = known.get(run.paid_twin)
    if twin is not None and (twin.created_at, twin.run_id) < (run.created_at, run.run_id):
        return twin.run_id
    first = (one.run_id for one in known.values() if one.paid_twin == run.run_id and _age(one) < _age(run))
    return next(first, None)


def _together(run: Run, known: Mapping[str, Run]) -> tuple[Run, ...]:
    if not run.sweep_id:
        return (run,)
    mine = [one for one in known.values() if one.sweep_id == run.sweep_id and one.parent_id == run.parent_id]
    return tuple(sorted(mine, key=_age))


def _lines(runs: Sequence[Run], above: Run | None, depth: int) -> list[FamilyMember]:
    """Return the lines of runs with one parent; those started together come below a line of their own."""
    sweeps: dict[str, list[Run]] = {}
    for run in runs:
        sweeps.setdefault(run.sweep_id or run.run_id, []).append(run)
    found: list[FamilyMember] = []
    for together in sweeps.values():
        several = len(together) > 1
        if several:
            ids = tuple(run.run_id for run in together)
            found.append(FamilyMember(None, ids, depth, FamilyStep.SWEEP, together[0].sweep_key))
        found += [_member(run, above, depth + several) for run in together]
    return found


def _member(run: Run, above: Run | None, depth: int) -> FamilyMember:
    if above is None:
        step = FamilyStep.SWEEP if run.sweep_id else FamilyStep.FIRST
        return FamilyMember(run, (run.run_id,), depth, step, run.sweep_key)
    twice = above.run_id == run.paid_twin or above.paid_twin == run.run_id
    step = FamilyStep.SWEEP if run.sweep_id else FamilyStep.TWICE if twice else FamilyStep.AGAIN
    return FamilyMember(
        run, (run.run_id,), depth, step, run.sweep_key, changed_settings(above, run),
        bool(above.manifest and run.manifest) and above.manifest != run.manifest,
    )


def _age(run: Run) -> tuple[float, str]:
    return run.created_at, run.run_id

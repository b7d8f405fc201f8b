"""Bring the journal and the service's list together in one step on the disk, without Qt."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from segmind_studio.api.values import Listing
from segmind_studio.core.errors import StudioError
from segmind_studio.core.reconcile import MOST_ELSEWHERE, left_out, merge, superseded
from segmind_studio.core.runs import Run
from segmind_studio.services.live import LiveRuns
from segmind_studio.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Settled:
    """What a listing changed: runs that differ or are new, and the ids of rows that became part of another.

    `problem` says that jobs of the list got no row.
    """

    changed: tuple[Run, ...]
    removed: tuple[str, ...] = ()
    problem: StudioError | None = None


def settle(
    journal: Journal, account_id: str, listing: Listing, asked_at: float, live: LiveRuns,
) -> Settled:
    """Adopt, update and add runs after seeing a listing that was asked for at `asked_at`.

    Reading and writing are one transaction: what a submission writes meanwhile is not overwritten.
    """
    with journal.transaction():
        runs = [replace(run, live=run.run_id in live) for run in journal.runs(account_id)]
        changed = merge(account_id, runs, listing.jobs, asked_at, listing.skew_s(asked_at))
        removed = superseded(runs, changed)
        journal.remove(removed)
        if changed:
            journal.save_many(changed, time.time())
        missing = left_out(runs, changed, listing.jobs)
    return Settled(changed, removed, _too_many(missing) if missing else None)


def _too_many(count: int) -> StudioError:
    return StudioError(
        f"{count} runs of the list are not shown.",
        f"More than {MOST_ELSEWHERE} that were not started here are not kept. Runs that were started here are "
        "all here.",
    )

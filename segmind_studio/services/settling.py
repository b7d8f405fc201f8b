"""Bring the journal and the service's list together in one step on the disk, without Qt."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from segmind_studio.api.values import Listing
from segmind_studio.core.reconcile import merge, superseded
from segmind_studio.core.runs import Run
from segmind_studio.services.live import LiveRuns
from segmind_studio.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Settled:
    """What a listing changed: runs that differ or are new, and the ids of rows that became part of another."""

    changed: tuple[Run, ...]
    removed: tuple[str, ...] = ()


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
    return Settled(changed, removed)

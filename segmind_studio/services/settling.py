"""Bring the journal and the service's list together in one step on the disk, without Qt."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from segmind_studio.core.reconcile import merge
from segmind_studio.core.runs import Job, Run
from segmind_studio.services.live import LiveRuns
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal


def settle(
    database: Database, account_id: str, jobs: Sequence[Job], asked_at: float, live: LiveRuns,
) -> tuple[Run, ...]:
    """Adopt, update and add runs after seeing `jobs`; gives the runs that changed.

    Reading and writing are one transaction: what a submission writes meanwhile is not overwritten.
    """
    journal = Journal(database)
    with database.transaction():
        runs = [replace(run, live=run.run_id in live) for run in journal.runs(account_id)]
        changed = merge(account_id, runs, jobs, asked_at)
        if changed:
            journal.save_many(changed, time.time())
    return changed

"""Merge the service's list into the journal in one transaction, without Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from segmind_studio.api.values import Listing
from segmind_studio.clock import monotonic_seconds
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.reconcile import MOST_ELSEWHERE, left_out, merge, superseded
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

VANISHED_AFTER_S = 600.0
VANISHED_AFTER_LISTINGS = 3
PRACTICE_VANISHED_AFTER_S = 10.0
ASK_EVERY_S = 60.0  # the rate limit has room for one other call a minute beside the listings
PRACTICE_ASK_EVERY_S = 1.0


@record
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
    """Adopt, update and add runs from a listing that was requested at `asked_at`.

    Reading and writing are one transaction: what a submission writes in the same time is not overwritten.
    """
    with journal.transaction():
        runs = journal.runs(account_id)
        if live.busy:
            runs = tuple(replace(run, live=True) if run.run_id in live else run for run in runs)
        skew_s = listing.skew_s(asked_at)
        changed = merge(account_id, runs, listing.jobs, asked_at, skew_s, complete=listing.complete)
        removed = superseded(runs, changed, listing.jobs)
        if removed:
            journal.supersede(_became(removed, (*runs, *changed), listing))
        if changed:
            journal.save_many(changed, time.time(), None if removed else {run.run_id: run for run in runs})
        missing = left_out(runs, changed, listing.jobs)
    return Settled(changed, removed, _too_many(missing) if missing else None)


def _became(removed: Iterable[str], runs: Iterable[Run], listing: Listing) -> dict[str, str]:
    """Return the run that replaced each removed row; both were rows of one job."""
    rows = {run.run_id: run for run in runs}
    ours = {run.service_id: run.run_id for run in rows.values() if run.made_here and run.service_id}
    for job in listing.jobs:
        owner = next((ours[name] for name in job.ids if name in ours), "")
        ours.update(dict.fromkeys(job.ids, owner) if owner else {})
    return {run_id: ours[rows[run_id].service_id] for run_id in removed}


def _too_many(count: int) -> StudioError:
    return StudioError(
        _("{count} runs in the service's list are not shown.").format(count=count),
        _(
            "The app keeps at most {most_elsewhere} runs that were started elsewhere. All runs started here "
            "are shown."
        ).format(most_elsewhere=MOST_ELSEWHERE),
    )


@dataclass(slots=True)
class _Absence:
    run: Run
    since: float
    listings: int = 0
    asked_at: float = 0.0
    denied: int = 0  # consecutive answers that the service does not know its id


class AbsentRuns:
    """Find the runs that listings lack, whose details to request, and which the service has deleted. One thread.

    A run is gone when several listings over ten minutes of this process lacked it and the service did not
    know its id more than once. Less proves nothing: a list may lag, or lack one row or all rows.
    """

    def __init__(self, clock: Callable[[], float] = monotonic_seconds) -> None:
        self._clock = clock
        self._absent: dict[str, _Absence] = {}
        self._asked_at = float("-inf")

    def see(self, runs: Iterable[Run]) -> None:
        """Count missing runs after a listing; `runs` are all current runs of the account."""
        before, self._absent = self._absent, {}
        for run in runs:
            if run.unlisted_since is not None and not run.vanished:
                absence = before.get(run.run_id) or _Absence(run, self._clock())
                absence.run = run
                absence.listings += 1
                self._absent[run.run_id] = absence

    def due(self, *, practice: bool) -> Run | None:
        """Choose a run whose details to request now; those that may still be in training come first."""
        now = self._clock()
        if not self._absent or now - self._asked_at < (PRACTICE_ASK_EVERY_S if practice else ASK_EVERY_S):
            return None
        absence = min(self._absent.values(), key=lambda one: (one.asked_at, not one.run.active, one.since))
        absence.asked_at = self._asked_at = now
        return absence.run

    def has_vanished(self, run: Run, error: ApiError, *, practice: bool) -> bool:
        """Return whether the service has deleted a run, after the request for its details returned `error`."""
        absence = self._absent.get(run.run_id)
        if absence is None or error.problem is not ApiProblem.NOT_FOUND:
            return False
        absence.denied += 1
        waited = self._clock() - absence.since
        return (
            absence.denied > 1 and absence.listings >= VANISHED_AFTER_LISTINGS
            and waited >= (PRACTICE_VANISHED_AFTER_S if practice else VANISHED_AFTER_S)
        )

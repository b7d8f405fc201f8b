"""Find the listed job of a run that was sent without a usable answer. Pure functions.

An upload's address is unique: whatever the service does to the name, and whatever the clocks show, a job that
trains on it is ours, unless it was listed before the request was sent. Runs that share an address (a comparison, a
public zip) are distinguished by name, and those of a public zip by time too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from urllib.parse import unquote, urlsplit

from segmind_studio.core.moments import seconds_of
from segmind_studio.core.runs import Job, Run
from segmind_studio.record import record

SLACK_S = 600.0  # a job's time may be this much before its request was sent
SLACK_UNKNOWN_CLOCK_S = 24 * 3600.0  # the same, where the service's clock is not known


@record
class _Fit:
    """How well a job matches a run; smaller is better. `apart_s` is the time between request and job."""

    rank: int
    apart_s: float
    run_id: str
    job: Job


def pair(
    runs: Sequence[Run], jobs: Iterable[Job], first_seen: Mapping[str, float], skew_s: float | None,
) -> dict[str, Job]:
    """Return the job of each run that has one, by the run's id; each job is used once, best matches first.

    `runs` wait for an answer, `jobs` belong to no other run. `first_seen` holds when jobs were first listed, by
    their id, in seconds since the epoch. `skew_s` is how far the service's clock is ahead of this computer's, None
    when it is not known.
    """
    listed = tuple(jobs)
    fits = [fit for run in runs for job in listed if (fit := _fit(run, job, runs, first_seen, skew_s)) is not None]
    found: dict[str, Job] = {}
    taken: set[str] = set()
    for fit in sorted(fits, key=lambda fit: (fit.rank, fit.apart_s)):
        if fit.run_id not in found and fit.job.service_id not in taken:
            found[fit.run_id] = fit.job
            taken.add(fit.job.service_id)
    return found


def _fit(
    run: Run, job: Job, runs: Sequence[Run], first_seen: Mapping[str, float], skew_s: float | None,
) -> _Fit | None:
    if not set(run.seen_before).isdisjoint(job.ids):
        return None
    apart = _apart(run, job, first_seen, skew_s)
    in_time = apart is None or apart >= -(SLACK_UNKNOWN_CLOCK_S if skew_s is None else SLACK_S)
    named = job.name.casefold() == run.name.casefold()
    rank = None
    if own_upload(run) and same_object(run.data_source_path, job.data_source_path):
        rank = 0 if named else _rank_of_another_name(run, job, runs)
    elif named and in_time and not own_upload(run) and same_object(run.data_source_path, job.data_source_path):
        rank = 0
    elif named and in_time and apart is not None and not job.data_source_path:
        rank = 3
    return None if rank is None else _Fit(rank, inf if apart is None else abs(apart), run.run_id, job)


def of_another_request(run: Run, job: Job, runs: Sequence[Run]) -> bool:
    """Return whether an unanswered request of this run started a job, besides the job that the run has."""
    if not own_upload(run) or not set(run.seen_before).isdisjoint(job.ids):
        return False
    if not same_object(run.data_source_path, job.data_source_path):
        return False
    return job.name.casefold() == run.name.casefold() or _rank_of_another_name(run, job, runs) is not None


def seen_before(run: Run, rows: Iterable[Run]) -> tuple[str, ...]:
    """Return the ids of rows that could be mistaken for the job of a run whose request is sent now."""
    return tuple(
        row.service_id for row in rows
        if row.service_id and row.run_id != run.run_id and (
            row.name.casefold() == run.name.casefold() or same_object(row.data_source_path, run.data_source_path)
        )
    )


def _rank_of_another_name(run: Run, job: Job, runs: Sequence[Run]) -> int | None:
    """Return the rank of a job with our address and a changed name; None when it may be another run's."""
    ours, theirs = run.name.casefold(), job.name.casefold()
    if theirs and (ours in theirs or theirs in ours):
        return 1
    alone = not any(
        other.run_id != run.run_id and same_object(other.data_source_path, run.data_source_path) for other in runs
    )
    return 2 if alone else None


def _apart(run: Run, job: Job, first_seen: Mapping[str, float], skew_s: float | None) -> float | None:
    """Return the seconds between the first possible request and the job; None when not known."""
    made = seconds_of(job.created_ts)
    if made is not None:
        made -= skew_s or 0.0
    seen = first_seen.get(job.service_id)
    moments = [moment for moment in (made, seen) if moment is not None]
    sent = run.unanswered_at[0] if run.unanswered_at else run.sent_at
    return min(moments) - sent if moments and sent is not None else None


def own_upload(run: Run) -> bool:
    """Return whether its address is of an upload of its own, which no other submission uses."""
    return bool(run.manifest or run.archive_sha256) and bool(run.data_source_path)


def same_object(one: str, other: str) -> bool:
    """Return whether two addresses name the same stored file.

    Signatures are ignored, and the bucket may be in the host or in the path.
    """
    if not one or not other:
        return False
    first, second = _path(one), _path(other)
    if not first.strip("/") or not second.strip("/"):
        return False
    if first == second:
        return _host(one) == _host(other) or first.count("/") > 1
    shorter, longer = sorted((first, second), key=len)
    return shorter.count("/") > 1 and longer.endswith(shorter)


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""

"""Merge the journal's runs with the service's list: adopt, update, mark what is not listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from segmind_studio.core.matching import of_another_request, own_upload, pair, same_object
from segmind_studio.core.moments import seconds_of
from segmind_studio.core.run_labels import clean_tags
from segmind_studio.core.runs import Job, Phase, Run, Stage, progress_of, stage_of_status

VANISH_GRACE_S = 120.0  # a service may take a while to list a new job
CLOCKS_DIFFER_S = 30.0  # how exactly a service's clock is known; a run is measured within seconds
MOST_ELSEWHERE = 10_000  # rows of an account that were not made here
_WAITING = (Phase.UNKNOWN, Phase.SENDING)


def merge(  # noqa: PLR0913  # the journal, the list, and what is known of the list
    account_id: str, runs: Sequence[Run], jobs: Iterable[Job], at: float, skew_s: float | None = None, *,
    complete: bool = True,
) -> tuple[Run, ...]:
    """Return the runs that differ from `runs` after seeing `jobs` at time `at`, new ones included.

    `at` is when the listing was requested, `skew_s` how far the service's clock is ahead, None if not known.
    Nothing follows from a job that a list lacks when the list is not `complete`. Runs that this process is
    submitting right now must carry `live=True`: their job is left to them.

    A run whose outcome is unknown is adopted by its job (see `core.matching`), also when that was recorded as made
    elsewhere at first; `superseded` then names the row to remove. A row that is not listed is marked, never
    removed: one listing proves nothing about it. A run made elsewhere while the cost of one of ours was measured
    makes that measure invalid. At most MOST_ELSEWHERE of those get a row; `left_out` counts the others.
    """
    mine = [run for run in runs if run.account_id == account_id]
    listed = {job.service_id: job for job in jobs if job.service_id}
    by_id = listed | {name: job for job in listed.values() for name in job.other_ids}
    ours = {run.service_id: run for run in mine if run.service_id and run.made_here}
    elsewhere = {run.service_id: run for run in mine if run.service_id and not run.made_here}
    owned = {by_id[name].service_id for name in ours if name in by_id}
    free = {name: job for name, job in listed.items() if name not in owned}
    waiting = [run for run in mine if run.phase in _WAITING]
    found = pair(waiting, free.values(), {name: row.created_at for name, row in elsewhere.items()}, skew_s)
    for job in found.values():
        free.pop(job.service_id)
    doubled = _doubled(mine, free, elsewhere, at)
    for row in doubled.values():
        free.pop(row.service_id, None)
    changed = [
        _settled(run, found.get(run.run_id), elsewhere, at, counts=complete and _says_something(listed, mine))
        for run in waiting if not run.live
    ]
    for run in ours.values():
        job = by_id.get(run.service_id) or _under_another_id(run, free)
        if job is not None:
            free.pop(job.service_id, None)
        duplicate = doubled.get(run.run_id)
        run = run if duplicate is None else _with_duplicate(run, duplicate)  # noqa: PLW2901  # the same run, newer
        changed.append(_seen(run, job, at) if complete or job is not None else run)
    changed += doubled.values()
    taken = {job.service_id for job in found.values()} | {row.service_id for row in doubled.values()}
    for name, row in elsewhere.items():
        if name not in taken:
            changed.append(_seen(row, by_id.get(name), at) if complete or name in by_id else row)
    new = [job for name, job in free.items() if name not in elsewhere]
    room = max(0, MOST_ELSEWHERE - len(elsewhere))
    if new:
        changed = [_with_trust(run, new, skew_s) for run in changed]
    changed += [_made_elsewhere(account_id, job, at, skew_s) for job in new[:room]]
    before = {run.run_id: run for run in mine}
    return tuple(run for run in changed if (old := before.get(run.run_id)) is not run and old != run)


def left_out(runs: Sequence[Run], changed: Iterable[Run], jobs: Iterable[Job]) -> int:
    """Return the number of jobs that `merge` added no row for, because the account has too many of them."""
    known = {run.service_id for run in (*runs, *changed)}
    missing = (job for job in jobs if job.service_id and job.service_id not in known)
    return sum(known.isdisjoint(job.other_ids) for job in missing)


def _doubled(
    mine: Sequence[Run], free: Mapping[str, Job], elsewhere: Mapping[str, Run], at: float,
) -> dict[str, Run]:
    """Return the rows of jobs that an earlier request of a run has started, by the run's id.

    The run has a job of its own from a later request: there are two, both are paid, and each has a row.
    """
    rows: dict[str, Run] = {}
    taken: set[str] = set()
    for run in mine:
        if not (run.unanswered_at and run.service_id and run.made_here) or run.live:
            continue
        job = next((
            job for name, job in free.items()
            if name not in taken and run.service_id not in job.ids and of_another_request(run, job, mine)
        ), None)
        if job is not None:
            taken.add(job.service_id)
            rows[run.run_id] = _row_of_double(run, job, elsewhere.get(job.service_id), at)
    return rows


def _row_of_double(run: Run, job: Job, row: Run | None, at: float) -> Run:
    """Return the row of a run's other job: made here, from the same photos and settings, at an unknown cost."""
    before = row or _made_elsewhere(run.account_id, job, at)
    return with_job(replace(
        run, run_id=before.run_id, created_at=before.created_at, phase=Phase.ADOPTED, changed_at=at,
        service_id=job.service_id, status="", error="", slug="", public=None, cloud_storage_url="",
        trained_model_url="", inference_api_url="", raw="", result_path="", result_sha256="",
        credits_before=None, credits_after=None, before_at=None, after_at=None, cost_shared=False,
        sent_at=run.unanswered_at[0], unanswered_at=(), paid_twin=run.run_id,
        notes=before.notes, pinned=before.pinned, tags=before.tags, colour=before.colour, archived=before.archived,
    ), job, at)


def _with_duplicate(run: Run, duplicate: Run) -> Run:
    """Return a run whose earlier request was found: that request is counted by its own row from now on."""
    return replace(run, unanswered_at=run.unanswered_at[1:], paid_twin=duplicate.run_id)


def _with_trust(run: Run, new: Iterable[Job], skew_s: float | None) -> Run:
    """Return the run with `cost_shared` set where one of these jobs may have changed its balances too."""
    if run.before_at is None or run.after_at is None:
        return run
    first, last = run.before_at - CLOCKS_DIFFER_S, run.after_at + CLOCKS_DIFFER_S
    made = (seconds_of(job.created_ts) for job in new)
    shared = any(moment is not None and first <= moment - (skew_s or 0.0) <= last for moment in made)
    return replace(run, cost_shared=True) if shared else run


def superseded(runs: Iterable[Run], changed: Iterable[Run], jobs: Iterable[Job] = ()) -> tuple[str, ...]:
    """Return the ids of rows that were recorded as made elsewhere, and are now known to be our own runs.

    `jobs` are the listed ones: one may be known here by several ids, after two accounts were joined.
    """
    known, new = tuple(runs), tuple(changed)
    ours = {run.service_id for run in (*known, *new) if run.made_here and run.service_id}
    for job in jobs:
        if job.other_ids and not ours.isdisjoint(job.ids):
            ours.update(job.ids)
    kept = {run.run_id for run in new if run.made_here}
    return tuple(
        run.run_id for run in known
        if not run.made_here and run.service_id in ours and run.run_id not in kept
    )


def _says_something(listed: Mapping[str, Job], mine: Iterable[Run]) -> bool:
    """Return whether the absence of a run from a list counts: for an empty list only if no job was ever listed."""
    return bool(listed) or not any(run.service_id and not run.vanished for run in mine)


def _settled(run: Run, job: Job | None, elsewhere: Mapping[str, Run], at: float, *, counts: bool) -> Run:
    """Adopt the job of a run that was sent without an answer, or count one more listing without it."""
    if job is None:
        missed = run.listings_missed + counts
        return replace(run, phase=Phase.UNKNOWN, listings_missed=missed, last_checked_at=at)
    row = elsewhere.get(job.service_id)
    if row is not None:
        run = merge_rows(run, row)
    return with_job(replace(run, phase=Phase.ADOPTED, last_checked_at=at), job, at)


def merge_rows(kept: Run, left: Run) -> Run:
    """Return a run with what the user or a download added to another row of it, which is removed."""
    notes = dict.fromkeys(text for text in (kept.notes, left.notes) if text)
    source = kept if kept.result_path else left
    return replace(
        kept, notes="\n\n".join(notes), pinned=kept.pinned or left.pinned,
        tags=clean_tags((*kept.tags, *left.tags)), colour=kept.colour or left.colour,
        archived=kept.archived and left.archived,
        result_path=source.result_path, result_sha256=source.result_sha256,
    )


def _under_another_id(run: Run, free: Mapping[str, Job]) -> Job | None:
    """Return the job of an accepted run that the list has under an id that the submit did not return.

    Where an earlier request has no answer, such a job may be that one's: the returned id stays.
    """
    if not own_upload(run) or run.unanswered_at or run.paid_twin:
        return None
    return next((
        job for job in free.values()
        if job.name.casefold() == run.name.casefold() and same_object(job.data_source_path, run.data_source_path)
    ), None)


def _seen(run: Run, job: Job | None, at: float) -> Run:
    """Return a run that the service knows, updated from its job."""
    if job is not None:
        known = run.service_id == job.service_id or run.service_id in job.other_ids
        return with_job(run if known else replace(run, service_id=job.service_id), job, at)
    return run if run.absent or at - run.changed_at <= VANISH_GRACE_S else replace(run, unlisted_since=at)


def with_job(run: Run, job: Job, at: float) -> Run:
    """Return the run with the service's current values; an empty value never replaces a known one.

    An older state, such as from a lagging replica, does not change the status.
    """
    if _says_nothing_new(run, job):
        return run
    if _goes_back(run, job):
        job = replace(job, status=run.status, error_message=run.error, updated_ts=run.updated_ts)
    new = replace(
        run,
        service_id=run.service_id or job.service_id,
        name=job.name or run.name,
        status=job.status or run.status,
        updated_ts=job.updated_ts or run.updated_ts,
        error=job.error_message,
        public=run.public if job.public is None else job.public,
        slug=job.slug or run.slug,
        base_model=job.base_model or run.base_model,
        cloud_storage_url=job.cloud_storage_url or run.cloud_storage_url,
        trained_model_url=job.trained_model_url or run.trained_model_url,
        inference_api_url=job.inference_api_url or run.inference_api_url,
        data_source_path=run.data_source_path or job.data_source_path,
        raw=job.raw or run.raw,
        vanished=False,
        unlisted_since=None,
    )
    if (new.status, new.error, new.phase) != (run.status, run.error, run.phase):
        return replace(new, changed_at=at)
    return new


def _says_nothing_new(run: Run, job: Job) -> bool:
    """Return whether each value of a job is empty or what the run has already: most are, at each listing."""
    if job.error_message != run.error or run.vanished or run.unlisted_since is not None:
        return False
    if (job.public is not None and job.public is not run.public) or (job.service_id and not run.service_id):
        return False
    if job.data_source_path and not run.data_source_path:
        return False
    return (  # written out: a loop over the names takes twice as long, for ten thousand rows
        (job.raw == run.raw or not job.raw) and (job.name == run.name or not job.name)
        and (job.status == run.status or not job.status)
        and (job.updated_ts == run.updated_ts or not job.updated_ts)
        and (job.slug == run.slug or not job.slug) and (job.base_model == run.base_model or not job.base_model)
        and (job.cloud_storage_url == run.cloud_storage_url or not job.cloud_storage_url)
        and (job.trained_model_url == run.trained_model_url or not job.trained_model_url)
        and (job.inference_api_url == run.inference_api_url or not job.inference_api_url)
    )


def _goes_back(run: Run, job: Job) -> bool:
    """Return whether a job's state is older than the known one; at equal times, the later status is newer."""
    now, before = seconds_of(job.updated_ts), seconds_of(run.updated_ts)
    if now is None or before is None or not run.service_id:
        return False
    if now != before:
        return now < before
    failed = stage_of_status(run.status, run.error) is Stage.FAILED
    fails = stage_of_status(job.status, job.error_message) is Stage.FAILED
    return not fails and (failed or progress_of(job.status) < progress_of(run.status))


def _made_elsewhere(account_id: str, job: Job, at: float, skew_s: float | None = None) -> Run:
    created = seconds_of(job.created_ts)
    if created is not None and skew_s is not None and abs(skew_s) > CLOCKS_DIFFER_S:
        created -= skew_s  # by this computer's clock, as every other displayed time
    run = Run(
        run_id=uuid5(NAMESPACE_URL, f"{account_id}/{job.service_id}").hex,
        account_id=account_id, name=job.name or job.service_id, phase=Phase.ADOPTED,
        created_at=at if created is None else created, changed_at=at, made_here=False,
        body={"instance_prompt": job.instance_prompt} if job.instance_prompt else {},
    )
    return with_job(run, job, at)

"""Bring the journal's runs and the service's list together: adopt, update, notice what vanished."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from segmind_studio.core.moments import sound_time
from segmind_studio.core.runs import Job, Phase, Run

VANISH_GRACE_S = 120.0  # a service may take a while to list what it has just taken


def merge(account_id: str, runs: Sequence[Run], jobs: Sequence[Job], at: float) -> tuple[Run, ...]:
    """Give only the runs that differ from `runs` after seeing `jobs` at time `at`, new ones included.

    `at` is when the listing was asked for. Runs that this process is submitting right now must carry
    `live=True`: their job is left to them.

    A run whose outcome is unknown is adopted by the job with its `data_source_path` (unique for each
    upload) and `name`; where the path is shared (a public zip), only a job that no other run owns and that
    was not there before the POST is taken. A row the service no longer lists is marked, never removed.
    """
    mine = [run for run in runs if run.account_id == account_id]
    owner = {run.service_id: run for run in mine if run.service_id}
    listed = {job.service_id: job for job in jobs}
    free = [job for job in listed.values() if job.service_id and job.service_id not in owner]
    changed: dict[str, Run] = {}
    for run in mine:
        if run.phase in {Phase.UNKNOWN, Phase.SENDING}:
            changed[run.run_id] = _settle(run, free, at)
    for run in owner.values():
        job = listed.get(run.service_id)
        if job is not None:
            changed[run.run_id] = with_job(run, job, at)
        elif at - run.changed_at > VANISH_GRACE_S:
            changed[run.run_id] = replace(run, vanished=True)
    taken = {run.service_id for run in changed.values()}
    for job in free:
        if job.service_id not in taken:
            new = _made_elsewhere(account_id, job, at)
            changed[new.run_id] = new
            taken.add(job.service_id)
    before = {run.run_id: run for run in mine}
    return tuple(run for run in changed.values() if before.get(run.run_id) != run)


def _settle(run: Run, free: list[Job], at: float) -> Run:
    """Adopt the job of a run that was sent without an answer; a live SENDING is left to its sender."""
    match = _match(run, free)
    if match is not None and run.live:
        free.remove(match)
    if run.live:
        return run
    if match is None:
        return replace(run, phase=Phase.UNKNOWN, listings_missed=run.listings_missed + 1, last_checked_at=at)
    free.remove(match)
    return with_job(replace(run, phase=Phase.ADOPTED, last_checked_at=at), match, at)


def _match(run: Run, free: Iterable[Job]) -> Job | None:
    if not run.data_source_path:
        return None
    for job in free:
        same = job.data_source_path.split("?")[0] == run.data_source_path.split("?")[0]
        if same and job.name == run.name and not _older(job, run.sent_at):
            return job
    return None


def _older(job: Job, sent_at: float | None, slack_s: float = 24 * 3600) -> bool:
    """Tell whether a job was surely made before the POST left; clocks may differ by up to a day."""
    made = seconds_of(job.created_ts)
    return made is not None and sent_at is not None and made < sent_at - slack_s


def with_job(run: Run, job: Job, at: float) -> Run:
    """Give the run with what the service now says; an empty answer never erases what was known."""
    new = replace(
        run,
        service_id=run.service_id or job.service_id,
        name=job.name or run.name,
        status=job.status or run.status,
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
    )
    if (new.status, new.error, new.phase) != (run.status, run.error, run.phase):
        return replace(new, changed_at=at)
    return new


def _made_elsewhere(account_id: str, job: Job, at: float) -> Run:
    created = seconds_of(job.created_ts)
    run = Run(
        run_id=uuid5(NAMESPACE_URL, f"{account_id}/{job.service_id}").hex,
        account_id=account_id, name=job.name or job.service_id, phase=Phase.ADOPTED,
        created_at=at if created is None else created, changed_at=at, made_here=False,
        body={"instance_prompt": job.instance_prompt} if job.instance_prompt else {},
    )
    return with_job(run, job, at)


def seconds_of(stamp: str) -> float | None:
    """Read an ISO 8601 time as seconds since the epoch; None when it is none that can be. No zone means UTC."""
    try:
        moment = datetime.fromisoformat(stamp)
        return sound_time((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None

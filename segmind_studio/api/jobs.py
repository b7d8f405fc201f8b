"""Read one job from decoded JSON. All its texts are read here, and each is cut to a maximum length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segmind_studio.api.error_text import clean_error_text, messages_in
from segmind_studio.api.hosts import safe_url
from segmind_studio.api.reading import Fields, raw_text, switch_of, text_of
from segmind_studio.api.served_errors import reports_error
from segmind_studio.api.unwrap import layers_of
from segmind_studio.core.moments import seconds_of
from segmind_studio.core.runs import Job, progress_of
from segmind_studio.core.texts import line_of, lines_of

LONGEST_NAME = 200  # characters
_LONGEST_ID, _LONGEST_WORD, _LONGEST_PROMPT, _LONGEST_URL = 500, 100, 4000, 4000
_MOST_LINES = 100
_IDS = ("finetune_id", "request_id", "id")


def ids_of(fields: Fields) -> tuple[str, ...]:
    """Return the ids of an object, each once; a text that cannot be an id is left out."""
    texts = (text_of(fields.get(name)).strip() for name in _IDS)
    return tuple(dict.fromkeys(text for text in texts if text.isprintable() and 0 < len(text) <= _LONGEST_ID))


def job_of(value: object, *, loopback: bool, asked: str = "") -> Job | None:
    """Return one job, bare or wrapped; None when it has no id. `asked` is the id that was requested."""
    for fields in layers_of(value):
        ids = ids_of(fields)
        if not ids and not (asked and "status" in fields and not reports_error(fields)):
            continue
        if asked and ids and asked not in ids:
            return None
        return _job(fields, asked or ids[0], ids, raw_text(value), loopback=loopback)
    return None


def _job(fields: Fields, service_id: str, ids: tuple[str, ...], raw: str, *, loopback: bool) -> Job:
    def line(name: str, most: int = _LONGEST_WORD) -> str:
        return line_of(text_of(fields.get(name)), most)

    def url(name: str) -> str:
        return safe_url(address_of(fields.get(name)), loopback=loopback)

    public = switch_of(fields.get("public_model"))
    return Job(
        service_id=service_id,
        name=line("name", LONGEST_NAME),
        status=line("status"),
        error_message=_failure(fields.get("error_message")),
        data_source_path=address_of(fields.get("data_source_path")),
        instance_prompt=lines_of(text_of(fields.get("instance_prompt")), _LONGEST_PROMPT, _MOST_LINES),
        base_model=line("base_model"),
        slug=line("slug", LONGEST_NAME),
        public=switch_of(fields.get("segmind_public")) if public is None else public,
        cloud_storage_url=url("cloud_storage_url"),
        trained_model_url=url("trained_model_url"),
        inference_api_url=url("inference_api_url"),
        created_ts=_time(fields.get("created_ts")),
        updated_ts=_time(fields.get("updated_ts")),
        raw=raw,
        other_ids=tuple(one for one in ids if one != service_id),
    )


def _time(value: object) -> str:
    """Return a time as text, unchanged; an epoch number becomes text too."""
    return line_of(f"{value:.3f}" if isinstance(value, float) else text_of(value), _LONGEST_WORD)


def address_of(value: object) -> str:
    """Return an address; one that is too long is "", because a cut address would be another one."""
    text = text_of(value).strip()
    return line_of(text, _LONGEST_URL) if len(text) <= _LONGEST_URL else ""


def _failure(value: object) -> str:
    """Return an error message from a text or an object; the text "null" is no message."""
    words = clean_error_text(text_of(": ".join(messages_in(value))))
    return "" if words.lower() in {"null", "none"} else words


def newest_of(jobs: Sequence[Job]) -> tuple[Job, ...]:
    """Return each job once, in its latest version; where the times are equal, the one with the later status."""
    found: dict[str, Job] = {}
    for job in jobs:
        known = found.get(job.service_id)
        if known is None or not _is_older(job, known):
            found[job.service_id] = job
    return tuple(found.values())


def _is_older(job: Job, known: Job) -> bool:
    times = seconds_of(job.updated_ts), seconds_of(known.updated_ts)
    if times[0] is not None and times[1] is not None and times[0] != times[1]:
        return times[0] < times[1]
    return progress_of(job.status) < progress_of(known.status)


def without_shared_ids(jobs: Sequence[Job]) -> tuple[Job, ...]:
    """Remove other ids that several jobs share, or that are a job's own id: they identify nothing."""
    owners: dict[str, set[str]] = {}
    for job in jobs:
        for one in job.ids:
            owners.setdefault(one, set()).add(job.service_id)
    return tuple(
        job if all(len(owners[one]) == 1 for one in job.other_ids)
        else replace(job, other_ids=tuple(one for one in job.other_ids if len(owners[one]) == 1))
        for job in jobs
    )

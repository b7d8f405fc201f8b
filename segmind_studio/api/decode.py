"""Tolerant readers: whatever comes in, out comes a value of ours or ApiError(ODD_ANSWER), nothing else."""

from __future__ import annotations

from segmind_studio.api.answers import Answer
from segmind_studio.api.hosts import safe_url
from segmind_studio.api.presigned import expires_at
from segmind_studio.api.problems import odd_answer
from segmind_studio.api.reading import (
    Fields,
    fields_of,
    json_of,
    layers_of,
    number_of,
    raw_text,
    rows_of,
    switch_of,
    text_of,
)
from segmind_studio.api.values import Submitted, UploadTicket
from segmind_studio.api.words import said
from segmind_studio.core.accounts import Credits
from segmind_studio.core.runs import Job

_IDS = ("finetune_id", "request_id", "id")
_LISTS = ("finetunes", "finetune", "requests", "data", "items", "results", "list", "jobs", "payload")


def _ids(fields: Fields) -> list[str]:
    return [text for name in _IDS if (text := text_of(fields.get(name)).strip())]


def job_of(value: object, *, loopback: bool, asked: str = "") -> Job | None:
    """Read one job, bare or wrapped; None when it has no id. `asked` is the id that was asked for."""
    for fields in layers_of(value):
        ids = _ids(fields)
        if not ids and not (asked and "status" in fields):
            continue
        if asked and ids and asked not in ids:
            return None
        return _job(fields, asked or ids[0], raw_text(value), loopback=loopback)
    return None


def _job(fields: Fields, service_id: str, raw: str, *, loopback: bool) -> Job:
    def text(name: str) -> str:
        return text_of(fields.get(name))

    def url(name: str) -> str:
        return safe_url(text(name), loopback=loopback)

    public = switch_of(fields.get("public_model"))
    return Job(
        service_id=service_id,
        name=text("name"),
        status=text("status").strip(),
        error_message=_failure(fields.get("error_message")),
        data_source_path=text("data_source_path"),
        instance_prompt=text("instance_prompt"),
        base_model=text("base_model"),
        slug=text("slug"),
        public=switch_of(fields.get("segmind_public")) if public is None else public,
        cloud_storage_url=url("cloud_storage_url"),
        trained_model_url=url("trained_model_url"),
        inference_api_url=url("inference_api_url"),
        created_ts=text("created_ts"),
        updated_ts=text("updated_ts"),
        raw=raw,
    )


def _failure(value: object) -> str:
    """Read an error message, a text or an object; a written-out "null" is none."""
    words = text_of(": ".join(said(value)))
    return "" if words.lower() in {"null", "none"} else words


def jobs_of(answer: Answer, *, loopback: bool) -> tuple[tuple[Job, ...], int]:
    """Read the list of jobs, and count the rows that have no id.

    An odd answer when there is no list, or when not one row of it can be read: an empty list would say that
    every run is gone.
    """
    rows = rows_of(json_of(answer), _LISTS)
    if rows is None:
        raise odd_answer(answer)
    jobs = tuple(job for row in rows if (job := job_of(row, loopback=loopback)) is not None)
    if rows and not jobs:
        raise odd_answer(answer)
    return jobs, len(rows) - len(jobs)


def details_of(answer: Answer, service_id: str, *, loopback: bool) -> Job:
    """Read the job that was asked for; an answer about another one is odd."""
    job = job_of(json_of(answer), loopback=loopback, asked=service_id)
    if job is None:
        raise odd_answer(answer)
    return job


def submitted_of(answer: Answer) -> Submitted:
    """Read what the service said on taking a job; without an id it is an odd answer."""
    value = json_of(answer)
    for fields in layers_of(value):
        ids = _ids(fields)
        if ids:
            return Submitted(ids[0], text_of(fields.get("status")), text_of(fields.get("name")), raw_text(value))
    raise odd_answer(answer)


def ticket_of(answer: Answer, *, loopback: bool) -> UploadTicket:
    """Read an upload URL and its address; both are needed."""
    for fields in layers_of(json_of(answer)):
        presigned = safe_url(text_of(fields.get("presigned_url")).strip(), loopback=loopback)
        s3_url = text_of(fields.get("s3_url")).strip()
        if presigned and s3_url:
            return UploadTicket(presigned, s3_url, expires_at(presigned))
    raise odd_answer(answer, "The answer holds no upload address.")


def credits_of(answer: Answer) -> Credits:
    """Read a balance; figures that are not there are None."""
    for fields in layers_of(json_of(answer)):
        paid = number_of(fields.get("credits"))
        free = number_of(fields.get("free-credits", fields.get("free_credits")))
        if paid is not None or free is not None:
            return Credits(paid, free)
    raise odd_answer(answer)


def link_of(answer: Answer, *, loopback: bool) -> str:
    """Read a short-lived URL: plain text as documented, or JSON that holds just one address."""
    text = answer.body[:16384].decode("utf-8", "replace").strip().strip('"').strip()
    url = safe_url(text, loopback=loopback)
    if url:
        return url
    fields = fields_of(json_of(answer)) or {}
    urls = [safe_url(text_of(value).strip(), loopback=loopback) for value in fields.values()]
    found = {url for url in urls if url}
    if len(found) != 1:
        raise odd_answer(answer, "The answer holds no address to download from.")
    return found.pop()

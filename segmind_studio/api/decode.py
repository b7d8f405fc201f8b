"""Tolerant readers: whatever comes in, they return a value of ours or raise ApiError(ODD_ANSWER), nothing else."""

from __future__ import annotations

from segmind_studio.api.answers import Answer
from segmind_studio.api.hosts import safe_url
from segmind_studio.api.jobs import LONGEST_NAME, address_of, ids_of, job_of, newest_of, without_shared_ids
from segmind_studio.api.presigned import expires_at
from segmind_studio.api.problems import odd_answer
from segmind_studio.api.reading import (
    Fields,
    fields_of,
    json_of,
    number_of,
    raw_text,
    rows_of_a_part,
    text_of,
)
from segmind_studio.api.served_errors import reports_error
from segmind_studio.api.unwrap import layers_of, rows_of
from segmind_studio.api.values import Submitted, UploadTicket
from segmind_studio.core.accounts import Credits
from segmind_studio.core.errors import ApiError
from segmind_studio.core.runs import Job, Stage, stage_of_status
from segmind_studio.core.texts import line_of
from segmind_studio.texts import _

_LISTS = ("finetunes", "finetune", "requests", "data", "items", "results", "list", "jobs", "payload")


def jobs_of(answer: Answer, *, loopback: bool) -> tuple[tuple[Job, ...], int]:
    """Return the jobs of a list, and the number of rows that have no id.

    Raises ODD_ANSWER when there is no list, or when not one row of it can be read: an empty list would mean that
    every run has been removed. Of a list that was cut, the complete rows are read.
    """
    rows = rows_of_a_part(answer, _LISTS) if answer.cut else rows_of(json_of(answer), _LISTS)
    if rows is None:
        raise odd_answer(answer)
    read = [job_of(row, loopback=loopback) for row in rows]
    jobs = [job for job in read if job is not None]
    if not jobs and (read or answer.cut):
        raise odd_answer(answer)
    return without_shared_ids(newest_of(jobs)), len(read) - len(jobs)


def details_of(answer: Answer, service_id: str, *, loopback: bool) -> Job:
    """Return the job that was asked for; an answer about another job is ODD_ANSWER."""
    job = job_of(json_of(answer), loopback=loopback, asked=service_id)
    if job is None:
        raise odd_answer(answer)
    return job


def submitted_of(answer: Answer) -> Submitted:
    """Return the service's answer to a submit; without an id it is ODD_ANSWER.

    An error that is served as a success is ODD_ANSWER too: an id in it may be that of the request only. It still
    counts as a job where a job's state stands beside the id, or where the id is named as a fine-tune's.
    """
    value = json_of(answer)
    layers = list(layers_of(value))
    refused = any(reports_error(fields) for fields in layers)
    for fields in layers:
        ids = ids_of(fields)
        if ids and not (refused and not _is_job(fields)):
            status, name = (line_of(text_of(fields.get(key)), LONGEST_NAME) for key in ("status", "name"))
            return Submitted(ids[0], status, name, raw_text(value))
    raise odd_answer(answer)


def _is_job(fields: Fields) -> bool:
    known = stage_of_status(text_of(fields.get("status"))) not in {Stage.FAILED, Stage.OTHER}
    return known or bool(text_of(fields.get("finetune_id")))


def refuse_reported_error(answer: Answer) -> None:
    """Raise ODD_ANSWER when the answer to a change is a page or reports an error; it may be empty or no JSON."""
    if answer.is_html:
        raise odd_answer(answer)
    try:
        value = json_of(answer)
    except ApiError:
        return  # its status says that it was done
    if any(reports_error(fields) for fields in layers_of(value)):
        raise odd_answer(answer)


def ticket_of(answer: Answer, *, loopback: bool) -> UploadTicket:
    """Return an upload URL and its address; both are needed."""
    for fields in layers_of(json_of(answer)):
        presigned = safe_url(text_of(fields.get("presigned_url")).strip(), loopback=loopback)
        s3_url = address_of(fields.get("s3_url"))
        if presigned and s3_url and not reports_error(fields):
            return UploadTicket(presigned, s3_url, expires_at(presigned))
    raise odd_answer(answer, _("The answer has no upload address."))


def credits_of(answer: Answer) -> Credits:
    """Return a balance; amounts that are missing are None."""
    for fields in layers_of(json_of(answer)):
        paid = number_of(fields.get("credits"))
        free = number_of(fields.get("free-credits", fields.get("free_credits")))
        if (paid is not None or free is not None) and not reports_error(fields):
            return Credits(paid, free)
    raise odd_answer(answer)


def link_of(answer: Answer, *, loopback: bool) -> str:
    """Return a short-lived URL: plain text as documented, or JSON that holds just one address."""
    text = answer.body[:16384].decode("utf-8", "replace").strip().strip('"').strip()
    url = safe_url(text, loopback=loopback)
    if url:
        return url
    fields = fields_of(json_of(answer)) or {}
    if reports_error(fields):
        raise odd_answer(answer)
    urls = [safe_url(text_of(value).strip(), loopback=loopback) for value in fields.values()]
    found = {url for url in urls if url}
    if len(found) != 1:
        raise odd_answer(answer, _("The answer has no download address."))
    return found.pop()

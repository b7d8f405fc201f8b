"""Tolerant readers: whatever comes in, out comes a value of ours or ApiError(ODD_ANSWER), nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import cast

from segmind_studio.api.answers import Answer
from segmind_studio.api.hosts import safe_url
from segmind_studio.api.presigned import expires_at
from segmind_studio.api.problems import odd_answer
from segmind_studio.api.values import Submitted, UploadTicket
from segmind_studio.api.words import said
from segmind_studio.core.accounts import Credits
from segmind_studio.core.runs import Job

Fields = Mapping[str, object]
_IDS = ("finetune_id", "request_id", "id")
_ITEM = ("finetune", "data", "payload", "request", "item")
_LISTS = ("finetunes", "finetune", "requests", "data", "items", "results", "list", "jobs", "payload")
_DEPTH = 3


def json_of(answer: Answer) -> object:
    """Give the decoded JSON of an answer; a page for people, or anything else, is an odd answer."""
    if answer.is_html:
        raise odd_answer(answer)
    try:
        return json.loads(answer.body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise odd_answer(answer) from None


def _no_number(_name: str) -> None:
    """Read NaN and Infinity as nothing."""


def fields_of(value: object) -> Fields | None:
    """Give a decoded JSON object, None for anything else."""
    return cast("Fields", value) if isinstance(value, dict) else None


def text_of(value: object) -> str:
    """Give a text or a whole number as text, "" for anything else; never a half of a character."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:  # thousands of digits
            return ""
    return ""


def raw_text(value: object) -> str:
    """Write a decoded value as JSON text for the raw view, "" when it is too deep for that."""
    try:
        return text_of(json.dumps(value, ensure_ascii=False))
    except (ValueError, RecursionError):
        return ""


def number_of(value: object) -> float | None:
    """Give a finite number, from a number or a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def switch_of(value: object) -> bool | None:
    """Give a truth value, from one or from its text; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(text_of(value).strip().lower())


def rows_of(value: object, names: tuple[str, ...]) -> list[object] | None:
    """Find the list in an answer: bare, under one of `names`, or the only list there is; null is empty."""
    for _ in range(_DEPTH):
        if value is None:
            return []
        if isinstance(value, list):
            return cast("list[object]", value)
        fields = fields_of(value)
        if fields is None:
            return None
        named = [fields[name] for name in names if isinstance(fields.get(name), (list, dict))]
        empty = any(name in fields and fields[name] is None for name in names)
        lists = [item for item in fields.values() if isinstance(item, list)]
        value = named[0] if named else lists[0] if len(lists) == 1 else None if empty else ()
    return None


def _layers(value: object) -> Iterator[Fields]:
    """Give an object and what it may be wrapped in, innermost first."""
    found: list[Fields] = []
    for _ in range(_DEPTH):
        if isinstance(value, list) and len(cast("list[object]", value)) == 1:
            value = cast("list[object]", value)[0]
        fields = fields_of(value)
        if fields is None:
            break
        found.append(fields)
        value = next((fields[name] for name in _ITEM if isinstance(fields.get(name), (dict, list))), None)
    return reversed(found)


def _ids(fields: Fields) -> list[str]:
    return [text for name in _IDS if (text := text_of(fields.get(name)).strip())]


def job_of(value: object, *, loopback: bool, asked: str = "") -> Job | None:
    """Read one job, bare or wrapped; None when it has no id. `asked` is the id that was asked for."""
    for fields in _layers(value):
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
        error_message=text("error_message") or ": ".join(said(fields.get("error_message"))),
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
    for fields in _layers(value):
        ids = _ids(fields)
        if ids:
            return Submitted(ids[0], text_of(fields.get("status")), text_of(fields.get("name")), raw_text(value))
    raise odd_answer(answer)


def ticket_of(answer: Answer, *, loopback: bool) -> UploadTicket:
    """Read an upload URL and its address; both are needed."""
    for fields in _layers(json_of(answer)):
        presigned = safe_url(text_of(fields.get("presigned_url")).strip(), loopback=loopback)
        s3_url = text_of(fields.get("s3_url")).strip()
        if presigned and s3_url:
            return UploadTicket(presigned, s3_url, expires_at(presigned))
    raise odd_answer(answer, "The answer holds no upload address.")


def credits_of(answer: Answer) -> Credits:
    """Read a balance; figures that are not there are None."""
    for fields in _layers(json_of(answer)):
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
    try:
        fields = fields_of(json.loads(answer.body))
    except (ValueError, RecursionError):
        fields = None
    urls = [safe_url(text_of(value).strip(), loopback=loopback) for value in (fields or {}).values()]
    found = {url for url in urls if url}
    if len(found) != 1:
        raise odd_answer(answer, "The answer holds no address to download from.")
    return found.pop()

"""The data that every handler of the practice service uses, and the readers of request bodies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

from segmind_studio.core.practice import Fault
from segmind_studio.practice.answers import RefusalError, wrong_content_type
from segmind_studio.practice.database import PracticeDatabase
from segmind_studio.practice.dispatcher import Dispatcher
from segmind_studio.practice.faults import FaultBoard, RequestLog
from segmind_studio.practice.jobs import Jobs, Origins
from segmind_studio.practice.options import PracticeAddress
from segmind_studio.practice.signing import Signer
from segmind_studio.practice.storage import ObjectStore
from segmind_studio.practice.webhooks import WebhookBook
from segmind_studio.record import record

_T = TypeVar("_T")
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


@record
class Context:
    """The parts of one running service; all but `faults` and `seen` belong to its own thread."""

    folder: Path
    address: PracticeAddress
    user: str
    origins: Origins
    database: PracticeDatabase
    jobs: Jobs
    objects: ObjectStore
    signer: Signer
    webhooks: WebhookBook
    dispatcher: Dispatcher
    session: aiohttp.ClientSession
    workers: Executor
    faults: FaultBoard
    seen: RequestLog

    async def in_worker(self, work: Callable[[], _T]) -> _T:
        """Run blocking work in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self.workers, work)

    def copies_folder(self, finetune_id: str) -> Path:
        """Return the folder of the small copies of a run's photos."""
        return self.folder / "datasets" / finetune_id


CONTEXT = web.AppKey("CONTEXT", Context)


async def json_body(request: web.Request) -> dict[str, object]:
    """Return a JSON object, also from a GET; RefusalError 406 for its type and 400 for its text."""
    text = await _text_body(request, _JSON)
    try:
        loaded: object = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, {"detail": "The body is not valid JSON"}) from error
    if not isinstance(loaded, dict):
        raise RefusalError(400, {"detail": "The body must be a JSON object"})
    return cast("dict[str, object]", loaded)


async def form_body(request: web.Request) -> dict[str, str]:
    """Return a form, also from a GET; RefusalError 406 for its type. Of a repeated field the first counts."""
    if request.app[CONTEXT].faults.on(Fault.NO_FORMS):
        if request.content_type != _JSON:
            raise wrong_content_type(_JSON, request.headers.get("Content-Type", ""))
        return {name: str(value) for name, value in (await json_body(request)).items()}
    text = await _text_body(request, _FORM)
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


async def _text_body(request: web.Request, wanted: str) -> str:
    given = request.headers.get("Content-Type", "")
    if not given or request.content_type != wanted:
        raise wrong_content_type(wanted, given)
    try:
        return (await request.read()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusalError(400, {"detail": "The body is not valid UTF-8"}) from error


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is no JSON")

"""The newest runs for a support bundle: their events, without any text that the user wrote.

Of the service's answers all names of fields are included, and only those values that are no free text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import Run
from segmind_studio.store.journal import Journal
from segmind_studio.store.sheets import iso

MOST_RUNS = 50
MOST_ENTRIES = 100  # of one run's timeline, the newest
LONGEST_TEXT = 2000
_LONGEST_ANSWER = 20_000  # characters, as JSON
_DEEPEST = 6
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,40}")
_MOST_ITEMS = 50
_INCLUDED = frozenset({  # fields whose texts are the service's own: states, ids, times, and error messages
    "id", "finetune_id", "request_id", "status", "event", "type", "base_model", "source_type", "theme", "priority",
    "finetune_type", "created_ts", "updated_ts", "created_at", "updated_at",
    "error", "error_message", "error_description", "message", "detail", "reason",
})


def recent_runs(journal: Journal) -> list[dict[str, object]]:
    """Return the newest runs of all accounts, newest first. Errors may still quote the user's texts."""
    return [_described(journal, run) for run in journal.recent(MOST_RUNS)]


def _described(journal: Journal, run: Run) -> dict[str, object]:
    entries = journal.timeline(run.run_id)
    return {
        "run_id": run.run_id, "service_id": run.service_id, "practice": run.account_id == PRACTICE_ACCOUNT_ID,
        "made_here": run.made_here, "phase": run.phase.value, "status": run.status,
        "stage": run.stage.value, "error": _cut(run.error), "public": run.public, "vanished": run.vanished,
        "listings_missed": run.listings_missed, "base_model": run.base_model,
        "photos": run.image_count, "archive_size": run.archive_size,
        "has": {
            "upload_address": bool(run.data_source_path), "weights": bool(run.weights_url),
            "model_address": bool(run.inference_api_url), "downloaded_file": bool(run.result_path),
        },
        "times": {
            "created": iso(run.created_at), "changed": iso(run.changed_at), "sent": iso(run.sent_at),
            "last_checked": iso(run.last_checked_at),
        },
        "request": described(run.body),
        "answer": _answer(run.raw),
        "timeline": [
            {"at": iso(entry.at), "what": entry.what, "detail": _cut(entry.detail)}
            for entry in entries[-MOST_ENTRIES:]
        ],
    }


def _cut(text: str) -> str:
    return text[:LONGEST_TEXT]


def _answer(raw: str) -> object:
    try:
        value = described(decoded_json(raw)) if raw else None
    except ValueError:
        return _size(raw)
    size = len(json.dumps(value, ensure_ascii=False))
    return value if size <= _LONGEST_ANSWER else f"(an answer of {size} characters)"


def described(value: object, name: str = "", depth: int = _DEEPEST) -> object:
    """Return a decoded JSON value with its structure, numbers and booleans; of a free text only its length."""
    if isinstance(value, str):
        return _cut(value) if name in _INCLUDED else _size(value)
    if isinstance(value, Mapping) and depth:
        fields = list(cast("Mapping[str, object]", value).items())[:_MOST_ITEMS]
        return {_field(key): described(item, key, depth - 1) for key, item in fields}
    if isinstance(value, (list, tuple)) and depth:
        items = list(cast("Iterable[object]", value))[:_MOST_ITEMS]
        return [described(item, name, depth - 1) for item in items]
    return value if value is None or isinstance(value, (bool, int, float)) else "(deeper)"


def _field(name: str) -> str:
    return name if _NAME.fullmatch(name) else _size(name)


def _size(text: str) -> str:
    return f"(a text of {len(text)} characters)" if text else ""

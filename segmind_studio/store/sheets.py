"""A run's sheet: everything known about one run as a JSON file, to store or to pass on.

Times are ISO 8601 in UTC. Photos are named, without their folders. The result is described by name, size and
checksum. Keys, signatures and the home folder are never included (see `redaction`). Names of fields and states are
English, as programs read them; what only a person reads is in the user's language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import UTC, datetime
from pathlib import PurePath, PureWindowsPath

from segmind_studio import __version__
from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import StoreError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.photo_edits import edit_values
from segmind_studio.core.photo_fit import fit_values
from segmind_studio.core.runs import Run, TimelineEntry, manifest_items
from segmind_studio.core.versions import sent_files
from segmind_studio.record import record
from segmind_studio.store.records import plain
from segmind_studio.store.redaction import clean_value
from segmind_studio.texts import _

MARK = "segmind_studio_sheet"
VERSION = 1
LARGEST = 16_000_000  # bytes; a sheet with a thousand captions has less than one


@record
class SheetSource:
    """The data of a sheet. `result_size` is in bytes, None when the file is not there."""

    run: Run
    timeline: Sequence[TimelineEntry] = ()
    result_size: int | None = None
    written_at: float = 0.0  # seconds since the epoch, UTC
    secrets: Iterable[str] = field(default=(), repr=False)  # the known keys, of any format


def sheet_bytes(source: SheetSource) -> bytes:
    """Return a sheet as UTF-8 JSON; StoreError when it would be too large to be read again."""
    run = source.run
    value: dict[str, object] = {
        MARK: VERSION,
        "written_by": f"Segmind Studio {__version__}",
        "written_at": iso(source.written_at),
        "run": {
            "run_id": run.run_id, "name": run.name, "service_id": run.service_id, "phase": run.phase.value,
            "status": run.status, "stage": run.stage.value, "error": run.error, "public": run.public,
            "made_here": run.made_here, "vanished": run.vanished, "base_model": run.base_model,
            "slug": run.slug, "inference_api_url": run.inference_api_url, "notes": run.notes,
            "tags": list(run.tags),
        },
        "times": {
            "created": iso(run.created_at), "changed": iso(run.changed_at), "sent": iso(run.sent_at),
            "last_checked": iso(run.last_checked_at),
        },
        "body": plain(run.body),
        "dataset": {
            "name": run.dataset_name, "photo_count": run.image_count, "archive_size": run.archive_size,
            "archive_sha256": run.archive_sha256, "address": run.data_source_path, "photos": _photos(run.manifest),
            "files": [plain(file) for file in sent_files(run.contents)],
        },
        "timeline": [
            {"at": iso(entry.at), "what": entry.what, "detail": entry.detail} for entry in source.timeline
        ],
        "answer": _decoded(run.raw),
        "result": {
            "name": last_name(run.result_path), "size": source.result_size, "sha256": run.result_sha256,
            "address": run.weights_url,
        },
        "cost": None if run.cost is None or run.account_id == PRACTICE_ACCOUNT_ID  # practice costs are not real
        else {"us_dollars": run.cost, "source": _("Measured: the balance before minus the balance after.")},
    }
    cleaned = clean_value(value, tuple(source.secrets))
    try:
        text = json.dumps(cleaned, ensure_ascii=False, indent=2, allow_nan=False)
    except ValueError as error:
        raise StoreError(_("This run contains a number that cannot be saved."), detail=str(error)) from error
    content = f"{text}\n".encode()
    if len(content) > LARGEST:
        raise StoreError(_("The run sheet would be too large."), detail=f"{len(content)} bytes")
    return content


def iso(at: float | None) -> str | None:
    """Return seconds since the epoch as ISO 8601 in UTC; None for None, and for an invalid date."""
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def _photos(manifest: str) -> list[dict[str, object]]:
    try:
        items = manifest_items(manifest) if manifest else ()
    except ValueError:
        return []
    return [
        {
            "name": last_name(item.path), "size": item.size, "caption": item.caption,
            "orientation": item.orientation, "format": item.image_format, "background": item.background,
            **({"edit": edit_values(item.edit)} if item.edit else {}),
            **({"fit": fit_values(item.fit)} if item.fit else {}),
        }
        for item in items
    ]


def last_name(path: str) -> str:
    """Return the file name of a path of this or another system."""
    return PureWindowsPath(path).name if "\\" in path else PurePath(path).name


def _decoded(raw: str) -> object:
    """Return the service's answer as JSON if it is valid, else as text."""
    try:
        return decoded_json(raw) if raw else None
    except ValueError:
        return raw

"""Read a run's sheet from any source, as history: nothing in it can be continued, sent or downloaded."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import cast

from segmind_studio.core.datasets import background_of
from segmind_studio.core.errors import StoreError
from segmind_studio.core.moments import seconds_of
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit, edit_with_values
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, fit_with_values
from segmind_studio.core.run_labels import MOST_TAGS, clean_tags
from segmind_studio.core.runs import ManifestItem, Phase, Run, TimelineEntry, manifest_text
from segmind_studio.core.texts import values_in
from segmind_studio.record import record
from segmind_studio.store.redaction import clean_value
from segmind_studio.store.sheets import LARGEST, MARK, VERSION
from segmind_studio.texts import N_, _

Fields = Mapping[str, object]
_RUN_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_SHORT, _LONG = 200, 20_000  # characters
_MOST_PHOTOS, _MOST_ENTRIES = 5000, 5000
_MOST_ITEMS = 200_000  # values; a sheet of 5000 photos has 60,000
_MOST_FIELDS = 100  # of the form
_LARGEST_PART = 100_000  # characters of the form, and of the service's answer, of which the app stores fewer
_ADVICE = N_("Choose a file that was saved with “Export run sheet”.")


@record
class Sheet:
    """The content of a sheet. The run has no account yet."""

    run: Run
    timeline: tuple[TimelineEntry, ...]


def read_sheet(path: Path, now: float) -> Sheet:
    """Return the sheet in a file; blocking. StoreError when it is no sheet or cannot be read.

    `now` (seconds, UTC) is the latest allowed time in it. A value of the wrong type counts as missing.
    """
    return sheet_of(_content(path), now)


def sheet_of(content: bytes, now: float) -> Sheet:
    """Return the sheet in some bytes; see `read_sheet`."""
    if values_in(content) > _MOST_ITEMS:
        raise _too_large()
    try:
        loaded = decoded_json(content.decode("utf-8-sig"), strict=True)
    except ValueError as error:
        raise StoreError(_("This file is not a run sheet."), _ADVICE, str(error)[:_SHORT]) from error
    if not isinstance(loaded, dict) or MARK not in loaded:
        raise StoreError(_("This file is not a run sheet."), _ADVICE)
    values = cast("dict[str, object]", loaded)
    parts = (json.dumps(values.get(name), ensure_ascii=False) for name in ("body", "answer"))
    if len(_fields(values.get("body"))) > _MOST_FIELDS or any(len(part) > _LARGEST_PART for part in parts):
        raise _too_large()
    version = values[MARK]
    if type(version) is not int or version < 1:
        raise StoreError(_("This file is not a run sheet."), _ADVICE, f"version {str(version)[:20]}")
    if version > VERSION:
        raise StoreError(
            _("This run sheet was saved by a newer version of the app."),
            _("Install the newest version, then import the sheet."),
        )
    return _sheet(_fields(clean_value(values)), now)


def _content(path: Path) -> bytes:
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                raise StoreError(_("This file cannot be read as a run sheet."), _ADVICE)
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise StoreError(
            _("“{name}” could not be read.").format(name=path.name),
            _("Check the file and its permissions, then try again."),
            error.strerror or str(error),
        ) from error
    if len(content) > LARGEST:
        raise _too_large()
    return content


def _too_large() -> StoreError:
    return StoreError(_("This file is too large for a run sheet."), _ADVICE)


def _sheet(fields: Fields, now: float) -> Sheet:
    values, times = _fields(fields.get("run")), _fields(fields.get("times"))
    dataset = _fields(fields.get("dataset"))
    result, run_id = _fields(fields.get("result")), _text(values.get("run_id"))
    if not _RUN_ID.fullmatch(run_id):
        raise StoreError(_("The run sheet does not say which run it describes."), _ADVICE)
    created = _time(times.get("created"), now)
    service_id = _text(values.get("service_id"))
    photos, answer, public = _photos(dataset.get("photos")), fields.get("answer"), values.get("public")
    cost = _dollars(_fields(fields.get("cost")).get("us_dollars"))
    run = Run(
        run_id=run_id, account_id="", name=_text(values.get("name")) or run_id,
        phase=_phase(_text(values.get("phase")), service_id),
        created_at=now if created is None else created,
        changed_at=_time(times.get("changed"), now) or created or now,
        body=_fields(fields.get("body")),
        manifest=manifest_text(photos) if photos else "",
        dataset_name=_text(dataset.get("name")),
        image_count=min(_count(dataset.get("photo_count")), _MOST_PHOTOS) or len(photos),
        archive_size=_count(dataset.get("archive_size")), archive_sha256=_text(dataset.get("archive_sha256")),
        data_source_path=_text(dataset.get("address"), _LONG), sent_at=_time(times.get("sent"), now),
        service_id=service_id, status=_text(values.get("status")), error=_text(values.get("error"), _LONG),
        public=public if isinstance(public, bool) else None, base_model=_text(values.get("base_model")),
        raw=answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False) if answer else "",
        vanished=bool(service_id),  # until the service lists it; then it gets its addresses from there too
        made_here=False, result_sha256=_text(result.get("sha256")),
        credits_before=cost, credits_after=None if cost is None else 0.0, notes=_text(values.get("notes"), _LONG),
        tags=clean_tags(_text(tag) for tag in _items(values.get("tags"))[:MOST_TAGS]),
    )
    return Sheet(run, _timeline(fields.get("timeline"), now))


def _phase(phase: str, service_id: str) -> Phase:
    """Return a phase that has no next phase: what was running elsewhere is not running here."""
    if service_id:
        return Phase.ADOPTED
    return Phase.REFUSED if phase == Phase.REFUSED.value else Phase.ABANDONED


def _photos(value: object) -> tuple[ManifestItem, ...]:
    items = (_fields(item) for item in _items(value)[:_MOST_PHOTOS])
    return tuple(
        ManifestItem(
            _file_name(_text(item.get("name"))), _count(item.get("size")), 0, _text(item.get("caption"), _LONG),
            _count(item.get("orientation")) or 1, _text(item.get("format")),
            background_of(_text(item.get("background"))), _edit(item.get("edit")), _fit(item.get("fit")),
        )
        for item in items if item
    )


def _edit(value: object) -> PhotoEdit:
    try:
        return edit_with_values(value) if value else NO_EDIT
    except ValueError:
        return NO_EDIT


def _fit(value: object) -> PhotoFit:
    try:
        return fit_with_values(value) if value else NO_FIT
    except ValueError:
        return NO_FIT


def _file_name(text: str) -> str:
    """Return the name without folders: it must not be used as a file of this computer."""
    return PureWindowsPath(PurePosixPath(text).name).name


def _timeline(value: object, now: float) -> tuple[TimelineEntry, ...]:
    found: list[TimelineEntry] = []
    for item in _items(value)[:_MOST_ENTRIES]:
        entry = _fields(item)
        at = _time(entry.get("at"), now)
        if at is not None:
            found.append(TimelineEntry(at, _text(entry.get("what")), _text(entry.get("detail"), _LONG)))
    return tuple(found)


def _fields(value: object) -> Fields:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _text(value: object, longest: int = _SHORT) -> str:
    if not isinstance(value, str):
        return ""
    return _UNPRINTABLE.sub(" ", value if longest > _SHORT else value.replace("\n", " "))[:longest].strip()


def _count(value: object) -> int:
    return value if type(value) is int and 0 <= value < 2**53 else 0


def _dollars(value: object) -> float | None:
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e6  # noqa: PLR2004
    return float(cast("float", value)) if known else None


def _time(value: object, now: float) -> float | None:
    seconds = seconds_of(value) if isinstance(value, str) else None
    return seconds if seconds is None else min(seconds, now)

"""The support bundle: one zip for support, with everything about the app and nothing about the user.

Each part is made separately: one that cannot be read says so, and the others are still included. All of it is
English, whatever the user's language: those who read it are the developers.
"""

from __future__ import annotations

import io
import json
import logging
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, fields
from pathlib import Path

from segmind_studio.core.accounts import Account
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.masks import MASK
from segmind_studio.core.settings import Settings
from segmind_studio.record import record
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import WRITTEN_FIELDS, Journal
from segmind_studio.store.library import Library
from segmind_studio.store.logs import MAX_BYTES
from segmind_studio.store.paths import AppPaths
from segmind_studio.store.private_files import PRIVATE_FILE
from segmind_studio.store.private_words import PrivateWords
from segmind_studio.store.records import plain
from segmind_studio.store.schema import MIGRATIONS
from segmind_studio.store.sheets import iso
from segmind_studio.store.support_runs import MOST_RUNS, recent_runs

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_MOST_WORDS = 20  # lines of the integrity check


def health(database: Database, path: Path) -> dict[str, object]:
    """Return the state of the database file; blocking, for any thread. StoreError when it cannot be read."""
    found = database.rows(f"PRAGMA integrity_check({_MOST_WORDS})")
    tables = [str(name) for (name,) in database.rows(_TABLES)]
    return {
        "integrity": [str(words) for (words,) in found],
        "version": database.rows("PRAGMA user_version")[0][0],
        "version_of_the_app": len(MIGRATIONS),
        "sqlite": sqlite3.sqlite_version,
        "rows": {name: database.rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables},  # noqa: S608  # from the schema
        "file_bytes": _size(path),
        "wal_bytes": _size(path.with_name(path.name + "-wal")),
        "set_aside": {
            kept.name: _size(kept) for kept in sorted(path.parent.glob(f"{path.name}.damaged-*"))
        },
        "note": database.note,
    }


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


_log = logging.getLogger(__name__)
LARGEST_LOG = MAX_BYTES  # bytes of one log file, its end
LONGEST_LINE = 2000
_MOST_LOGS = 8
_INCLUDED = frozenset({  # of every other setting only whether it was changed is included
    "version", "appearance", "api_url", "polling", "notifications", "strip_metadata", "practice_speed", "density",
    "place", "first_run_done", "quit_with_runs_told", "proxy", "proxy_url", "language",
})
_LOGS = ("studio.log*", "crash-*.log")  # crash.log itself belongs to the running app
README = f"""Segmind Studio, support bundle
==============================

This file was saved by a person who wants help with the app. It was sent nowhere by the app itself.

In it:
  computer.json   versions of the app and its libraries, the system, screens, free disk space, the network
  settings.json   what is chosen in Settings
  accounts.json   how many accounts there are, and where each key is kept
  runs.json       the newest {MOST_RUNS} runs: states, errors, times, and the shape of the service's answers
  database.json   whether the database is sound, and how many rows it has
  logs/           what the app noted, and where it stopped if it crashed

Not in it, on purpose:
  keys and passwords, photos, captions, prompts, trigger words, notes, and the names of files, folders,
  datasets, runs and accounts. Where one of them stood, there is an ellipsis ({MASK}).

Please look through it before you pass it on.
"""


@record
class SupportSource:
    """The data of a bundle. `computer` and `accounts` are JSON values from the callers that know them."""

    database: Database
    paths: AppPaths
    settings: Settings
    written_at: float  # seconds since the epoch, UTC
    known_accounts: tuple[Account, ...] = ()
    computer: Mapping[str, object] = field(default_factory=dict[str, object])
    accounts: Mapping[str, object] = field(default_factory=dict[str, object])
    secrets: tuple[str, ...] = field(default=(), repr=False)


def bundle_bytes(source: SupportSource) -> bytes:
    """Return the zip; blocking, for a worker. It has some megabytes at most, and never raises for a part."""
    words = PrivateWords(_texts(source), source.secrets)
    journal = Journal(source.database)
    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("computer.json", lambda: _computer(source)),
        ("settings.json", lambda: settings_summary(source.settings)),
        ("accounts.json", lambda: source.accounts),
        ("runs.json", lambda: recent_runs(journal)),
        ("database.json", lambda: health(source.database, source.paths.database)),
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "README.txt", README, source.written_at)
        for name, make in parts:
            value = words.value(_attempt(make, words))
            text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
            _add(archive, name, f"{text}\n", source.written_at)
        for path in _logs(source.paths.logs):
            text = _attempt(lambda path=path: words.text(_end_of(path)), words)
            _add(archive, f"logs/{path.name}", str(text), source.written_at)
    return content.getvalue()


def settings_summary(settings: Settings) -> dict[str, object]:
    """Return the settings that reveal nothing about the user; of the others, whether they were changed."""
    usual = Settings()
    return {
        item.name: plain(getattr(settings, item.name)) if item.name in _INCLUDED
        else "(as usual)" if getattr(settings, item.name) == getattr(usual, item.name) else "(changed)"
        for item in fields(Settings)
    }


def _attempt(make: Callable[[], object], words: PrivateWords) -> object:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # whatever is wrong, the rest of the bundle is needed even more
        _log.exception("A part of the support bundle could not be made")
        return {"could_not_be_read": type(error).__name__, "words": words.text(str(error))}


def _computer(source: SupportSource) -> dict[str, object]:
    folders = {
        "data": source.paths.data, "settings": source.paths.config, "cache": source.paths.cache,
        "logs": source.paths.logs,
    }
    return {
        **source.computer, "written_at": iso(source.written_at),
        "disk": {name: _room(path) for name, path in folders.items()},
    }


def _room(path: Path) -> dict[str, object]:
    try:
        usage = shutil.disk_usage(path)
    except OSError as error:
        return {"problem": error.strerror}
    return {"free_bytes": usage.free, "total_bytes": usage.total}


def _texts(source: SupportSource) -> Iterator[str]:
    """Yield all that the user wrote or named; what cannot be read is covered by the other rules."""
    yield Path.home().name
    yield from (account.name for account in source.known_accounts)
    form = TrainingForm.from_json(source.settings.draft)
    yield from (form.text(field) for field in WRITTEN_FIELDS)
    database = source.database
    for texts in (Library(database).texts(), Journal(database).texts(), ImageStore(database).texts()):
        try:
            yield from texts
        except StudioError:
            _log.warning("What the person wrote could not be read", exc_info=True)


def _logs(folder: Path) -> list[Path]:
    return [path for pattern in _LOGS for path in sorted(folder.glob(pattern))][:_MOST_LOGS]


def _end_of(path: Path) -> str:
    """Return the last part of a log, without lines that are too long."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LARGEST_LOG))
        text = file.read(LARGEST_LOG).decode("utf-8", "replace")
    return "\n".join(line[:LONGEST_LINE] for line in text.split("\n"))


def _add(archive: zipfile.ZipFile, name: str, text: str, at: float) -> None:
    entry = zipfile.ZipInfo(name, time.localtime(at)[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = PRIVATE_FILE << 16
    archive.writestr(entry, text.encode("utf-8", "replace"))

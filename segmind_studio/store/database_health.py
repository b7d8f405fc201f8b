"""How the database file is: its check, its versions, how much is in it. Nothing of what is in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from segmind_studio.store.database import Database
from segmind_studio.store.schema import MIGRATIONS

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_MOST_WORDS = 20  # lines of the integrity check


def health(database: Database, path: Path) -> dict[str, object]:
    """Look at the file; blocking, for any thread. StoreError when it cannot be read at all."""
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

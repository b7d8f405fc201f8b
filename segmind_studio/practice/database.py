"""The practice service's own SQLite file: its tables, and a few values stored by name."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segmind_studio.file_replacing import replace_file

_VERSION = 1
_WAL_STAYS = 1 << 20  # bytes, after a larger one was taken over
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, finetune_id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL,
    name TEXT NOT NULL, slug TEXT NOT NULL, body TEXT NOT NULL, source_type TEXT NOT NULL,
    public INTEGER NOT NULL, status TEXT NOT NULL, error_message TEXT NOT NULL,
    created_at REAL NOT NULL, updated_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT, finetune_id TEXT NOT NULL, status TEXT NOT NULL,
    error_message TEXT NOT NULL, due_at REAL NOT NULL, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS steps_due ON steps (due_at) WHERE done = 0;
CREATE TABLE IF NOT EXISTS objects (
    key TEXT PRIMARY KEY, size INTEGER NOT NULL, etag TEXT NOT NULL, stored_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS webhooks (
    webhook_id TEXT PRIMARY KEY, url TEXT NOT NULL, types TEXT NOT NULL, created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id TEXT NOT NULL, payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS dispatches (
    number INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id TEXT NOT NULL, delivery INTEGER NOT NULL,
    finetune_id TEXT NOT NULL, status TEXT NOT NULL, attempt INTEGER NOT NULL, status_code INTEGER,
    error TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS payloads (dispatch INTEGER PRIMARY KEY, payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pictures (
    request_id TEXT PRIMARY KEY, key TEXT NOT NULL, error TEXT NOT NULL, started_at REAL NOT NULL,
    due_at REAL NOT NULL);
"""


class PracticeDatabase:
    """One connection, used by the service's own thread only.

    A file that is no database, or one of another version, is renamed to end in `.set-aside` and a new one is
    created: nothing in it was ever paid. The file is accessible to the user only (0600). Raises OSError or
    sqlite3.Error when the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            replace_file(path, path.with_name(path.name + ".set-aside"))
            for ending in ("-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            self._connection = _opened(path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Do all statements inside or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def run(self, sql: str, *values: object) -> int:
        """Run one statement; return the number of rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Return all rows of a query, each by column name."""
        cursor = self._connection.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, *values: object) -> dict[str, Any] | None:
        """Return the first row of a query."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def kept(self, name: str, first: str) -> str:
        """Return the value stored under a name; `first` is stored when there is none."""
        self.run("INSERT INTO kept VALUES (?, ?) ON CONFLICT DO NOTHING", name, first)
        found = self.row("SELECT value FROM kept WHERE name = ?", name)
        return str(found["value"]) if found else first

    def keep(self, name: str, value: str) -> None:
        """Store a value under a name."""
        self.run("INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                 name, value)


@contextmanager
def _closing_on_error(connection: sqlite3.Connection) -> Generator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _opened(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, isolation_level=None)
    with _closing_on_error(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_STAYS}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != _VERSION and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise sqlite3.DatabaseError(f"version {version}")
        # Always: an older file may lack a table.
        connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
    return connection


def new_key() -> str:
    """Return a new key in Segmind's format: `SG_` and 16 hex digits."""
    return f"SG_{secrets.token_hex(8)}"


def stamp(seconds: float) -> str:
    """Return a time in the service's format: `2025-01-01T00:00:00Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

"""The tables of the database, one script for each version. A released script never changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

MIGRATIONS: tuple[str, ...] = (
    # 1: datasets with their photos, runs with their timeline. Records are JSON (see `records`); only values that
    # are searched or sorted by have a column of their own.
    """
    CREATE TABLE dataset (
        dataset_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        updated_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX dataset_by_time ON dataset (updated_at DESC);

    CREATE TABLE photo (
        dataset_id TEXT NOT NULL REFERENCES dataset ON DELETE CASCADE,
        photo_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (dataset_id, photo_id)
    ) WITHOUT ROWID;

    CREATE TABLE run (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE,
        account_id TEXT NOT NULL,
        created_at REAL NOT NULL,
        body TEXT NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX run_by_account ON run (account_id, created_at DESC, number DESC);

    CREATE TABLE timeline (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
        at REAL NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL
    );
    CREATE INDEX timeline_by_run ON timeline (run_id, number);
    """,
    # 2: generated images. An image may outlive its run (a damaged file), so it refers to none.
    """
    CREATE TABLE picture (
        number INTEGER PRIMARY KEY,
        picture_id TEXT NOT NULL UNIQUE,
        account_id TEXT NOT NULL,
        asked_at REAL NOT NULL,
        ended_at REAL,
        state TEXT NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX picture_by_account ON picture (account_id, asked_at DESC, number DESC);
    """,
    # 3: the colour that fills transparent parts of a dataset's photos.
    """
    ALTER TABLE dataset ADD COLUMN background TEXT NOT NULL DEFAULT '#ffffff';
    """,
    # 4: which account a key belongs to, by its fingerprint. One that is not here is its account's id.
    """
    CREATE TABLE account_key (
        fingerprint TEXT NOT NULL PRIMARY KEY,
        account_id TEXT NOT NULL,
        address TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    # 5: the undo steps of a dataset, up to which of them it is, and whether it is put away.
    """
    CREATE TABLE undo_step (
        dataset_id TEXT NOT NULL REFERENCES dataset ON DELETE CASCADE,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        at REAL NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (dataset_id, number)
    ) WITHOUT ROWID;
    ALTER TABLE dataset ADD COLUMN current_step INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE dataset ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
    """,
    # 6: the order in which runs were last written, so that a reader need not read those again that it knows. A row
    # stays when its run is removed: a number is never used twice.
    """
    CREATE TABLE run_change (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE
    );
    CREATE TRIGGER run_added AFTER INSERT ON run BEGIN
        INSERT INTO run_change (run_id)
            SELECT new.run_id WHERE NOT EXISTS (SELECT 1 FROM run_change WHERE run_id = new.run_id);
        UPDATE run_change SET number = (SELECT max(number) + 1 FROM run_change) WHERE run_id = new.run_id;
    END;
    CREATE TRIGGER run_changed AFTER UPDATE ON run BEGIN
        INSERT INTO run_change (run_id)
            SELECT new.run_id WHERE NOT EXISTS (SELECT 1 FROM run_change WHERE run_id = new.run_id);
        UPDATE run_change SET number = (SELECT max(number) + 1 FROM run_change) WHERE run_id = new.run_id;
    END;
    CREATE TRIGGER run_removed AFTER DELETE ON run BEGIN
        INSERT INTO run_change (run_id)
            SELECT old.run_id WHERE NOT EXISTS (SELECT 1 FROM run_change WHERE run_id = old.run_id);
        UPDATE run_change SET number = (SELECT max(number) + 1 FROM run_change) WHERE run_id = old.run_id;
    END;
    """,
)


def apply(connection: sqlite3.Connection, scripts: Iterable[str]) -> None:
    """Run scripts within the open transaction; `executescript` would commit it before it starts."""
    for script in scripts:
        for statement in _statements(script):
            connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

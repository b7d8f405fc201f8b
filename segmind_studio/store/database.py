"""The one SQLite file: opening, migrating, transactions, and SQLite's errors as text. No table is named here."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.file_replacing import rename_file
from segmind_studio.store.private_files import (
    SET_ASIDE,
    make_private_file,
    make_private_folder,
    set_aside,
    store_error,
)
from segmind_studio.store.recovery import Recovered, recover
from segmind_studio.store.schema import MIGRATIONS, apply
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
_BUSY_S = 10.0
_CLOSE_S = 5.0  # for what another thread is doing with its connection
_FETCHED = 100  # rows at a time
_WAL = "-wal"
_WAL_STAYS = 4 * 1024 * 1024  # bytes: a larger one is cut to this after what is in it was moved
_NEW = ".recovering"  # the file that recovery is writing
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Database:
    """The app's database; every method may be called on any thread, and each thread has its own connection.

    What `transaction` has committed survives a power failure (`synchronous=FULL`). A damaged file is renamed on
    opening, unchanged; what can be read of it is recovered, and `note` then reports it.
    """

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = path
        self._migrations = tuple(migrations)
        self._lock = threading.RLock()
        # By thread; a number may serve a later thread. The lock is held while a connection is used: SQLite may end
        # the process when one is closed under a query.
        self._connections: dict[int, tuple[sqlite3.Connection, threading.RLock]] = {}
        self._ready = False
        self._closed = False
        self._note = ""

    @property
    def note(self) -> str:
        """Return a sentence about a damaged file that was renamed, "" when there was none."""
        return self._note

    def open(self) -> None:
        """Create or migrate the file; the first use does it too. StoreError when it cannot be used."""
        with self._lock:
            if self._closed:
                raise StoreError(_("The app's database is closed."), _("Restart the app."))
            if self._ready:
                return
            make_private_folder(self._path.parent)
            self._finish_recovery()
            try:
                self._prepare()
            except sqlite3.DatabaseError as error:
                if not _damaged(error):
                    raise _worded(error, self._path) from error
                self._start_anew()
                try:
                    self._prepare()
                except sqlite3.Error as again:
                    raise _worded(again, self._path) from again
            self._ready = True

    @contextlib.contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Do several writes together: all of them, on the disk, or none. StoreError when none were done.

        Inside a transaction of the same thread it is a part of that one.
        """
        connection, lock = self._connection()
        with lock:
            if connection.in_transaction:
                yield connection
                return
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise _worded(error, self._path) from error

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return all rows of one query; StoreError when it cannot be read."""
        connection, lock = self._connection()
        try:
            with lock:
                return connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise _worded(error, self._path) from error

    def each_row(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[tuple[object, ...]]:
        """Yield the rows of one query, which are never all in memory; StoreError when it cannot be read."""
        connection, lock = self._connection()
        try:
            with lock:
                cursor = connection.execute(sql, parameters)
                some = cursor.fetchmany(_FETCHED)
            while some:
                yield from some
                with lock:
                    some = cursor.fetchmany(_FETCHED)
        except sqlite3.Error as error:
            raise _worded(error, self._path) from error

    def close(self) -> None:
        """Close the connections of all threads, each once it is not used any more; may be called twice."""
        with self._lock:
            self._closed = True
            connections, self._connections = self._connections, {}
        for connection, lock in connections.values():
            if not lock.acquire(timeout=_CLOSE_S):
                _log.warning("A connection that is still used stays open.")
                continue
            with contextlib.suppress(sqlite3.Error):
                connection.close()
            lock.release()

    def _connection(self) -> tuple[sqlite3.Connection, threading.RLock]:
        with self._lock:
            self.open()
            thread = threading.get_ident()
            known = self._connections.get(thread)
            if known is None:
                try:
                    known = self._connect(), threading.RLock()
                except sqlite3.Error as error:
                    raise _worded(error, self._path) from error
                self._connections[thread] = known
            return known

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False,
        )
        connection.text_factory = _text
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # macOS: else it may be in the drive's cache only
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA journal_size_limit = {_WAL_STAYS}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self) -> None:
        """Check the file and bring its tables to the newest version, in one transaction."""
        make_private_file(self._path)
        self._check()
        with contextlib.closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > len(self._migrations):
                connection.execute("ROLLBACK")
                raise StoreError(
                    _("The app's database was written by a newer version of the app."),
                    _("Install the newest version, or use another data folder (--data-dir)."),
                    f"{self._path}: version {version}",
                )
            apply(connection, self._migrations[version:])
            connection.execute(f"PRAGMA user_version = {len(self._migrations)}")
            connection.execute("COMMIT")

    def _check(self) -> None:
        """Check for damage without write access, so that a damaged file stays unchanged."""
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=_BUSY_S)) as connection:
            connection.text_factory = _text
            try:
                answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            except UnicodeDecodeError as error:  # sqlite3's own message quotes the damage
                raise _DamagedError("A name in the schema is damaged.") from error
        if answer != "ok":
            raise _DamagedError(str(answer))

    def _start_anew(self) -> None:
        """Rename the damaged file and put a new one with its readable content in its place.

        The new file is complete before the old one moves: whenever the app is killed, the next start continues.
        """
        new = self._beside(_NEW)
        found = Recovered()
        try:
            found = recover(self._path, new, self._migrations)
        except (OSError, StoreError, sqlite3.Error) as error:
            _log.warning("Nothing could be recovered: %s", error)
            self._remove(new, self._beside(_NEW + _WAL), self._beside(_NEW + "-shm"))
        kept = set_aside(self._path)
        wal = self._beside(_WAL)
        try:
            if wal.exists() and wal.stat().st_size:
                rename_file(wal, kept.with_name(kept.name + _WAL))
            self._remove(wal, self._beside("-shm"))
            if new.exists():
                rename_file(new, self._path)
        except OSError as error:
            raise store_error(error, self._path, SET_ASIDE) from error
        self._note = _(
            "The file with your datasets and runs was damaged. {words} The damaged file is kept as {kept}. "
            "Runs at Segmind are listed again automatically."
        ).format(words=found.text, kept=kept)

    def _finish_recovery(self) -> None:
        """Move a recovered file to its place if the app was killed just before; else remove an incomplete one."""
        new = self._beside(_NEW)
        if not new.exists():
            return
        try:
            if self._path.exists():
                self._remove(new)
            else:
                self._remove(self._beside(_WAL), self._beside("-shm"))  # of the renamed file
                rename_file(new, self._path)
                self._note = _(
                    "The file with your datasets and runs was damaged. The readable parts were recovered. The "
                    "damaged file is kept in {folder}."
                ).format(folder=self._path.parent)
        except OSError as error:
            raise store_error(error, self._path) from error

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(self._path.name + ending)

    @staticmethod
    def _remove(*paths: Path) -> None:
        for path in paths:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


class DatabaseReader(Database):
    """Read the file while another process of the app has it open: nothing is created, migrated or repaired."""

    def open(self) -> None:
        """Check the file's version; StoreError when it is not the one of this program."""
        try:
            with contextlib.closing(self._connect()) as connection:
                version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.Error as error:
            raise _worded(error, self._path) from error
        if version != len(self._migrations):
            raise StoreError(
                _("The app's database was written by another version of the app."),
                _("Close the app, then try again."), f"{self._path}: version {version}",
            )

    @contextlib.contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Raise StoreError: this process may not write."""
        raise StoreError(_("Another Segmind Studio uses the data folder."), _("Close it, then try again."))
        yield  # type: ignore[unreachable]

    def _connect(self) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(
            address, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False,
        )
        connection.text_factory = _text
        return connection


class _DamagedError(sqlite3.DatabaseError):
    """The check on opening found damage."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def _text(raw: bytes) -> str:
    """Return a text; one bad byte, which SQLite's own check does not detect, must not fail a whole list."""
    return raw.decode("utf-8", "replace")


def _damaged(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DAMAGE


def _worded(error: sqlite3.Error, path: Path) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    title = _("“{name}” could not be used.").format(name=path.name)
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        advice = _("The disk is full or faulty. Free some disk space, then try again.")
    elif code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        advice = _("The app is not allowed to use {folder}. Change its permissions, then try again.").format(
            folder=path.parent
        )
    elif code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        advice = _("Another program uses the file. Close it, then try again.")
    elif code in _DAMAGE:
        advice = _("The file is damaged. Restart the app: it keeps the damaged file and starts a new one.")
    else:
        advice = _("Try again. If it happens again, restart the app.")
    return StoreError(title, advice, str(error))

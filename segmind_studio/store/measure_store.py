"""What was measured of photos, so that each is measured once and not again at the next start.

A file of its own beside the other caches: it may be deleted at any time, and one that cannot be read is begun
anew. It holds numbers and a grey copy of 64 pixels of each photo, by a hash of its path, size, time and edit.
"""

from __future__ import annotations

import logging
import sqlite3
import struct
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from segmind_studio.core.errors import StoreError
from segmind_studio.core.likeness import PictureMeasures
from segmind_studio.core.picture_traits import PictureTraits
from segmind_studio.store.private_files import make_private_file

_log = logging.getLogger(__name__)
_VERSION = 1  # of the measures and of how they are stored: another one begins anew
_MOST_KEPT = 5_000  # photos, about 17 MB; the oldest go first
_MOST_SETS = 200
_AT_ONCE = 500  # keys in one query
_BUSY_S = 2.0
_HEAD = struct.Struct("<QQd?dd4B?HHHI")
_PAIR = struct.Struct("<HH")
_NO_CARE = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF"  # what a crash damages is begun anew
_TABLES = f"""
    CREATE TABLE IF NOT EXISTS measure (key BLOB PRIMARY KEY, value BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS parts (key BLOB PRIMARY KEY, pairs BLOB NOT NULL);
    PRAGMA user_version = {_VERSION};
"""

T = TypeVar("T")


class MeasureStore:
    """Load and save measures by key. Blocking, for any thread but the GUI thread. No disk error is raised."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, keys: Collection[bytes]) -> dict[bytes, PictureMeasures]:
        """Return what is known of these photos."""
        wanted = tuple(keys)

        def read(database: sqlite3.Connection) -> dict[bytes, PictureMeasures]:
            found: dict[bytes, PictureMeasures] = {}
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start:start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = database.execute(f"SELECT key, value FROM measure WHERE key IN ({marks})", some)  # noqa: S608  # marks only
                for key, value in rows:
                    with suppress(struct.error, TypeError):
                        found[key] = _decoded(value)
            return found

        return self._asked(read, {}) if self._path.exists() else {}

    def save(self, found: Mapping[bytes, PictureMeasures]) -> None:
        """Store what was measured, and drop the oldest of too many."""

        def write(database: sqlite3.Connection) -> None:
            rows = [(key, _encoded(measures)) for key, measures in found.items()]
            database.executemany("INSERT OR REPLACE INTO measure VALUES (?, ?)", rows)
            _keep_newest(database, "measure", _MOST_KEPT)

        if found:
            self._asked(write, None)

    def load_parts(self, key: bytes) -> list[tuple[int, int]] | None:
        """Return which photos of a set are cut out of which others, by their places; None when it is not known."""

        def read(database: sqlite3.Connection) -> list[tuple[int, int]] | None:
            row = database.execute("SELECT pairs FROM parts WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            with suppress(struct.error, TypeError):
                return [(part, whole) for part, whole in _PAIR.iter_unpack(row[0])]
            return None

        return self._asked(read, None) if self._path.exists() else None

    def save_parts(self, key: bytes, pairs: Sequence[tuple[int, int]]) -> None:
        """Store what `load_parts` returns."""
        packed = b"".join(_PAIR.pack(part, whole) for part, whole in pairs)

        def write(database: sqlite3.Connection) -> None:
            database.execute("INSERT OR REPLACE INTO parts VALUES (?, ?)", (key, packed))
            _keep_newest(database, "parts", _MOST_SETS)

        self._asked(write, None)

    def _asked(self, work: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """Do some work in the file; a damaged one, or one without our tables, is deleted."""
        try:
            with _opened(self._path) as database:
                return work(database)
        except (sqlite3.DatabaseError, StoreError) as error:
            passing = isinstance(error, (sqlite3.OperationalError, StoreError))  # a full disk, or others write
            if passing and getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
                _log.warning("The measures of photos could not be read or written", exc_info=True)
            else:
                _log.warning("The measures of photos are begun anew", exc_info=True)
                with suppress(OSError):
                    self._path.unlink()
        return nothing


@contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection]:
    if not path.exists():
        make_private_file(path)
    database = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        database.executescript(_NO_CARE)
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version != _VERSION:
            database.executescript(f"DROP TABLE IF EXISTS measure; DROP TABLE IF EXISTS parts; {_TABLES}")
        with database:
            yield database
    finally:
        database.close()


def _keep_newest(database: sqlite3.Connection, table: str, most: int) -> None:
    last = f"SELECT max(rowid) - {most} FROM {table}"  # noqa: S608  # names of ours
    database.execute(f"DELETE FROM {table} WHERE rowid <= ({last})")  # noqa: S608  # as above


def _encoded(measures: PictureMeasures) -> bytes:
    traits = measures.traits
    known = traits or PictureTraits(0.0, 0.0, (0, 0, 0, 0), b"")
    head = _HEAD.pack(
        measures.fingerprint, measures.mirrored, measures.sharpness, traits is not None, known.focus, known.noise,
        *known.levels, known.placed, known.grey_width, len(measures.look), len(known.colours), len(known.grey),
    )
    return head + measures.look + known.colours + known.grey


def _decoded(value: bytes) -> PictureMeasures:
    (
        fingerprint, mirrored, sharpness, has_traits, focus, noise, low, dark, bright, high, placed, width,
        looks, colours, greys,
    ) = _HEAD.unpack_from(value)
    ends = [_HEAD.size, _HEAD.size + looks, _HEAD.size + looks + colours, _HEAD.size + looks + colours + greys]
    if ends[-1] != len(value):
        raise struct.error("a part is missing")
    look, colour, grey = (value[start:end] for start, end in pairwise(ends))
    traits = PictureTraits(focus, noise, (low, dark, bright, high), colour, placed, grey, width)
    return PictureMeasures(fingerprint, mirrored, sharpness, look, traits if has_traits else None)

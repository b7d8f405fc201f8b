"""Read the rows that SQLite can still read of a damaged file: it opens a private copy, never the file itself.

Reading a whole table stops with an error at the first bad page. So every row is requested: from the end, from the
start, and one by one in between. All of it stops at the deadline.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from segmind_studio.store.private_files import make_private_file

Row = tuple[object, ...]
WAL = "-wal"
_SIDES = (WAL, "-shm", "-journal")
_PAGE = 4096  # SQLite's own default, which the app never changes
_HEADER = 100
_ROWS_ON_A_PAGE = 80  # more than any table of ours has
_LOOK_AT_CLOCK = 5000  # steps of SQLite's virtual machine
_MOST_RAW_BYTES = 300_000_000
_HEX_IDS = 32  # our ids are this many hex digits
_TABLE_LEAF = 0x0D  # the first byte of a page with table rows


class Salvage:
    """A damaged file, opened through a copy at `copy`, which `close` removes.

    `template` is a complete new file with the same tables: its first page replaces a first page that cannot be
    read. After `deadline` (time.monotonic) the search stops. Raises OSError, StoreError or sqlite3.Error when
    there is nothing to read.
    """

    def __init__(self, damaged: Path, copy: Path, template: Path, tables: Sequence[str], deadline: float) -> None:
        self._damaged = damaged
        self._copy = copy
        self._deadline = deadline
        self._connection: sqlite3.Connection | None = None
        self._whole = False  # whether the last scan reached its end
        self._guessed = False  # whether the root pages of the tables are taken from the template
        self._raw: bytes | None = None
        for repair in (0, _HEADER, _PAGE):
            self._open(template, repair)
            self._guessed = repair == _PAGE
            if set(tables) <= set(self._names()):
                break

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close and remove the copy."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
        for ending in ("", *_SIDES):
            with contextlib.suppress(OSError):
                self._copy.with_name(self._copy.name + ending).unlink(missing_ok=True)

    @property
    def in_time(self) -> bool:
        """Return whether there is time left."""
        return time.monotonic() < self._deadline

    @property
    def version(self) -> int:
        """Return the version in the file, 0 when it cannot be read."""
        return next((row[0] for row in self._scan("PRAGMA user_version") if isinstance(row[0], int)), 0)

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table as the file has them."""
        return tuple(str(row[1]) for row in self._scan(f"PRAGMA table_info({table})"))

    def numbered(self, table: str, columns: Sequence[str], mark: bytes = b"") -> Iterator[Row]:
        """Yield every readable row of a table with a `number`, in no order; the number is the first value.

        `mark` is for a table that came with a later version: bytes that each of its rows holds. Such a table
        begins at a different page in each file, so with a lost first page its rows are also searched page by page;
        then rows may come twice, and rows of another table among them.
        """
        names = ", ".join(("number", *columns))
        select = f"SELECT {names} FROM {table} WHERE number"  # noqa: S608  # our own names
        yield from self._from_the_root(select)
        for page in self._pages_with(mark) if mark and self._guessed else ():
            if self.in_time:
                self._begin_at(table, page)
                yield from self._scan(f"{select} IS NOT NULL")

    def _from_the_root(self, select: str) -> Iterator[Row]:
        seen: set[object] = set()
        for way in ("DESC", "ASC"):
            for row in self._scan(f"{select} IS NOT NULL ORDER BY number {way}"):
                seen.add(row[0])
                yield row
            if self._whole:
                return
        for number in range(1, self._pages() * _ROWS_ON_A_PAGE):
            if not self.in_time:
                return
            if number not in seen:
                yield from self._scan(f"{select} = ?", number)

    def keyed(self, table: str, keys: Sequence[str], columns: Sequence[str]) -> Iterator[Row]:
        """Yield every readable row of a table whose keys are ids; rows may come twice."""
        select = f"SELECT {', '.join((*keys, *columns))} FROM {table}"  # noqa: S608  # our own names
        order = ", ".join(keys)
        yield from self._scan(f"{select} ORDER BY {order}")
        if self._whole:
            return
        yield from self._scan(f"{select} ORDER BY {', '.join(f'{key} DESC' for key in keys)}")
        if self._whole:
            return
        where = " AND ".join(f"{key} = ?" for key in keys)
        for found in self._ids_in_the_bytes(len(keys)):
            if not self.in_time:
                return
            yield from self._scan(f"{select} WHERE {where}", *found)

    # -- the copy

    def _open(self, template: Path, repair: int) -> None:
        self.close()
        make_private_file(self._copy)
        shutil.copyfile(self._damaged, self._copy)
        wal = self._damaged.with_name(self._damaged.name + WAL)
        if wal.exists():
            beside = self._copy.with_name(self._copy.name + WAL)
            make_private_file(beside)
            shutil.copyfile(wal, beside)
        if repair:
            self._repair(template, repair)
        self._connect()

    def _connect(self) -> None:
        self._connection = sqlite3.connect(self._copy, isolation_level=None)
        self._connection.text_factory = _text
        self._connection.set_progress_handler(self._late, _LOOK_AT_CLOCK)
        for _ in self._scan("PRAGMA writable_schema = ON"):  # a file that was cut short is read as it is
            pass

    def _repair(self, template: Path, count: int) -> None:
        """Write the start of a complete new file over that of the copy: its header, or all of its first page."""
        with template.open("rb") as file:
            start = bytearray(file.read(count))
        start[28:40] = self._pages().to_bytes(4, "big") + bytes(8)  # the size; no free pages
        with self._copy.open("r+b") as file:
            file.write(start)

    def _pages_with(self, mark: bytes) -> list[int]:
        """Return the numbers of the pages with table rows that hold some bytes."""
        content = self._damaged.read_bytes() if self._damaged.stat().st_size <= _MOST_RAW_BYTES else b""
        starts = range(_PAGE, len(content), _PAGE)
        return [
            start // _PAGE + 1 for start in starts
            if content[start] == _TABLE_LEAF and mark in content[start : start + _PAGE]
        ]

    def _begin_at(self, table: str, page: int) -> None:
        """Change the copy's schema so that a table begins, and ends, at this page."""
        for _ in self._scan("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", page, table):
            pass
        if self._connection is not None:  # the schema is read once for each connection
            self._connection.close()
        self._connect()

    def _pages(self) -> int:
        wal = self._damaged.with_name(self._damaged.name + WAL)
        size = self._damaged.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
        return max(1, size // _PAGE)

    def _late(self) -> bool:
        return not self.in_time

    # -- queries

    def _names(self) -> list[str]:
        return [str(row[0]) for row in self._scan("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def _scan(self, sql: str, *parameters: object) -> Iterator[Row]:
        """Yield rows up to the first that cannot be read."""
        self._whole = False
        if self._connection is None:
            return
        try:
            yield from self._connection.execute(sql, parameters)
        except (sqlite3.Error, ValueError, OverflowError, MemoryError):  # ValueError: damage in the message itself
            return
        self._whole = True

    def _ids_in_the_bytes(self, count: int) -> set[tuple[str, ...]]:
        """Return byte strings that look like keys of `count` ids, which SQLite writes one after the other."""
        if self._raw is None:
            paths = (self._damaged, self._damaged.with_name(self._damaged.name + WAL))
            sizes = [path.stat().st_size for path in paths if path.exists()]
            self._raw = b""
            if sum(sizes) <= _MOST_RAW_BYTES:
                self._raw = b"\n".join(path.read_bytes() for path in paths if path.exists())
        pattern = rb"(?=([0-9a-f]{%d}))" % (_HEX_IDS * count)
        texts = {found[1].decode("ascii") for found in re.finditer(pattern, self._raw)}
        return {
            tuple(text[start : start + _HEX_IDS] for start in range(0, len(text), _HEX_IDS)) for text in texts
        }


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")

"""The objects of the storage side: files on disk, their sizes and ETags in the database."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from segmind_studio.file_replacing import replace_file
from segmind_studio.practice.database import PracticeDatabase
from segmind_studio.record import record

_KEPT_S = 7 * 24 * 3600.0
_UPLOADS = "uploads/"  # <user>/<UUID>-<name>
# So many objects are kept that were stored or used last, and of those what is not older than _KEPT_S. Weights are
# made again when they are wanted, and a picture is fetched as soon as it is made. An upload that no run was made
# with yet does not go by number: the run that it is for may be interrupted.
_KEPT = {_UPLOADS: 20, "models/": 20, "pictures/": 200}
_UUID = 36  # characters
_PIECE = 1 << 20


@record
class StoredObject:
    """One object; `etag` is the MD5 in quotes, as in S3."""

    key: str
    path: Path
    size: int
    etag: str
    stored_at: float


class ObjectStore:
    """Objects by key. Used by the service's own thread only; no key ever becomes a path."""

    def __init__(self, database: PracticeDatabase, folder: Path, bucket: str) -> None:
        self._database = database
        self._folder = folder
        self.bucket = bucket
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Return the file of an object."""
        return self._folder / hashlib.sha256(key.encode()).hexdigest()

    def aside(self) -> Path:
        """Return a new file that only its owner may read, to be filled and then added."""
        path = self._folder / f"{uuid4().hex}.part"
        path.touch(0o600)
        return path

    def add(self, key: str, aside: Path, etag: str) -> StoredObject:
        """Make a filled file the object of that key, in place of an older one."""
        target = self.path(key)
        size = aside.stat().st_size
        replace_file(aside, target)
        self._database.run(
            "INSERT INTO objects VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " size = excluded.size, etag = excluded.etag, stored_at = excluded.stored_at",
            key, size, etag, time.time(),
        )
        self._sweep_old(time.time())
        return StoredObject(key, target, size, etag, time.time())

    def find(self, key: str) -> StoredObject | None:
        """Return the object of a key, None without one."""
        row = self._database.row("SELECT * FROM objects WHERE key = ?", key)
        path = self.path(key)
        if row is None or not path.is_file():
            return None
        return StoredObject(key, path, row["size"], row["etag"], row["stored_at"])

    def key_of(self, url: str) -> str:
        """Return the key of an unsigned address of this service, "" for any other; any port is accepted.

        The ports may have changed since the address was made.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        start = f"/{self.bucket}/"
        if parts.scheme != "http" or parts.hostname != "127.0.0.1" or parts.query:
            return ""
        path = unquote(parts.path)
        return path.removeprefix(start) if path.startswith(start) else ""

    def renew(self, key: str) -> None:
        """Keep an object as long as if it were stored now: it was used."""
        self._database.run(
            "UPDATE objects SET stored_at = ?, rowid = (SELECT max(rowid) + 1 FROM objects) WHERE key = ?",
            time.time(), key,
        )

    def sweep(self, now: float) -> None:
        """Remove old objects and the files of interrupted uploads; for the start, before there are new ones."""
        for path in self._folder.glob("*.part"):
            path.unlink(missing_ok=True)
        self._sweep_old(now)

    def _sweep_old(self, now: float) -> None:
        """Remove what is too old, and what is more than is kept, by the order of rows: a clock may be set."""
        for start, count in _KEPT.items():
            found = self._database.rows(
                "SELECT key, stored_at FROM objects WHERE key >= ? AND key < ? ORDER BY rowid DESC",
                start, start[:-1] + "0",  # the next character after the slash
            )
            for number, row in enumerate(found):
                young = row["stored_at"] >= now - _KEPT_S
                if young and (number < count or (start == _UPLOADS and not self._is_used(row["key"]))):
                    continue
                with suppress(OSError):  # Windows removes no file that is open: the next time
                    self.path(row["key"]).unlink(missing_ok=True)
                    self._database.run("DELETE FROM objects WHERE key = ?", row["key"])

    def _is_used(self, upload: str) -> bool:
        """Return whether a run was made with an upload."""
        _start, user, name = upload.split("/", 2)
        told = f"{user}/{name[:_UUID]}"
        return bool(self._database.rows("SELECT 1 FROM runs WHERE instr(body, ?) LIMIT 1", told))


class Digest:
    """Write pieces to a file, and compute their number of bytes and their ETag."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Write one piece."""
        self._file.write(piece)
        self._md5.update(piece)
        self.size += len(piece)

    @property
    def etag(self) -> str:
        """Return the ETag of what was written."""
        return f'"{self._md5.hexdigest()}"'


def etag_of(path: Path, write: Callable[[Path], None]) -> str:
    """Call `write` to fill a file and return its ETag; blocking, for a worker thread."""
    write(path)
    md5 = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            md5.update(piece)
    return f'"{md5.hexdigest()}"'

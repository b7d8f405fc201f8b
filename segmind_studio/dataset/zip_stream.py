"""Write a stored zip as a stream (APPNOTE 6.3.10): sizes and checksums first, no compression, no dates.

Images do not compress: packing would cost eight times the time for a tenth of a percent.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from segmind_studio.core.errors import DatasetError, SourceChangedError
from segmind_studio.dataset.layout import Part, Span
from segmind_studio.record import record
from segmind_studio.texts import _

_LOCAL, _CENTRAL, _END = 30, 46, 22  # bytes, besides the name
_MAX_BYTES = 0xFFFF_FFFE
_MAX_ENTRIES = 0xFFFE
_VERSION = 10  # enough for stored files in one folder
_MADE_ON_UNIX = 3 << 8 | 20
_FIRST_OF_1980 = 1 << 5 | 1  # the same date for all, so that the same photos give the same bytes
_PLAIN_FILE = 0o100644 << 16


@record
class ZipEntry:
    """One file of the archive. `source` is None when `parts` are all literal bytes.

    `source_size` and `mtime_ns` (of the whole source file) must still match when it is read; `shown_name` is the
    name that the user knows. `sha256` (hex) is that of the bytes, "" where they were not read yet.
    """

    name: str
    size: int
    crc: int
    parts: tuple[Part, ...]
    source: Path | None = None
    source_size: int = 0
    mtime_ns: int = 0
    shown_name: str = ""
    sha256: str = ""


def checked_size(entries: Sequence[ZipEntry]) -> int:
    """Return the exact size of the archive in bytes; DatasetError when a plain zip cannot hold it."""
    size = _END + sum(_LOCAL + _CENTRAL + 2 * len(entry.name) + entry.size for entry in entries)
    if size > _MAX_BYTES or len(entries) > _MAX_ENTRIES:
        raise DatasetError(
            _("Too many photos for one zip."), _("Exclude some photos. The limit is 100 MB.")
        )
    return size


def stream(entries: Sequence[ZipEntry], piece: int) -> Iterator[bytes]:
    """Yield the archive in pieces of exactly `piece` bytes, the last one shorter."""
    packer = _Packer(piece)
    offsets: list[int] = []
    for entry in entries:
        offsets.append(packer.total)
        yield from packer.literal(_local(entry))
        yield from packer.file(entry)
    directory = b"".join(_central(entry, at) for entry, at in zip(entries, offsets, strict=True))
    end = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), packer.total, 0
    )
    yield from packer.literal(directory + end)
    if packer.pending:
        yield b"".join(packer.pending)


def _local(entry: ZipEntry) -> bytes:
    return struct.pack("<4sH", b"PK\x03\x04", _VERSION) + _common(entry) + entry.name.encode("ascii")


def _central(entry: ZipEntry, offset: int) -> bytes:
    head = struct.pack("<4s2H", b"PK\x01\x02", _MADE_ON_UNIX, _VERSION) + _common(entry)
    return head + struct.pack("<3H2I", 0, 0, 0, _PLAIN_FILE, offset) + entry.name.encode("ascii")


def _common(entry: ZipEntry) -> bytes:
    """Return what both headers hold: no flags, stored, the date, checksum, sizes, name length, no extras."""
    return struct.pack(
        "<4H3I2H", 0, 0, 0, _FIRST_OF_1980, entry.crc, entry.size, entry.size, len(entry.name), 0
    )


def digest_of(entry: ZipEntry, piece: int) -> str:
    """Return the SHA-256 of an entry's bytes in hex, which may be that of the plan.

    Without one they are read: SourceChangedError when the source has changed.
    """
    if entry.sha256:
        return entry.sha256
    digest = sha256()
    for data in bytes_of(entry, piece):
        digest.update(data)
    return digest.hexdigest()


def bytes_of(entry: ZipEntry, piece: int) -> Iterator[bytes]:
    """Yield the bytes of one entry in pieces; SourceChangedError when its source has changed."""
    packer = _Packer(piece)
    yield from packer.file(entry)
    yield from packer.pending


class _Packer:
    """Collect bytes into pieces. A read is cut to fit, so a full piece of a file is never copied."""

    def __init__(self, piece: int) -> None:
        self._piece = piece
        self._room = piece
        self.pending: list[bytes] = []
        self.total = 0

    def literal(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), self._piece):
            view = data[start : start + self._piece]
            if len(view) > self._room:
                first, view = view[: self._room], view[self._room :]
                yield from self._take(first)
            yield from self._take(view)

    def file(self, entry: ZipEntry) -> Iterator[bytes]:
        if entry.source is None:
            for part in entry.parts:
                if isinstance(part, bytes):
                    yield from self.literal(part)
            return
        try:
            with entry.source.open("rb", buffering=0) as file:
                stat = os.fstat(file.fileno())
                if (stat.st_size, stat.st_mtime_ns) != (entry.source_size, entry.mtime_ns):
                    raise _changed(entry)
                yield from self._parts(file, entry)
        except OSError as error:
            raise _changed(entry, error.strerror or str(error)) from error

    def _parts(self, file: BinaryIO, entry: ZipEntry) -> Iterator[bytes]:
        crc = 0
        for part in entry.parts:
            if isinstance(part, bytes):
                crc = zlib.crc32(part, crc)
                yield from self.literal(part)
                continue
            for data in self._reads(file, part, entry):
                crc = zlib.crc32(data, crc)
                yield from self._take(data)
        if crc != entry.crc:
            raise _changed(entry)

    def _reads(self, file: BinaryIO, span: Span, entry: ZipEntry) -> Iterator[bytes]:
        file.seek(span.offset)
        left = span.length
        while left:
            data = file.read(min(left, self._room))
            if not data:
                raise _changed(entry)
            left -= len(data)
            yield data

    def _take(self, data: bytes) -> Iterator[bytes]:
        """Add data that fits into the remaining space; yield the piece when it is full."""
        self.pending.append(data)
        self.total += len(data)
        self._room -= len(data)
        if self._room == 0:
            full, self.pending, self._room = b"".join(self.pending), [], self._piece
            yield full


def _changed(entry: ZipEntry, detail: str = "") -> SourceChangedError:
    return SourceChangedError(
        _("“{shown_name}” changed during the upload.").format(shown_name=entry.shown_name),
        _("The upload was stopped and not used. Check the photo, then start again."),
        detail or str(entry.source),
    )

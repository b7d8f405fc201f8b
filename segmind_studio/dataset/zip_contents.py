"""List the content of any zip: images, captions, and the reasons against the rest. Copies nothing.

A zip's table of contents is untrusted: names may point outside, sizes may be wrong, entries may be millions.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from io import SEEK_SET
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast
from zipfile import ZipFile, ZipInfo

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, ZIP_SUFFIX
from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset.files import NOT_A_FILE
from segmind_studio.dataset.folders import ACCEPTED_SUFFIXES, HIDDEN, OF_A_PHOTO, ignored, of_a_photo, refusal
from segmind_studio.dataset.layout import TOO_LARGE
from segmind_studio.dataset.names import natural_key, storable
from segmind_studio.dataset.sidecars import is_text
from segmind_studio.dataset.zip_names import Names, read_names
from segmind_studio.formats import number
from segmind_studio.record import record
from segmind_studio.texts import _

MAX_MEMBERS = 20_000
_MAX_TABLE_BYTES = 8_000_000  # of the table of contents: 20,000 long names
_MAX_PART = 255  # of a name; no file system stores a longer one
_END, _END64, _LOCATOR64, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x01\x02"
_RECORD64_BYTES, _LOCATOR64_BYTES = 56, 20
_ENCRYPTED = 0x1
_CHECKED_ENTRIES = 256  # between two checks for a cancel
_LINK, _FILE, _FOLDER, _KIND = 0o120000, 0o100000, 0o040000, 0o170000


@record
class Member:
    """One file of a zip: its path in it, and its record."""

    path: PurePosixPath
    info: ZipInfo


@dataclass(slots=True)
class Contents:
    """The content of a zip; `refused` are names with reasons. Everything that is no text may be an image."""

    names: Names
    images: list[Member] = field(default_factory=list[Member])
    texts: list[Member] = field(default_factory=list[Member])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class ListedZip(ZipFile):
    """A zip whose reading can be cancelled: it may have twenty thousand entries."""

    def __init__(self, file: BinaryIO, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled
        self._entries: list[ZipInfo] = []
        super().__init__(cast("IO[bytes]", BoundedReader(file, cancelled)))  # all that `ZipFile` uses

    @property
    def filelist(self) -> list[ZipInfo]:  # pyright: ignore[reportIncompatibleVariableOverride]  # `ZipFile` sets it
        """Return the entries read so far; called for each new one. CancelledError."""
        if len(self._entries) % _CHECKED_ENTRIES == 0 and self._cancelled():
            raise CancelledError
        return self._entries

    @filelist.setter
    def filelist(self, entries: list[ZipInfo]) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self._entries = entries


class BoundedReader:
    """A zip's file for `ZipFile`: the size of the table of contents is limited, whichever record points to it.

    DatasetError for a table that is too large, CancelledError on a cancel.
    """

    def __init__(self, file: BinaryIO, cancelled: Callable[[], bool]) -> None:
        self._file = file
        self._cancelled = cancelled

    def read(self, size: int = -1) -> bytes:
        """Return bytes; a piece with more table entries than a zip may have is refused."""
        if self._cancelled():
            raise CancelledError
        data = self._file.read(_MAX_TABLE_BYTES + 1 if size < 0 else min(size, _MAX_TABLE_BYTES + 1))
        if len(data) > _MAX_TABLE_BYTES or data.count(_ENTRY) > MAX_MEMBERS:
            raise DatasetError(_("This zip contains more than {count} files.").format(count=number(MAX_MEMBERS)))
        return data

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Set the position."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return True: the file can be positioned."""
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def check_table(file: BinaryIO) -> None:
    """Refuse a zip whose own records declare too much content; DatasetError."""
    size = file.seek(0, 2)
    start = max(0, size - (1 << 16) - 22)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise DatasetError(_("This is not a zip, or it is damaged."))
    sizes = [struct.unpack_from("<HI", tail, at + 10)]
    if at >= _LOCATOR64_BYTES and tail[at - _LOCATOR64_BYTES :].startswith(_LOCATOR64):
        (place,) = struct.unpack_from("<Q", tail, at - 12)
        for there in (place, start + at - _LOCATOR64_BYTES - _RECORD64_BYTES):  # both that zipfile may read
            file.seek(max(0, min(there, size)))
            record = file.read(_RECORD64_BYTES).ljust(_RECORD64_BYTES, b"\0")
            if record.startswith(_END64):
                sizes.append(struct.unpack_from("<QQ", record, 32))
    if len(sizes) > 1:
        del sizes[0]  # then the small record has no numbers
    if any(count > MAX_MEMBERS or table > _MAX_TABLE_BYTES for count, table in sizes):
        raise DatasetError(_("This zip contains more than {count} files.").format(count=number(MAX_MEMBERS)))


def contents(archive: ZipFile, code_page: str, cancelled: Callable[[], bool]) -> Contents:
    """Return the content of an open zip, images in natural order; names are read in a code page, "" to guess."""
    found = Contents(read_names(archive.infolist(), code_page, cancelled))
    locked = False
    for member in _members(archive, found, cancelled):
        name, suffix = str(member.path), member.path.suffix.lower()
        kind = member.info.external_attr >> 16 & _KIND
        if member.info.flag_bits & _ENCRYPTED:
            locked = True
        elif kind == _LINK:
            found.refused.append((name, _("It is a link, not a file.")))
        elif kind not in {0, _FILE} and not (kind == _FOLDER and _has_data(member.info)):
            found.refused.append((name, str(NOT_A_FILE)))
        elif is_text(name):
            found.texts.append(member)
        elif suffix == ZIP_SUFFIX:
            found.refused.append((name, refusal(name)))
        elif suffix in ACCEPTED_SUFFIXES and member.info.file_size >= MAX_ARCHIVE_BYTES:
            found.refused.append((name, str(TOO_LARGE)))
        else:
            found.images.append(member)
    if locked:
        found.refused.append(("", _("The zip has a password. Unpack it first.")))
    found.images.sort(key=partial(_in_order, cancelled))
    return found


def _members(archive: ZipFile, found: Contents, cancelled: Callable[[], bool]) -> Iterator[Member]:
    """Yield the files with valid names; a folder that is left out is refused once, by its own name."""
    hidden: set[str] = set()
    for place_in_zip, (info, name) in enumerate(zip(archive.infolist(), found.names.texts, strict=True)):
        if place_in_zip % _CHECKED_ENTRIES == 0 and cancelled():
            raise CancelledError
        path = PurePosixPath(name)
        place = next((
            n for n, part in enumerate(path.parts) if part != ".." and (ignored(part) or of_a_photo(part))
        ), None)
        if place is not None:
            top = str(PurePosixPath(*path.parts[: place + 1]))
            if top not in hidden:
                hidden.add(top)
                found.refused.append((top, str(HIDDEN if ignored(path.parts[place]) else OF_A_PHOTO)))
        elif problem := _name_problem(info, name):
            found.refused.append((name, problem))
        elif not name.endswith("/") or _has_data(info):
            yield Member(path, info)


def _has_data(info: ZipInfo) -> bool:
    """Return whether it has data although named like a folder; by size and checksum, as sizes may be wrong."""
    return bool(info.file_size or info.CRC)


def _name_problem(info: ZipInfo, name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:/", name):
        return _("Its name points outside the zip.")
    if "\0" in info.orig_filename or not storable(name):
        return _("Its name contains invalid characters.")
    if any(len(part.encode()) > _MAX_PART for part in parts):
        return _("Its name is too long.")
    return ""


def _in_order(cancelled: Callable[[], bool], member: Member) -> tuple[object, ...]:
    if cancelled():
        raise CancelledError
    return (tuple(natural_key(part) for part in member.path.parts), str(member.path))

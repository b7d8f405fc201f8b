"""List what a zip from anywhere holds: pictures, captions, and what to say about the rest. Copies nothing.

A zip's table of contents is hostile until read: names may lead outside, lie about sizes or count millions.
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
from segmind_studio.dataset.folders import HIDDEN, PICTURE_SUFFIXES, ignored, refusal
from segmind_studio.dataset.layout import TOO_LARGE
from segmind_studio.dataset.names import natural_key, storable
from segmind_studio.dataset.sidecars import is_text
from segmind_studio.dataset.zip_names import Names, read_names
from segmind_studio.formats import number
from segmind_studio.texts import _

MAX_MEMBERS = 20_000
_MAX_TABLE_BYTES = 8_000_000  # of the table of contents: 20,000 long names
_MAX_PART = 255  # of a name; no disk stores a longer one
_END, _END64, _LOCATOR64, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x01\x02"
_RECORD64_BYTES, _LOCATOR64_BYTES = 56, 20
_ENCRYPTED = 0x1
_CHECKED_ENTRIES = 256  # between two looks at whether the person gave up
_LINK, _FILE, _FOLDER, _KIND = 0o120000, 0o100000, 0o040000, 0o170000


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a zip: where it stands in it, and its record."""

    path: PurePosixPath
    info: ZipInfo


@dataclass(slots=True)
class Contents:
    """What a zip holds; `refused` are names with reasons. Anything that is no text may be a picture."""

    names: Names
    pictures: list[Member] = field(default_factory=list[Member])
    texts: list[Member] = field(default_factory=list[Member])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class ListedZip(ZipFile):
    """A zip whose table of contents can be given up while it is read: it may have twenty thousand entries."""

    def __init__(self, file: BinaryIO, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled
        self._entries: list[ZipInfo] = []
        super().__init__(cast("IO[bytes]", BoundedReader(file, cancelled)))  # all that `ZipFile` uses of a file

    @property
    def filelist(self) -> list[ZipInfo]:  # pyright: ignore[reportIncompatibleVariableOverride]  # `ZipFile` fills it
        """Return the entries read so far; asked once for each more. CancelledError."""
        if len(self._entries) % _CHECKED_ENTRIES == 0 and self._cancelled():
            raise CancelledError
        return self._entries

    @filelist.setter
    def filelist(self, entries: list[ZipInfo]) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self._entries = entries


class BoundedReader:
    """A zip's file as `ZipFile` reads it: the table of contents is bounded, whichever record it was found by.

    DatasetError for a table that is too large, CancelledError when the person gave up.
    """

    def __init__(self, file: BinaryIO, cancelled: Callable[[], bool]) -> None:
        self._file = file
        self._cancelled = cancelled

    def read(self, size: int = -1) -> bytes:
        """Read; a piece with more entries of a table than a zip may have is refused."""
        if self._cancelled():
            raise CancelledError
        data = self._file.read(_MAX_TABLE_BYTES + 1 if size < 0 else min(size, _MAX_TABLE_BYTES + 1))
        if len(data) > _MAX_TABLE_BYTES or data.count(_ENTRY) > MAX_MEMBERS:
            raise DatasetError(_("This zip contains more than {count} files.").format(count=number(MAX_MEMBERS)))
        return data

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Tell that any place can be gone to."""
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def check_table(file: BinaryIO) -> None:
    """Refuse a zip that says of itself that it holds too much; DatasetError."""
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
        for there in (place, start + at - _LOCATOR64_BYTES - _RECORD64_BYTES):  # pointed to; read by zipfile
            file.seek(max(0, min(there, size)))
            record = file.read(_RECORD64_BYTES).ljust(_RECORD64_BYTES, b"\0")
            if record.startswith(_END64):
                sizes.append(struct.unpack_from("<QQ", record, 32))
    if len(sizes) > 1:
        del sizes[0]  # the small record then holds no numbers
    if any(count > MAX_MEMBERS or table > _MAX_TABLE_BYTES for count, table in sizes):
        raise DatasetError(_("This zip contains more than {count} files.").format(count=number(MAX_MEMBERS)))


def contents(archive: ZipFile, code_page: str, cancelled: Callable[[], bool]) -> Contents:
    """Sort out what is in an open zip, pictures in natural order; names are read in a code page, "" to guess."""
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
        elif suffix in PICTURE_SUFFIXES and member.info.file_size >= MAX_ARCHIVE_BYTES:
            found.refused.append((name, str(TOO_LARGE)))
        else:
            found.pictures.append(member)
    if locked:
        found.refused.append(("", _("Files in it are protected with a password. Unpack the zip first.")))
    found.pictures.sort(key=partial(_in_order, cancelled))
    return found


def _members(archive: ZipFile, found: Contents, cancelled: Callable[[], bool]) -> Iterator[Member]:
    """Yield the files whose names are good; of a hidden folder its own name is refused, once."""
    hidden: set[str] = set()
    for place_in_zip, (info, name) in enumerate(zip(archive.infolist(), found.names.texts, strict=True)):
        if place_in_zip % _CHECKED_ENTRIES == 0 and cancelled():
            raise CancelledError
        path = PurePosixPath(name)
        place = next((n for n, part in enumerate(path.parts) if part != ".." and ignored(part)), None)
        if place is not None:
            top = str(PurePosixPath(*path.parts[: place + 1]))
            if top not in hidden:
                hidden.add(top)
                found.refused.append((top, str(HIDDEN)))
        elif problem := _name_problem(info, name):
            found.refused.append((name, problem))
        elif not name.endswith("/") or _has_data(info):
            yield Member(path, info)


def _has_data(info: ZipInfo) -> bool:
    """Tell a file whose name ends like a folder's from a folder; the declared size may lie, the checksum too."""
    return bool(info.file_size or info.CRC)


def _name_problem(info: ZipInfo, name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:/", name):
        return _("Its name leads out of the zip.")
    if "\0" in info.orig_filename or not storable(name):
        return _("Its name contains characters that no file may have.")
    if any(len(part.encode()) > _MAX_PART for part in parts):
        return _("Its name is too long.")
    return ""


def _in_order(cancelled: Callable[[], bool], member: Member) -> tuple[object, ...]:
    if cancelled():
        raise CancelledError
    return (tuple(natural_key(part) for part in member.path.parts), str(member.path))

"""List what a zip from anywhere holds: pictures, captions, and what to say about the rest. Copies nothing.

A zip's table of contents is hostile until read: names may lead outside, lie about sizes or count millions.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from segmind_studio.core.datasets import CAPTION_SUFFIX, MAX_ARCHIVE_BYTES, ZIP_SUFFIX
from segmind_studio.core.errors import DatasetError
from segmind_studio.dataset.folders import OTHER_PICTURES, PICTURE_SUFFIXES, ignored
from segmind_studio.dataset.names import natural_key, storable

MAX_MEMBERS = 20_000
_MAX_TABLE_BYTES = 8_000_000  # of the table of contents: 20,000 long names
_MAX_PART = 255  # of a name; no disk stores a longer one
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENCRYPTED, _UTF8 = 0x1, 0x800
_LINK, _KIND = 0o120000, 0o170000


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a zip: where it stands in it, and its record."""

    path: PurePosixPath
    info: ZipInfo


@dataclass(slots=True)
class Contents:
    """What a zip holds; `refused` are names with reasons."""

    pictures: list[Member] = field(default_factory=list[Member])
    captions: list[Member] = field(default_factory=list[Member])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def check_table(path: Path) -> None:
    """Refuse a zip whose table of contents alone would fill the memory; DatasetError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - (1 << 16) - 22)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or at + 22 > len(tail):
            raise DatasetError("This is not a zip, or it is damaged.")
        count, table = struct.unpack_from("<HI", tail, at + 10)
        if at >= 20 and tail[at - 20 : at - 16] == _LOCATOR64:  # noqa: PLR2004  # the locator's length
            (place,) = struct.unpack_from("<Q", tail, at - 12)
            file.seek(min(place, size))
            record = file.read(56).ljust(56, b"\0")
            if record.startswith(_END64):
                count, table = struct.unpack_from("<Q", record, 32)[0], struct.unpack_from("<Q", record, 40)[0]
    if count > MAX_MEMBERS or table > _MAX_TABLE_BYTES:
        raise DatasetError(f"This zip holds more than {MAX_MEMBERS:,} files.")


def contents(archive: ZipFile) -> Contents:
    """Sort out what is in an open zip, pictures in natural order."""
    found = Contents()
    locked = False
    for member in _members(archive, found):
        suffix = member.path.suffix.lower()
        if suffix not in PICTURE_SUFFIXES and suffix != CAPTION_SUFFIX:
            if suffix == ZIP_SUFFIX:
                found.refused.append((str(member.path), "A zip inside a zip. Unpack it first."))
            elif suffix in OTHER_PICTURES:
                found.refused.append((str(member.path), "Save it as a JPEG, PNG or WebP."))
        elif member.info.flag_bits & _ENCRYPTED:
            locked = True
        elif member.info.external_attr >> 16 & _KIND == _LINK:
            found.refused.append((str(member.path), "It is a link, not a file."))
        elif suffix == CAPTION_SUFFIX:
            found.captions.append(member)
        elif member.info.file_size >= MAX_ARCHIVE_BYTES:
            found.refused.append((str(member.path), "It has 100 MB or more, too much for one photo."))
        else:
            found.pictures.append(member)
    if locked:
        found.refused.append(("", "Files in it are protected with a password. Unpack the zip first."))
    found.pictures.sort(key=_in_order)
    return found


def _members(archive: ZipFile, found: Contents) -> Iterator[Member]:
    for info in archive.infolist():
        name = _name(info)
        path = PurePosixPath(name)
        if name.endswith("/") or any(ignored(part) for part in path.parts if part != ".."):
            continue
        problem = _name_problem(info, name)
        if not problem:
            yield Member(path, info)
        elif path.suffix.lower() in PICTURE_SUFFIXES | {CAPTION_SUFFIX} or "\0" in info.orig_filename:
            found.refused.append((name, problem))


def _name(info: ZipInfo) -> str:
    """Give the name with "/" between its parts; UTF-8 that is not marked as such is read all the same."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")


def _name_problem(info: ZipInfo, name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        return "Its name leads out of the zip."
    if "\0" in info.orig_filename or not storable(name):
        return "Its name holds characters that no file may have."
    if any(len(part.encode()) > _MAX_PART for part in parts):
        return "Its name is too long."
    return ""


def _in_order(member: Member) -> tuple[object, ...]:
    return (tuple(natural_key(part) for part in member.path.parts), str(member.path))

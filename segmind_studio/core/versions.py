"""Versions of a dataset: what a run was made of, and how two versions differ. Pure functions."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from enum import StrEnum
from pathlib import PurePath
from typing import cast

from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import ManifestItem
from segmind_studio.record import record

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_NOT_THE_PICTURE = frozenset({"path", "size", "mtime_ns", "caption", "background"})
_CROP = tuple(item.name for item in fields(ManifestItem) if item.name not in _NOT_THE_PICTURE)


@record
class SentFile:
    """One file of an archive as it was uploaded: its name there, its bytes, and their SHA-256 in hex."""

    name: str
    size: int
    sha256: str


def sent_files_text(files: Iterable[SentFile]) -> str:
    """Return files as text for the journal."""
    return json.dumps([[file.name, file.size, file.sha256] for file in files])


def sent_files(text: str) -> tuple[SentFile, ...]:
    """Return what `sent_files_text` wrote; () for "" and for a damaged text."""
    try:
        rows = cast("list[list[object]]", decoded_json(text)) if text else []
        return tuple(SentFile(str(row[0]), int(str(row[1])), str(row[2])) for row in rows)
    except (ValueError, IndexError, KeyError, TypeError):
        return ()


class ChangeKind(StrEnum):
    """What happened to a photo between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    PICTURE = "picture"  # cropped or turned anew, or another background
    FILE = "file"  # the file itself was changed outside the app
    WORDS = "words"


@record
class VersionChange:
    """One photo that differs; `before` or `after` is None when it is not in that version."""

    kinds: tuple[ChangeKind, ...]
    before: ManifestItem | None
    after: ManifestItem | None

    @property
    def item(self) -> ManifestItem:
        """Return the photo as it is in the later version, if it is there."""
        item = self.after or self.before
        if item is None:
            raise ValueError("A change without a photo.")
        return item

    @property
    def name(self) -> str:
        """Return the photo's file name."""
        return PurePath(self.item.path).name


@record
class VersionDifference:
    """The changes from one version to another, in the order of the later one, and how many photos are the same."""

    changes: tuple[VersionChange, ...]
    unchanged: int

    def count(self, kind: ChangeKind) -> int:
        """Return how many photos changed in this way."""
        return sum(kind in change.kinds for change in self.changes)


def compare(before: Iterable[ManifestItem], after: Iterable[ManifestItem]) -> VersionDifference:
    """Compare two versions. A photo is found again by its file, or by name and size in another folder."""
    left = list(before)
    by_path = {item.path: item for item in left}
    moved = {(PurePath(item.path).name, item.size): item for item in left}
    matched: set[str] = set()
    found: list[VersionChange] = []
    unchanged = 0
    later = tuple(after)
    here = {item.path for item in later}
    for item in later:
        old = by_path.get(item.path)
        if old is None:
            old = moved.get((PurePath(item.path).name, item.size))
            if old is not None and (old.path in here or old.path in matched):
                old = None
        if old is None:
            found.append(VersionChange((ChangeKind.ADDED,), None, item))
            continue
        matched.add(old.path)
        if kinds := _kinds(old, item):
            found.append(VersionChange(kinds, old, item))
        else:
            unchanged += 1
    found += [VersionChange((ChangeKind.REMOVED,), item, None) for item in left if item.path not in matched]
    return VersionDifference(tuple(found), unchanged)


def _kinds(before: ManifestItem, after: ManifestItem) -> tuple[ChangeKind, ...]:
    file = before.size != after.size or (before.path == after.path and before.mtime_ns != after.mtime_ns)
    picture = before.background != after.background or any(
        getattr(before, name) != getattr(after, name) for name in _CROP
    )
    words = before.caption.strip() != after.caption.strip()
    pairs = ((ChangeKind.FILE, file), (ChangeKind.PICTURE, picture and not file), (ChangeKind.WORDS, words))
    return tuple(kind for kind, applies in pairs if applies)


class PieceKind(StrEnum):
    """What happened to a piece of a caption."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@record
class CaptionPiece:
    """A piece of text, and whether it is in both captions or only in one."""

    kind: PieceKind
    text: str


def caption_pieces(before: str, after: str) -> tuple[CaptionPiece, ...]:
    """Return both captions as one text of pieces, word by word; the removed ones stand before the added ones.

    Changes with only a space between them are one.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[CaptionPiece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    gone = added = ""
    steps = matcher.get_opcodes()
    for number, (tag, old_from, old_to, new_from, new_to) in enumerate(steps):
        same = "".join(new[new_from:new_to]) if tag == "equal" else ""
        if same and (same.strip() or not number or number == len(steps) - 1):
            pieces.extend(_changed(gone, added))
            pieces.append(CaptionPiece(PieceKind.SAME, same))
            gone = added = ""
        else:
            gone, added = gone + "".join(old[old_from:old_to]), added + "".join(new[new_from:new_to])
    pieces.extend(_changed(gone, added))
    return tuple(pieces)


def _changed(gone: str, added: str) -> Iterator[CaptionPiece]:
    for kind, words in ((PieceKind.REMOVED, gone), (PieceKind.ADDED, added)):
        if words:
            yield CaptionPiece(kind, words)


@record
class PhotoRow:
    """One photo in several versions: what each has of it, None where it is not in it."""

    items: tuple[ManifestItem | None, ...]

    @property
    def name(self) -> str:
        """Return the photo's file name."""
        return PurePath(next(item.path for item in self.items if item is not None)).name

    @property
    def differs(self) -> bool:
        """Return whether the versions do not all have the same picture and words."""
        first = self.items[0]
        return first is None or any(item is None or bool(_kinds(first, item)) for item in self.items[1:])

    def before(self, place: int) -> ManifestItem | None:
        """Return what the nearest version to the left has of it."""
        return next((item for item in reversed(self.items[:place]) if item is not None), None)


def photo_rows(versions: Sequence[Iterable[ManifestItem]]) -> tuple[PhotoRow, ...]:
    """Return the photos of several versions, each found again as `compare` does; those that differ first."""
    rows: list[list[ManifestItem | None]] = []
    for place, version in enumerate(versions):
        by_path = {item.path: row for row in rows for item in row if item is not None}
        moved = {(PurePath(item.path).name, item.size): row for row in rows for item in row if item is not None}
        for item in version:
            row = by_path.get(item.path) or moved.get((PurePath(item.path).name, item.size))
            if row is None or row[place] is not None:
                row = cast("list[ManifestItem | None]", [None] * len(versions))
                rows.append(row)
            row[place] = item
    found = [PhotoRow(tuple(row)) for row in rows]
    return tuple(sorted(found, key=_sameness))


def _sameness(row: PhotoRow) -> bool:
    return not row.differs

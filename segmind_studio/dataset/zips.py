"""Take the pictures out of a zip into the app's own folder, each below the hash of its bytes."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from uuid import uuid4
from zipfile import BadZipFile, ZipFile

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES
from segmind_studio.core.errors import CancelledError, DatasetError, StoreError
from segmind_studio.dataset.captions import MAX_CAPTION_BYTES, decode_caption
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.names import disk_stem
from segmind_studio.dataset.strip import HEAD_BYTES, begins_like_a_picture
from segmind_studio.dataset.zip_contents import Contents, Member, check_table, contents

MAX_TOTAL_BYTES = 2_000_000_000  # out of one zip; a dataset that can be sent has less than 100 MB
_PIECE = 256 * 1024
# All that zipfile and the unpackers below it raise for a damaged or hostile file.
_BROKEN = (
    BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError, IndexError,
    struct.error, zlib.error, lzma.LZMAError, UnicodeError, OSError,
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A picture copied out of a zip. `new` is False when the same bytes were copied before."""

    path: Path
    name: str
    caption: str
    new: bool


def unpack(
    zip_path: Path, imports: Path, refuse: Callable[[str, str], None], cancelled: Callable[[], bool]
) -> Iterator[Unpacked]:
    """Copy the pictures of a zip to `imports/<hash>/<safe name>` and give them with their captions.

    `refuse` is called with a name inside the zip ("" for the zip itself) and a reason. Raises StoreError
    when `imports` cannot be written, nothing else.
    """
    try:
        check_table(zip_path)
        archive = ZipFile(zip_path)
    except DatasetError as error:
        refuse("", error.title)
        return
    except _BROKEN as error:
        refuse("", f"It cannot be opened as a zip: {_words(error)}.")
        return
    with archive:
        yield from _Unpacking(archive, imports, refuse, cancelled).pictures()


@dataclass(slots=True)
class _Unpacking:
    archive: ZipFile
    imports: Path
    refuse: Callable[[str, str], None]
    cancelled: Callable[[], bool]
    left: int = MAX_TOTAL_BYTES

    def pictures(self) -> Iterator[Unpacked]:
        found = contents(self.archive)
        for name, reason in found.refused:
            self.refuse(name, reason)
        captions = self._captions(found)
        for member in found.pictures:
            if self.cancelled():
                return
            if self.left <= 0:
                self.refuse("", "It unpacks to more than 2 GB. The rest of it was left out.")
                return
            try:
                path, new = self._copy(member)
            except DatasetError as error:
                self.refuse(str(member.path), error.title)
            except CancelledError:
                return
            else:
                yield Unpacked(path, str(member.path), captions.get(_key(member.path), ""), new)

    def _captions(self, found: Contents) -> dict[str, str]:
        """Read the captions that belong to pictures."""
        wanted = {_key(member.path) for member in found.pictures}
        texts: dict[str, str] = {}
        for member in found.captions:
            if _key(member.path) not in wanted:
                self.refuse(str(member.path), "No photo in the zip has this name.")
                continue
            try:
                with self.archive.open(member.info) as file:
                    texts[_key(member.path)] = decode_caption(file.read(MAX_CAPTION_BYTES + 1))
            except DatasetError as error:
                self.refuse(str(member.path), error.title)
            except _BROKEN as error:
                self.refuse(str(member.path), f"It cannot be unpacked: {_words(error)}.")
        return texts

    def _copy(self, member: Member) -> tuple[Path, bool]:
        """Copy one picture aside, look at it, move it in place; DatasetError when it is none."""
        aside = self.imports / f".{uuid4().hex}.part"
        try:
            self.imports.mkdir(mode=0o700, parents=True, exist_ok=True)
            digest = self._unpack_to(member, aside)
            facts = inspect(aside)
            if facts.problem:
                raise DatasetError(facts.problem)
            target = self.imports / digest / (disk_stem(member.path.stem) + member.path.suffix.lower())
            if target.is_file() and target.stat().st_size == facts.size:
                return target, False
            target.parent.mkdir(mode=0o700, exist_ok=True)
            aside.replace(target)
        except OSError as error:
            raise _no_room(error) from error
        else:
            return target, True
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def _unpack_to(self, member: Member, aside: Path) -> str:
        """Write a member's bytes and give their hash."""
        digest = blake2b(digest_size=16)
        aside.touch(0o600, exist_ok=False)
        with aside.open("wb") as file:
            for piece in self._pieces(member):
                digest.update(piece)
                _write(file, piece)
        return digest.hexdigest()

    def _pieces(self, member: Member) -> Iterator[bytes]:
        """Read a member; what it declares is not believed, so the bytes that come are counted."""
        total = 0
        try:
            with self.archive.open(member.info) as source:
                while piece := source.read(_PIECE):
                    if not total and not begins_like_a_picture(piece[:HEAD_BYTES]):
                        raise DatasetError("This file is not a JPEG, PNG or WebP picture.")
                    total += len(piece)
                    self.left -= len(piece)
                    if total >= MAX_ARCHIVE_BYTES or self.left < 0:
                        raise DatasetError("It unpacks to more than it should.")
                    if self.cancelled():
                        raise CancelledError
                    yield piece
        except _BROKEN as error:
            raise DatasetError(f"It cannot be unpacked: {_words(error)}.") from error


def _write(file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> StoreError:
    return StoreError(
        "The pictures in the zip cannot be copied.",
        "Make some room on the disk, then add the zip again.",
        error.strerror or str(error),
    )


def _key(path: PurePosixPath) -> str:
    """Give what a picture and its caption have in common; some cameras write IMG.JPG, some people img.txt."""
    return str(path.with_suffix("")).casefold()


def _words(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.rstrip(".") or "it is damaged"

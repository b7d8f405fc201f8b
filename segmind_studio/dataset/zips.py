"""Extract the images of a zip into the app's own folder, each in a folder named by the hash of its bytes."""

from __future__ import annotations

import lzma
import struct
from bz2 import BZ2Decompressor
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import IO, BinaryIO, cast
from uuid import uuid4
from zipfile import ZIP_BZIP2, ZIP_LZMA, BadZipFile, ZipExtFile, ZipFile, ZipInfo
from zlib import crc32
from zlib import error as zlib_error

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES
from segmind_studio.core.errors import CancelledError, DatasetError, StoreError
from segmind_studio.dataset.files import open_regular, why
from segmind_studio.dataset.folders import ACCEPTED_SUFFIXES, refusal
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.names import StemPool, disk_stem
from segmind_studio.dataset.sidecars import TextFile
from segmind_studio.dataset.strip import HEAD_BYTES, starts_like_an_image, unsupported_text
from segmind_studio.dataset.zip_contents import Contents, ListedZip, Member, check_table, contents
from segmind_studio.dataset.zip_names import Names
from segmind_studio.file_replacing import replace_file
from segmind_studio.record import record
from segmind_studio.texts import _

Refuse = Callable[[str, str], None]
MAX_TOTAL_BYTES = 2_000_000_000  # out of one zip; a dataset that can be sent has less than 100 MB
MAX_TEXT_BYTES = 20_000_000
_PIECE = 256 * 1024
_PACKED_PIECE = 1024
_NAME_LENGTHS_AT = 26  # in the header before a file's bytes
# All exceptions of zipfile and its decompressors for a damaged or hostile file.
_BROKEN = (
    BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError, IndexError,
    struct.error, zlib_error, lzma.LZMAError, UnicodeError, OSError,
)


@record
class Unpacked:
    """An image copied out of a zip. `new` is False when the same bytes were copied before."""

    path: Path
    name: str
    new: bool


@contextmanager
def unpack(
    zip_path: Path, imports: Path, refuse: Refuse, cancelled: Callable[[], bool], code_page: str = ""
) -> Generator[Unpacking, None, None]:
    """Open a zip to extract its images and captions; its names are read in a code page, "" to guess.

    `refuse` is called with a name inside the zip ("" for the zip itself) and a reason. DatasetError when it is no
    zip that can be opened; CancelledError.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open_regular(zip_path))
            check_table(file)
            archive = stack.enter_context(ListedZip(file, cancelled))
            opened = Unpacking(archive, imports, refuse, cancelled, contents(archive, code_page, cancelled))
        except _BROKEN as error:
            raise DatasetError(_("The zip could not be opened: {why}.").format(why=why(error))) from error
        yield opened


@dataclass(slots=True)
class Unpacking:
    """An open zip: its names, its images, and its texts. `refuse` is called for each file that is left out."""

    archive: ZipFile
    imports: Path
    refuse: Refuse
    cancelled: Callable[[], bool]
    found: Contents
    left: int = field(default_factory=lambda: MAX_TOTAL_BYTES)
    text_left: int = field(default_factory=lambda: MAX_TEXT_BYTES)
    targets: dict[str, StemPool] = field(default_factory=dict[str, StemPool])

    @property
    def names(self) -> Names:
        """Return how its names were read."""
        return self.found.names

    @property
    def texts(self) -> list[TextFile]:
        """Return the files that may hold captions."""
        return [TextFile(str(member.path), partial(self._text, member)) for member in self.found.texts]

    def images(self) -> Iterator[Unpacked]:
        """Copy each image to `imports/<hash>/<safe name>` and yield it.

        Raises StoreError when `imports` cannot be written, nothing else.
        """
        for name, reason in self.found.refused:
            self.refuse(name, reason)
        for member in self.found.images:
            if self.cancelled():
                return
            if self.left <= 0:
                self.refuse("", _("It unpacks to more than 2 GB. Only the first part was read."))
                return
            try:
                path, new = self._copy(member)
            except DatasetError as error:
                self.refuse(str(member.path), error.title)
            except CancelledError:
                return
            else:
                yield Unpacked(path, str(member.path), new)

    def _text(self, member: Member, limit: int) -> bytes:
        """Return a text of at most `limit` bytes, one more when it is longer; all texts together have a limit."""
        pieces: list[bytes] = []
        size = 0
        for piece in self._raw_pieces(member, 16 * 1024):
            pieces.append(piece)
            size += len(piece)
            self.text_left -= len(piece)
            if self.text_left < 0:
                raise DatasetError(_("The text files in the zip exceed 20 MB. Only the first part was read."))
            if size > limit:
                break
        return b"".join(pieces)[: limit + 1]

    def _copy(self, member: Member) -> tuple[Path, bool]:
        """Copy one image to a temporary file, inspect it, move it in place; DatasetError when it is none."""
        aside = self.imports / f".{uuid4().hex}.part"
        try:
            self.imports.mkdir(mode=0o700, parents=True, exist_ok=True)
            digest = self._unpack_to(member, aside)
            facts = inspect(aside)
            if facts.not_an_image:
                raise DatasetError(facts.problem if not facts.size else refusal(member.path.name, facts.problem))
            if facts.problem:
                raise DatasetError(facts.problem)
            stem = self.targets.setdefault(digest, StemPool()).take(disk_stem(member.path.stem))
            target = self.imports / digest / (stem + _suffix(member.path.suffix.lower(), facts.image_format))
            if target.is_file() and target.stat().st_size == facts.size:
                return target, False
            target.parent.mkdir(mode=0o700, exist_ok=True)
            replace_file(aside, target)
        except OSError as error:
            raise _no_room(error) from error
        else:
            return target, True
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def _unpack_to(self, member: Member, aside: Path) -> str:
        """Write a member's bytes and return their hash."""
        digest = blake2b(digest_size=16)
        aside.touch(0o600, exist_ok=False)
        with aside.open("wb") as file:
            for piece in self._pieces(member):
                digest.update(piece)
                _write(file, piece)
        return digest.hexdigest()

    def _pieces(self, member: Member) -> Iterator[bytes]:
        """Yield a member's bytes; its declared size is not trusted, so they are counted."""
        total = 0
        for piece in self._raw_pieces(member, _PIECE):
            if not total and not starts_like_an_image(piece[:HEAD_BYTES]):
                raise DatasetError(refusal(member.path.name, unsupported_text(piece[:HEAD_BYTES])))
            total += len(piece)
            self.left -= len(piece)
            if total >= MAX_ARCHIVE_BYTES or self.left < 0:
                raise DatasetError(_("It unpacks to more than it states."))
            yield piece

    def _raw_pieces(self, member: Member, most: int) -> Iterator[bytes]:
        """Decompress a member piece by piece; CancelledError, and DatasetError for damage.

        zipfile limits the output of Deflate. LZMA gets a few compressed bytes at a time, since each may become
        some thousand; a few bytes of bzip2 may become a gigabyte, so it is decompressed here.
        """
        try:
            if member.info.compress_type == ZIP_BZIP2:
                pieces = self._bzip2(member.info)
            else:
                pieces = self._as_zipfile_does(member.info, most)
            for piece in pieces:
                if self.cancelled():
                    raise CancelledError
                yield piece
        except _BROKEN as error:
            raise DatasetError(_("It could not be unpacked: {why}.").format(why=why(error))) from error

    def _as_zipfile_does(self, info: ZipInfo, most: int) -> Iterator[bytes]:
        small = info.compress_type == ZIP_LZMA
        with cast("ZipExtFile", self.archive.open(info)) as source:
            if small:
                source.MIN_READ_SIZE = _PACKED_PIECE
            while piece := source.read(_PACKED_PIECE if small else most):
                yield piece

    def _bzip2(self, info: ZipInfo) -> Iterator[bytes]:
        self.archive.open(info).close()  # reads the header before the bytes
        file = cast("IO[bytes]", self.archive.fp)
        file.seek(info.header_offset + _NAME_LENGTHS_AT)
        name, extra = struct.unpack("<HH", file.read(4))
        at, left = info.header_offset + _NAME_LENGTHS_AT + 4 + name + extra, info.compress_size
        unpacker, checksum = BZ2Decompressor(), 0
        while not unpacker.eof:
            packed = b""
            if unpacker.needs_input:
                file.seek(at)
                packed = file.read(min(_PIECE, left))
                if not packed:
                    raise EOFError
                at, left = at + len(packed), left - len(packed)
            piece = unpacker.decompress(packed, _PIECE)
            checksum = crc32(piece, checksum)
            if piece:
                yield piece
        if checksum != info.CRC:
            raise BadZipFile("Bad CRC-32")


def _write(file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> StoreError:
    return StoreError(
        _("The photos in the zip could not be copied."),
        _("Free some disk space, then add the zip again."),
        error.strerror or str(error),
    )


def _suffix(suffix: str, image_format: str) -> str:
    """Return the suffix of the copy: the image's own where it is an image suffix."""
    return suffix if suffix in ACCEPTED_SUFFIXES else f".{image_format.lower().replace('jpeg', 'jpg')}"

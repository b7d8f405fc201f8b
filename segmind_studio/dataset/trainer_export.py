"""Write a planned archive as another trainer wants it: the same prepared pictures, other names and folders."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from uuid import uuid4

from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.core.trainers import Trainer
from segmind_studio.dataset.archive import PIECE, ArchivePlan
from segmind_studio.dataset.layout import Span
from segmind_studio.dataset.names import ascii_stem
from segmind_studio.dataset.zip_stream import ZipEntry, bytes_of, checked_size, digest_of
from segmind_studio.file_replacing import rename_file, replace_file
from segmind_studio.texts import _

_FORMATS = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
_CAPTION = ".txt"


def arranged(
    archive: ArchivePlan, trainer: Trainer, name: str, prepared: Path, cancelled: Callable[[], bool],
) -> ArchivePlan:
    """Return the archive with the names, kinds of pictures and captions of a trainer.

    `name` is the dataset's. Pictures of kinds that it does not take are written as PNG to `prepared`. Raises
    SourceChangedError, CancelledError, and DatasetError when one cannot be converted or written.
    """
    folder = trainer.folder.format(name=ascii_stem(name))
    entries: list[ZipEntry] = []
    for given in archive.entries:
        if cancelled():
            raise CancelledError
        entry, suffix = given, PurePosixPath(given.name).suffix
        if suffix == _CAPTION and trainer.one_line:
            entry = _one_line(entry)
        elif suffix in _FORMATS and _FORMATS[suffix] not in trainer.formats:
            entry = _as_png(entry, prepared)
        entries.append(replace(entry, name=f"{folder}/{entry.name}" if folder else entry.name))
    return replace(archive, entries=tuple(entries), size=checked_size(entries))


def write_folder(
    archive: ArchivePlan, target: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool],
) -> None:
    """Write the files into a new folder, complete or not at all; one that is there already stays as it is.

    `progress` gets bytes written and bytes in all. Raises SourceChangedError, CancelledError, or DatasetError
    when the folder is there or cannot be written.
    """
    aside = target.with_name(f".{target.name[:100]}.{uuid4().hex}.part")
    total, done = sum(entry.size for entry in archive.entries), 0
    try:
        if target.exists():
            raise DatasetError(
                _("“{name}” already exists.").format(name=target.name),
                _("Choose another folder or name. Existing files are not replaced."),
            )
        for entry in archive.entries:
            if cancelled():
                raise CancelledError
            path = aside / entry.name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                for piece in bytes_of(entry, PIECE):
                    file.write(piece)
            done += entry.size
            progress(done, total)
        rename_file(aside, target)
    except OSError as error:
        raise DatasetError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("Free some disk space, or choose another folder."),
            error.strerror or str(error),
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _one_line(entry: ZipEntry) -> ZipEntry:
    text = b"".join(part for part in entry.parts if isinstance(part, bytes))
    line = b" ".join(text.split())
    return replace(entry, parts=(line,), size=len(line), crc=zlib.crc32(line))


def _as_png(entry: ZipEntry, prepared: Path) -> ZipEntry:
    """Return an entry of the same pixels as PNG, kept in `prepared` by the content of the picture."""
    from PIL import Image  # noqa: PLC0415  # as in `prepare`

    target = prepared / f"{digest_of(entry, PIECE)}.png"
    try:
        if not target.is_file():
            with Image.open(BytesIO(b"".join(bytes_of(entry, PIECE)))) as image:
                image.load()
                plain = image.copy()
            plain.info = {}
            aside = target.with_name(f"{target.stem}.{uuid4().hex}.part")
            prepared.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                plain.save(aside, "PNG")
                replace_file(aside, target)
            finally:
                with suppress(OSError):
                    aside.unlink(missing_ok=True)
        stat, data = target.stat(), target.read_bytes()
    except (OSError, ValueError) as error:
        raise DatasetError(
            _("“{name}” cannot be converted to PNG.").format(name=entry.shown_name),
            _("Exclude the photo, or save it in another format."),
            str(error),
        ) from error
    return replace(
        entry, name=f"{PurePosixPath(entry.name).stem}.png", parts=(Span(0, len(data)),), size=len(data),
        crc=zlib.crc32(data), source=target, source_size=len(data), mtime_ns=stat.st_mtime_ns, sha256="",
    )

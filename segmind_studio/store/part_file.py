"""A partial download beside its target, with a note of its source, so that it can be continued.

`name.safetensors.part` holds the bytes, `name.safetensors.part.json` the run and the ETag. A part without our note
is not ours: it is left unchanged and another name is used. No link is followed: in a folder that others can write
to, a link could send the bytes anywhere.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, cast

from segmind_studio.core.errors import StoreError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.formats import megabytes
from segmind_studio.store.file_names import free_names, move_without_overwriting
from segmind_studio.texts import _

_SPARE_BYTES = 64 * 1024 * 1024  # left free on the disk
_LOOK_EVERY = 16 * 1024 * 1024  # bytes between two checks of the free space
_LONGEST_NOTE = 64 * 1024


@dataclass(slots=True)
class PartFile:
    """One download's file on the disk. Blocking; every OSError becomes a StoreError."""

    run_id: str
    target: Path
    etag: str = ""
    _looked_at: int = 0  # the bytes that were there at the last check of the free space

    @classmethod
    def beside(cls, target: Path, run_id: str) -> Self:
        """Return the part of this run beside `target`: an old one that can be continued, or a new one."""
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in free_names(target):
                part = cls(run_id, name)
                note = part._read_note()
                if note is not None:
                    part.etag = note
                    return part
                if not any(os.path.lexists(path) for path in (name, part.path, part.note)):
                    part._begin()
                    return part
        except OSError as error:
            raise _unwritable(error) from None
        raise StoreError(_("All suitable file names are taken."), _("Choose another folder."))

    @property
    def path(self) -> Path:
        """Return the file that is being written."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def note(self) -> Path:
        """Return the file that describes the part."""
        return self.target.with_name(f"{self.target.name}.part.json")

    @property
    def offset(self) -> int:
        """Return the number of bytes to continue from, 0 when their ETag is not known."""
        try:
            return self.path.lstat().st_size if self.etag else 0
        except OSError:
            return 0

    def _begin(self) -> None:
        """Create both files, which must not exist; a link of that name counts as existing."""
        try:
            self._write_note("", os.O_EXCL)
            os.close(os.open(self.path, _WRITE | os.O_EXCL, 0o600))
        except FileExistsError:
            raise StoreError(
                _("The file could not be saved."),
                _("Another program is writing there. Try again."),
                self.path.name,
            ) from None

    def open(self) -> BinaryIO:
        """Open it for reading and writing, unbuffered, so that closing has nothing left to write."""
        try:
            descriptor = os.open(self.path, _WRITE, 0o600)
            return cast("BinaryIO", os.fdopen(_alone(descriptor), "r+b", buffering=0))
        except OSError as error:
            raise _unwritable(error) from None

    def remember(self, etag: str, total: int | None) -> None:
        """Store the ETag and size before the first byte; StoreError when there is not enough space."""
        try:
            held = self.path.lstat().st_size
            if total is not None and total - held > self._room():
                raise StoreError(
                    _("Not enough disk space."),
                    _("The file is {size}. Free some disk space, or choose another folder.").format(
                        size=megabytes(total, 0)
                    ),
                )
            self._looked_at = held
            if etag != self.etag:
                self._write_note(etag)
                self.etag = etag
        except OSError as error:
            raise _unwritable(error) from None

    def look_at_room(self, received: int, total: int | None) -> None:
        """Raise StoreError while there still is some free space; call it with the number of bytes so far.

        For a file of unknown length the received bytes are not kept: it may have no end.
        """
        if received - self._looked_at < _LOOK_EVERY:
            return
        self._looked_at = received
        try:
            room = self._room()
        except OSError as error:
            raise _unwritable(error) from None
        if room < 0:
            if total is None:
                self.etag = ""
            raise StoreError(
                _("The disk is nearly full."),
                _("The download stopped after {size}. Free some disk space, then try again.").format(
                    size=megabytes(received, 0)
                ),
            )

    def _room(self) -> int:
        return shutil.disk_usage(self.path.parent).free - _SPARE_BYTES

    def finish(self) -> Path:
        """Rename it to its final name, or the next free one, and return that; nothing is ever replaced."""
        try:
            path = move_without_overwriting(self.path, self.target)
            self.note.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(error) from None
        return path

    def leave(self) -> None:
        """Keep it when it can be continued later, else remove it."""
        if not self.offset:
            self.discard()

    def discard(self) -> None:
        """Remove it and its note, as far as possible."""
        for path in (self.path, self.note):
            try:
                path.unlink(missing_ok=True)
            except OSError:  # it is the user's folder: a leftover file is better than a second error
                continue

    def _read_note(self) -> str | None:
        """Return the ETag of this run's part; None when there is none or it belongs to another run."""
        try:
            descriptor = os.open(self.note, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _PLAIN)
            with os.fdopen(_alone(descriptor), "rb") as file:
                value = decoded_json(file.read(_LONGEST_NOTE).decode())
        except (OSError, ValueError):
            return None
        if not isinstance(value, dict):
            return None
        fields = cast("dict[str, object]", value)
        etag = fields.get("etag")
        if fields.get("run_id") != self.run_id or self.path.is_symlink():
            return None
        return etag if isinstance(etag, str) else ""

    def _write_note(self, etag: str, exclusively: int = 0) -> None:
        descriptor = os.open(self.note, _WRITE | os.O_TRUNC | exclusively, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps({"run_id": self.run_id, "etag": etag}).encode())


_PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)  # one of Windows, one of all other systems
_WRITE = os.O_RDWR | os.O_CREAT | _PLAIN


def _alone(descriptor: int) -> int:
    """Return the descriptor, or close it and raise OSError for a special file or one with another link."""
    about = os.fstat(descriptor)
    if stat.S_ISREG(about.st_mode) and about.st_nlink == 1:
        return descriptor
    os.close(descriptor)
    raise OSError("This is no file of its own.")


def _unwritable(error: OSError) -> StoreError:
    return StoreError(
        _("The file could not be saved."), _("Free some disk space, or choose another folder."),
        error.strerror or str(error),
    )

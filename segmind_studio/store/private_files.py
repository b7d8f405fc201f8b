"""Files that only their owner may read: safe replacement, renaming of damaged ones, and errors as text."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.file_replacing import rename_file
from segmind_studio.file_replacing import replace_file as rename_over
from segmind_studio.texts import N_, Text, _

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends
_POSIX = os.name == "posix"
_READ_FOR_S = 0.5  # a virus scanner or a backup has a file for a moment only
_READ_EVERY_S = 0.05
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


_WRITTEN = N_("“{name}” could not be saved.")
MADE = N_("“{name}” could not be created.")
READ = N_("“{name}” could not be read.")
SET_ASIDE = N_("“{name}” could not be renamed.")

_ONE_AT_A_TIME = threading.Lock()


def store_error(error: OSError, path: Path, failed: Text = _WRITTEN) -> StoreError:
    """Return the StoreError for a system error at one of the app's own files."""
    title = str(failed).format(name=path.name)
    if error.errno in _FULL:
        advice = _("The disk is full. Free some disk space, then try again.")
    elif error.errno in _DENIED:
        advice = _("The app is not allowed to use {folder}. Change its permissions, then try again.").format(
            folder=path.parent
        )
    elif error.errno in _MISSING:
        advice = _("The folder {folder} does not exist. Create it, or choose another.").format(
            folder=path.parent
        )
    else:
        advice = _("Check the disk and the folder {folder}, then try again.").format(folder=path.parent)
    return StoreError(title, advice, str(error))


def make_private_folder(path: Path) -> None:
    """Create a folder that only its owner may open, and its parents. StoreError when it cannot be created."""
    try:
        for folder in (*reversed(path.parents), path):  # `parents=True` would leave the parents open to all
            if not folder.is_dir():
                folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        if _POSIX:
            path.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise store_error(error, path, MADE) from error


def make_private_file(path: Path) -> None:
    """Create an empty file that only its owner may read, or restrict the rights of an existing one."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
        if _POSIX:
            path.chmod(PRIVATE_FILE)
    except OSError as error:
        raise store_error(error, path) from error


def read_text(path: Path) -> str:
    """Return a file's text, in UTF-8. Blocking, for half a second while another program has it; raises OSError."""
    end = time.monotonic() + _READ_FOR_S
    while True:
        try:
            return path.read_text(encoding="utf-8")
        except (FileNotFoundError, IsADirectoryError):
            raise
        except OSError:
            if time.monotonic() >= end:
                raise
            threading.Event().wait(_READ_EVERY_S)


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, flush it to the disk, then rename it to `path`.

    Whatever happens meanwhile, `path` holds either the old or the new content. StoreError when the new one could
    not be written.
    """
    make_private_folder(path.parent)
    replace_private(path, content)


def replace_private(path: Path, content: bytes) -> None:
    """Do the same in a folder of the user's own, whose rights stay unchanged; it must exist."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    with _ONE_AT_A_TIME:  # two threads that write one file would share the name aside
        try:
            aside.unlink(missing_ok=True)  # left by a crash
            number = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, PRIVATE_FILE)
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            rename_over(aside, path)
            _sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            raise store_error(error, path) from error


def _sync_folder(folder: Path) -> None:
    """Flush the new name to the disk too; only POSIX systems can open a folder."""
    if not _POSIX:
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def set_aside(path: Path) -> Path:
    """Rename a damaged file to `NAME.damaged-1`, or the next free number, and return the new path."""
    number = 1
    while (target := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    try:
        rename_file(path, target)
    except OSError as error:
        raise store_error(error, path, SET_ASIDE) from error
    return target

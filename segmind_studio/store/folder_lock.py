"""A lock on a folder that the operating system holds for this process, and releases when the process ends.

No rule about process ids is needed: the lock of a killed app is free at once, whatever process has its id now.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

from segmind_studio.core.errors import StoreError
from segmind_studio.store.private_files import make_private_file, store_error
from segmind_studio.texts import _

LOCK_NAME = "studio.lock"
_HELD = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK, getattr(errno, "EDEADLOCK", errno.EDEADLK)})
_LONGEST_NOTE = 100

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # the locked byte is after the text, which others may read

    def _lock(number: int) -> None:
        os.lseek(number, _FAR, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Lock a folder for one process.

    The file stays after release: if it were removed, two processes could lock two files of this name.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._number: int | None = None

    def claim(self) -> bool:
        """Lock the folder; False while another process has the lock. StoreError when locking is impossible."""
        if self._number is not None:
            return True
        make_private_file(self._path)
        try:
            number = os.open(self._path, os.O_RDWR)
        except OSError as error:
            raise store_error(error, self._path) from error
        try:
            _lock(number)
        except OSError as error:
            os.close(number)
            if error.errno in _HELD:
                return False
            raise StoreError(
                _("The folder {folder} could not be locked.").format(folder=self._path.parent),
                _("It may be on a network drive. Choose another one with --data-dir."), str(error),
            ) from error
        with contextlib.suppress(OSError):  # only information for readers of the file
            os.ftruncate(number, 0)
            os.lseek(number, 0, os.SEEK_SET)
            os.write(number, f"{os.getpid()}\n".encode())
        self._number = number
        return True

    @property
    def holder(self) -> str:
        """Return the id of the process that last locked the folder, "" when it is not known."""
        try:
            with self._path.open("rb") as file:
                return file.read(_LONGEST_NOTE).decode("ascii", "replace").strip()
        except OSError:
            return ""

    def release(self) -> None:
        """Release the lock."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

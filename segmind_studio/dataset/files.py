"""Open files that the user added: regular files only, each read up to a limit, whatever has that name."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BufferedReader, FileIO
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.texts import N_, _

NOT_A_FILE = N_("This is a folder or a device, not a file.")
_PIECE = 256 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


def open_regular(path: Path | str, *, listed: bool = False) -> BinaryIO:
    """Open a file to read; DatasetError when it is a pipe, a device or a folder, else what `open` raises.

    `listed` says that it was a regular file when its folder was listed, a moment ago.
    """
    return BufferedReader(FileIO(_opened(path, listed=listed)))  # as `os.fdopen`, with fewer system calls


def read_bounded(
    path: Path | str, limit: int, cancelled: Callable[[], bool] = lambda: False, *, listed: bool = False,
) -> bytes:
    """Return a whole file of at most `limit` bytes, one more when it is longer; DatasetError when unreadable.

    CancelledError on a cancel, which may take one piece on a slow disk. `listed` is that of `open_regular`.
    """
    pieces: list[bytes] = []
    left = limit + 1
    try:
        number = _opened(path, listed=listed)
        try:
            while left > 0 and (piece := os.read(number, min(_PIECE, left))):
                if cancelled():
                    raise CancelledError
                pieces.append(piece)
                left -= len(piece)
        finally:
            os.close(number)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        raise DatasetError(_("It could not be opened: {why}.").format(why=why(error))) from error
    return b"".join(pieces)


def _opened(path: Path | str, *, listed: bool) -> int:
    """Return the descriptor of a regular file.

    It is checked before, in its folder's listing or here, since opening a device may have effects, and again
    after: a pipe put in its place meanwhile neither blocks nor is read.
    """
    if not listed and not S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  # a Path for each file would be slow
        raise DatasetError(NOT_A_FILE)
    number = os.open(path, _FLAGS)
    if not S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise DatasetError(NOT_A_FILE)
    return number


def why(error: BaseException) -> str:
    """Return the system's message for an error, without a file name."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.rstrip(".") or "it is damaged"

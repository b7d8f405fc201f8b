"""Safe names for files that the app creates, and the exclusive step that gives a file its final name."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from segmind_studio.file_replacing import rename_file, replace_file

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # Windows
_LONGEST = 80
_TRIES = 1000
_NO_LINKS = frozenset({
    errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EINVAL,
})


def safe_stem(text: str, fallback: str) -> str:
    """Return a file name without suffix that every system accepts, made of `text`."""
    stem = _UNSAFE.sub("-", text).strip("-")[:_LONGEST].strip("-") or fallback
    return f"{stem}-model" if _RESERVED.fullmatch(stem) else stem


def free_names(wanted: Path) -> Iterator[Path]:
    """Yield `wanted`, then "name (2).suffix" and so on."""
    yield wanted
    for number in range(2, _TRIES):
        yield wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")


def move_without_overwriting(source: Path, wanted: Path) -> Path:
    """Rename `source` to `wanted`, or the next free name beside it, and return that; no file is ever replaced.

    Both must be in the same folder. Raises OSError.
    """
    for target in free_names(wanted):
        try:
            _move(source, target)
        except FileExistsError:
            continue
        return target
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(wanted))


def write_without_overwriting(aside: Path, wanted: Path, content: bytes) -> Path:
    """Write a new file as `aside`, flush it, and rename it to `wanted` or the next free name; return that.

    If the app is killed meanwhile, the final name has the complete file, an empty one, or none. Raises OSError.
    """
    try:
        number = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return move_without_overwriting(aside, wanted)
    finally:
        aside.unlink(missing_ok=True)


def _move(source: Path, target: Path) -> None:
    if sys.platform == "win32":
        rename_file(source, target)  # on Windows it fails when the target exists
        return
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        source.unlink()
        return
    with target.open("xb"):  # a file system without links: create the name, then replace our own file
        pass
    try:
        replace_file(source, target)
    except OSError:
        target.unlink(missing_ok=True)
        raise

"""Where the apps of one data folder meet, and whose process is at the other end of a socket. Without Qt.

Kept apart: the command line meets an open window here, and imports no Qt.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
import sys
import tempfile
from pathlib import Path

SOCKET = "launch.socket"  # its name in the data folder
LONGEST_SOCKET = 100  # bytes of its path: systems take 103 to 107
LONGEST_MESSAGE = 16_000_000  # more than a command line can be
_POSIX = os.name == "posix"
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def reach(folder: Path) -> int:
    """Return an open handle of a folder whose path is too long for a socket; -1 where none is needed or possible.

    The caller closes it.
    """
    if sys.platform == "linux" and _too_long(folder.resolve() / SOCKET):
        with contextlib.suppress(OSError):
            return os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    return -1


def meeting_places(folder: Path, handle: int = -1) -> list[str]:
    """Return the socket names for the apps of one data folder, the best first.

    The data folder's own, by its open `handle` if its path is too long; then, for a disk without owners or
    sockets, the user's runtime folders. Never a folder that others can write to: they might listen there first.
    """
    import hashlib  # noqa: PLC0415  # a first launch needs no name before its window is painted

    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]
    if not _POSIX:
        return [f"segmind-studio-{digest}"]  # a pipe, which Qt opens to this user alone
    own = folder.resolve() / SOCKET
    if handle >= 0 and _too_long(own):
        own = Path(f"/proc/self/fd/{handle}") / SOCKET
    others = [Path(place) for place in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir()) if place]
    names = [own, *(place / f"segmind-studio-{digest}" for place in others)]
    return [str(name) for name in names if not _too_long(name) and _is_private(name.parent)]


def _too_long(path: Path) -> bool:
    return len(os.fsencode(path)) > LONGEST_SOCKET


def _is_private(folder: Path) -> bool:
    try:
        told = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS


def is_own(descriptor: int) -> bool:
    """Return whether the process at the other end of a local socket is this user's; True if it is not known."""
    uid = peer_uid(descriptor)
    return uid is None or uid == os.geteuid()


def peer_uid(descriptor: int) -> int | None:
    """Return the user of the process at that end; None where the system has no answer, -1 if asking failed."""
    if sys.platform == "linux":
        import socket  # noqa: PLC0415  # when first needed

        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as peer:
            _pid, uid, _gid = struct.unpack("iII", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return uid
        return -1
    if not _POSIX:
        return None
    uid, gid = ctypes.c_uint(), ctypes.c_uint()
    failed = ctypes.CDLL(None).getpeereid(descriptor, ctypes.byref(uid), ctypes.byref(gid))
    return -1 if failed else uid.value

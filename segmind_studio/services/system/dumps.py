"""Keep the memory of this process, which holds the keys, from core dumps and from other programs. Without Qt.

Kept apart: the window and the command line both call it first.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

DEBUGGED = "SEGMIND_STUDIO_DEBUG"  # in the environment: debuggers may look into the app, and crashes be dumped
_SET_DUMPABLE = 4  # prctl's


def forbid_dumps() -> None:
    """Let no core dump and no other program of this user read the keys."""
    if os.name != "posix" or os.environ.get(DEBUGGED):
        return
    import resource  # noqa: PLC0415  # POSIX has it alone

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)  # the size limit has no effect on dumps to a program

"""Stay awake on Windows and on macOS. Nothing here needs more than the standard library."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Callable

from segmind_studio.services.desktop.keep_awake import AwakeError

CONTINUOUS = 0x80000000  # ES_CONTINUOUS: until it is changed, by the same thread
SYSTEM_REQUIRED = 0x00000001  # ES_SYSTEM_REQUIRED: the screen may go dark
CAFFEINATE = "/usr/bin/caffeinate"
_END_S = 2.0


def _set_thread_execution_state(state: int) -> int:
    library = getattr(ctypes, "windll")  # noqa: B009  # Windows has it alone, and so does its type
    return int(library.kernel32.SetThreadExecutionState(ctypes.c_uint(state)))


class WindowsAwake:
    """Ask Windows for this thread, by SetThreadExecutionState; Windows forgets it when the thread ends."""

    def __init__(self, set_state: Callable[[int], int] = _set_thread_execution_state) -> None:
        self._set_state = set_state
        self._held = False

    def hold(self, reason: str) -> None:  # noqa: ARG002  # Windows asks for none
        """Keep the system awake; AwakeError when Windows returns 0."""
        if not self._set_state(CONTINUOUS | SYSTEM_REQUIRED):
            raise AwakeError("SetThreadExecutionState returned 0")
        self._held = True

    def release(self) -> None:
        """Let the system sleep again."""
        if self._held:
            self._held = False
            self._set_state(CONTINUOUS)


class MacAwake:
    """Run macOS's own `caffeinate`, which ends with this process whatever becomes of that."""

    def __init__(self, program: str = CAFFEINATE) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def hold(self, reason: str) -> None:  # noqa: ARG002  # caffeinate takes none
        """Keep the system from idle sleep (-i) as long as this process is there (-w)."""
        self.release()
        try:
            self._process = subprocess.Popen(  # noqa: S603  # macOS's own program
                (self._program, "-i", "-w", str(os.getpid())), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise AwakeError(str(error)) from error

    def release(self) -> None:
        """End the program."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

"""Where Python writes its stacks when a signal kills the process: a private file beside the log.

The stacks name files, lines and functions, and no values. A file that exists at the next start means a crash.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
from io import TextIOWrapper
from pathlib import Path

from segmind_studio import __version__
from segmind_studio.store.private_files import PRIVATE_FILE, make_private_folder

_log = logging.getLogger(__name__)
NAME = "crash.log"
KEPT = 3  # of earlier crashes: crash-1.log is the newest
_LONGEST = 200_000  # bytes that are read back


class CrashFile:
    """Hold the file from `begin` to `end`. One for a process, and one process for a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._file: TextIOWrapper | None = None

    def begin(self) -> str:
        """Keep the file of a crash, return its text ("" when the app ended well), and record this process.

        Never raises: if the disk refuses, a crash leaves no file.
        """
        found = ""
        try:
            make_private_folder(self._path.parent)
            found = self._take_last()
            number = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
            self._file = os.fdopen(number, "w", encoding="utf-8")
            self._file.write(f"Segmind Studio {__version__}, Python {sys.version.split()[0]}\n")
            self._file.flush()
            faulthandler.enable(self._file)
        except Exception:  # noqa: BLE001  # the app starts without it
            _log.warning("A crash would leave nothing behind", exc_info=True)
        return found

    def end(self) -> None:
        """Record that the app ended well; may be called twice."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _take_last(self) -> str:
        """Return what follows the first line of the previous file; only a crash writes more."""
        if not self._path.exists():
            return ""
        with self._path.open("rb") as file:
            text = file.read(_LONGEST).decode("utf-8", "replace")
        stacks = text.partition("\n")[2].strip()
        if stacks:
            for number in range(KEPT, 1, -1):
                with contextlib.suppress(FileNotFoundError):
                    self._kept(number - 1).replace(self._kept(number))
            self._path.replace(self._kept(1))
        return text if stacks else ""

    def _kept(self, number: int) -> Path:
        return self._path.with_name(f"crash-{number}.log")

"""The log file: small, rotating, private, and without a secret in it."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import cast

from segmind_studio.core.masks import masked_text
from segmind_studio.store.private_files import PRIVATE_FILE, make_private_folder

MAX_BYTES = 1_000_000
FILES = 3


class MaskingFormatter(logging.Formatter):
    """Mask the complete line, so that arguments and tracebacks are covered too."""

    def __init__(self, secrets: Callable[[], Iterable[str]]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return masked_text(super().format(record), self._secrets())


class PrivateLogHandler(logging.FileHandler):
    """Write a file that only its owner may read; a full disk loses lines and never disturbs the app.

    A file that the next line would make larger than `MAX_BYTES` becomes "studio.log.1"; of these, the newest
    `FILES` - 1 are kept. `logging.handlers` has the same, but imports sockets and pickling at each start.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="replace", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, into a new file where this one is full."""
        try:
            if self._is_full(record):
                self._begin_next()
        except Exception:  # noqa: BLE001  # as logging's own handlers: logging never disturbs the app
            self.handleError(record)
            return
        super().emit(record)

    def _is_full(self, record: logging.LogRecord) -> bool:
        if self.stream is None:
            self.stream = self._open()
        self.stream.seek(0, os.SEEK_END)  # another process may have written
        size = self.stream.tell()
        return size > 0 and size + len(f"{self.format(record)}\n".encode(errors="replace")) >= MAX_BYTES

    def _begin_next(self) -> None:
        if self.stream is not None:
            self.stream.close()
        self.stream = None  # opened again by the next line
        path = Path(self.baseFilename)
        paths = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, FILES))]
        for newer, older in reversed(list(pairwise(paths))):
            with contextlib.suppress(FileNotFoundError):
                newer.replace(older)

    def _open(self) -> io.TextIOWrapper:
        stream = open(  # noqa: SIM115  # the handler closes it; Path.open takes no opener
            self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=_private,
        )
        return cast("io.TextIOWrapper", stream)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # logging's own name
        """Drop the line and open the file again for the next one."""
        if self.stream is not None:  # pyright: ignore[reportUnnecessaryComparison]  # None while delayed
            try:
                self.stream.close()
            except OSError:
                return
            finally:
                self.stream = None  # pyright: ignore[reportAttributeAccessIssue]  # opened again by the next line


def configure_logging(
    path: Path, masked: Callable[[], Iterable[str]], *, level: int = logging.INFO,
) -> logging.Handler:
    """Send everything logged from now on to `path`; return the handler.

    `masked` is called for the known secrets with each line, on the thread that logs: it must be fast and must not
    log. StoreError when the folder cannot be created.
    """
    make_private_folder(path.parent)
    handler = PrivateLogHandler(path)
    handler.setFormatter(MaskingFormatter(masked))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    return handler


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, PRIVATE_FILE)

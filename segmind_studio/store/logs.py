"""The log file: small, rotating, private, and without a secret in it."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable, Iterable
from logging.handlers import RotatingFileHandler
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


class PrivateLogHandler(RotatingFileHandler):
    """Write a file that only its owner may read; a full disk loses lines and never disturbs the app."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="replace", delay=True,
        )

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

"""The one way to rename a complete file to its final name, tried again while another program has it open.

A virus scanner or an indexer opens new files for a moment; Windows then refuses to rename or replace them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

RETRY_FOR_S = 2.0
_RETRY_EVERY_S = 0.05
_SHARING = frozenset({5, 32})  # ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION


def replace_file(aside: Path, target: Path) -> None:
    """Rename `aside` to `target`, replacing an older file. Blocking, on Windows for up to 2 s; raises OSError."""
    _retried(lambda: aside.replace(target))


def rename_file(source: Path, target: Path) -> None:
    """Rename a file like `replace_file`, but an existing target is an error on Windows."""
    _retried(lambda: source.rename(target))


def _retried(step: Callable[[], object]) -> None:
    end = time.monotonic() + RETRY_FOR_S
    while True:
        try:
            step()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _SHARING or time.monotonic() >= end:
                raise
            threading.Event().wait(_RETRY_EVERY_S)
        else:
            return

"""Tables as CSV files for spreadsheets and scripts, written off the GUI thread.

The text is UTF-8 with a mark at its beginning, by which spreadsheets know it; lines and quotes are as in RFC 4180.
A text that a spreadsheet would run as a formula gets an apostrophe in front: captions may be a stranger's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.overview_tables import Row
from segmind_studio.file_replacing import replace_file
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TableFiles(QObject):
    """Write one table after the other. GUI thread; rows are made and written on another one.

    Signals (GUI thread): written(Path), the file is complete; failed(StudioError).
    """

    written = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = TaskRunner(1, self)

    def write(self, target: Path, rows: Callable[[], Iterable[Row]]) -> None:
        """Write what `rows` returns; a file of that name is replaced."""
        self._tasks.run(partial(_write, target, rows), self._done, self._fail)

    def ask_stop(self) -> None:
        """Begin no further file."""
        self._tasks.ask_stop()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the file that is being written; False when the deadline passed."""
        return self._tasks.wait_end(deadline_ms)

    @Slot(object)
    def _done(self, target: Path) -> None:
        self.written.emit(target)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.failed.emit(error)


def csv_bytes(rows: Iterable[Row]) -> bytes:
    """Return a table as the bytes of a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")  # a name on the disk may hold half a character


def _harmless(value: str | float) -> str | float:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _write(target: Path, rows: Callable[[], Iterable[Row]]) -> Path:
    aside = target.with_name(f".{uuid4().hex}.part")
    try:
        aside.write_bytes(csv_bytes(rows()))
        replace_file(aside, target)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise StoreError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("Free some disk space, or choose another folder."),
            error.strerror or str(error),
        ) from error
    return target

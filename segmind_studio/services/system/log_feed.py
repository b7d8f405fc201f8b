"""The log for the window: read in the background, new lines as they come. What was logged is masked already."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.record import record
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _

LOOK_EVERY_MS = 1000
MOST_BYTES = 400_000  # of the end of the log, at the first look; about 3,000 entries
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_BEGIN = re.compile(rf"^\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d,\d{{3}} ({'|'.join(LEVELS)}) ")


@record
class LogEntry:
    """One entry with all of its lines, such as those of a traceback."""

    level: str  # one of LEVELS; that of the entry before it where a line says none
    text: str


@record
class LogPlace:
    """How far a log was read: the file, by its number in the file system, the bytes, and the last level."""

    file: int = -1
    offset: int = 0
    level: str = "INFO"


@record
class LogPart:
    """What was read, and where to read on; `anew` when it does not continue what was read before."""

    entries: tuple[LogEntry, ...]
    place: LogPlace
    anew: bool


def read_log(path: Path, place: LogPlace) -> LogPart:
    """Return the whole entries after a place; a log that was begun anew is read from its beginning. Blocking.

    StudioError when it cannot be read; a log that is not there yet has no entries.
    """
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            size = file.tell()
            number = path.stat().st_ino
            anew = number != place.file or size < place.offset
            start = max(0, size - MOST_BYTES) if anew else place.offset
            file.seek(start)
            data = file.read(MOST_BYTES)
    except FileNotFoundError:
        return LogPart((), LogPlace(), anew=place.file != -1)
    except OSError as error:
        raise StudioError(_("The log could not be read."), "", error.strerror or str(error)) from error
    whole = data[: data.rfind(b"\n") + 1]  # the rest of the line is still being written
    text = whole.decode("utf-8", "replace")
    if anew and start:
        text = text.partition("\n")[2]
    entries = _entries(text, place.level)
    level = entries[-1].level if entries else place.level
    return LogPart(entries, LogPlace(number, start + len(whole), level), anew)


def _entries(text: str, level: str) -> tuple[LogEntry, ...]:
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        begin = _BEGIN.match(line)
        if begin is None and found:
            found[-1][1].append(line)
        else:
            level = begin[1] if begin is not None else level
            found.append((level, [line]))
    return tuple(LogEntry(level, "\n".join(lines)) for level, lines in found)


class LogFeed(QObject):
    """Read the log while somebody looks at it. GUI thread; the file is read by the task pool.

    Signals:
        begun(object): tuple[LogEntry, ...], the log from here on; replaces what was shown.
        added(object): tuple[LogEntry, ...], what was logged since. failed(object): StudioError.
    """

    begun = Signal(object)
    added = Signal(object)
    failed = Signal(object)

    def __init__(
        self, path: Path, tasks: TaskRunner, parent: QObject | None = None,
        read: Callable[[Path, LogPlace], LogPart] = read_log,
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._tasks = tasks
        self._read = read
        self._place = LogPlace()
        self._reading = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    @Slot()
    def start(self) -> None:
        """Read now, and again every second."""
        self._timer.start()
        self._look()

    @Slot()
    def stop(self) -> None:
        """Read no more until it is started again."""
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        if not self._reading:
            self._reading = True
            self._tasks.run(partial(self._read, self._path, self._place), self._take, self._fail)

    @Slot(object)
    def _take(self, part: LogPart) -> None:
        self._reading = False
        self._place = part.place
        if part.anew:
            self.begun.emit(part.entries)
        elif part.entries:
            self.added.emit(part.entries)

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self._reading = False
        self.failed.emit(error)

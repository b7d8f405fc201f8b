"""Downloaded model files for the window: what their headers say, and whether they are as they were downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.api.safetensors import WeightsFacts, facts_of, metadata_of, read_header
from segmind_studio.core.errors import StudioError
from segmind_studio.record import record
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.texts import _

_PIECE = 4 * 1024 * 1024


@record
class ResultFacts:
    """What is known of a file on the disk: `size` in bytes, None when there is no file.

    `weights` is None, and `error` says why, when it is no complete safetensors file.
    """

    path: Path
    size: int | None = None
    weights: WeightsFacts | None = None
    metadata: Mapping[str, str] | None = None
    error: StudioError | None = None


@record
class ResultCheck:
    """Whether a file still has the SHA-256 of its download; `error` when it could not be read."""

    path: Path
    same: bool
    error: StudioError | None = None


class ResultService(QObject):
    """Read headers and check files. GUI thread; the task pool reads the disk.

    Signals:
        read(object): ResultFacts, the answer to `ask`. checked(object): ResultCheck, the answer to `check`.
    """

    read = Signal(object)
    checked = Signal(object)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks

    def ask(self, path: Path) -> None:
        """Read the header of a file; no tensor is read."""
        self._tasks.run(partial(_facts, path), self._read, self._broken)

    def check(self, path: Path, sha256: str) -> None:
        """Read a whole file and compare its SHA-256 (hex)."""
        self._tasks.run(partial(_check, path, sha256), self._checked, self._broken)

    @Slot(object)
    def _read(self, facts: ResultFacts) -> None:
        self.read.emit(facts)

    @Slot(object)
    def _checked(self, check: ResultCheck) -> None:
        self.checked.emit(check)

    @Slot(object)
    def _broken(self, error: StudioError) -> None:
        self.read.emit(ResultFacts(Path(), error=error))


def _facts(path: Path) -> ResultFacts:
    try:
        size = path.stat().st_size
    except OSError:
        return ResultFacts(path)
    try:
        header = read_header(path)
    except StudioError as error:
        return ResultFacts(path, size, error=error)
    return ResultFacts(path, size, facts_of(header), metadata_of(header))


def _check(path: Path, sha256: str) -> ResultCheck:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        unread = StudioError(_("The file could not be read."), _("Check the disk."), error.strerror or str(error))
        return ResultCheck(path, same=False, error=unread)
    return ResultCheck(path, same=digest.hexdigest() == sha256.lower())

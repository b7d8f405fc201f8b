"""Write the sheet of a run to a file. Blocking, without Qt: for the window's task pool and the command line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

from segmind_studio.core.errors import StoreError
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.store.database import Database
from segmind_studio.store.file_names import safe_stem, write_without_overwriting
from segmind_studio.store.journal import Journal
from segmind_studio.store.sheets import SheetSource, sheet_bytes
from segmind_studio.texts import _

SUFFIX = ".run.json"


@record
class SheetSaved:
    """Where a run's sheet was written: the requested file, or the next free name beside it."""

    run_id: str
    path: Path


def sheet_target(run: Run, folder: Path) -> Path:
    """Return the file that is proposed for a run's sheet."""
    return folder / f"{safe_stem(run.name, 'run')}{SUFFIX}"


def export_sheet(
    database: Database, run_id: str, target: Path, secrets: Callable[[], Iterable[str]],
) -> SheetSaved:
    """Write a run's sheet; an existing file is never replaced. StoreError. `secrets` returns the known keys."""
    journal = Journal(database)
    run = journal.get(run_id)
    if run is None:
        raise StoreError(_("This run is no longer in the history."), _("Check the list of runs."))
    source = SheetSource(run, journal.timeline(run_id), _size_of(run.result_path), time.time(), tuple(secrets()))
    return SheetSaved(run_id, _write(target, sheet_bytes(source)))


def _size_of(path: str) -> int | None:
    try:
        return Path(path).stat().st_size if path else None
    except (OSError, ValueError):
        return None


def _write(target: Path, content: bytes) -> Path:
    """Write the whole file under a temporary name, then rename it to `target` or the next free name."""
    aside = target.with_name(f".{uuid4().hex}.part")
    try:
        return write_without_overwriting(aside, target, content)
    except OSError as error:
        raise StoreError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("Free some disk space, or choose another folder."),
            error.strerror or str(error),
        ) from error

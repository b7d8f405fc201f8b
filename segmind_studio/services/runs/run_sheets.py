"""Run sheets for the window: export to a file, and import from one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import Connection
from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.runs.run_service import RunFailure
from segmind_studio.services.runs.sheet_steps import SUFFIX, SheetSaved, export_sheet, sheet_target
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.sheet_intake import take_in
from segmind_studio.store.sheet_reading import read_sheet
from segmind_studio.texts import _, ngettext, sentences

__all__ = ["SUFFIX", "RunSheetService", "SheetSaved"]


@record
class SheetsSaved:
    """How many runs' sheets were written into a folder."""

    count: int
    folder: Path


class RunSheetService(QObject):
    """Export and import runs' sheets. GUI thread; the task pool uses the files and the journal.

    `secrets` returns the known keys; it is called on a worker thread.

    Signals:
        exported(object): SheetSaved.
        several_exported(object): SheetsSaved.
        imported(object): Run, as stored in the journal of the account that was current at the request.
        row_changed(object): Run, the same run, for the list of runs.
        failed(object): RunFailure; its run_id is "" when an import failed.
    """

    exported = Signal(object)
    several_exported = Signal(object)
    imported = Signal(object)
    row_changed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, database: Database, tasks: TaskRunner, secrets: Callable[[], Iterable[str]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._tasks = tasks
        self._secrets = secrets
        self._account_id = ""

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Import sheets into this account from now on."""
        self._account_id = connection.account.account_id if connection else ""

    @staticmethod
    def default_target(run: Run, folder: Path) -> Path:
        """Return the file that is proposed for a run's sheet."""
        return sheet_target(run, folder)

    def export(self, run_id: str, target: Path) -> None:
        """Write a run's sheet; an existing file is never replaced."""
        work = partial(export_sheet, self._database, run_id, target, self._secrets)
        self._tasks.run(work, self._exported, self._failed)

    def export_several(self, run_ids: tuple[str, ...], folder: Path) -> None:
        """Write the sheets of runs into a folder; an existing file is never replaced.

        An error ends it, and says how many are written by then.
        """
        work = partial(_export_several, self._database, run_ids, folder, self._secrets)
        self._tasks.run(work, self._several_exported, self._failed)

    def take_in(self, path: Path) -> None:
        """Add the run of a sheet to the current account, as history."""
        if not self._account_id:
            self.failed.emit(RunFailure("", StudioError(
                _("No account to import the run to."), _("Choose an account in Settings."),
            )))
            return
        self._tasks.run(partial(_import, self._database, path, self._account_id), self._imported, self._failed)

    @Slot(object)
    def _exported(self, saved: SheetSaved) -> None:
        self.exported.emit(saved)

    @Slot(object)
    def _several_exported(self, saved: SheetsSaved) -> None:
        self.several_exported.emit(saved)

    @Slot(object)
    def _imported(self, run: Run) -> None:
        self.row_changed.emit(run)
        self.imported.emit(run)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.failed.emit(RunFailure("", error))


def _export_several(
    database: Database, run_ids: tuple[str, ...], folder: Path, secrets: Callable[[], Iterable[str]],
) -> SheetsSaved:
    journal = Journal(database)
    for count, run_id in enumerate(run_ids):
        run = journal.get(run_id)
        if run is None:
            continue
        try:
            export_sheet(database, run_id, sheet_target(run, folder), secrets)
        except StudioError as error:
            raise StoreError(error.title, sentences(error.advice, ngettext(
                "{count} run sheet saved.", "{count} run sheets saved.", count).format(count=count),
            ), error.detail) from error
    return SheetsSaved(len(run_ids), folder)


def _import(database: Database, path: Path, account_id: str) -> Run:
    now = time.time()
    return take_in(database, read_sheet(path, now), account_id, now)

"""A run as a page to show to somebody, for the window: gathered and written in the task pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.runs import Run
from segmind_studio.services.runs.page_steps import PageOrder, export_page, page_target
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database


class RunPageService(QObject):
    """Write pages. GUI thread; the task pool reads photos, pictures and the journal. `secrets` are the known keys.

    Signals:
        exported(object): Path, the requested file or the next free name beside it. failed(object): StudioError.
    """

    exported = Signal(object)
    failed = Signal(object)

    def __init__(
        self, database: Database, results: Path, tasks: TaskRunner, secrets: Callable[[], Iterable[str]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._results = results
        self._tasks = tasks
        self._secrets = secrets

    @staticmethod
    def default_target(run: Run, folder: Path) -> Path:
        """Return the file that is proposed for a run's page."""
        return page_target(run, folder)

    def export(self, order: PageOrder) -> None:
        """Write a page; an existing file is never replaced."""
        work = partial(export_page, self._database, self._results, order, self._secrets)
        self._tasks.run(work, self._exported, self._failed)

    @Slot(object)
    def _exported(self, path: Path) -> None:
        self.exported.emit(path)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.failed.emit(error)

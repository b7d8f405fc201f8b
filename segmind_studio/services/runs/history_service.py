"""The history of the current account, or of all, for the window: added up in the task pool, on request."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QImageWriter

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, Connection
from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.run_history import RunHistory, run_history
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.file_names import write_without_overwriting
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

MONTHS = 12
_NEWS_EVERY_MS = 500
_DECEMBER = 12


@record
class _Answer:
    """The history of an account, or what was asked for `together` with others."""

    account_id: str
    history: RunHistory
    together: bool = False


class HistoryService(QObject):
    """Add up an account's history, and save what is drawn of it. GUI thread; the task pool does the work.

    Nothing is added up unless `ask` or `ask_together` is called; of several calls meanwhile one is done.

    Signals:
        ready(object): RunHistory of the account in use, the answer to `ask`.
        ready_together(object): RunHistory of all accounts but practice, the answer to `ask_together`; where no
            other account has anything, that of the account in use.
        news(): a run or a picture has changed since; at most twice a second.
        saved(object): Path, the requested file or the next free name beside it. failed(object): StudioError.
    """

    ready = Signal(object)
    ready_together = Signal(object)
    news = Signal()
    saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self, database: Database, tasks: TaskRunner, runs: RunService, tryouts: ImageService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._tasks = tasks
        self._runs = runs
        self._tryouts = tryouts
        self._account_id = ""
        self._busy = False
        self._waiting: list[bool] = []  # what was asked for meanwhile: together or not
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_NEWS_EVERY_MS)
        self._soon.timeout.connect(self.news)
        for signal in (runs.replaced, runs.changed, tryouts.replaced, tryouts.changed):
            signal.connect(self._changed)

    @Slot(object)
    def set_connection(self, connection: Connection | None) -> None:
        """Add up this account from now on."""
        self._account_id = connection.account.account_id if connection else ""
        self._changed()

    @property
    def loaded(self) -> bool:
        """Return whether the runs and the pictures have been read; before that nothing is added up."""
        return self._runs.loaded and self._tryouts.loaded and bool(self._account_id)

    @Slot()
    def ask(self) -> None:
        """Add everything up; `ready` has the answer. Ignored before all is read: `news` comes once it is."""
        self._ask(together=False)

    @Slot()
    def ask_together(self) -> None:
        """Do the same for all accounts, but never for practice; `ready_together` has the answer."""
        self._ask(together=True)

    def _ask(self, *, together: bool) -> None:
        if self._busy:
            if together not in self._waiting:
                self._waiting.append(together)
        elif self.loaded:
            self._busy = True
            work = partial(
                _add_up_together if together else _add_up,
                self._database, self._runs.runs, self._tryouts.images, self._account_id, time.time(),
            )
            self._tasks.run(work, self._added_up, self._not_added_up)

    def save(self, target: Path, content: bytes | QImage) -> None:
        """Write a file, a picture as PNG; an existing file is never replaced."""
        self._tasks.run(partial(_save, target, content), self._saved, self._failed)

    @Slot()
    def _changed(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot(object)
    def _added_up(self, answer: _Answer) -> None:
        if answer.account_id == self._account_id:
            (self.ready_together if answer.together else self.ready).emit(answer.history)
        self._end()

    @Slot(object)
    def _not_added_up(self, error: StudioError) -> None:
        self.failed.emit(error)
        self._end()

    def _end(self) -> None:
        self._busy = False
        if self._waiting:
            self._ask(together=self._waiting.pop(0))

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.saved.emit(path)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.failed.emit(error)


def month_starts(now: float, count: int = MONTHS) -> tuple[float, ...]:
    """Return when the last months began in this computer's time zone, oldest first, that of `now` last."""
    moment = datetime.fromtimestamp(now)  # noqa: DTZ006  # midnight is that of the zone, see `local_calendar`
    months = moment.year * _DECEMBER + moment.month - 1
    return tuple(
        datetime(month // _DECEMBER, month % _DECEMBER + 1, 1).timestamp()  # noqa: DTZ001  # as above
        for month in range(months - count + 1, months + 1)
    )


def _add_up(
    database: Database, runs: tuple[Run, ...], images: tuple[GeneratedImage, ...], account_id: str, now: float,
) -> _Answer:
    timelines = Journal(database).timelines(account_id)
    return _Answer(account_id, run_history(runs, images, account_id, month_starts(now), timelines))


def _add_up_together(
    database: Database, runs: tuple[Run, ...], images: tuple[GeneratedImage, ...], account_id: str, now: float,
) -> _Answer:
    """Add what other accounts have to what the one in use has; practice is left out."""
    journal, store = Journal(database), ImageStore(database)
    others = {*journal.account_ids(), *store.account_ids()} - {account_id, PRACTICE_ACCOUNT_ID}
    if not others:
        return replace(_add_up(database, runs, images, account_id, now), together=True)
    timelines = {} if account_id == PRACTICE_ACCOUNT_ID else dict(journal.timelines(account_id))
    for other in sorted(others):
        runs += journal.runs(other)
        images += store.images(other)
        timelines |= journal.timelines(other)
    history = run_history(runs, images, account_id, month_starts(now), timelines, together=True)
    return _Answer(account_id, history, together=True)


def _save(target: Path, content: bytes | QImage) -> Path:
    aside = target.with_name(f".{uuid4().hex}.part")
    try:
        return write_without_overwriting(aside, target, _png(content) if isinstance(content, QImage) else content)
    except OSError as error:
        raise StoreError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("Free some disk space, or choose another folder."), error.strerror or str(error),
        ) from error


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())

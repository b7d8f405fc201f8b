"""The images of the accounts that are not in use, for a gallery that shows all. They are only read.

What is paid, looked for or rated goes by the images of the account in use alone, which `image_service.py` holds.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import field
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.record import record
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.images.image_service import ImageService, TryResult
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal

_log = logging.getLogger(__name__)


@record
class OtherImages:
    """Accounts with images other than `account_id`; where wanted, their images and the names of their runs."""

    account_id: str
    others: tuple[str, ...] = ()
    images: tuple[GeneratedImage, ...] = ()
    run_names: Mapping[str, str] = field(default_factory=dict[str, str])


class OtherAccountImages(QObject):
    """Hold the images of all accounts but the one in use, once they are wanted. GUI thread; the pool reads them.

    Signals:
        changed(): `images` or `run_names` differ.
        account_ids_changed(): `account_ids` differ.
    """

    changed = Signal()
    account_ids_changed = Signal()

    def __init__(
        self, database: Database, tasks: TaskRunner, accounts: AccountService, made: ImageService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = database
        self._tasks = tasks
        self._accounts = accounts
        self._held = OtherImages(accounts.state.current.account_id)
        self._wanted = self._busy = self._again = False
        accounts.changed.connect(self._follow)
        made.finished.connect(self._ended)

    @property
    def images(self) -> tuple[GeneratedImage, ...]:
        """Return the images, the newest of each account first."""
        return self._held.images

    @property
    def run_names(self) -> Mapping[str, str]:
        """Return the names of the runs of these accounts, by id."""
        return self._held.run_names

    @property
    def account_ids(self) -> tuple[str, ...]:
        """Return the accounts that are not in use and have images, as far as was read."""
        return self._held.others

    def want(self, *, on: bool) -> None:
        """Read the images, or drop them."""
        if on is not self._wanted:
            self._wanted = on
            if not on:
                self._hold(OtherImages(self._held.account_id, self._held.others))
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read again; of several calls meanwhile one is done."""
        if self._busy:
            self._again = True
            return
        self._busy = True
        work = partial(_read, self._database, self._held.account_id, wanted=self._wanted)
        self._tasks.run(work, self._take, self._failed)

    @Slot()
    def _follow(self) -> None:
        now = self._accounts.state.current.account_id
        if now != self._held.account_id:
            self._hold(OtherImages(now))
            self.refresh()

    @Slot(object)
    def _ended(self, result: TryResult) -> None:
        """Read one that was requested before the account was changed."""
        if result.generated.account_id != self._held.account_id:
            self.refresh()

    def _hold(self, other: OtherImages) -> None:
        before, self._held = self._held, other
        if other.others != before.others:
            self.account_ids_changed.emit()
        if other.images or before.images:
            self.changed.emit()

    @Slot(object)
    def _take(self, read: OtherImages) -> None:
        if read.account_id == self._held.account_id:
            self._hold(read if self._wanted else OtherImages(read.account_id, read.others))
        self._end()

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        _log.warning("The images of other accounts could not be read: %s", error.title)
        self._end()

    def _end(self) -> None:
        self._busy, again = False, self._again
        self._again = False
        if again:
            self.refresh()


def _read(database: Database, account_id: str, *, wanted: bool) -> OtherImages:
    store, journal = ImageStore(database), Journal(database)
    others = tuple(sorted(other for other in store.account_ids() if other != account_id))
    if not wanted:
        return OtherImages(account_id, others)
    images = tuple(image for other in others for image in store.images(other))
    names = {run_id: name for other in others for run_id, name in journal.names(other).items()}
    return OtherImages(account_id, others, images, names)

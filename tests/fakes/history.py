"""A real HistoryService over a journal on the disk and lists in memory, for the tests of what it is shown in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import Run, TimelineEntry
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.history_service import HistoryService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from tests.fakes.run_services import FakeRuns
from tests.fakes.try_service import FakeTryouts
from tests.fakes.typed import as_service


class HistoryPlace:
    """The service with its runs and pictures; `close` ends its threads."""

    def __init__(
        self, folder: Path, runs: Iterable[Run] = (), images: Iterable[GeneratedImage] = (),
        timelines: Mapping[str, Sequence[TimelineEntry]] | None = None, account_id: str = "real",
    ) -> None:
        self.runs = FakeRuns(runs)
        self.runs.loaded = True
        self.tryouts = FakeTryouts(images, account_id=account_id)
        self.tasks = TaskRunner()
        self._database = Database(folder / "history.sqlite")
        journal = Journal(self._database)
        for run in self.runs.runs:
            journal.write_history(run, (timelines or {}).get(run.run_id, ()))
        self.service = HistoryService(
            self._database, self.tasks, as_service(RunService, self.runs), as_service(ImageService, self.tryouts),
        )
        self.become(account_id)

    def add_elsewhere(self, *runs: Run) -> None:
        """Write runs of accounts that are not in use."""
        Journal(self._database).save_many(runs, 0.0)

    def become(self, account_id: str) -> None:
        """Use another account."""
        kind = AccountKind.PRACTICE if account_id == "practice" else AccountKind.SEGMIND
        self.service.set_connection(Connection(
            Account(account_id, "Mine", kind), "https://api.example", "https://hooks.example", ApiKey("SG_0"),
        ))

    def close(self) -> None:
        """End the threads and close the file."""
        self.tasks.stop()
        self._database.close()

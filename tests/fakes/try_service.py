"""A stand-in for ImageService: same signals and names, no thread, no disk; and the budgets on stand-ins."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.budget_service import BudgetService
from segmind_studio.services.images.contact_sheet import ContactSheets
from segmind_studio.services.images.grid_service import GridService
from segmind_studio.services.images.image_saver import ImageSaver
from segmind_studio.services.images.image_service import ImageService, TryFailure, TryRequest, TryResult
from segmind_studio.services.images.judging import JudgingService
from segmind_studio.services.images.other_images import OtherAccountImages
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.images.try_notes import TryNotesService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.try_file import TryFile
from segmind_studio.store.vote_store import VoteStore
from segmind_studio.ui.tryout.screen import TryScreen
from tests.fakes.hosting import EndsWithWindow
from tests.fakes.run_services import FakeAccounts, FakeRuns, FakeSettings, FakeSubmits
from tests.fakes.typed import as_service, keep


def make_image(image_id: str = "p1", state: ImageState = ImageState.MADE, **fields: Any) -> GeneratedImage:
    """Return an image of the run "anna", requested a moment ago."""
    return replace(GeneratedImage(image_id, "real", "anna", time.time(), state, prompt="TOKMAN"), **fields)


def make_judging(tryouts: FakeTryouts | ImageService, database: Database, folder: Path) -> JudgingService:
    """Return the real service on a database, with its votes in a folder; stop it."""
    store = ImageStore(database)
    return JudgingService(as_service(ImageService, tryouts), store, VoteStore(folder / "votes.jsonl"))


def make_try_screen(
    tryouts: FakeTryouts | ImageService, runs: FakeRuns, settings: FakeSettings, budgets: BudgetService,
    notes: TryNotesService | None = None, judging: JudgingService | None = None,
    accounts: FakeAccounts | None = None, others: OtherAccountImages | None = None,
) -> TryScreen:
    """Return the place with a saver and thumbnails that end with it; notes that are not passed write nothing.

    Without a `judging` nothing can be rated: it would write in a folder that is not there.
    """
    notes = notes or TryNotesService(TryFile(Path("nowhere")))
    tasks, thumbnails = TaskRunner(), Thumbnails()
    if judging is None:
        judging = make_judging(tryouts, Database(Path("nowhere", "studio.sqlite3")), Path("nowhere"))
        judging.setParent(tasks)
    screen = TryScreen(
        as_service(ImageService, tryouts), as_service(RunService, runs), as_service(SettingsService, settings),
        budgets, saver=ImageSaver(tasks, tasks), thumbnails=thumbnails, notes=notes, judging=judging,
        grids=GridService(
            as_service(ImageService, tryouts), as_service(RunService, runs), budgets, notes, tasks=tasks,
            parent=tasks,
        ),
        sheets=ContactSheets(tasks, tasks), accounts=as_service(AccountService, accounts) if accounts else None,
        others=others,
    )
    if notes.parent() is None:
        notes.setParent(screen)
    for pool in (tasks, thumbnails):
        pool.setParent(screen)
    EndsWithWindow(screen, tasks, thumbnails)
    return screen


class FakeTryouts(QObject):
    """Record requests in `asked`; `make`, `lose` and `fail` end the oldest."""

    replaced = Signal(object)
    changed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    looked = Signal(object)
    busy_changed = Signal(object)

    def __init__(
        self, images: Iterable[GeneratedImage] = (), *, loaded: bool = True, account_id: str = "real",
    ) -> None:
        super().__init__()
        self.account_id = account_id
        self.asked: list[TryRequest] = []
        self.loaded = loaded
        self.cancelled = 0
        self.looked_for: list[str] = []
        self.files: dict[str, Path] = {}
        self._images = {generated.image_id: generated for generated in images}
        self._waiting: list[tuple[TryRequest, GeneratedImage]] = []

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def images(self) -> tuple[GeneratedImage, ...]:
        return tuple(sorted(self._images.values(), key=lambda generated: generated.asked_at, reverse=True))

    def accept(self, images: Iterable[GeneratedImage]) -> None:
        before = self._images
        self._images = before | {image.image_id: image for image in images if image.image_id in before}
        if any(image.deleted is not before[name].deleted for name, image in self._images.items()):
            self.replaced.emit(self.images)

    def load(self, *images: GeneratedImage) -> None:
        self._images = {generated.image_id: generated for generated in images}
        self.loaded = True
        self.replaced.emit(self.images)

    def put(self, generated: GeneratedImage) -> None:
        self._images[generated.image_id] = generated
        self.changed.emit(generated)

    def result_of(self, generated: GeneratedImage) -> TryResult:
        return TryResult(generated, path=self.files.get(generated.image_id))

    def can_look(self, generated: GeneratedImage) -> bool:
        return generated.can_be_looked_for(time.time()) and generated.image_id not in self.looked_for

    def look(self, generated: GeneratedImage) -> None:
        self.looked_for.append(generated.image_id)

    def generate(self, request: TryRequest) -> str:
        self.asked.append(request)
        generated = request.generated(f"asked-{len(self.asked)}", self.account_id, time.time())
        self._waiting.append((request, generated))
        self.put(generated)
        if len(self._waiting) == 1:
            self.busy_changed.emit(True)
        return generated.image_id

    def cancel(self) -> None:
        self.cancelled += 1

    def make(self, image: QImage, path: Path | None = None, *, cost: float | None = None,
             remaining: float | None = None) -> None:
        _, generated = self._end(ImageState.MADE, cost=cost)
        self.finished.emit(TryResult(generated, image, path, remaining))
        self._emit_if_idle()

    def lose(self, error: StudioError) -> None:
        request, generated = self._end(ImageState.UNKNOWN, error=str(error))
        self.failed.emit(TryFailure(request, error, generated, generated.image_id))
        self._emit_if_idle()

    def fail(self, error: StudioError) -> None:
        request, generated = self._end(ImageState.FAILED, error=str(error))
        self.failed.emit(TryFailure(request, error, generated, generated.image_id))
        self._emit_if_idle()

    def _end(self, state: ImageState, **fields: object) -> tuple[TryRequest, GeneratedImage]:
        request, generated = self._waiting.pop(0)
        generated = replace(generated, state=state, ended_at=time.time(), **fields)
        self.put(generated)
        return request, generated

    def _emit_if_idle(self) -> None:
        if not self._waiting:
            self.busy_changed.emit(False)


def make_budget_service(
    runs: FakeRuns | RunService, settings: FakeSettings, submits: FakeSubmits | SubmissionService | None = None,
    tryouts: FakeTryouts | ImageService | None = None,
) -> BudgetService:
    """Return a budget service on stand-ins, which must be kept alive; without tryouts there are no images.

    The runs hear of the submissions, as in the app.
    """
    parts = submits or FakeSubmits(), tryouts or FakeTryouts()
    for signal, slot in (
        (parts[0].confirmed, runs.take_confirmed), (parts[0].unwritten, runs.drop_unwritten),
        (parts[0].row_changed, runs.accept_row), (parts[0].live_changed, runs.update_live),
    ):
        signal.connect(slot, Qt.ConnectionType.UniqueConnection)
    budgets = BudgetService(
        as_service(RunService, runs), as_service(ImageService, parts[1]), as_service(SettingsService, settings),
    )
    keep(budgets, parts)
    return budgets

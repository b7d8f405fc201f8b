"""The work of a command that has the data folder for itself: the very steps that the window's services do."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from uuid import uuid4

from segmind_studio.api.client import SegmindClient
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import Advance, CommandError, Output
from segmind_studio.cli.session import Session
from segmind_studio.core.accounts import Account
from segmind_studio.core.budget import Budget
from segmind_studio.core.cadence import Cadence
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import ManifestItem, Run
from segmind_studio.dataset.archive import PlanCache
from segmind_studio.services.datasets.full_look_pool import PlainLooks, refuse_damaged
from segmind_studio.services.images.image_worker import ImageMaker, ImageOrder
from segmind_studio.services.runs.apply_listing import settle
from segmind_studio.services.runs.download_steps import Download, DownloadResult
from segmind_studio.services.runs.giving_up import give_up
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.purchase_orders import (
    PictureMade,
    PictureOrder,
    PurchaseQuote,
    quote_continuing,
    quote_pictures,
)
from segmind_studio.services.runs.send_again import SendAgainWaits
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.services.runs.submit_request import new_runs
from segmind_studio.services.runs.training_order import (
    ReadOrder,
    TrainingOrder,
    TrainingQuote,
    quote_of,
    read_order,
)
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.file_names import safe_stem
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.result_images import path_of
from segmind_studio.texts import _

Ended = tuple[Run, StudioError | None]


def _unseen(data: bytes) -> bytes:
    """Return the file as it is: nothing is shown here."""
    return data


def pause(seconds: float) -> bool:
    """Wait; Ctrl+C ends it by KeyboardInterrupt."""
    return threading.Event().wait(seconds)


def goes_on(run: Run, waits: SendAgainWaits) -> bool:
    """Return whether a run can still change: not one without an answer that the person may send again."""
    return run.active and not waits.may_send_again(run)


class OwnWork:
    """Order, submit, follow and download in this process. Blocking; one thread, which Ctrl+C interrupts."""

    def __init__(self, session: Session, waits: SendAgainWaits | None = None) -> None:
        self._session = session
        self._output: Output = session.output
        self._read: ReadOrder | None = None
        self._waits = waits or SendAgainWaits()

    # -- a training

    def quote(self, order: TrainingOrder, *, ask: bool = True) -> TrainingQuote:
        """Read the photos and judge the order; `ask` requests the list first, so that lost runs are found."""
        session = self._session
        with self._output.progress(_("Reading photos")) as advance:
            read = read_order(
                order, session.paths, session.options, progress=lambda step: advance(step.looked_at, None),
            )
        if ask:
            self.list_runs()
        self._read = read
        return quote_of(read, *self._known())

    def start(self) -> Iterator[Ended]:
        """Write the order that was quoted last, then upload and send it. Yield each run when that has ended."""
        if self._read is None:
            raise ValueError("nothing was quoted")
        read, self._read = self._read, None  # an order is started once
        runs = new_runs(read.request, self._session.account.account_id, time.time())
        self._session.journal.add_all(runs, runs[0].created_at)
        for run in runs:
            self._output.event("run", run=run.run_id, name=run.name, phase=run.phase.value)
        yield from self._drive(tuple(run.run_id for run in runs), read.plans)

    # -- a run that has a row

    def quote_continuing(self, run: Run) -> PurchaseQuote:
        """Return what sending a run that has a row may cost."""
        return quote_continuing(run, *self._known())

    def resume(self, run: Run) -> Iterator[Ended]:
        """Continue a run from its stored step."""
        yield from self._drive((run.run_id,))

    def give_up(self, run: Run) -> None:
        """Give up a run that was not sent. StudioError."""
        give_up(self._session.journal, run.run_id)

    def _known(self) -> tuple[Account, Budget, tuple[Run, ...], tuple[GeneratedImage, ...]]:
        """Return what purchases are judged by."""
        session = self._session
        account_id = session.account.account_id
        runs, images = session.journal.runs(account_id), ImageStore(session.database).images(account_id)
        return session.account, Budget.of(session.settings), runs, images

    # -- pictures

    def quote_pictures(self, order: PictureOrder) -> PurchaseQuote:
        """Return what the pictures of an order may cost."""
        self._maker.load(self._session.account.account_id)  # an earlier start may have left one without an answer
        return quote_pictures(order, *self._known())

    def make_pictures(self, order: PictureOrder, run: Run) -> Iterator[PictureMade]:
        """Make them, one after another; yield each. The first that fails ends it: StudioError."""
        session = self._session
        for request in order.requests(run):
            row = request.generated(uuid4().hex, session.account.account_id, time.time())
            made = self._maker.make(ImageOrder(session.connection, request, row), TransferStop())
            error = made.error
            if error is not None and made.generated.may_be_paid:
                raise CommandError(ExitCode.NO_ANSWER, error.title, error.advice, error.detail)
            if error is not None:
                raise error
            kept = path_of(session.paths.results, made.generated)
            if kept is None:
                words = _("The picture could not be saved."), _("Free some disk space.")
                raise CommandError(ExitCode.PARTLY_DONE, *words)  # it is paid
            yield PictureMade(request.seed, kept, made.generated.cost)

    @cached_property
    def _maker(self) -> ImageMaker:
        return ImageMaker(ImageStore(self._session.database), self._session.paths.results, _unseen)

    # -- the steps

    def _drive(self, run_ids: tuple[str, ...], plans: PlanCache | None = None) -> Iterator[Ended]:
        session = self._session
        ended: list[Ended] = []
        with contextlib.ExitStack() as bars:  # one bar at a time: photos are checked before they are uploaded
            advances: list[Advance] = []

            def uploading(_run_id: str, sent: int, total: int) -> None:
                if not advances:
                    advances.append(bars.enter_context(self._output.progress(_("Uploading"), in_bytes=True)))
                advances[0](sent, total)

            submission = Submission(
                session.journal, session.connection, session.paths.prepared, changed=self._changed,
                progress=uploading, cancelled=lambda _run_id: False,
                pause=lambda _run_id, seconds: pause(seconds), options=session.options, look=self._look,
                plans=plans,
            )
            for run_id, error in submission.drive_all(run_ids):
                run = session.journal.get(run_id)
                if run is not None:
                    ended.append((run, error))
        yield from ended

    def _look(self, _run_id: str, items: tuple[ManifestItem, ...]) -> None:
        with self._output.progress(_("Checking photos")) as advance:
            refuse_damaged(PlainLooks(), items, advance, lambda: False)

    def _changed(self, run: Run) -> None:
        self._output.event("phase", run=run.run_id, name=run.name, phase=run.phase.value)

    # -- what became of runs

    def list_runs(self) -> None:
        """Request the list of runs and write what it says. StudioError."""
        session = self._session
        asked_at = time.time()
        with SegmindClient(session.connection) as client:
            listing = client.list_jobs()
        settle(session.journal, session.account.account_id, listing, asked_at, LiveRuns())

    def follow(self, run_ids: tuple[str, ...], until: float | None = None) -> Iterator[tuple[Run, ...]]:
        """Yield the runs after each listing, until none can change any more.

        `until` is in `time.monotonic`; CommandError STILL_RUNNING when it has passed. Between the listings other
        apps may use the folder, unless this is practice, whose service belongs to this process.
        """
        connection = self._session.connection
        cadence, failures = Cadence(connection.practice, connection.speed), 0
        problem: ApiError | None = None
        while True:
            try:
                self._listed_in_turn()
                failures, problem = 0, None
            except ApiError as error:
                if error.problem in {ApiProblem.BAD_KEY, ApiProblem.MISSING_KEY, ApiProblem.FORBIDDEN}:
                    raise
                failures, problem = failures + 1, error
                self._output.note(str(error))
            found = (self._session.journal.get(run_id) for run_id in run_ids)
            runs = tuple(run for run in found if run is not None)
            yield runs
            if not any(goes_on(run, self._waits) for run in runs):
                return
            offline = problem is not None and problem.problem is ApiProblem.OFFLINE
            later = problem.retry_after if problem is not None else None
            wait = cadence.wait(active=True, failures=failures, offline=offline, retry_after=later)
            if until is not None and time.monotonic() + wait > until:
                raise CommandError(
                    ExitCode.STILL_RUNNING, _("The waiting time is over; the run continues."),
                    _("To see it: segmind-studio runs"),
                )
            if not connection.practice:
                self._session.release()
            pause(wait)

    def _listed_in_turn(self) -> None:
        """List if this process has, or can get, the folder; otherwise the app that has it does so."""
        if self._session.owns or self._session.claim():
            self.list_runs()

    # -- the model

    def download(self, run: Run, folder: Path) -> DownloadResult:
        """Download a run's weights into a folder, under a free name. StudioError."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{safe_stem(run.name, 'model')}.safetensors"
        with self._output.progress(target.name, in_bytes=True) as advance:
            work = Download(
                self._session.journal, self._session.connection, progress=partial(advance), stop=TransferStop(),
            )
            return work.run(run.run_id, target)[1]

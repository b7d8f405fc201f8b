"""Show the running work of other services on the board: submissions, images, runs at the service."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Slot

from segmind_studio.core.runs import LOCAL_STAGES, Run
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitOutcome, UploadProgress
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.texts import _, ngettext

_PICTURES, _RUNS = "pictures", "runs"


class UnderWay(QObject):
    """Follow the services, and show their running work on the board. GUI thread."""

    def __init__(
        self, board: ActivityBoard, *, runs: RunService, submits: SubmissionService, tryouts: ImageService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._board = board
        self._submits = submits
        self._tryouts = tryouts
        self._sending: set[str] = set()
        self._training: set[str] = set()
        self._waiting = self._last_emitted = 0
        runs.replaced.connect(self._take_all)
        runs.changed.connect(self._take)
        submits.progress.connect(self._sent)
        submits.finished.connect(self._ended)
        tryouts.busy_changed.connect(self._count_images)
        tryouts.changed.connect(self._count_images)

    @Slot(object)
    def _take_all(self, runs: tuple[Run, ...]) -> None:
        self._training = {run.run_id for run in runs if run.active}  # submissions of all accounts continue
        self._take(run for run in runs if run.live or run.run_id in self._sending)

    @Slot(object)
    def _take(self, runs: Iterable[Run]) -> None:
        for run in runs:
            if run.live and run.stage in LOCAL_STAGES:
                self._training.discard(run.run_id)
                self._begin(run)
                continue
            self._end(run.run_id)
            (self._training.add if run.active else self._training.discard)(run.run_id)
        count = len(self._training)
        if count != self._last_emitted:
            self._last_emitted = count
            title = ngettext("{count} run at the service", "{count} runs at the service", count).format(
                count=count
            )
            self._board.begin(_RUNS, title, here=False) if count else self._board.end(_RUNS)

    def _begin(self, run: Run) -> None:
        if run.run_id not in self._sending:
            self._sending.add(run.run_id)
            title = _("Sending {name}").format(name=run.name)
            self._board.begin(_key(run.run_id), title, partial(self._submits.cancel, run.run_id))

    def _end(self, run_id: str) -> None:
        if run_id in self._sending:
            self._sending.discard(run_id)
            self._board.end(_key(run_id))

    @Slot(object)
    def _sent(self, progress: UploadProgress) -> None:
        self._board.progress(_key(progress.run_id), progress.sent, progress.total, "bytes")

    @Slot(object)
    def _ended(self, outcome: SubmitOutcome) -> None:
        self._end(outcome.run.run_id)

    @Slot()
    def _count_images(self) -> None:
        count = self._tryouts.waiting
        if count == self._waiting:
            return
        self._waiting = count
        title = ngettext("Making a picture", "Making {count} pictures", count).format(count=count)
        self._board.begin(_PICTURES, title, self._tryouts.cancel) if count else self._board.end(_PICTURES)


def _key(run_id: str) -> str:
    return f"send:{run_id}"

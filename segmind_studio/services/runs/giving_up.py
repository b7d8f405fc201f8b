"""Giving a run up before its request leaves, and what is said when it has left."""

from __future__ import annotations

import contextlib
import logging
import time

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import MovedOnError, StudioError
from segmind_studio.core.runs import NEXT_PHASES, Phase, Run
from segmind_studio.services.runs.run_values import RunFailure
from segmind_studio.services.system.tasks import unexpected
from segmind_studio.store.journal import Journal
from segmind_studio.texts import N_

_log = logging.getLogger(__name__)
MAY_STILL_STOP = frozenset({Phase.PREPARED, Phase.UPLOADING, Phase.UPLOADED})  # nothing was sent yet
TOO_LATE = (
    N_("It is too late to stop this run: its request has left."),
    N_("It may have started and be paid. Its row says what becomes of it."),
)
MOVED_ON = (N_("This run has moved on in the meantime."), N_("Check its row in Runs."))


def give_up(journal: Journal, run_id: str) -> Run:
    """Write that the person gave a run up that was not sent; StudioError when it no longer waits.

    From any thread, also while the run is being uploaded: whoever writes first decides.
    """
    while True:
        run = journal.get(run_id)
        if run is None or Phase.ABANDONED not in NEXT_PHASES[run.phase]:
            sent = run is not None and run.phase not in {Phase.ABANDONED, Phase.REFUSED}
            raise StudioError(*(TOO_LATE if sent else MOVED_ON))
        now = time.time()
        with contextlib.suppress(MovedOnError):  # it went a step further in between
            return journal.change(
                run_id, now, expected=run.phase, phase=Phase.ABANDONED, changed_at=now, error="",
            )


class GivingUp(QObject):
    """Write at once that runs are given up, on a thread of its own: an upload under way may take long.

    The step that leads to the request is written only while the run waits, so one of the two is too late.
    """

    given_up = Signal(object)  # Run
    failed = Signal(object)  # RunFailure

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    @Slot(str)
    def do(self, run_id: str) -> None:
        """Give one run up; never raises."""
        try:
            run = give_up(self._journal, run_id)
        except StudioError as error:
            self.failed.emit(RunFailure(run_id, error))
        except Exception as error:  # noqa: BLE001  # the border of a thread: it is worded and logged
            _log.exception("Giving up a run broke")
            self.failed.emit(RunFailure(run_id, unexpected(error)))
        else:
            self.given_up.emit(run)

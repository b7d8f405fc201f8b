"""Give up a run before its request is sent, and the error when it was sent already."""

from __future__ import annotations

import contextlib
import time

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import MovedOnError, StudioError
from segmind_studio.core.runs import NEXT_PHASES, Phase, Run
from segmind_studio.store.journal import Journal
from segmind_studio.texts import N_

MAY_STILL_STOP = frozenset({Phase.PREPARED, Phase.UPLOADING, Phase.UPLOADED})  # the request was not sent yet
TOO_LATE = (
    N_("It is too late to stop this run: the request was sent."),
    N_("The run may have started and may be paid. See its row in Runs."),
)
MOVED_ON = (N_("This run has changed in the meantime."), N_("See its row in Runs."))


def too_late(run: Run) -> StudioError:
    """Return the error for a run whose request was sent; in practice nothing is paid."""
    title, advice = TOO_LATE
    return StudioError(title, MOVED_ON[1] if run.account_id == PRACTICE_ACCOUNT_ID else advice)


def give_up(journal: Journal, run_id: str) -> Run:
    """Store that the user gave up a run that was not sent; StudioError when it no longer waits.

    From any thread, also while the run is being uploaded: the step that leads to the request is written only while
    the run waits, so the first write decides.
    """
    while True:
        run = journal.get(run_id)
        if run is None or Phase.ABANDONED not in NEXT_PHASES[run.phase]:
            sent = run is not None and run.phase not in {Phase.ABANDONED, Phase.REFUSED}
            raise too_late(run) if run is not None and sent else StudioError(*MOVED_ON)
        now = time.time()
        with contextlib.suppress(MovedOnError):  # it moved to another step in between
            return journal.change(
                run_id, now, expected=run.phase, phase=Phase.ABANDONED, changed_at=now, error="",
            )

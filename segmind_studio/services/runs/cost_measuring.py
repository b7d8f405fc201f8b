"""Measure a run's cost from the balance before and after it; the service itself returns no cost.

A service may charge with the request, or only when the training ends: a balance that did not change
measures nothing yet; it is read again when the run has ended. For a request without an answer the balance is the
best evidence.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

from segmind_studio.api.client import SegmindClient
from segmind_studio.clock import monotonic_seconds
from segmind_studio.core.errors import ApiError, StoreError, StudioError
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.formats import money
from segmind_studio.store.journal import Journal
from segmind_studio.texts import _

_log = logging.getLogger(__name__)
MEASURE_EVERY_S = 60.0
PRACTICE_MEASURE_EVERY_S = 1.0
LONGEST_S = 24 * 3600.0  # over a longer time other things may have changed the balance
_OPEN = frozenset({Phase.SENDING, Phase.UNKNOWN})
_TAKEN = frozenset({Phase.ACCEPTED, Phase.ADOPTED})
_ENDED = frozenset({Stage.READY, Stage.FAILED})


def measure(journal: Journal, client: SegmindClient, run: Run) -> Run:
    """Read the balance after a run's request and store it. Return the unchanged run if that fails.

    Also store whether only this run can have changed the balance.
    """
    try:
        return note_balance(journal, run, client.credits().total)
    except (ApiError, StoreError) as error:
        _log.info("The cost could not be measured: %s", error.title)
        return run


def stop_if_paid(journal: Journal, run: Run, balance: float | None, known_cost: float | None) -> None:
    """Raise StudioError when the balance shows that the run's request was paid, and the user did not know it.

    `known_cost` is what they were shown when they decided to send it again, None when no cost was known.
    """
    if run.cost is None and balance is not None:
        run = note_balance(journal, run, balance)
    if run.cost is not None and (known_cost is None or money(known_cost) != money(run.cost)):
        raise StudioError(
            _("Nothing was sent: the first request seems to have been accepted."),
            _("Your balance has fallen by {amount} since then. Let the app look for the run.").format(
                amount=money(run.cost)
            ),
        )


def note_balance(journal: Journal, run: Run, balance: float | None) -> Run:
    """Store a balance that was read after a run's request, and whether only this run can have changed it.

    Where the clock was set back in between, no time says what else was paid: the change counts as shared.
    StoreError on a disk error, or when the run has moved on.
    """
    at = time.time()
    since = at if run.before_at is None else run.before_at
    alone = since <= at and journal.alone(run, since, at)
    return journal.change(
        run.run_id, at, expected=run.phase, credits_after=balance, after_at=at, cost_shared=not alone,
    )


class Measures:
    """Choose the run for which to read the balance now, one at a time and not often. One thread."""

    def __init__(self, clock: Callable[[], float] = monotonic_seconds) -> None:
        self._clock = clock
        self._measured_at: dict[str, float] = {}
        self._last = float("-inf")

    def due(self, runs: Iterable[Run], *, practice: bool) -> Run | None:
        """Return the run that has waited longest, None when no balance can measure more."""
        every, now = (PRACTICE_MEASURE_EVERY_S if practice else MEASURE_EVERY_S), self._clock()
        if now - self._last < every:
            return None
        wanted = [run for run in runs if _can_measure(run, every)]
        if not wanted:
            return None
        run = min(wanted, key=lambda one: self._measured_at.get(one.run_id, float("-inf")))
        self._measured_at[run.run_id] = self._last = now
        return run


def _can_measure(run: Run, settled_s: float) -> bool:
    """Return whether reading the balance again may measure a run's cost."""
    if run.live or not run.made_here or run.credits_before is None or run.before_at is None:
        return False
    if time.time() - run.before_at > LONGEST_S:
        return False
    if run.phase in _OPEN:
        return run.credits_after is None or run.uncharged
    if run.phase not in _TAKEN:
        return False
    if run.credits_after is None or run.after_at is None:
        return True
    return run.uncharged and run.stage in _ENDED and run.after_at < run.changed_at + settled_s

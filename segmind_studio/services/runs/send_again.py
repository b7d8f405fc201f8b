"""When a run of unknown outcome may be sent again: the waiting time and the number of listings required."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from segmind_studio.clock import monotonic_seconds
from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.runs import Phase, Run

SEND_AGAIN_AFTER_S = 180.0
SEND_AGAIN_AFTER_LISTINGS = 3
PRACTICE_SEND_AGAIN_AFTER_S = 10.0
_WAITS = (Phase.SENDING, Phase.UNKNOWN)  # a set calls Python code for the hash of an enum each time


class Patience(NamedTuple):
    """What is required before a run may be sent again: a time (`monotonic_seconds`), and listings without it."""

    opens_at: float
    looks: int

    def left(self, now: float) -> float:
        """Return the seconds that are left to wait."""
        return max(0.0, self.opens_at - now)

    def over(self, now: float) -> bool:
        """Return whether the user may now risk a second run."""
        return not self.looks and not self.left(now)


class _Since(NamedTuple):
    at: float
    missed: int


class SendAgainWaits:
    """Store since when this process waits for each run of unknown outcome. One thread.

    The computer's clock has no effect: set back or forward, it allows a second run neither too early nor
    never. So the wait starts again with each start of the app, and needs at least one listing since then.
    """

    def __init__(self, clock: Callable[[], float] = monotonic_seconds) -> None:
        self._clock = clock
        self._since: dict[tuple[str, float | None], _Since] = {}

    def see(self, runs: Iterable[Run]) -> None:
        """Start the wait of the runs that are new here."""
        for run in runs:
            if run.phase in _WAITS:
                self._since.setdefault((run.run_id, run.sent_at), _Since(self._clock(), run.listings_missed))

    def patience(self, run: Run) -> Patience | None:
        """Return what is still required; None for a run that has its answer, or that is being sent."""
        if run.phase not in _WAITS or run.live:
            return None
        self.see((run,))
        since = self._since[run.run_id, run.sent_at]
        looked = run.listings_missed - since.missed
        looks = max(0, SEND_AGAIN_AFTER_LISTINGS - run.listings_missed, 1 - looked)
        return Patience(since.at + _wait_of(run), looks)

    def may_send_again(self, run: Run) -> bool:
        """Return whether the user may now risk a second run."""
        patience = self.patience(run)
        return patience is not None and patience.over(self._clock()) and run.phase is Phase.UNKNOWN


def _wait_of(run: Run) -> float:
    return PRACTICE_SEND_AGAIN_AFTER_S if run.account_id == PRACTICE_ACCOUNT_ID else SEND_AGAIN_AFTER_S

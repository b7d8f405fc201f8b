"""When to poll the service again: often while something runs, seldom when nothing does, never too often.

Kept apart: the computation of waiting times is pure, and has tests of its own.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from segmind_studio.record import record

BACKGROUND_PER_MINUTE = 5  # the lowest of Segmind's published rate limits
QUICK_S = 60.0 / BACKGROUND_PER_MINUTE + 3.0  # leaves one other background call a minute
SLOW_S = 300.0
LONGEST_WAIT_S = 900.0
LONGEST_OFFLINE_WAIT_S = 45.0  # a minute with its jitter
LONGEST_WORK_WAIT_S = 120.0  # of a submission or download, which others queue behind: later the user continues it
PRACTICE_SHORTEST_S = 0.25
PRACTICE_QUICK_S = 2.0  # at its usual speed, while a run is active
PRACTICE_EVENTS_S = 10.0  # the same while events bring what is new; also after a failure
PRACTICE_SLOW_S = 30.0  # while none is: all its runs are this app's own, so nothing new can come
LISTINGS_PER_MINUTE = BACKGROUND_PER_MINUTE - 1  # one is left for other background calls
EVENTS_S = 60.0  # while a run is active, and webhooks bring what is new
EVENTS_LAST_S = 600.0  # after the last event that a listing confirmed


@record
class Cadence:
    """The polling rules for one connection. `speed` is 1 for Segmind; practice is polled faster with its speed."""

    practice: bool = False
    speed: float = 1.0

    def wait(  # noqa: PLR0913  # all that a wait depends on
        self, *, active: bool, failures: int = 0, offline: bool = False, retry_after: float | None = None,
        rng: random.Random | None = None, events: bool = False,
    ) -> float:
        """Return the seconds until the next listing.

        `failures` counts failed listings in a row: from the quick pace on, the wait doubles with each, with up to
        a third of jitter. `offline` is True when the last listing never left this computer: it did not load the
        service, so the wait stays below a minute. The wait is never shorter than `retry_after` (seconds, from the
        service's headers). `events` is True while webhooks arrive and listings confirm them.
        """
        wait = (EVENTS_S if events else QUICK_S) if active else SLOW_S
        if failures:
            wait = QUICK_S  # the first failure is soon retried, also while nothing runs
        if self.practice:
            wait = max(PRACTICE_SHORTEST_S, self._practised(active, failures, events) / max(self.speed, 0.01))
        if failures:
            longest = LONGEST_OFFLINE_WAIT_S if offline else LONGEST_WAIT_S
            wait = min(longest, wait * 2.0 ** min(failures, 10))
            wait *= 1.0 + (rng or random.Random()).random() / 3.0  # noqa: S311  # jitter is no secret
        return max(wait, retry_after or 0.0)

    @staticmethod
    def _practised(active: bool, failures: int, events: bool) -> float:  # noqa: FBT001  # as in `wait`
        if active and not events:
            return PRACTICE_QUICK_S
        return PRACTICE_EVENTS_S if active or failures else PRACTICE_SLOW_S

    def room(self, asked: Sequence[float], now: float) -> float:
        """Return the seconds until one more listing keeps the limit per minute; 0 when it does now.

        `asked` are the times of the last listings, oldest first, in the seconds of any steady clock, as is `now`.
        """
        if self.practice:
            return max(0.0, asked[-1] + PRACTICE_SHORTEST_S - now) if asked else 0.0
        if len(asked) < LISTINGS_PER_MINUTE:
            return 0.0
        return max(0.0, asked[-LISTINGS_PER_MINUTE] + 60.0 - now)

    def eventful(self, confirmed_at: float | None, now: float) -> bool:
        """Return whether webhooks arrive: a listing confirmed one not long ago. Times as for `room`."""
        lasts = EVENTS_LAST_S / max(self.speed, 0.01) if self.practice else EVENTS_LAST_S
        return confirmed_at is not None and 0.0 <= now - confirmed_at < lasts

"""How long runs usually take, by the account's own history: in a state, from it until ready, and in all.

Nothing is guessed: what fewer than `LEAST_TIMES` runs have passed here has no usual time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise, repeat
from typing import NamedTuple

from segmind_studio.core.runs import Phase, Run, Stage, TimelineEntry, stage_of_status

LEAST_TIMES = 3  # of one state: fewer say nothing about the next run
LATE_FACTOR = 2.0  # of the longest time so far
LATE_BY_S = 300.0  # and at least so much longer than that
MOST_RUNS = 20  # the newest that became ready
_PHASES = frozenset(phase.value for phase in Phase)
_TIMED = frozenset({Stage.REQUESTED, Stage.PROCESSING, Stage.TRAINING, Stage.TRAINED, Stage.DEPLOYING})


class LateRun(NamedTuple):
    """A run that stays in a state for long: for how long now, and the range of earlier runs, in seconds."""

    elapsed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class UsualTimes:
    """The shortest and the longest time in seconds that runs stayed in each state that was passed often enough.

    The other two hold where the middle half of the times lies: `until_ready` from the begin of a state until the
    model was ready, and `whole` from the request until then, by the number of iterations.
    """

    ranges: Mapping[Stage, tuple[float, float]] = field(default_factory=dict[Stage, tuple[float, float]])
    until_ready: Mapping[Stage, tuple[float, float]] = field(default_factory=dict[Stage, tuple[float, float]])
    whole: Mapping[int, tuple[float, float]] = field(default_factory=dict[int, tuple[float, float]])

    def remaining(self, run: Run, now: float) -> tuple[float, float] | None:
        """Return how long a run usually still takes, least and most, in seconds; None where that is not known.

        The least is 0 for a run that could be ready by now; one that should be ready by now has no usual rest.
        """
        found = self.until_ready.get(run.stage) if not run.absent else None
        if found is None:
            return None
        low, high = (end - (now - run.changed_at) for end in found)
        return (max(0.0, low), high) if high > 0 else None

    def late(self, run: Run, now: float) -> LateRun | None:
        """Return by what a run stays in its state for unusually long; None otherwise. `now` is in seconds, UTC."""
        found = self.ranges.get(run.stage) if self.ranges and not run.absent else None
        if found is None:
            return None
        low, high = found
        elapsed = now - run.changed_at
        return LateRun(elapsed, low, high) if elapsed > max(LATE_FACTOR * high, high + LATE_BY_S) else None


def usual_times(timelines: Iterable[Sequence[TimelineEntry]], iterations: Iterable[int] = ()) -> UsualTimes:
    """Return the usual times from the events of runs that became ready, each oldest first.

    `iterations` are those of the same runs, in the same order; 0 for a run whose settings are not known.
    """
    stayed: dict[Stage, list[float]] = {}
    until: dict[Stage, list[float]] = {}
    whole: dict[int, list[float]] = {}
    for entries, count in zip(timelines, chain(iterations, repeat(0)), strict=False):
        passed = [(entry.at, stage_of_status(entry.what)) for entry in entries if entry.what not in _PHASES]
        begun: list[tuple[float, Stage]] = []
        for at, stage in passed:
            if not begun or stage is not begun[-1][1]:
                begun.append((at, stage))
        for (at, stage), (end, _next) in pairwise(begun):
            stayed.setdefault(stage, []).append(max(0.0, end - at))
        if begun and begun[-1][1] is Stage.READY:
            ready = begun[-1][0]
            for at, stage in begun[:-1]:
                until.setdefault(stage, []).append(max(0.0, ready - at))
            if count and len(begun) > 1:
                whole.setdefault(count, []).append(max(0.0, ready - begun[0][0]))
    return UsualTimes(
        {stage: (min(times), max(times)) for stage, times in stayed.items()
         if stage in _TIMED and len(times) >= LEAST_TIMES},
        {stage: _middle(times) for stage, times in until.items()
         if stage in _TIMED and len(times) >= LEAST_TIMES},
        {count: _middle(times) for count, times in whole.items() if len(times) >= LEAST_TIMES},
    )


def _middle(times: Sequence[float]) -> tuple[float, float]:
    """Return where the middle half lies: a run that ended while nobody looked seems longer than it was."""
    ordered = sorted(times)
    out = len(ordered) // 4
    return ordered[out], ordered[-1 - out]

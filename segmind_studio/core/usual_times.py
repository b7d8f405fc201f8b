"""How long runs usually stay in a state, by the account's own history, and which run stays longer.

Nothing is guessed: a state that fewer than `LEAST_TIMES` runs have passed here has no usual time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    """The shortest and the longest time in seconds that runs stayed in each state that was passed often enough."""

    ranges: Mapping[Stage, tuple[float, float]] = field(default_factory=dict[Stage, tuple[float, float]])

    def late(self, run: Run, now: float) -> LateRun | None:
        """Return by what a run stays in its state for unusually long; None otherwise. `now` is in seconds, UTC."""
        found = self.ranges.get(run.stage) if self.ranges and not run.absent else None
        if found is None:
            return None
        low, high = found
        elapsed = now - run.changed_at
        return LateRun(elapsed, low, high) if elapsed > max(LATE_FACTOR * high, high + LATE_BY_S) else None


def usual_times(timelines: Iterable[Sequence[TimelineEntry]]) -> UsualTimes:
    """Return the usual times from the events of runs that became ready, each oldest first."""
    found: dict[Stage, list[float]] = {}
    for entries in timelines:
        passed = [(entry.at, stage_of_status(entry.what)) for entry in entries if entry.what not in _PHASES]
        began = passed[0] if passed else None
        for at, stage in passed[1:]:
            if began is not None and stage is not began[1]:
                found.setdefault(began[1], []).append(max(0.0, at - began[0]))
                began = (at, stage)
    return UsualTimes({
        stage: (min(times), max(times)) for stage, times in found.items()
        if stage in _TIMED and len(times) >= LEAST_TIMES
    })

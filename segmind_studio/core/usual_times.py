"""How long runs stay in a state, by the account's own history, and which run stays longer than usual.

Nothing is guessed: a state that fewer than `LEAST_TIMES` runs have passed here has no usual time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import NamedTuple

from segmind_studio.core.runs import Phase, Run, Stage, TimelineEntry, stage_of_status

LEAST_TIMES = 3  # of one state: fewer say nothing about the next run
LATE_FACTOR = 2.0  # of the longest time so far
LATE_BY_S = 300.0  # and at least so much longer than that
MOST_RUNS = 20  # the newest that became ready
_QUARTERS = 4
_TIMED = (
    Stage.UPLOADING, Stage.REQUESTED, Stage.PROCESSING, Stage.TRAINING, Stage.TRAINED, Stage.DEPLOYING,
    Stage.READY,
)  # in the order that a run passes them
_BY_PHASE = {
    Phase.UPLOADING.value: Stage.UPLOADING, Phase.UPLOADED.value: None, Phase.ACCEPTED.value: Stage.REQUESTED,
    **dict.fromkeys((Phase.PREPARED.value, Phase.SENDING.value, Phase.UNKNOWN.value, Phase.ADOPTED.value,
                     Phase.REFUSED.value, Phase.ABANDONED.value), None),
}
_COMPARED = frozenset(_TIMED) - {Stage.UPLOADING, Stage.READY}  # that depend on the service alone


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the middle half of some values lies, and their median; of `count` values."""

    low: float
    middle: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long runs stayed in a state; `stage` is READY for all of the time from the request until ready.

    `spread` is None where fewer than `LEAST_TIMES` runs have passed the state.
    """

    stage: Stage
    spread: Spread | None


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
    return UsualTimes({
        stage: (min(times), max(times)) for stage, times in _measured(timelines).items()
        if stage in _COMPARED and len(times) >= LEAST_TIMES
    })


def stage_times(timelines: Iterable[Sequence[TimelineEntry]]) -> tuple[StageTime, ...]:
    """Return how long each state took, from when it was first seen until a later one was."""
    return tuple(StageTime(stage, spread(values)) for stage, values in _measured(timelines).items())


def spread(values: Sequence[float]) -> Spread | None:
    """Return the middle half of values; None for fewer than `LEAST_TIMES`."""
    if len(values) < LEAST_TIMES:
        return None
    low, middle, high = quantiles(values, n=_QUARTERS, method="inclusive")
    return Spread(low, middle, high, len(values))


def _measured(timelines: Iterable[Sequence[TimelineEntry]]) -> dict[Stage, list[float]]:
    """Return how many seconds each run stayed in each state: the one measure for all that is said of it."""
    found: dict[Stage, list[float]] = {stage: [] for stage in _TIMED}
    for entries in timelines:
        _measure(entries, found)
    return found


def _measure(entries: Sequence[TimelineEntry], found: dict[Stage, list[float]]) -> None:
    """Add the times of one run. One that failed, or went back, measures nothing in the state that it left."""
    current: Stage | None = None
    since = 0.0
    asked: float | None = None
    for entry in entries:
        stage = _stage_of(entry.what)
        if stage is current:
            continue
        sent = entry.what in _BY_PHASE  # after the upload comes a phase without a time of its own
        later = sent if current is Stage.UPLOADING else stage in _TIMED and current in _TIMED and (
            _TIMED.index(stage) > _TIMED.index(current)
        )
        if current is not None and current in _TIMED and later and entry.at >= since:
            found[current].append(entry.at - since)
        if stage is Stage.REQUESTED:
            asked = entry.at
        if stage is Stage.READY and asked is not None and entry.at >= asked:
            found[Stage.READY].append(entry.at - asked)
            asked = None
        current, since = stage, entry.at


def _stage_of(what: str) -> Stage | None:
    return _BY_PHASE[what] if what in _BY_PHASE else stage_of_status(what)

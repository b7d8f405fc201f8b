"""How long runs usually take, by the account's own history: in a state, from it until ready, and in all.

Nothing is guessed: what fewer than `LEAST_TIMES` runs have passed here has no usual time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from itertools import chain, repeat
from statistics import quantiles
from typing import NamedTuple

from segmind_studio.core.runs import Phase, Run, Stage, TimelineEntry, stage_of_status
from segmind_studio.record import record

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


@record
class Spread:
    """Where the middle half of some values lies, and their median; of `count` values."""

    low: float
    middle: float
    high: float
    count: int


@record
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


@record
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
    found = _measured(timelines, iterations)
    return UsualTimes(
        {
            stage: (min(times), max(times)) for stage, times in found.stays.items()
            if stage in _COMPARED and len(times) >= LEAST_TIMES
        },
        {stage: half for stage, times in found.until_ready.items() if (half := _middle_half(times)) is not None},
        {count: half for count, times in found.whole.items() if (half := _middle_half(times)) is not None},
    )


def stage_times(timelines: Iterable[Sequence[TimelineEntry]]) -> tuple[StageTime, ...]:
    """Return how long each state took, from when it was first seen until a later one was."""
    return tuple(StageTime(stage, spread(values)) for stage, values in _measured(timelines).stays.items())


def spread(values: Sequence[float]) -> Spread | None:
    """Return the middle half of values; None for fewer than `LEAST_TIMES`.

    Not the extremes: a run that ended while the app was closed seems longer than it was.
    """
    if len(values) < LEAST_TIMES:
        return None
    low, middle, high = quantiles(values, n=_QUARTERS, method="inclusive")
    return Spread(low, middle, high, len(values))


def _middle_half(values: Sequence[float]) -> tuple[float, float] | None:
    found = spread(values)
    return None if found is None else (found.low, found.high)


class _Measures:
    """Seconds: that runs stayed in each state, from its begin until ready, and in all by iterations."""

    def __init__(self) -> None:
        self.stays: dict[Stage, list[float]] = {stage: [] for stage in _TIMED}
        self.until_ready: dict[Stage, list[float]] = {}
        self.whole: dict[int, list[float]] = {}

    def add(self, entries: Sequence[TimelineEntry], iterations: int) -> None:
        """Add the times of one run. One that failed, or went back, measures nothing in the state that it left."""
        current: Stage | None = None
        since = 0.0
        begun: dict[Stage, float] = {}  # the states since the request, and when each was first seen
        for entry in entries:
            stage = _stage_of(entry.what)
            if stage is current:
                continue
            sent = entry.what in _BY_PHASE  # after the upload comes a phase without a time of its own
            later = sent if current is Stage.UPLOADING else stage in _TIMED and current in _TIMED and (
                _TIMED.index(stage) > _TIMED.index(current)
            )
            if current is not None and current in _TIMED and later and entry.at >= since:
                self.stays[current].append(entry.at - since)
            if stage is Stage.REQUESTED:
                begun = {}
            if stage is not None and stage in _COMPARED:
                begun[stage] = entry.at
            if stage is Stage.READY:
                self._became_ready(begun, entry.at, iterations)
                begun = {}
            current, since = stage, entry.at

    def _became_ready(self, begun: Mapping[Stage, float], at: float, iterations: int) -> None:
        for stage, began in begun.items():
            if at >= began:
                self.until_ready.setdefault(stage, []).append(at - began)
        asked = begun.get(Stage.REQUESTED)
        if asked is not None and at >= asked:
            self.stays[Stage.READY].append(at - asked)
            if iterations:
                self.whole.setdefault(iterations, []).append(at - asked)


def _measured(timelines: Iterable[Sequence[TimelineEntry]], iterations: Iterable[int] = ()) -> _Measures:
    """Return the one measure for all that is said of times."""
    found = _Measures()
    for entries, count in zip(timelines, chain(iterations, repeat(0)), strict=False):
        found.add(entries, count)
    return found


def _stage_of(what: str) -> Stage | None:
    return _BY_PHASE[what] if what in _BY_PHASE else stage_of_status(what)

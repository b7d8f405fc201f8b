"""Rounds in which the product and its peer run alternately, and the detection of disturbed rounds.

A fixed piece of work (hashing on as many threads as there are cores, up to two) runs before and after each round.
Where it takes longer than its best time in this run, or than the processor's time it needs, other programs were
running: the round is not counted.
"""

import hashlib
import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

SLACK = 1.25  # how much longer than its best time the fixed work may take
LONGEST_WAIT_S = 10.0  # for the machine to become idle, before each round
ENOUGH = 3  # calm rounds, where the time does not suffice for all
WAITING = 0.25  # of the time that is left may pass until the machine is calm
TRIES = 3  # times the number of wanted rounds; missing ones are taken from the disturbed ones
_WORK = bytes(24 * 1024 * 1024)
_THREADS = min(2, os.cpu_count() or 1)

Work = Callable[[], tuple[float, float]]  # seconds by the clock, and those of the processor
Turn = Callable[[], Mapping[str, float]]  # measures once; returns figures by their names


class Calm:
    """Measure whether this machine is as fast as when nothing else runs on it."""

    def __init__(self, work: Work | None = None) -> None:
        self._work = work or fixed_work
        self._best = min(self._work()[0] for _ in range(8))
        self._clock = threading.Event()

    def now(self) -> bool:
        """Return whether the machine is as fast as it can be."""
        spent, worked = self._work()
        self._best = min(self._best, spent)
        return spent <= min(self._best, worked) * SLACK

    def wait(self, until: float = math.inf) -> bool:
        """Wait until it is, no longer than to that time; return False when it took too long."""
        end = min(time.monotonic() + LONGEST_WAIT_S, until)
        while not self.now():
            if time.monotonic() > end:
                return False
            self._clock.wait(0.2)
        return True


class AlwaysCalm:
    """Count every round, for the tests of this code."""

    def now(self) -> bool:
        return True

    def wait(self, until: float = math.inf) -> bool:
        del until
        return True


@dataclass
class Rounds:
    """The measured figures: for each name those of the product and, beside each, of the peer and of the limit."""

    product: dict[str, list[float]] = field(default_factory=dict)
    peer: dict[str, list[float]] = field(default_factory=dict)
    limit: dict[str, list[float]] = field(default_factory=dict)
    disturbed: int = 0  # rounds that were thrown away
    doubtful: bool = False  # too few undisturbed rounds: disturbed ones are included

    def add(self, *turns: Mapping[str, float]) -> None:
        for kept, turn in zip((self.product, self.peer, self.limit), turns, strict=True):
            for name, figure in turn.items():
                kept.setdefault(name, []).append(figure)


def take_turns(
    product: Turn, peer: Turn, count: int, calm: Calm | AlwaysCalm, *,
    limit: Turn | None = None, end: float = math.inf,
) -> Rounds:
    """Measure `count` undisturbed rounds; the first of the two changes with each, the limit is measured last.

    A round that would end after `end`, by the monotonic clock, does not begin, unless it is the first.
    """
    found = Rounds()
    spoiled: list[tuple[Mapping[str, float], ...]] = []
    kept, longest = 0, 0.0
    for number in range(count * TRIES):
        begun = time.monotonic()
        if number and begun + longest > end:
            break
        quiet = calm.wait(begun + (end - begun) * WAITING)
        begun = time.monotonic()
        if number % 2:
            theirs = peer()
            mine = product()
        else:
            mine = product()
            theirs = peer()
        least = limit() if limit is not None else {}
        if quiet and calm.now():
            found.add(mine, theirs, least)
            kept += 1
        else:
            spoiled.append((mine, theirs, least))
        longest = max(longest, time.monotonic() - begun)
        if kept == count:
            break
    found.disturbed = len(spoiled)
    wanted = count if math.isinf(end) else min(count, max(ENOUGH, kept))
    for turns in spoiled[: max(0, wanted - kept)]:
        found.add(*turns)
        found.doubtful = True
    return found


def share(mine: float, theirs: float) -> float:
    """Return the ratio, also for values too small to measure: 1 for two zeros, infinity for one over zero."""
    if mine == theirs:
        return 1.0
    return mine / theirs if theirs else math.inf


def nobody() -> Mapping[str, float]:
    """Return no figures, in place of a peer."""
    return {}


def fixed_work() -> tuple[float, float]:
    """Do it once; return seconds by the clock, and those that the busiest thread worked."""
    worked: list[float] = []

    def hash_it() -> None:
        before = time.thread_time()
        hashlib.sha256(_WORK)
        worked.append(time.thread_time() - before)

    threads = [threading.Thread(target=hash_it) for _ in range(_THREADS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun, max(worked)

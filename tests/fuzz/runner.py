"""Feed inputs to the readers until the time is up; an exception, a long time or much memory is a failure."""

import faulthandler
import hashlib
import random
import re
import sys
import time
from dataclasses import dataclass

from tests.fuzz.inputs import hostile, systematic

HANGS_AFTER_S = 120  # real time; then the process ends, and its last input is saved
SLOWEST_UNITS = 100  # of processor time, see `unit`; a second or two
MOST_BYTES = 200 * 1024**2  # more memory than before, for one input
MOST_FAILURES = 10
SYSTEMATIC = tuple(systematic())


@dataclass(frozen=True)
class Failure:
    """One input that a reader failed on."""

    target: str
    number: int
    problem: str
    data: bytes

    @property
    def kind(self):
        """Return the problem without its figures: each kind is reported once."""
        return _kind(self.problem)


def unit():
    """Return the speed of this machine: the processor time of some fixed work, some 15 ms."""
    def once():
        begun = time.process_time()
        sum(hash(str(number)) & 1 for number in range(60_000))
        return time.process_time() - begun

    return min(once() for _ in range(5))


class Runner:
    """Run targets in turn. The input of a number depends on the seed, the target and the number only."""

    def __init__(self, targets, seed, folder, *, slowest=None, most_bytes=MOST_BYTES):
        self._targets = targets
        self._seed = seed
        self._folder = folder
        self._slowest = SLOWEST_UNITS * unit() if slowest is None else slowest
        self._most_bytes = most_bytes
        self.tried = 0
        self.failures = []
        (folder / "work").mkdir(parents=True, exist_ok=True)

    def run(self, seconds):
        """Run for `seconds`, or until there are too many failures; return these."""
        for target in self._targets:  # imports on first use are not measured
            for sample in target.samples:
                self.try_one(target, -1, sample, measured=False)
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end and len(self.failures) < MOST_FAILURES:
            for target in self._targets:
                self.try_one(target, number, self.data(target, number))
            number += 1
            if number % 20 == 1:
                faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
        faulthandler.cancel_dump_traceback_later()
        return self.failures

    def data(self, target, number):
        """Return an input by its number; every second one of the first is the same for all seeds."""
        if number % 2 and number // 2 < len(SYSTEMATIC):
            return SYSTEMATIC[number // 2]
        chance = random.Random(f"{self._seed} {target.name} {number}")  # noqa: S311  # no secret
        return hostile(chance, target.samples)

    def try_one(self, target, number, data, *, measured=True):
        """Call a target with one input, and record what is wrong with the result."""
        current = self._folder / "current"
        current.write_bytes(data)
        self.tried += 1
        before, begun = _most_memory(), time.process_time()
        try:
            target.run(data, self._folder / "work")
        except Exception as error:  # noqa: BLE001  # any exception is a failure
            self._fail(target, number, data, f"{type(error).__name__}: {str(error)[:200]}")
        else:
            spent, grown = time.process_time() - begun, _most_memory() - before
            if measured and spent > self._slowest:
                self._fail(target, number, data, f"{spent:.1f} s of processor time, more than {self._slowest:.1f}")
            elif measured and grown > self._most_bytes:
                self._fail(target, number, data, f"{grown / 1e6:.0f} MB of memory")

    def _fail(self, target, number, data, problem):
        if any(known.target == target.name and known.kind == _kind(problem) for known in self.failures):
            return
        self.failures.append(Failure(target.name, number, problem, data))
        saved = self._folder / f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
        saved.write_bytes(data)
        print(f"{target.name}, number {number}: {problem}\n  {len(data)} bytes, saved as {saved}", flush=True)


def _kind(problem):
    return re.sub(r"\d+", "", problem)[:60]


def _most_memory():
    """Return the most memory this process ever had, in bytes; 0 where the system does not report it."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415  # not on Windows

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024

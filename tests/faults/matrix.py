"""The fault matrix: real submissions in child processes, killed or disturbed at each step, then started again.

  python tests/faults --cases N --seed S
  python tests/faults --mutations

After each case the service holds one run or none, and the disk knows it: never two, never a lost one, no second
request that the user did not ask for, and photos, captions and form unchanged. Ends with one line `cases=N
duplicates=0 losses=0`; exit code 0 only then.
"""

import contextlib
import shutil
import statistics
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import judge
from children import warm_up
from conductor import Conductor
from fault_case import FULL_DISK, KILL, Case, Life, Trouble
from stage import SPEED, Stage

from segmind_studio.core.practice import Fault

FRESH_SERVICE_AFTER = 30  # cases; its list would grow
MEASURED = 3  # undisturbed lives
CALM = Life()
INTERRUPTED = Life((Trouble("after uploading", KILL),))


@dataclass
class Outcome:
    """The counts: `broken` are lives that ended in an unexpected error.

    `struck` cases had all of their troubles; `moments` are the steps at a random death.
    """

    cases: int = 0
    duplicates: int = 0
    losses: int = 0
    broken: int = 0
    struck: int = 0
    ends: Counter = field(default_factory=Counter)
    moments: Counter = field(default_factory=Counter)

    def add(self, other):
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def good(self):
        return not (self.duplicates or self.losses or self.broken)

    def __str__(self):
        return f"cases={self.cases} duplicates={self.duplicates} losses={self.losses}"


class Matrix:
    """Run cases, one after another; `say` is called for each that failed."""

    def __init__(self, stage, say):
        self._stage = stage
        self._say = say
        self._lengths = {}
        self.outcome = Outcome()

    def run(self, all_cases):
        for number, case in enumerate(all_cases):
            if number % FRESH_SERVICE_AFTER == 0:
                self._stage.fresh_service()
            if case.random and not self._lengths:
                self._measure()
            self._do(case)
        return self.outcome

    def _measure(self):
        """Measure how long processes without trouble run: those that start a run, and later ones."""
        spent = {True: [], False: []}
        for number in range(2 * MEASURED):
            starts = number % 2 == 0
            case = Case(-1 - number, ())
            folder = self._stage.prepared(self._stage.folder / f"measured-{number}")
            conductor = Conductor(case, folder, self._stage)
            if not starts:
                conductor.lead(INTERRUPTED, starts=True)
            spent[starts].append(conductor.measure(starts=starts))
        self._lengths = {starts: statistics.median(seconds) for starts, seconds in spent.items()}

    def _do(self, case):
        stage = self._stage
        small = case.has(FULL_DISK) and stage.disk.mounted
        folder = stage.prepared((stage.disk.folder if small else stage.folder) / case.name)
        since = len(stage.server.requests())
        decoys = [stage.add_decoy(name) for name in case.names] if case.decoys else []
        conductor = Conductor(case, folder, stage)
        wrong, met_all, disk_state = [], True, judge.DiskState()
        for number, life in enumerate((*case.lives, CALM)):
            starts = number == 0
            met, last_step = conductor.lead(life, starts=starts, length=self._lengths.get(starts, 0.0))
            met_all = met_all and len(met) == len(life.troubles)
            if life.moment is not None:
                self.outcome.moments[last_step] += 1
            if conductor.broken:
                self.outcome.broken += 1
                self._say(f"BROKEN {case}: life {number + 1} ended with: {conductor.broken}")
            disk_state = judge.read_disk(folder, case.names)
            seen = stage.seen(case.names, decoys, since)
            found = judge.always(case, disk_state, seen, stage.photos)
            wrong += [f"life {number + 1}: {words}" for words in found]
        stage.network.wait_until_quiet()
        seen = stage.seen(case.names, decoys, since)
        wrong += judge.at_the_end(case, disk_state, seen)
        self._count(case, disk_state, wrong, list(judge.second_requests(case, disk_state, seen)))
        self.outcome.struck += met_all
        stage.server.set_fault(Fault.LAGGING_LIST, on=False)
        stage.server.set_speed(SPEED)
        shutil.rmtree(folder)

    def _count(self, case, disk_state, wrong, twice):
        self.outcome.cases += 1
        for name in case.names:
            run = disk_state.run(name)
            self.outcome.ends[run.phase if run else "nothing"] += 1
        if twice:
            self.outcome.duplicates += 1
            self._say(f"DUPLICATE {case}: {', '.join(twice)}")
        if wrong:
            self.outcome.losses += 1
            self._say(f"LOSS {case}: {', '.join(wrong)}")


def carry_out(every, folder, say=print, workers=2):
    """Run cases on `workers` practice services at a time; return the sum of the outcomes."""
    total = Outcome()

    def part(number):
        mine = Path(folder) / f"worker-{number}"
        mine.mkdir()
        with contextlib.closing(Stage(mine)) as stage:
            return Matrix(stage, say).run(every[number::workers])

    warm_up()
    with ThreadPoolExecutor(workers) as pool:
        for outcome in pool.map(part, range(workers)):
            total.add(outcome)
    return total

"""The fault matrix: a real submission in a child process, killed or disturbed at each step, then started again.

    python tests/faults/matrix.py --cases N --seed S

After each case the service holds one run or none, and the disk knows it: never two, never a lost one, and the
photos, captions and form as they were. Ends with one line `cases=N duplicates=0 losses=0`; exit code 0 only then.
"""

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import faulty_child
import httpx
from fault_case import CUT_ANSWER, CUT_SENDING, KILL, KILL_LATER, cases
from PIL import Image

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.runs import Phase
from segmind_studio.practice.server import PracticeServer
from segmind_studio.store.database import Database
from segmind_studio.store.library import Library

CHILD_LIMIT_S = 30.0
FRESH_SERVICE_AFTER = 100  # cases; its list would grow
CAPTIONS = ("TOK, from the front", "", "TOK, from the side")
ADDRESS_KEYS = ("api", "s3", "key")
PRELOADED = ["faulty_child", "fault_case", "PIL.Image", "httpx"]


class BrokenCaseError(Exception):
    """Tell that a case could not even be carried out."""


@dataclass
class Outcome:
    """What was counted."""

    cases: int = 0
    duplicates: int = 0
    losses: int = 0
    ends: Counter = field(default_factory=Counter)

    def __str__(self):
        return f"cases={self.cases} duplicates={self.duplicates} losses={self.losses}"


class Matrix:
    """Carry cases out, one after another, on one practice service at a time."""

    def __init__(self, folder, say=print):
        self._folder = folder
        self._say = say
        self._server = None
        self._address = {}
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._photos = make_photos(folder / "photos")
        self.outcome = Outcome()

    def run(self, all_cases):
        try:
            for case in all_cases:
                if self.outcome.cases % FRESH_SERVICE_AFTER == 0:
                    self._fresh_service()
                self._do(case)
        finally:
            if self._server is not None:
                self._server.stop()
        return self.outcome

    def _fresh_service(self):
        if self._server is not None:
            self._server.stop()
        self._server = PracticeServer(self._folder / f"service-{self.outcome.cases}", speed=1000.0, credits=1e6)
        address = self._server.start()
        self._address = {name: getattr(address, name) for name in ADDRESS_KEYS}

    def _do(self, case):
        folder = self._folder / case.name
        folder.mkdir()
        database = Database(folder / "studio.sqlite3")
        Library(database).save(self._photos)
        database.close()
        reached = self._live(case, folder)
        for fault in self._server.faults():
            self._server.set_fault(fault, on=False)
        told = self._live_again(case, folder)
        self._judge(case, told, reached)
        shutil.rmtree(folder)

    def _live(self, case, folder):
        """Let the first process live, up to its trouble; gives whether the step was reached."""
        ours, theirs = self._context.Pipe()
        child = self._context.Process(
            target=faulty_child.first_life, args=(theirs, str(folder), self._address, case.name),
        )
        child.start()
        theirs.close()
        reached = False
        end = time.monotonic() + CHILD_LIMIT_S
        while time.monotonic() < end:
            try:
                step = ours.recv() if ours.poll(CHILD_LIMIT_S) else None
            except (EOFError, ConnectionError):
                break
            if step is None:
                raise BrokenCaseError(f"{case}: the child hangs")
            if step == "":
                break
            here = step == case.step and not reached
            reached = reached or here
            if not self._trouble(case, child, ours, here=here):
                break
        child.join(CHILD_LIMIT_S)
        if child.exitcode not in {0, -9}:
            raise BrokenCaseError(f"{case}: the child left with {child.exitcode}")
        child.close()
        ours.close()
        return reached

    def _trouble(self, case, child, pipe, *, here):
        """Answer one step; False when the child is dead."""
        order = ""
        if here and case.trouble == KILL:
            child.kill()
            return False
        if here and case.trouble in {CUT_SENDING, CUT_ANSWER}:
            order = case.trouble
        if here and case.fault is not None:
            self._server.set_fault(case.fault, on=True)
        try:
            pipe.send(order)
        except (BrokenPipeError, ConnectionError):
            return False
        if here and case.trouble == KILL_LATER:
            child.join(case.later_ms / 1000)
            child.kill()
            return False
        return True

    def _live_again(self, case, folder):
        ours, theirs = self._context.Pipe()
        child = self._context.Process(
            target=faulty_child.second_life, args=(theirs, str(folder), self._address, case.resumes),
        )
        child.start()
        theirs.close()
        try:
            if not ours.poll(CHILD_LIMIT_S):
                raise BrokenCaseError(f"{case}: the second start hangs")
            told = json.loads(ours.recv())
        except EOFError as error:
            raise BrokenCaseError(f"{case}: the second start broke") from error
        finally:
            child.join(CHILD_LIMIT_S)
        child.close()
        ours.close()
        return told

    def _judge(self, case, told, reached):
        jobs = [job["finetune_id"] for job in self._jobs() if job["name"] == case.name]
        self.outcome.cases += 1
        self.outcome.ends[told["phase"] or "nothing"] += 1
        if len(jobs) > 1:
            self.outcome.duplicates += 1
            self._say(f"DUPLICATE {case}: {len(jobs)} runs; the disk says {told['phase']}")
        wrong = list(losses(told, jobs, case))
        if wrong:
            self.outcome.losses += 1
            self._say(f"LOSS {case}{'' if reached else ' (step not reached)'}: {', '.join(wrong)}")

    def _jobs(self):
        """Ask the service past the app."""
        headers = {"x-api-key": self._address["key"]}
        answer = httpx.get(f"{self._address['api']}/finetune/request/list", headers=headers, trust_env=False)
        return answer.raise_for_status().json()


def losses(told, jobs, case):
    """Name what is missing on the disk after the restart."""
    known = {service_id for _, service_id in told["rows"] if service_id}
    if set(jobs) - known:
        yield "a run of the service is not in the journal"
    if jobs and told["service_id"] not in jobs:
        yield "the run does not know its job"
    mine = [row for row in told["rows"] if row[0] == faulty_child.RUN_ID or row[1] in jobs]
    if len(mine) > 1:
        yield "one job has two rows"
    if told["phase"] and not told["manifest"]:
        yield "the photos' record is gone"
    if not told["phase"] and jobs:
        yield "the intent is gone"
    if told["phase"] in {Phase.ACCEPTED, Phase.ADOPTED} and not jobs:
        yield "a run that the service does not have"
    if told["photos"] != list(CAPTIONS):
        yield "captions are gone"
    if told["draft"] != faulty_child.form_of(case.name).to_json():
        yield "the form is gone"
    if told["note"]:
        yield "the database was damaged"


def make_photos(folder):
    """Make a small dataset on the disk."""
    folder.mkdir()
    photos = []
    for number, caption in enumerate(CAPTIONS):
        path = folder / f"photo-{number}.png"
        Image.effect_noise((512, 512 + number), 40).save(path)
        status = path.stat()
        photos.append(Photo(
            str(number), path, 512, 512 + number, status.st_size, status.st_mtime_ns, "PNG", caption=caption,
        ))
    return Dataset("photos", "Photos", tuple(photos))


def run_cases(count, seed, folder, say=print, workers=2):
    """Carry out `count` cases on `workers` practice services at a time; gives the sum of the outcomes."""
    every = cases(count, seed)
    total = Outcome()

    def part(number):
        mine = Path(folder) / f"worker-{number}"
        mine.mkdir()
        return Matrix(mine, say).run(every[number::workers])

    with ThreadPoolExecutor(workers) as pool:
        for outcome in pool.map(part, range(workers)):
            total.cases += outcome.cases
            total.duplicates += outcome.duplicates
            total.losses += outcome.losses
            total.ends += outcome.ends
    return total


def main():
    """Read the command line, carry the cases out, end with one line."""
    parser = argparse.ArgumentParser(description="Kill and disturb submissions; count runs paid twice or lost.")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        outcome = run_cases(given.cases, given.seed, folder)
    print("ends:", ", ".join(f"{phase} {count}" for phase, count in sorted(outcome.ends.items())))
    print(outcome, flush=True)
    return 1 if outcome.duplicates or outcome.losses else 0


if __name__ == "__main__":
    sys.exit(main())

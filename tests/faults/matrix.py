"""The fault matrix: real submissions in child processes, killed or disturbed at each step, then started again.

    python tests/faults --cases N --seed S
    python tests/faults --mutations

After each case the service holds one run or none, and the disk knows it: never two, never a lost one, no second
request that nobody asked for, and photos, captions and form as they were. Ends with one line
`cases=N duplicates=0 losses=0`; exit code 0 only then.
"""

import contextlib
import multiprocessing
import os
import shutil
import statistics
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path

import httpx
import judge
from conductor import BrokenCaseError, Conductor
from fault_case import FULL_DISK, KILL, Case, Life, Trouble
from faulty_child import DATABASE, SETTINGS, form_of
from PIL import Image
from relay import Network
from small_disk import SmallDisk

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.practice import Fault
from segmind_studio.core.settings import Settings
from segmind_studio.practice.server import PracticeServer
from segmind_studio.store.database import Database
from segmind_studio.store.library import Library
from segmind_studio.store.settings_file import SettingsFile

SPEED = 1000.0
FRESH_SERVICE_AFTER = 30  # cases; its list would grow
MEASURED = 3  # undisturbed lives
CAPTIONS = ("TOK, from the front", "", "TOK, from the side")
SUBMIT = "/finetune/request/submit"
TICKET = "/finetune/request/upload/pre-signed-url"
NOT_THE_APP = "x-not-the-app"
CALM = Life()


@dataclass
class Outcome:
    """What was counted. `struck` cases met all of their troubles; `moments` are the steps at a random death."""

    cases: int = 0
    duplicates: int = 0
    losses: int = 0
    struck: int = 0
    ends: Counter = field(default_factory=Counter)
    moments: Counter = field(default_factory=Counter)

    def add(self, other):
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def __str__(self):
        return f"cases={self.cases} duplicates={self.duplicates} losses={self.losses}"


class Matrix:
    """Carry cases out, one after another, on one practice service at a time."""

    def __init__(self, folder, say=print):
        self._folder = folder
        self._say = say
        self.context = children_context()
        self.network = Network()
        self.disk = SmallDisk(folder / "small-disk")
        self.server = None
        self.key = ""
        self._client = None
        self._decoy_path = ""
        self._decoys = []
        self._lengths = {}
        self._photos = make_photos(folder / "photos")
        self.outcome = Outcome()

    def run(self, all_cases):
        with contextlib.ExitStack() as stack:
            stack.callback(self.network.stop)
            stack.callback(self._stop_service)
            self.disk.mount()
            stack.callback(self.disk.unmount)
            for number, case in enumerate(all_cases):
                if number % FRESH_SERVICE_AFTER == 0:
                    self._fresh_service()
                if case.random and not self._lengths:
                    self._measure()
                self._do(case)
        return self.outcome

    # -- the service

    def _fresh_service(self):
        self._stop_service()
        self.server = PracticeServer(
            self._folder / f"service-{self.outcome.cases}", s3_relay_port=self.network.s3.port,
            speed=SPEED, credits=1e6,
        )
        address = self.server.start()
        self.key = address.key
        for relay, url in ((self.network.api, address.api), (self.network.s3, address.s3)):
            relay.leads_to = httpx.URL(url).port
        headers = {"x-api-key": address.key, NOT_THE_APP: "yes"}
        self._client = httpx.Client(base_url=address.api, headers=headers, trust_env=False, verify=False)  # noqa: S501  # http
        ticket = self._client.request("GET", TICKET, json={"name": "decoy.zip"}).raise_for_status().json()
        httpx.put(ticket["presigned_url"], content=small_zip(self._photos), trust_env=False).raise_for_status()
        self._decoy_path = ticket["s3_url"]

    def _stop_service(self):
        if self.server is not None:
            self._client.close()
            self.server.stop()
            if self.server.breaches():
                raise BrokenCaseError(f"the key went to storage: {self.server.breaches()}")
            self.server = None

    @contextlib.contextmanager
    def _no_faults(self):
        """Let the service behave for a while, for those who ask past the app."""
        faults = self.server.faults()
        for fault in faults:
            self.server.set_fault(fault, on=False)
        yield
        for fault in faults:
            self.server.set_fault(fault, on=True)

    def _add_decoy(self, name, path):
        """Start a run past the app, as another computer would."""
        with self._no_faults():
            answer = self._client.post(SUBMIT, json=dict(form_of(name).body(path))).raise_for_status()
        self._decoys.append(answer.json()["finetune_id"])

    def _seen(self, case, since):
        with self._no_faults():
            jobs = self._client.get("/finetune/request/list").raise_for_status().json()
        requests = [one for one in self.server.requests()[since:] if NOT_THE_APP not in one.headers]
        return judge.Seen(
            jobs=tuple(job for job in jobs if job["name"] in case.names and job["finetune_id"] not in self._decoys),
            decoys=tuple(job for job in jobs if job["finetune_id"] in self._decoys),
            posts=tuple(one.status for one in requests if one.path == SUBMIT),
            uploads=sum(one.path == TICKET for one in requests),
        )

    # -- the cases

    def _measure(self):
        """Find out how long the processes live that meet no trouble."""
        first, later = [], []
        interrupted = Life((Trouble("after uploading", KILL),))
        for number in range(MEASURED):
            for lives, spent in (((), first), ((interrupted,), later)):
                case = Case(-1 - number, lives)
                folder = self._prepared(self._folder / f"measured-{number}-{len(lives)}")
                conductor = Conductor(case, folder, self, ignore_step)
                for life in lives:
                    conductor.lead(life, starts=True)
                spent.append(conductor.measure(starts=not lives))
        self._lengths = {True: statistics.median(first), False: statistics.median(later)}

    def _prepared(self, folder):
        """Give a folder as the app leaves it: with a dataset and a form that was filled in earlier."""
        folder.mkdir()
        database = Database(folder / DATABASE)
        Library(database).save(self._photos)
        database.close()
        SettingsFile(folder / SETTINGS).save(Settings(draft=form_of(judge.EARLIER).to_json()))
        return folder

    def _do(self, case):
        small = case.has(FULL_DISK) and self.disk.mounted
        folder = self._prepared((self.disk.folder if small else self._folder) / case.name)
        since = len(self.server.requests())
        self._decoys = []
        if case.decoys:
            for name in case.names:
                self._add_decoy(name, self._decoy_path)
        conductor = Conductor(case, folder, self, self._decoy_of_the_same_photos(case, folder))
        wrong, unmet = [], 0
        for number, life in enumerate((*case.lives, CALM)):
            met, moment = conductor.lead(life, starts=number == 0, length=self._lengths.get(number == 0, 0.0))
            unmet += len(met) < len(life.troubles)
            if moment:
                self.outcome.moments[moment] += 1
            told, seen = judge.read_disk(folder, case.names), self._seen(case, since)
            wrong += [f"life {number + 1}: {words}" for words in judge.always(case, told, seen, self._photos)]
        self.network.wait_until_quiet()
        seen = self._seen(case, since)
        wrong += judge.at_the_end(case, told, seen)
        self._count(case, told, wrong, list(judge.second_requests(case, told, seen)), met_all=not unmet)
        self.server.set_fault(Fault.LAGGING_LIST, on=False)
        self.server.set_speed(SPEED)
        shutil.rmtree(folder)

    def _decoy_of_the_same_photos(self, case, folder):
        """Give what is to be done at each step: once the photos are there, let somebody else train on them too."""
        added = []

        def on_step(step):
            if case.decoys and step == "before credits" and not added:
                for name in case.names:
                    added.append(name)
                    self._add_decoy(f"{name}-2", judge.read_disk(folder, case.names).run(name).data_source_path)

        return on_step

    def _count(self, case, told, wrong, twice, *, met_all):
        self.outcome.cases += 1
        self.outcome.struck += met_all
        for name in case.names:
            run = told.run(name)
            self.outcome.ends[run.phase if run else "nothing"] += 1
        if twice:
            self.outcome.duplicates += 1
            self._say(f"DUPLICATE {case}: {', '.join(twice)}")
        if wrong:
            self.outcome.losses += 1
            self._say(f"LOSS {case}: {', '.join(wrong)}")


def ignore_step(_step):
    """Do nothing."""


def make_photos(folder):
    """Make a small dataset on the disk."""
    folder.mkdir()
    photos = []
    for number, caption in enumerate(CAPTIONS):
        path = folder / f"photo-{number}.png"
        Image.effect_noise((256, 256 + number), 40).save(path)
        status = path.stat()
        photos.append(Photo(
            str(number), path, 256, 256 + number, status.st_size, status.st_mtime_ns, "PNG", caption=caption,
        ))
    return Dataset("photos", "Photos", tuple(photos))


def small_zip(dataset):
    """Give a zip of a dataset's photos."""
    with tempfile.TemporaryDirectory() as folder:
        for photo in dataset.photos:
            shutil.copy(photo.path, folder)
        with tempfile.TemporaryDirectory() as place:
            return Path(shutil.make_archive(str(Path(place) / "decoy"), "zip", folder)).read_bytes()


def children_context():
    """Give the way to start children: forked from a process that has imported all they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["warm_child"])
    return context


@contextlib.contextmanager
def warm_children():
    """Start that process. It knows no path but the environment's: without ours it would import nothing, silently."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in (str(Path(__file__).parent), before) if path)
    children_context()
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    yield


def carry_out(every, folder, say=print, workers=2):
    """Carry out cases on `workers` practice services at a time; gives the sum of the outcomes."""
    total = Outcome()

    def part(number):
        mine = Path(folder) / f"worker-{number}"
        mine.mkdir()
        return Matrix(mine, say).run(every[number::workers])

    with warm_children(), ThreadPoolExecutor(workers) as pool:
        for outcome in pool.map(part, range(workers)):
            total.add(outcome)
    return total

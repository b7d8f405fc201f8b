"""What must be true after each life of a case, and after its last; read from the disk and the service."""

import json
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import faulty_child
from fault_case import DISK, GIVE_UP, GIVES_UP, KILL, KILL_LATER, SEND_AGAIN, WAIT
from faulty_child import DATABASE, SETTINGS

from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Stage, manifest_text
from segmind_studio.dataset.archive import manifest_of
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.store.settings_file import SettingsFile
from segmind_studio.ui.runs.stages import happening, to_do

LEADS_TO_ANOTHER = re.compile(r"run it again|start again|start a new run|send it again\b", re.IGNORECASE)
EARLIER = "earlier"  # the name in the form that was in the settings before
PRICE = 2.0  # of a run of 120 iterations
SURE_REFUSALS = frozenset({401, 402, 406, 425, 429})  # the service accepted nothing, and the user may continue
NOTHING_TAKEN = frozenset({"prepared", "uploading", "uploaded", "refused", "abandoned"})
WAITING = frozenset({"prepared", "uploading", "uploaded", "sending"})
TAKEN = frozenset({"accepted", "adopted"})
# A second copy on purpose: the table of the app may be wrong.
FOLLOWS = {
    "prepared": {"uploading", "uploaded", "abandoned"}, "uploading": {"uploaded", "abandoned"},
    "uploaded": {"sending", "abandoned"}, "sending": {"accepted", "refused", "unknown", "uploaded", "adopted"},
    "unknown": {"adopted", "sending"}, "accepted": set(), "adopted": set(), "refused": set(), "abandoned": set(),
}


@dataclass(frozen=True)
class DiskState:
    """The state of the disk."""

    rows: tuple = ()
    phases: dict = field(default_factory=dict)  # by the run's name, in the order they were written
    dataset: object = None
    note: str = ""
    draft: str = ""

    def run(self, name):
        return next((row for row in self.rows if row.run_id == faulty_child.run_id_of(name)), None)


@dataclass(frozen=True)
class ServiceState:
    """The jobs of one case at the service, and the requests that reached it."""

    jobs: tuple = ()  # of the names of its runs
    decoys: tuple = ()
    posts: tuple = ()  # the status of each, 0 when it was cut
    uploads: int = 0  # requests for an upload address
    breaches: tuple = ()  # storage paths that were sent the key

    def of(self, name):
        return [job for job in self.jobs if job["name"] == name]


def read_disk(folder, names):
    """Read a copy of the folder as the next start would find it; the original stays unchanged."""
    with tempfile.TemporaryDirectory(prefix="looked-at-") as copy:
        for name in (DATABASE, f"{DATABASE}-wal", SETTINGS):
            if (Path(folder) / name).exists():
                shutil.copy(Path(folder) / name, copy)
        settings, spoilt = SettingsFile(Path(copy) / SETTINGS).load()
        database = Database(Path(copy) / DATABASE)
        try:
            journal = Journal(database)
            return DiskState(
                rows=journal.runs(faulty_child.ACCOUNT.account_id),
                phases={name: phases_of(journal, name) for name in names},
                dataset=Library(database).load(faulty_child.DATASET),
                note=database.note + spoilt, draft=settings.draft,
            )
        finally:
            database.close()


def read_pictures(folder):
    """Return the states of the pictures as the next start would find them, oldest first."""
    database = Database(Path(folder) / DATABASE)
    try:
        store = ImageStore(database)
        return [image.state.value for image in reversed(store.images(faulty_child.ACCOUNT.account_id))]
    finally:
        database.close()


def phases_of(journal, name):
    return [entry.what for entry in journal.timeline(faulty_child.run_id_of(name)) if entry.what in FOLLOWS]


def second_requests(case, disk_state, seen):
    """Yield what was sent or started more than once."""
    for name in case.names:
        if len(seen.of(name)) > 1:
            yield f"{len(seen.of(name))} runs of {name}"
    allowed = len(case.names)
    if case.unknown == SEND_AGAIN:
        allowed += sum(
            before == "unknown" and after == "sending"
            for phases in disk_state.phases.values() for before, after in pairwise(phases)
        )
    if sum(status not in SURE_REFUSALS for status in seen.posts[:-1]) >= allowed:
        yield f"{len(seen.posts)} submits reached the service, answered with {list(seen.posts)}"


def always(case, disk_state, seen, photos):
    """Yield what is lost or wrong on the disk, whenever a process has ended."""
    if disk_state.note:
        yield f"the app found damage: {disk_state.note}"
    if disk_state.dataset != photos:
        yield "the dataset is not what it was"
    drafts = {faulty_child.form_of(name).to_json() for name in (*case.names, EARLIER)}
    if disk_state.draft not in drafts:
        yield "the form is gone"
    for name in case.names:
        yield from _always(disk_state.run(name), disk_state.phases[name], seen.of(name), photos, name)
    if seen.breaches:
        yield f"the key went to storage: {seen.breaches}"
    if seen.uploads and not any(disk_state.run(name) for name in case.names):
        yield "photos left before the intent was written"
    if len(seen.posts) > sum(phases.count("sending") for phases in disk_state.phases.values()):
        yield "a submit left before it was written"


def _always(run, phases, jobs, photos, name):
    if run is None:
        if jobs:
            yield "the intent is gone, and the service has the run"
        return
    if jobs and run.phase in NOTHING_TAKEN:
        yield f"it is said to be {run.phase}, and the service has the run"
    if run.phase in TAKEN and run.service_id not in {job["finetune_id"] for job in jobs}:
        yield f"it is {run.phase} as a run that is not its own"
    if run.phase in TAKEN and run.error not in {"", *(job["error_message"] or "" for job in jobs)}:
        yield f"it is {run.phase} with an error that the service did not tell: {run.error}"
    yield from _advised(run, jobs)
    yield from _changed(run, photos, name)
    if phases[:1] != ["prepared"] or phases[-1:] != [run.phase]:
        yield f"the timeline does not lead to {run.phase}: {phases}"
    for before, after in pairwise(phases):
        if after not in FOLLOWS[before]:
            yield f"{before} became {after}"


def _advised(run, jobs):
    """Yield texts that lead to a second payment, while the service has the run and the app has no result."""
    if not jobs or run.stage in {Stage.READY, Stage.FAILED}:
        return
    for seen in (run, replace(run, unlisted_since=1.0), replace(run, vanished=True)):
        words = f"{happening(seen)} {to_do(seen)}"
        if LEADS_TO_ANOTHER.search(words):
            yield f"the service has the run, and the person reads: {words}"


def _changed(run, photos, name):
    """Yield what was confirmed and is not on the disk as confirmed."""
    if run.manifest != manifest_text(manifest_of(photos)):
        yield "the record of the photos is gone"
    path = run.body["data_source_path"]
    confirmed = json.dumps(faulty_child.form_of(name).body(path), sort_keys=True)
    if path not in {"", run.data_source_path} or json.dumps(dict(run.body), sort_keys=True) != confirmed:
        yield "the request is not what was confirmed"


def at_the_end(case, disk_state, seen):
    """Yield what is lost or wrong after the last life, which had no trouble."""
    for name in case.names:
        run = disk_state.run(name)
        if run is not None:
            yield from _at_the_end(case, run, disk_state.phases[name], seen.of(name), seen.posts)
    own = Counter(row.service_id for row in disk_state.rows if row.service_id)
    if doubled := [service_id for service_id, count in own.items() if count > 1]:
        yield f"two rows for one run: {doubled}"
    for job in seen.decoys:
        if not any(row.service_id == job["finetune_id"] and not row.made_here for row in disk_state.rows):
            yield f"the run “{job['name']}” of somebody else is not listed as such"


def _at_the_end(case, run, phases, jobs, posts):
    if run.phase in WAITING:
        yield f"it still waits as {run.phase}"
    if run.phase in TAKEN and [job["data_source_path"] for job in jobs] != [run.data_source_path]:
        yield "the run and its job are not of the same photos"
    if run.phase == "unknown" and (jobs or case.unknown != WAIT):
        yield "nobody knows what became of it"
    if run.phase == "refused" and not any(400 <= status < 500 for status in posts):
        yield "it is said to be refused, and the service has refused nothing"
    if run.phase == "abandoned" and case.interrupted != GIVE_UP and not case.has(GIVES_UP):
        yield "nobody gave it up"
    if case.given_up_in_time and run.phase != "abandoned":
        yield f"it was given up in time, and is {run.phase}"
    if run.phase == "adopted" and _survived(case) and "unknown" not in phases:
        yield "an answer that was lost was not taken as unknown"
    if not case.decoys and not case.has(Fault.NO_CREDITS) and run.cost not in {None, PRICE}:
        yield f"its cost is said to be {run.cost}"


def _survived(case):
    alone = all(life.copies == 1 for life in case.lives)
    return alone and not case.random and not case.has(KILL, KILL_LATER, *DISK)

"""A child process of the fault matrix: one start of the app on the real classes, with folder and network."""

import contextlib
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import window_life
from child_steps import Steps, be_patient, watch_archive, watch_calls, watch_journal
from command_line_life import CommandLine
from fault_case import CONTINUE, SEND_AGAIN

from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection, KeptIn
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import Phase, Run, Stage, manifest_text
from segmind_studio.core.settings import Settings
from segmind_studio.dataset.archive import manifest_of
from segmind_studio.services.runs.apply_listing import settle
from segmind_studio.services.runs.giving_up import give_up
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.send_again import SEND_AGAIN_AFTER_LISTINGS, SEND_AGAIN_AFTER_S, SendAgainWaits
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.typed import known

ACCOUNT = Account("practice", "Practice", AccountKind.PRACTICE, KeptIn.NOWHERE)
DATASET = "photos"
DATABASE, SETTINGS = "studio.sqlite3", "settings.json"
BEGUN, DONE = "begun", "done"


@dataclass(frozen=True)
class Orders:
    """The parameters of a child; see Case and Life."""

    folder: str
    api: str
    key: str
    names: tuple[str, ...]
    starts: bool
    interrupted: str
    unknown: str
    patience_s: float
    free: bool
    photos: str = ""  # their folder, if the command line does the work
    window: bool = False  # it orders the work from a window
    pictures: bool = False  # with the model of a run that the service has, instead of a run


def form_of(name):
    return TrainingForm().with_values({"name": name, "instance_prompt": "TOK, a cat", "iterations": 120})


def run_id_of(name):
    return f"run-{name}"


class Bench:
    """The disk and the service of one case, as a start of the app finds them."""

    def __init__(self, orders, client):
        folder = Path(orders.folder)
        self.orders = orders
        self.client = client
        self.connection = Connection(ACCOUNT, orders.api, orders.api, ApiKey(orders.key), 1000.0)
        self.settings = SettingsFile(folder / SETTINGS)
        self.database = Database(folder / DATABASE)
        self.journal = Journal(self.database)
        self.submission = Submission(
            self.journal, self.connection, folder / "prepared", changed=lambda _run: None,
            progress=lambda *_: None, cancelled=lambda _run_id: False, pause=lambda *_: False,
        )


def live(pipe, orders):
    """Run the app once; the parent may end this process at any step, or at any moment."""
    steps = Steps(pipe, lambda: give_all_up(orders), free=orders.free)
    client = be_patient(orders.patience_s)
    steps.reach(BEGUN, must=True)
    if orders.window:
        window_life.live(pipe, steps, orders, client)
        return
    watch_journal(steps)
    watch_archive(steps)
    watch_calls(steps)
    bench = Bench(orders, client)
    try:
        (begin if orders.starts else settle_and_decide)(bench, steps)
        steps.reach(DONE)
    except Exception:  # noqa: BLE001  # the app must not raise any of these
        pipe.send((traceback.format_exc(), False))


def give_all_up(orders):
    """Give the runs up while they run, as the window's thread would."""
    database = Database(Path(orders.folder) / DATABASE)
    for name in orders.names:
        with contextlib.suppress(StudioError):
            give_up(Journal(database), run_id_of(name))
    database.close()


def begin(bench, steps):
    """Store the form and start the runs, as the window and the submission service do."""
    steps.reach("form")
    names = bench.orders.names
    if bench.orders.photos:
        CommandLine(bench, run_id_of).begin()
        return
    with contextlib.suppress(StudioError):  # the window reports it, and continues
        bench.settings.save(Settings(draft=form_of(names[0]).to_json()))
    now = time.time()
    with contextlib.suppress(StudioError):  # as in the worker's thread
        dataset = known(Library(bench.database).load(DATASET))
        bench.journal.add_all([
            Run(
                run_id=run_id_of(name), account_id=ACCOUNT.account_id, name=name, phase=Phase.PREPARED,
                created_at=now, changed_at=now, body=form_of(name).body(),
                manifest=manifest_text(manifest_of(dataset)), dataset_id=DATASET,
                sweep_id=names[0] if len(names) > 1 else "",
            )
            for name in names
        ], now)
        for _ in bench.submission.drive_all(map(run_id_of, names)):
            pass


def settle_and_decide(bench, steps):
    """Look for the runs by listing, as the app does after its start; then do what the user decides."""
    if bench.orders.photos:
        CommandLine(bench, run_id_of).settle_and_decide(lambda: mine(bench), steps)
        return
    minutes = [0.0]
    waits = SendAgainWaits(lambda: minutes[0])
    waits.see(mine(bench))
    look(bench, steps)
    for _ in range(SEND_AGAIN_AFTER_LISTINGS - 1):
        if any(run.phase is Phase.UNKNOWN for run in mine(bench)):
            look(bench, steps)
    steps.reach("decide", must=True)
    look(bench, steps)
    minutes[0] += SEND_AGAIN_AFTER_S  # the parent has waited until nothing is in transit any more
    for run in mine(bench):
        with contextlib.suppress(StudioError):
            decide(bench, run, waits)
    look(bench, steps)


def mine(bench):
    try:
        found = [bench.journal.get(run_id_of(name)) for name in bench.orders.names]
    except StudioError:  # on a disk that refuses writes the database does not even open
        return []
    return [run for run in found if run is not None]


def look(bench, steps):
    steps.reach("listing")
    asked_at = time.time()
    with contextlib.suppress(StudioError):
        with bench.client(bench.connection) as client:
            listing = client.list_jobs()
        steps.reach("listed")
        settle(bench.journal, ACCOUNT.account_id, listing, asked_at, LiveRuns())
        steps.reach("settled")


def decide(bench, run, waits):
    if run.stage is Stage.INTERRUPTED and bench.orders.interrupted == CONTINUE:
        bench.submission.drive(run.run_id)
    elif run.stage is Stage.INTERRUPTED:
        give_up(bench.journal, run.run_id)
    elif bench.orders.unknown == SEND_AGAIN and waits.may_send_again(run):
        bench.submission.send_again(run.run_id, run.cost)

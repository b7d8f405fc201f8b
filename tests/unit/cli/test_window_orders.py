"""Orders of the command line to an open window: its services carry them out, and everything is sent once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.core.runs import Stage
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.accounts.keyring_service import KeyringService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.download_service import DownloadService
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.order_desk import DeskServices, OrderDesk
from segmind_studio.services.runs.run_service import RunService
from segmind_studio.services.runs.submission_service import SubmissionService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.single_instance import SingleInstance
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.secrets import Vault
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.practice_side import posts

ROOT = Path(__file__).resolve().parents[3]


class OpenApp:
    """The services of a window that has the data folder, without the window."""

    def __init__(self, command):
        paths = command.paths
        paths.create()
        self.instance = SingleInstance(paths.data)
        assert self.instance.claim()
        self.instance.listen()
        self.database = Database(paths.database)
        file = SettingsFile(paths.settings_file)
        self.tasks = TaskRunner()
        self.settings = SettingsService(file.load()[0], file.save, self.tasks)
        self.accounts = AccountService(
            settings=self.settings, tasks=self.tasks, keys=AccountKeys(self.database),
            keyring=KeyringService(Vault(choose=lambda: command.keyring)),
        )
        live, journal = LiveRuns(), Journal(self.database)
        self.runs = RunService(self.database, live)
        self.submits = SubmissionService(journal, paths.prepared, live)
        self.images = ImageService(paths.results, ImageStore(self.database))
        self.downloads = DownloadService(journal)
        for service in (self.runs, self.submits, self.images, self.downloads):
            self.accounts.connection_changed.connect(service.set_connection)
        self.submits.confirmed.connect(self.runs.take_confirmed)
        self.submits.row_changed.connect(self.runs.accept_row)
        self.submits.live_changed.connect(self.runs.update_live)
        self.desk = OrderDesk(DeskServices(
            self.accounts, self.runs, self.images, self.submits, self.downloads, self.settings, self.tasks, paths,
        ))
        self.instance.ordered.connect(self.desk.take)
        self.runs.start()
        self.accounts.start()

    @property
    def ready(self):
        return self.accounts.state.connection is not None and self.runs.loaded and self.images.loaded

    def stop(self):
        self.instance.release()
        for service in (self.downloads, self.images, self.submits, self.runs, self.tasks):
            assert service.stop()
        self.settings.write_unsaved()
        self.database.close()


@pytest.fixture
def open_app(qtbot, command):
    made = []

    def make(**settings):
        command.pays(**settings)
        app = OpenApp(command)
        made.append(app)
        qtbot.waitUntil(lambda: app.ready)
        return app

    yield make
    for app in made:
        app.stop()


@pytest.fixture
def outside(qtbot, command):
    """Run a command in a process of its own, as a script does, while this one goes on."""

    def run(*words):
        program = [sys.executable, "-m", "segmind_studio.cli", *map(str, words), "--json"]
        process = subprocess.Popen(  # noqa: S603  # our own program
            [*program, "--data-dir", str(command.folder)],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=60_000)
        out, err = process.communicate()
        assert not err
        return process.returncode, [json.loads(line) for line in out.splitlines()]

    return run


def test_the_window_trains_what_was_quoted_and_downloads(open_app, outside, photos, practice, tmp_path):
    app = open_app()
    code, events = outside("train", photos, "--name", "anna", "--yes", "--wait", "--download", tmp_path / "to")
    assert code == ExitCode.DONE, events
    (run,) = app.runs.runs
    assert (run.name, run.stage, run.image_count) == ("anna", Stage.READY, 6)
    assert posts(practice) == 1
    ours = {event["run"] for event in events if event["event"] == "run"}
    assert ours == {run.run_id}
    assert events[-1]["event"] == "downloaded"
    assert Path(events[-1]["path"]).parent == tmp_path / "to"


def test_the_window_asks_its_budget_and_its_account(open_app, outside, photos, practice):
    app = open_app(budget_per_run=1.0)
    code, events = outside("train", photos, "--name", "anna", "--yes")
    assert code == ExitCode.OVER_BUDGET, events
    assert "limit" in events[-1]["title"]
    code, events = outside("train", photos, "--name", "anna", "--practice")
    assert code == ExitCode.BUSY
    assert "Mine" in events[-1]["title"]
    assert posts(practice) == 0
    assert app.runs.runs == ()


def test_what_was_quoted_for_one_account_is_not_paid_by_another(open_app, photos, practice, qtbot):
    app = open_app()
    _mine, other = app.settings.value.accounts
    said = []

    class Caller:
        def __init__(self, **message):
            self.message = message

        def answer(self, event, *, last=False):
            said.append({**event, "end": last})

    app.desk.take(Caller(order="quote", train={"paths": [str(photos)], "values": {
        "name": "anna", "instance_prompt": "TOK",
    }}))
    qtbot.waitUntil(lambda: bool(said))
    app.accounts.use(other.account_id)
    qtbot.waitUntil(lambda: app.ready and app.accounts.state.current.name == other.name)
    app.desk.take(Caller(order="start", token=said[0]["token"]))
    assert "Another account" in said[-1]["error"]["title"]
    assert app.runs.runs == ()
    assert posts(practice) == 0


def test_an_order_is_started_once_and_judged_again(open_app, photos, practice, qtbot):
    app = open_app()
    said = []

    class Caller:
        def __init__(self, message):
            self.message = message

        def answer(self, event, *, last=False):
            said.append({**event, "end": last})

    app.desk.take(Caller({"order": "quote", "train": {"paths": [str(photos)], "values": {
        "name": "anna", "instance_prompt": "TOK",
    }}}))
    qtbot.waitUntil(lambda: bool(said))
    token, mine = said[0]["token"], app.settings.value.current_account
    app.settings.update(budget_per_run=1.0)  # in the meantime
    app.desk.take(Caller({"order": "start", "token": token}))
    assert said[-1]["quote"]["over"]
    app.desk.take(Caller({"order": "start", "token": token}))
    assert "no longer known" in said[-1]["error"]["title"]
    app.accounts.use("practice")  # whose service does not run yet
    app.desk.take(Caller({"order": "quote", "train": {}}))
    assert said[-1]["error"]["kind"] == "starting"
    app.desk.take(Caller({"order": "dance"}))
    assert said[-1]["event"] == "error"
    app.accounts.use(mine)
    qtbot.waitUntil(lambda: app.ready)
    app.desk.take(Caller({"order": "download", "run": "r", "folder": "here"}))
    assert "full path" in said[-1]["error"]["title"]
    assert posts(practice) == 0

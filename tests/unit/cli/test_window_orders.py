"""Orders of the command line to an open window: its services carry them out, and everything is sent once."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Stage
from segmind_studio.dataset.archive import PlanCache
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.open_window import OpenWindow
from tests.fakes.practice_side import posts, uploads

ROOT = Path(__file__).resolve().parents[3]


def calls(practice):
    """Return the number of pictures that the service was asked for."""
    return sum("/v1/anna" in one.path for one in practice.requests())


class Caller:
    """A command line that is still there; `said` has the answers."""

    def __init__(self, **message):
        self.message = message
        self.present = True
        self.said = []

    def answer(self, event, *, last=False):
        self.said.append({**event, "end": last})


@pytest.fixture
def open_app(qtbot, command):
    made = []

    def make(**settings):
        command.pays(**settings)
        app = OpenWindow(command.paths, command.keyring)
        made.append(app)
        qtbot.waitUntil(lambda: app.ready)
        return app

    yield make
    for app in made:
        app.stop()


@pytest.fixture
def outside(qtbot, command):
    """Run a command while this thread serves the window; return its exit code and its lines."""

    def run(*words):
        ended = []
        thread = threading.Thread(target=lambda: ended.append(command.events(*words)))
        thread.start()
        qtbot.waitUntil(lambda: bool(ended) or not thread.is_alive(), timeout=60_000)
        thread.join()
        return ended[0]

    return run


@pytest.fixture
def process(qtbot, command):
    """Run a command in a process of its own, as a script does, while this one goes on."""

    def run(*words, until):
        program = [sys.executable, "-m", "segmind_studio.cli", *map(str, words), "--json"]
        process = subprocess.Popen(  # noqa: S603  # our own program
            [*program, "--data-dir", str(command.folder)],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        qtbot.waitUntil(lambda: until() or process.poll() is not None, timeout=60_000)
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=60_000)
        out, err = process.communicate()
        assert not err
        return process.returncode, [json.loads(line) for line in out.splitlines()]

    return run


def test_the_window_trains_what_was_quoted_and_downloads(open_app, process, photos, practice, tmp_path):
    app = open_app()

    def checked():
        """Press Check now, so that nobody waits for the next poll."""
        if app.runs.runs and not app.runs.watch.checking:
            app.runs.check_now()
        return any(run.ready for run in app.runs.runs)

    words = ("train", photos, "--name", "anna", "--yes", "--wait", "--download", tmp_path / "to")
    code, events = process(*words, until=checked)
    assert code == ExitCode.DONE, events
    (run,) = app.runs.runs
    assert (run.name, run.stage, run.image_count) == ("anna", Stage.READY, 6)
    assert posts(practice) == 1
    ours = {event["run"] for event in events if event["event"] == "run"}
    assert ours == {run.run_id}
    assert events[-1]["event"] == "downloaded"
    assert Path(events[-1]["path"]).parent == tmp_path / "to"


def test_the_window_sends_the_photos_that_were_read_for_the_quote(open_app, photos, monkeypatch, qtbot):
    read, put = [], PlanCache.put
    monkeypatch.setattr(PlanCache, "put", lambda cache, key, image: (read.append(key), put(cache, key, image)))
    app = open_app()
    token = ordered(app, qtbot, order="quote", train=training(photos))["token"]
    assert ordered(app, qtbot, order="start", token=token)["event"] == "sent"
    assert len(read) == len(set(read)) == 6


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


def test_a_key_for_this_session_pays_and_its_runs_are_read(open_app, outside, photos, qtbot, command, practice):
    app = open_app()
    for account in app.settings.value.accounts:
        app.accounts.remove(account.account_id)
    with qtbot.waitSignal(app.accounts.key_tested):
        app.accounts.add_account("Mine", ApiKey(practice.address.key), remember=False)
    qtbot.waitUntil(lambda: not app.settings.value.accounts and app.ready)
    assert outside("train", photos, "--name", "anna", "--yes")[0] == ExitCode.DONE
    for words in (("runs",), ("show", "anna"), ("show", "anna", "--account", "Mine"), ("runs", "--offline")):
        code, events = outside(*words)
        assert (code, [event["name"] for event in events]) == (ExitCode.DONE, ["anna"])
    code, (told,) = outside("account")
    assert (code, told["name"], told["key_kept_in"]) == (ExitCode.DONE, "Mine", "session")
    qtbot.waitUntil(lambda: SettingsFile(command.paths.settings_file).load()[0] == app.settings.value)
    app.stop()
    code, events = command.events("train", photos, "--name", "anna", "--yes")
    assert (code, posts(practice)) == (ExitCode.NO_KEY, 1), "it is no practice"
    code, events = command.events("runs", "--offline")
    assert [event["name"] for event in events] == ["anna"], "what is stored can be read"


def ordered(app, qtbot, **message):
    """Give an order to the desk; return its last answer."""
    caller = Caller(**message)
    app.desk.take(caller)
    qtbot.waitUntil(lambda: bool(caller.said) and caller.said[-1]["end"])
    return caller.said[-1]


def training(photos):
    return {"paths": [str(photos)], "values": {"name": "anna", "instance_prompt": "TOK"}}


def test_what_was_quoted_for_one_account_is_not_paid_by_another(open_app, photos, practice, qtbot):
    app = open_app()
    _mine, other = app.settings.value.accounts
    token = ordered(app, qtbot, order="quote", train=training(photos))["token"]
    app.accounts.use(other.account_id)
    qtbot.waitUntil(lambda: app.ready and app.accounts.state.current.name == other.name)
    assert "Another account" in ordered(app, qtbot, order="start", token=token)["error"]["title"]
    assert app.runs.runs == ()
    assert posts(practice) == 0


def test_an_order_is_started_once_and_judged_again(open_app, photos, practice, qtbot):
    app = open_app()
    mine = app.settings.value.current_account
    token = ordered(app, qtbot, order="quote", train=training(photos))["token"]
    app.settings.update(budget_per_run=1.0)  # in the meantime
    assert ordered(app, qtbot, order="start", token=token)["quote"]["over"]
    assert "no longer known" in ordered(app, qtbot, order="start", token=token)["error"]["title"]
    app.accounts.use("practice")  # whose service does not run yet
    assert ordered(app, qtbot, order="quote", train={})["error"]["kind"] == "starting"
    assert ordered(app, qtbot, order="dance")["event"] == "error"
    app.accounts.use(mine)
    qtbot.waitUntil(lambda: app.ready)
    told = ordered(app, qtbot, order="download", run="r", folder="here")
    assert "full path" in told["error"]["title"]
    assert posts(practice) == 0


def test_the_window_continues_and_gives_up(open_app, outside, photos, practice):
    app = open_app()
    shown = []
    app.desk.carried_out.connect(shown.append)
    practice.set_fault(Fault.NO_CREDITS, on=True)
    assert outside("train", photos, "--name", "anna", "--yes")[0] == ExitCode.REFUSED
    code, events = outside("continue", "anna", "--yes")  # it is refused again, and nothing is lost
    assert (code, events[-1]["exit_code"]) == (ExitCode.REFUSED, ExitCode.REFUSED)
    practice.set_fault(Fault.NO_CREDITS, on=False)
    assert outside("continue", "anna")[0] == ExitCode.NOT_CONFIRMED
    app.settings.update(budget_per_run=1.0)
    assert outside("continue", "anna", "--yes")[0] == ExitCode.OVER_BUDGET
    app.settings.update(budget_per_run=None)
    before = posts(practice)
    code, events = outside("continue", "anna", "--yes")
    assert code == ExitCode.DONE, events
    assert [event["event"] for event in events if event["event"] != "progress"] == ["quote", "sent"]
    assert (posts(practice), uploads(practice)) == (before + 1, 1)
    assert app.runs.runs[0].phase is Phase.ACCEPTED
    assert outside("continue", "anna", "--yes")[0] == ExitCode.USAGE
    code, events = outside("give-up", "anna")
    assert (code, "too late" in events[-1]["title"]) == (ExitCode.BROKEN, True)
    practice.set_fault(Fault.NO_CREDITS, on=True)
    outside("train", photos, "--name", "berta", "--yes")
    assert outside("give-up", "berta")[0] == ExitCode.DONE
    assert [run.phase for run in app.runs.runs] == [Phase.ABANDONED, Phase.ACCEPTED]
    assert [words.split()[0] for words in shown] == ["“anna”", "“anna”", "“berta”"]  # two tries to continue


def test_the_window_makes_the_pictures_and_they_are_copied(
    open_app, outside, practice, tmp_path, with_model, qtbot,
):
    app = open_app()
    words = ("try", "anna", "--prompt", "TOK on a beach", "--seed", "5", "--to", tmp_path / "images")
    assert outside(*words, "--strength", "3")[0] == ExitCode.USAGE
    assert outside(*words)[0] == ExitCode.NOT_CONFIRMED
    assert calls(practice) == 0
    code, events = outside(*words, "--count", "2", "--yes")
    assert code == ExitCode.DONE, events
    assert [event["event"] for event in events] == ["quote", "image", "image"]
    assert [Path(event["path"]).name for event in events[1:]] == ["anna-5.jpg", "anna-6.jpg"]
    assert all(Path(event["path"]).stat().st_size and event["cost"] for event in events[1:])
    assert [(image.run_id, image.seed, image.state) for image in app.images.images] == [
        (with_model.run_id, seed, ImageState.MADE) for seed in (6, 5)
    ]
    pictures = {"run_id": with_model.run_id, "prompt": "TOK", "seed": 5}
    token = ordered(app, qtbot, order="quote-pictures", pictures=pictures)["token"]
    app.settings.update(budget_per_day=0.01)  # in the meantime
    assert ordered(app, qtbot, order="start", token=token)["over"]
    assert outside(*words, "--yes")[0] == ExitCode.OVER_BUDGET
    assert calls(practice) == 2


@pytest.mark.usefixtures("with_model")
def test_a_lost_answer_ends_the_order_and_nothing_is_asked_again(open_app, outside, practice, tmp_path):
    app = open_app()
    practice.set_fault(Fault.SERVER_ERROR, on=True)  # it may have been made all the same
    code, events = outside("try", "anna", "--prompt", "TOK", "--count", "3", "--yes", "--to", tmp_path)
    assert (code, events[-1]["exit_code"]) == (ExitCode.NO_ANSWER, ExitCode.NO_ANSWER)
    assert [image.state for image in app.images.images] == [ImageState.UNKNOWN]
    assert calls(practice) == 1


@pytest.mark.parametrize("change", ["the caller is gone", "the budget is used up", "another account"])
def test_the_other_pictures_are_not_asked_for(open_app, practice, qtbot, with_model, change):
    app = open_app()
    pictures = {"run_id": with_model.run_id, "prompt": "TOK", "seed": 5, "count": 3}
    caller = Caller(order="start", token=ordered(app, qtbot, order="quote-pictures", pictures=pictures)["token"])

    def interrupt():
        caller.present = change != "the caller is gone"
        if change == "the budget is used up":
            app.settings.update(budget_per_day=0.0)
        elif change == "another account":
            app.accounts.use(app.settings.value.accounts[1].account_id)

    app.images.finished.connect(interrupt)  # after the desk: the second picture is asked for then
    app.desk.take(caller)
    qtbot.waitUntil(lambda: not app.images.busy and calls(practice) > 1)
    again = ordered(app, qtbot, order="start", token=caller.message["token"])
    assert "no longer known" in again["error"]["title"]
    assert calls(practice) == 2
    assert (caller.said[-1]["event"] == "error") is (change != "the caller is gone")

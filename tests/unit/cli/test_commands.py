"""The command line against the practice service: what it sends, what it prints, and what it ends with."""

import io
import json
import os
import shlex
import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from PIL import ImageFilter

from segmind_studio import texts
from segmind_studio.api.client import SegmindClient
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.listing import what_next
from segmind_studio.cli.parser import parse_command
from segmind_studio.cli.session import Session
from segmind_studio.cli.window_work import WindowWork
from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection
from segmind_studio.core.check_reasons import reason_for
from segmind_studio.core.datasets import Check
from segmind_studio.core.errors import SecretsError, SecretsProblem
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.services.runs.apply_listing import settle
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.send_again import SendAgainWaits
from segmind_studio.services.system.meeting_places import meeting_places
from segmind_studio.store.database import Database
from segmind_studio.store.folder_lock import FolderLock
from segmind_studio.store.journal import Journal
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.image_files import encode, photo
from tests.fakes.keyrings import BrokenKeyring
from tests.fakes.practice_side import SUBMIT, posts, uploads

QUICK = ("--iterations", "120", "--name", "anna")


def test_it_trains_waits_and_downloads(command, photos, practice, tmp_path):
    code, events = command.events("train", photos, *QUICK, "--practice", "--download", tmp_path / "models")
    assert code == ExitCode.DONE
    assert posts(practice) == 1
    (run,) = command.runs()
    assert (run.stage, run.name, run.image_count, run.dataset_name) == (Stage.READY, "anna", 6, "Anna in May")
    assert run.body["advance_parameters"]["iterations"] == 120
    names = [event["event"] for event in events]
    assert names[0] == "progress" or names[0] == "quote"
    assert names[-1] == "downloaded"
    stages = [event["run"]["stage"] for event in events if event["event"] == "status"]
    assert stages[-1] == "ready"
    assert (tmp_path / "models" / "anna.safetensors").read_bytes()
    assert events[-1]["path"] == str(tmp_path / "models" / "anna.safetensors")


def test_a_name_and_a_prompt_are_proposed(command, photos):
    assert command("train", photos, "--practice", "--trigger-word", "ANNA", "--theme", "style") == ExitCode.DONE
    (run,) = command.runs()
    assert run.name == "anna-in-may"
    assert "ANNA" in run.body["instance_prompt"]
    assert run.body["theme"] == "STYLE"


def test_a_dry_run_shows_the_request_and_sends_nothing(command, photos, practice):
    assert command("train", photos, *QUICK, "--practice", "--dry-run") == ExitCode.DONE
    body = json.loads(command.said.out)
    assert (body["name"], body["advance_parameters"]["iterations"]) == ("anna", 120)
    assert practice.requests() == ()
    assert command.runs() == ()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), ExitCode.NOT_CONFIRMED, "--yes"),
        (("--yes",), ExitCode.DONE, "anna"),
        (("--yes", "--iterations", "99"), ExitCode.PHOTOS, "at least 100"),
        (("--yes", "--name", "an na"), ExitCode.PHOTOS, "without spaces"),
    ],
)
def test_nothing_is_paid_without_a_word(command, photos, practice, words, code, said):
    account_id = command.pays()
    assert command("train", photos, *QUICK, *words) == code
    assert said in command.said.out + command.said.err
    assert posts(practice) == len(command.runs(account_id)) == (code == ExitCode.DONE)


def test_the_budget_refuses(command, photos, practice):
    account_id = command.pays(budget_per_run=1.5)
    assert command("train", photos, *QUICK, "--yes") == ExitCode.OVER_BUDGET
    assert "your limit of $1.50" in command.said.err
    assert command.runs(account_id) == ()
    assert posts(practice) == uploads(practice) == 0


@pytest.mark.parametrize("environment", [False, True])
@pytest.mark.parametrize("damaged", [False, True])
def test_without_its_settings_nothing_is_paid(command, photos, practice, monkeypatch, damaged, environment):
    command.pays(budget_per_run=1.5)
    file = command.paths.settings_file
    file.unlink()
    if damaged:
        file.write_text('{"budget_per_run": 1.5, ')
    else:
        file.symlink_to(file)  # cannot be read, also by root
    for words in (("--yes",), ("--dry-run",), ("--yes",)):
        if environment:
            monkeypatch.setenv("SEGMIND_API_KEY", practice.address.key)
        code, events = command.events("train", photos, *QUICK, *words)
        assert (code, events[-1]["exit_code"]) == (ExitCode.BROKEN, ExitCode.BROKEN)
        assert "budget" in events[-1]["title"]
    assert [path.name for path in file.parent.iterdir()] == [file.name], "the app sets it aside, and says so"
    assert command("train", photos, *QUICK, "--practice", "--dry-run") == ExitCode.DONE
    code, events = command.events("runs")
    assert [event["event"] for event in events] == ["error"]
    assert practice.requests() == ()


def test_what_was_spent_before_counts(command, photos, practice):
    command.pays(budget_per_day=3.0)
    assert command("train", photos, *QUICK, "--yes") == ExitCode.DONE
    assert command("train", photos, "--name", "other", "--iterations", "120", "--yes") == ExitCode.OVER_BUDGET
    assert posts(practice) == 1


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HTML_ANSWER])
def test_a_lost_answer_is_never_sent_again(command, photos, practice, fault):
    """The fault matrix has the kills; here the exit codes tell a script what it may do."""
    account_id = command.pays()
    practice.set_fault(fault, on=True)
    assert command("train", photos, *QUICK, "--yes") == ExitCode.NO_ANSWER
    (run,) = command.runs(account_id)
    assert run.phase is Phase.UNKNOWN
    practice.set_fault(Fault.EMPTY_LIST, on=True)  # it is not found at once
    assert command("train", photos, "--name", "again", "--yes") == ExitCode.NO_ANSWER  # the same photos
    assert "may have started" in command.said.err
    assert posts(practice) == 1
    assert command("runs") == ExitCode.DONE
    (found,) = command.runs(account_id)
    assert (found.run_id, found.phase) == (run.run_id, Phase.ADOPTED)
    assert posts(practice) == 1


def test_a_server_error_is_unknown_and_not_listed_is_said(command, photos, practice):
    account_id = command.pays()
    original = SegmindClient.submit

    def failing(client, body):
        practice.set_fault(Fault.SERVER_ERROR, on=True)
        try:
            return original(client, body)
        finally:
            practice.set_fault(Fault.SERVER_ERROR, on=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SegmindClient, "submit", failing)
        assert command("train", photos, *QUICK, "--yes") == ExitCode.NO_ANSWER
    assert command("runs") == ExitCode.DONE
    assert "No answer yet" in command.said.out
    assert command("train", photos, *QUICK, "--yes") == ExitCode.NO_ANSWER
    assert len(command.runs(account_id)) == posts(practice) == 1


def test_an_interrupted_run_is_continued_or_given_up(command, photos, practice):
    practice.set_fault(Fault.NO_CREDITS, on=True)
    assert command("train", photos, *QUICK, "--practice") == ExitCode.REFUSED
    practice.set_fault(Fault.NO_CREDITS, on=False)
    (run,) = command.runs()
    assert run.phase is Phase.UPLOADED
    assert command("continue", run.run_id[:8], "--practice", "--wait") == ExitCode.DONE
    assert [run.stage for run in command.runs()] == [Stage.READY]
    assert uploads(practice) == 1
    assert command("give-up", "anna", "--practice") == ExitCode.BROKEN  # it is too late


def test_a_failed_training_ends_with_its_code(command, photos, practice):
    practice.set_fault(Fault.TRAINING_FAILS, on=True)
    code, events = command.events("train", photos, *QUICK, "--practice", "--wait")
    assert code == ExitCode.REFUSED
    assert "step 61" in events[-1]["run"]["error"]
    practice.set_fault(Fault.TRAINING_FAILS, on=True)
    assert command("train", photos, "--name", "bob", "--practice", "--wait") == ExitCode.REFUSED
    assert "step 61" in command.said.out.splitlines()[-1]  # after the state
    command("show", "bob", "--practice")
    state, message, advice = command.said.out.splitlines()[1:4]
    assert state.endswith("Its message:")
    assert "step 61" in message
    assert advice.startswith("Correct the problem")


def test_what_is_to_be_typed_next_is_about_the_same_account_and_folder(command, photos, practice):
    practice.set_fault(Fault.NO_CREDITS, on=True)
    command("train", photos, *QUICK, "--practice")
    command("show", "anna", "--practice")
    (typed,) = [line for line in command.said.out.splitlines() if " continue " in line]
    given = parse_command(shlex.split(typed[typed.index("segmind-studio"):])[1:])
    assert given.practice
    assert given.data_dir == command.folder


@pytest.mark.parametrize("stage", list(Stage))
def test_what_to_do_next_is_said_in_commands_that_the_parser_reads(stage, monkeypatch):
    monkeypatch.setattr(Run, "stage", stage)
    run, typed = Run("0" * 32, "real", "anna", Phase.ACCEPTED, 0.0, 0.0), []
    for vanished in (False, True):
        what_next(replace(run, vanished=vanished), lambda name: typed.append(name) or f"run {name}")
    for name in typed:
        parse_command([word.format(run="0" * 8) for word in name.split()])
    assert bool(typed) is True  # one that has vanished can be looked for at least
    assert what_next(replace(run, account_id="practice", vanished=True), str)[0] == ""  # nothing of paying


def test_the_time_to_wait_has_an_end(command, photos, practice):
    practice.set_speed(0.001)
    words = ("train", photos, *QUICK, "--practice", "--wait", "--timeout", "0.001")
    assert command(*words) == ExitCode.STILL_RUNNING
    assert command.runs()[0].active


def test_what_is_stored_is_read_without_the_service(command, photos, practice, tmp_path):
    command("train", photos, *QUICK, "--practice", "--wait")
    asked = len(practice.requests())
    assert command("runs", "--offline") == ExitCode.DONE
    assert command.said.out.splitlines()[1].split()[:2] == ["anna", "Ready"]
    code, (shown,) = command.events("show", "ANNA")
    assert code == ExitCode.DONE
    assert [entry["what"] for entry in shown["timeline"]][:2] == ["prepared", "uploading"]
    assert command("export", "anna", "--to", tmp_path) == ExitCode.DONE
    sheet = json.loads((tmp_path / "anna.run.json").read_text("utf-8"))
    assert sheet["run"]["name"] == "anna"
    assert command("show", "nobody") == ExitCode.USAGE
    assert len(practice.requests()) == asked


def test_a_service_that_is_away_leaves_the_list_readable(command, photos, practice):
    command.pays()
    command("train", photos, *QUICK, "--yes")
    practice.stop()
    assert command("runs") == ExitCode.NOT_REACHED
    assert "anna" in command.said.out


def test_the_account_names_the_place_of_its_key_and_never_the_key(command, practice, monkeypatch):
    command.pays()
    key = practice.address.key
    code, (told,) = command.events("account")
    assert (code, told["name"], told["key_kept_in"], told["balance"]) == (ExitCode.DONE, "Mine", "keyring", 100.0)
    assert command("account") == ExitCode.DONE
    assert "keyring" in command.said.out
    said = command.said.out + command.said.err + json.dumps(told)
    monkeypatch.setenv("SEGMIND_API_KEY", key)
    command.keyring.kept.clear()
    assert command("account") == ExitCode.NO_KEY  # the variable is for Segmind's own address only
    assert key not in said + command.said.out + command.said.err
    assert "SEGMIND_API_KEY" not in os.environ


def test_a_locked_or_missing_keyring_has_a_sentence(command, photos, practice):
    command.pays()
    command.keyring = BrokenKeyring(SecretsError(SecretsProblem.LOCKED, "The keyring is locked."))
    assert command("account") == ExitCode.NO_KEY
    assert "keyring" in command.said.err
    command.keyring = None
    assert command("train", photos, *QUICK, "--yes") == ExitCode.NO_KEY
    assert "no keyring" in command.said.err
    assert practice.requests() == ()


def test_photos_are_checked_like_in_the_window(command, photos):
    (photos / "broken.jpg").write_bytes((photos / "photo0.jpg").read_bytes()[:2000])
    code, events = command.events("check", photos, "--trigger-word", "ANNA")
    assert code == ExitCode.DONE
    assert [event["file"] for event in events if event["event"] == "skipped"] == ["broken.jpg"]
    assert {event["check"] for event in events if event["event"] == "finding"} >= {"unreadable", "no-trigger"}
    assert command("check", photos / "photo0.txt") == ExitCode.PHOTOS


def test_blurred_photos_are_warned_about_before_they_are_paid_for(command, tmp_path, monkeypatch):
    folder = tmp_path / "set"
    folder.mkdir()
    for name in ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "camera.png"):
        (folder / f"{name[:-4]}.jpg").write_bytes(encode(photo(name), "JPEG"))
    soft = photo().rotate(90, expand=True).filter(ImageFilter.GaussianBlur(4))
    (folder / "soft.jpg").write_bytes(encode(soft, "JPEG"))
    code, events = command.events("check", folder, "--theme", "PRODUCT")
    assert code == ExitCode.DONE
    (blurred,) = [event for event in events if event.get("check") == Check.BLURRED]
    assert blurred["files"] == ["soft.jpg"]
    assert blurred["advice"] == reason_for(Check.BLURRED, "PRODUCT")
    code, events = command.events("train", folder, "--name", "soft", "--practice", "--dry-run")
    quote = next(event for event in events if event["event"] == "quote")
    assert code == ExitCode.DONE
    assert blurred["text"] in quote["warnings"]
    monkeypatch.setattr("segmind_studio.services.runs.training_order.MEASURED_UNASKED", 5)
    code, events = command.events("train", folder, "--name", "soft", "--practice", "--dry-run")
    warnings = next(event for event in events if event["event"] == "quote")["warnings"]
    assert blurred["text"] not in warnings
    assert any("5 photos" in words for words in warnings)  # so many are measured by `check` only


@pytest.fixture
def german():
    texts.use(["de"])
    yield
    texts.use([texts.ENGLISH])


@pytest.mark.usefixtures("german")
def test_what_people_read_is_in_their_language_and_json_is_not(command, photos):
    assert command("check", photos, "--trigger-word", "ANNA") == ExitCode.DONE
    assert "\nWarnung: " in command.said.out
    assert not {"must:", "should:", "info:"} & set(command.said.out.split())
    assert command("account", "--account", "\u00dcbung") == ExitCode.DONE
    assert "Konto: \u00dcbung" in command.said.out
    assert command.events("account", "--practice")[1][0]["name"] == "Practice"
    command("train", photos, *QUICK, "--practice")
    assert command("show", "anna", "--practice") == ExitCode.DONE
    assert "Auf diesem Computer angelegt" in command.said.out
    assert command("show", "bob", "--practice") == ExitCode.USAGE
    assert "\u201e\u00dcbung\u201c" in command.said.err


def test_another_process_keeps_the_folder_for_itself(command, photos, practice, monkeypatch):
    monkeypatch.setattr("segmind_studio.cli.session.LOCK_RETRY_S", 0.01)
    command("train", photos, *QUICK, "--practice", "--wait")
    other = FolderLock(command.paths.data)
    assert other.claim()
    try:
        assert command("train", photos, "--name", "b", "--practice") == ExitCode.BUSY
        assert str(os.getpid()) in command.said.err
        assert command("show", "anna") == ExitCode.DONE  # reading needs no lock
        assert posts(practice) == 1
    finally:
        other.release()


def test_the_folder_is_free_between_two_looks(command, photos, practice, monkeypatch):
    """A paid run may train for long: a window can be opened meanwhile, and polls then."""
    account_id = command.pays()
    other = FolderLock(command.paths.data)
    free = []

    def look(_seconds):
        free.append(other.claim())
        other.release()
        practice.set_speed(4000)
        return False

    monkeypatch.setattr("segmind_studio.cli.own_work.pause", look)
    practice.set_speed(0.001)
    assert command("train", photos, *QUICK, "--yes", "--wait") == ExitCode.DONE
    assert free
    assert all(free)
    assert command.runs(account_id)[0].ready


def test_the_folder_is_taken_back_after_another_app_had_it(command, photos, practice, monkeypatch):
    account_id = command.pays()
    other = FolderLock(command.paths.data)
    waits = []

    def look(_seconds):
        waits.append(1)
        if len(waits) == 1:
            assert other.claim()  # the next look only reads
        else:
            other.release()
            practice.set_speed(4000)
        return False

    monkeypatch.setattr("segmind_studio.cli.own_work.pause", look)
    practice.set_speed(0.001)
    assert command("train", photos, *QUICK, "--yes", "--wait") == ExitCode.DONE, command.said.err
    assert len(waits) > 1
    assert command.runs(account_id)[0].ready


def test_the_model_comes_although_another_app_had_the_folder_when_it_was_ready(
    command, photos, practice, tmp_path, monkeypatch,
):
    account_id = command.pays()
    other = FolderLock(command.paths.data)
    free = threading.Timer(0.5, other.release)

    def look(_seconds):
        assert other.claim()  # a window polls, and then is closed
        practice.set_speed(4000)
        database, asked_at = Database(command.paths.database), time.time()
        journal = Journal(database)
        address = practice.address
        account = Account(account_id, "Mine", AccountKind.SEGMIND)
        with SegmindClient(Connection(account, address.api, address.api, ApiKey(address.key))) as client:
            while not journal.runs(account_id)[0].ready:
                settle(journal, account_id, client.list_jobs(), asked_at, LiveRuns())
        database.close()
        free.start()
        return False

    monkeypatch.setattr("segmind_studio.cli.own_work.pause", look)
    practice.set_speed(0.001)
    assert command("train", photos, *QUICK, "--yes", "--download", tmp_path / "models") == ExitCode.DONE
    free.join()
    assert [str(path) for path in (tmp_path / "models").iterdir()] == [command.runs(account_id)[0].result_path]


@pytest.mark.skipif(os.name != "posix", reason="a stand-in for the window")
def test_a_frozen_window_is_not_waited_for(command, photos, monkeypatch):
    command.pays()
    monkeypatch.setattr("segmind_studio.cli.window_work.FIRST_ANSWER_S", 0.5)
    other = FolderLock(command.paths.data)
    assert other.claim()
    Database(command.paths.database).open()
    with socket.socket(socket.AF_UNIX) as window:  # takes what is sent, and says nothing
        window.bind(meeting_places(command.paths.data)[0])
        window.listen()
        assert command("train", photos, *QUICK, "--yes") == ExitCode.BUSY
    other.release()


def test_a_window_that_follows_a_run_that_is_never_found_is_not_waited_for(monkeypatch):
    now = time.time()
    run = Run("r", "practice", "anna", Phase.UNKNOWN, now, now, sent_at=now, listings_missed=3)
    session = SimpleNamespace(
        output=None, journal=SimpleNamespace(get=lambda _run_id: run), claim=lambda: False,
        account=SimpleNamespace(account_id="practice"),
    )
    work = WindowWork(cast("Session", session))
    clock = iter(range(0, 1000, 30))
    work._waits = SendAgainWaits(lambda: float(next(clock)))
    looks = []

    def look(_seconds):
        nonlocal run
        looks.append(1)
        run = replace(run, listings_missed=run.listings_missed + 1)
        assert len(looks) < 100

    monkeypatch.setattr("segmind_studio.cli.window_work.pause", look)
    assert list(work.follow(("r",)))
    assert looks


@pytest.mark.parametrize("last", ["uploaded", "sending"])
def test_a_reader_that_has_left_ends_nothing_between_the_row_and_the_request(
    command, photos, practice, monkeypatch, last,
):
    """As `| head` does, once it has read what it wanted; the journal holds what the service knows."""
    reader, writer = os.pipe()
    left = []

    class Pipe(io.TextIOWrapper):
        def write(self, text):
            count = super().write(text)
            self.flush()
            if f'"{last}"' in text and not left:
                left.append(os.close(reader))
            return count

    with Pipe(os.fdopen(writer, "wb")) as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        code = command("train", photos, *QUICK, "--practice", "--json")
    assert left
    assert code != ExitCode.DONE
    assert posts(practice) == 1
    assert command.runs()[0].phase is Phase.ACCEPTED


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_while_waiting_says_that_nothing_is_sent_again(command, photos, practice):
    practice.set_speed(0.001)

    def press(*_request):
        signal.raise_signal(signal.SIGINT)

    original = SegmindClient.list_jobs
    asked = []

    def listing(client):
        asked.append(1)
        if len(asked) == 2:  # the first is before the quote
            press()
        return original(client)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell runs behind
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SegmindClient, "list_jobs", listing)
            assert command("train", photos, *QUICK, "--practice", "--wait") == ExitCode.CANCELLED
    finally:
        signal.signal(signal.SIGINT, before)
    assert "Nothing is sent again" in command.said.err
    assert sum(one.path == SUBMIT for one in practice.requests()) == 1
    assert threading.current_thread() is threading.main_thread()


@pytest.mark.skipif(os.name != "posix", reason="a pseudo terminal")
@pytest.mark.parametrize(("typed", "code"), [("no", ExitCode.NOT_CONFIRMED), ("yes", ExitCode.DONE)])
def test_a_terminal_is_asked_with_the_price(command, photos, practice, monkeypatch, typed, code):
    command.pays()
    ours, theirs = os.openpty()
    with open(theirs, encoding="utf-8") as source, open(os.dup(theirs), "w", encoding="utf-8") as err:  # noqa: PTH123
        monkeypatch.setattr("sys.stdin", source)
        monkeypatch.setattr("sys.stderr", err)
        os.write(ours, f"{typed}\n".encode())
        assert command("train", photos, *QUICK, "--quiet") == code
    shown = b""
    while "“Mine” pays about $2.00".encode() not in shown:
        shown += os.read(ours, 10_000)  # the terminal passes it on in pieces; an error once it has passed on all
    os.close(ours)
    assert posts(practice) == (code == ExitCode.DONE)


def test_images_are_paid_once_each_and_the_budget_counts_them(command, with_model, practice, tmp_path):
    assert with_model.ready
    words = ("try", "anna", "--prompt", "TOK on a beach", "--seed", "5", "--to", tmp_path / "images")
    assert command(*words) == ExitCode.NOT_CONFIRMED
    assert command(*words, "--count", "2", "--yes") == ExitCode.DONE
    assert [file.name for file in sorted((tmp_path / "images").iterdir())] == ["anna-5.jpg", "anna-6.jpg"]
    calls = [one for one in practice.requests() if "/v1/anna" in one.path]
    assert len(calls) == 2
    settings = SettingsFile(command.paths.settings_file)
    settings.save(replace(settings.load()[0], budget_per_day=0.01))
    assert command(*words, "--yes") == ExitCode.OVER_BUDGET
    assert command(*words, "--strength", "3") == ExitCode.USAGE
    assert len([one for one in practice.requests() if "/v1/anna" in one.path]) == 2

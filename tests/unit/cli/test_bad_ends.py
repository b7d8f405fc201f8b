"""The command line when names, windows and files are not as they should be."""

import io
import json
import os
import socket
import threading

import pytest

from segmind_studio.cli.errors import after_sending, code_of_error, code_of_run
from segmind_studio.cli.exit_codes import MEANINGS, ExitCode
from segmind_studio.cli.output import CommandError, Output
from segmind_studio.cli.own_work import OwnWork
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StudioError
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase
from segmind_studio.services.images.image_worker import ImageMaker
from segmind_studio.services.runs.training_order import TrainingQuote
from segmind_studio.services.system.meeting_places import meeting_places
from segmind_studio.store.folder_lock import FolderLock
from tests.fakes.practice_side import posts
from tests.fakes.run_services import make_run

HOSTILE = "a\x1b]52;c;aGk=\x07\x9b31m\u202eb\rc\x7f"


def printed(monkeypatch, use, **options):
    """Return what was written to both streams."""
    streams = io.StringIO(), io.StringIO()
    for name, stream in zip(("stdout", "stderr"), streams, strict=True):
        monkeypatch.setattr(f"sys.{name}", stream)
    use(Output(**options))
    return "".join(stream.getvalue() for stream in streams)


def test_a_terminal_obeys_nothing_of_a_name(monkeypatch):
    def all_ways(output):
        output.line(HOSTILE)
        output.note(HOSTILE)
        output.table(("Name",), [(f"{HOSTILE}\nanna  Ready",)])
        output.error(StudioError(HOSTILE, HOSTILE, HOSTILE), ExitCode.BROKEN)

    text = printed(monkeypatch, all_ways)
    assert not set(text) & set("\x1b\x07\x9b\u202e\r\x7f")
    assert text.count("anna  Ready") == 0  # a name makes no row of its own
    line = printed(monkeypatch, lambda output: output.event("run", name=HOSTILE), as_json=True)
    assert json.loads(line)["name"] == HOSTILE
    assert not set(line) & set("\x1b\x07\x9b\u202e\r\x7f")


def test_columns_stand_below_each_other_in_any_script(monkeypatch):
    rows = [("anna", "ok"), ("\u540d\u524d", "ok"), ("e\u0301va", "ok")]  # two wide letters; an accent of its own
    lines = printed(monkeypatch, lambda output: output.table(("", ""), rows)).splitlines()[1:]
    assert lines == ["anna  ok", "\u540d\u524d  ok", "e\u0301va   ok"]


def test_a_key_in_a_name_is_masked_also_when_it_is_split(monkeypatch):
    key, split = "SG_abcdef0123", "my SG_abcd\x1bef0123 x"
    text = printed(monkeypatch, lambda output: output.line(split), secrets=lambda: [key])
    assert "ef0123" not in text


class FleetingWindow(threading.Thread):
    """A window that takes orders, sends these lines for each, and closes the connection."""

    def __init__(self, folder, *answers):
        super().__init__(daemon=True)
        self.orders = []
        self._answers = answers
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(meeting_places(folder)[0])
        self._server.listen()
        self.start()

    def run(self):
        with self._server:
            for lines in self._answers:
                line = b""
                while not line:  # a look whether somebody listens sends nothing
                    caller, _where = self._server.accept()
                    with caller, caller.makefile("rwb") as stream:
                        line = stream.readline()
                        if line:
                            self.orders.append(json.loads(line)["order"])
                            stream.write(b"".join(json.dumps(one).encode() + b"\n" for one in lines))


@pytest.mark.skipif(os.name != "posix", reason="a socket of Unix")
def test_a_run_is_followed_on_when_the_window_is_closed(command, photos, practice, monkeypatch):
    account_id = command.pays()
    practice.set_speed(0.001)
    assert command("train", photos, "--name", "anna", "--yes") == ExitCode.DONE
    other = FolderLock(command.paths.data)
    assert other.claim()
    waits = []

    def wait(_seconds):
        waits.append(1)
        assert len(waits) < 50
        other.release()
        practice.set_speed(4000)
        return False

    monkeypatch.setattr("segmind_studio.cli.window_work.pause", wait)
    monkeypatch.setattr("segmind_studio.cli.own_work.pause", lambda _seconds: False)
    with socket.socket(socket.AF_UNIX) as window:
        window.bind(meeting_places(command.paths.data)[0])
        window.listen()
        assert command("runs", "--watch") == ExitCode.DONE
    assert waits
    assert command.runs(account_id)[0].ready


QUOTE = {
    "event": "quote", "token": "t", "end": True,
    "quote": TrainingQuote("Mine", True, "free", "", 0.0, 6, 6, 1, {"name": "anna"}).message(),
}


@pytest.mark.skipif(os.name != "posix", reason="a socket of Unix")
@pytest.mark.parametrize(("answers", "code", "orders"), [
    (([QUOTE], [{"event": "run", "run": "r", "name": "anna", "phase": "prepared"}]), ExitCode.NO_ANSWER, 2),
    (([QUOTE], []), ExitCode.NO_ANSWER, 2),  # the order was written, so it may have been taken
    (([],), ExitCode.BUSY, 1),
])
def test_a_window_that_ends_after_it_got_the_order_may_have_paid(command, photos, answers, code, orders):
    command.paths.create()
    other = FolderLock(command.paths.data)
    assert other.claim()
    try:
        window = FleetingWindow(command.paths.data, *answers)
        assert command("train", photos, "--name", "anna", "--yes") == code
        window.join(10)
        assert len(window.orders) == orders
        assert ("may have been sent" in command.said.err) is (code == ExitCode.NO_ANSWER)
    finally:
        other.release()


def limited_from(monkeypatch, practice, kind, name, number):
    """Let the service refuse every request from the `number`-th call of a method on, for as long as it lasts."""
    original, calls = getattr(kind, name), []

    def limited(self, *given, **named):
        calls.append(name)
        practice.set_fault(Fault.RATE_LIMIT, on=len(calls) >= number)
        try:
            return original(self, *given, **named)
        finally:
            practice.set_fault(Fault.RATE_LIMIT, on=False)

    monkeypatch.setattr(kind, name, limited)


def test_a_download_that_fails_after_a_paid_run_does_not_end_as_if_nothing_was_paid(
    command, photos, practice, monkeypatch, tmp_path,
):
    practice.set_speed(8000)
    monkeypatch.setattr("segmind_studio.cli.own_work.pause", lambda _seconds: False)
    limited_from(monkeypatch, practice, OwnWork, "download", 1)
    account_id = command.pays()
    words = ("--name", "anna", "--yes", "--wait", "--download", tmp_path / "models")
    assert command("train", photos, *words) == ExitCode.PARTLY_DONE
    assert "anna" in command.said.err
    assert posts(practice) == len(command.runs(account_id)) == 1


@pytest.mark.usefixtures("with_model")
@pytest.mark.parametrize(("number", "code"), [(1, ExitCode.NOT_REACHED), (2, ExitCode.PARTLY_DONE)])
def test_the_second_picture_that_fails_does_not_deny_the_first(
    command, practice, monkeypatch, tmp_path, number, code,
):
    limited_from(monkeypatch, practice, ImageMaker, "make", number)
    words = ("try", "anna", "--prompt", "TOK", "--count", "3", "--yes", "--to", tmp_path / "images")
    assert command(*words) == code
    assert sum("/v1/anna" in one.path for one in practice.requests()) == number  # one was refused, none repeated
    assert ("Nothing was started" in command.said.err) is (code == ExitCode.NOT_REACHED)


@pytest.mark.parametrize("error", [
    CancelledError(), StudioError("The window has no connection."), ApiError(ApiProblem.OFFLINE, "No connection."),
    ApiError(ApiProblem.BAD_KEY, "No."), CommandError(ExitCode.OVER_BUDGET, "Too much."),
])
def test_no_error_after_a_paid_run_has_the_code_of_an_unpaid_one(error):
    taken, lost = make_run("a", Phase.ACCEPTED), make_run("b", Phase.UNKNOWN)
    assert code_of_run(taken, error) == code_of_error(after_sending(error, [taken])) == ExitCode.PARTLY_DONE
    assert after_sending(error, [taken, lost]).code == ExitCode.NO_ANSWER
    assert not any("paid" in str(after_sending(error, runs, practice=True)) for runs in ([taken], [taken, lost]))
    promises = {code for code, words in MEANINGS.items() if "Nothing was paid" in str(words)}
    assert promises == {ExitCode.NOT_CONFIRMED, ExitCode.OVER_BUDGET, ExitCode.NOT_REACHED}

"""The practice service's process: started when it is needed, told things by its pipe, gone with the app."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.practice import Fault
from segmind_studio.practice import channel
from segmind_studio.practice.channel import Begin, Ready, SetFault, line_of, order_of, report_of
from segmind_studio.practice.database import PracticeDatabase
from segmind_studio.practice_host import ENDS_ALLOWED, PracticeHost
from segmind_studio.services.system.ending import end_all
from tests.fakes.typed import known

LIMIT_MS = 30_000
ROOT = Path(__file__).resolve().parents[3]


class Hosted:
    """A host, and what it told."""

    def __init__(self, qtbot, folder, speed=600.0):
        self.qtbot, self.folder, self.host = qtbot, folder, PracticeHost(folder, speed)
        self.errors = []
        self.host.failed.connect(self.errors.append)

    def started(self, how=None):
        with self.qtbot.waitSignal(self.host.changed, timeout=LIMIT_MS) as changed:
            (how or self.host.need)()
        return changed.args[0]

    def ask(self, path="/v1/get-user-credits", body=None, **headers):
        connection = known(self.host.connection)
        headers = {"x-api-key": connection.key.reveal(), **headers}
        return httpx.request("GET", connection.api_url + path, headers=headers, json=body, trust_env=False)

    def kill(self):
        with self.qtbot.waitSignal(self.host.changed, timeout=LIMIT_MS) as changed:
            os.kill(self.host.process_id, signal.SIGTERM)
        assert changed.args == [None]


@pytest.fixture
def hosted(qtbot, tmp_path):
    it = Hosted(qtbot, tmp_path / "practice")
    yield it
    assert it.host.stop()


def test_its_money_is_filled_before_it_is_used_up_and_the_window_hears_it(hosted, qtbot):
    hosted.folder.mkdir()
    with contextlib.closing(PracticeDatabase(hosted.folder / "practice.sqlite3")) as database:
        database.keep("balance", "700")
    hosted.started()
    with qtbot.waitSignal(hosted.host.refilled, timeout=LIMIT_MS) as refilled:
        hosted.ask("/finetune/request/upload/pre-signed-url", {"name": "a.zip"})
    assert "$100.00" in refilled.args[0]
    assert hosted.ask().json()["credits"] == 100.0


def test_it_starts_when_it_is_needed_and_answers_programs_alone(hosted):
    assert hosted.host.process_id == 0
    connection = hosted.started()
    assert connection.practice
    hosted.host.need()
    assert hosted.ask().status_code == 200
    assert hosted.ask(Origin="https://example.org").status_code == 403
    assert hosted.errors == []


def test_its_key_is_new_at_each_start_and_stands_in_no_argument(hosted):
    keys = set()
    for _ in range(2):
        hosted.started()
        key = hosted.host.connection.key.reveal()
        keys.add(key)
        told = Path(f"/proc/{hosted.host.process_id}")
        if told.is_dir():
            assert key.encode() not in (told / "cmdline").read_bytes() + (told / "environ").read_bytes()
        hosted.kill()
    assert len(keys) == 2


def test_faults_go_on_and_off_and_those_that_happen_once_are_told(hosted):
    hosted.host.set_fault(Fault.UNAVAILABLE, on=True)  # before it runs
    hosted.started()
    assert hosted.host.faults() == {Fault.UNAVAILABLE}
    assert hosted.ask().status_code == 503
    hosted.host.set_fault(Fault.UNAVAILABLE, on=False)
    hosted.host.set_fault(Fault.EXPIRED_UPLOAD, on=True)
    hosted.qtbot.waitUntil(lambda: hosted.ask().status_code == 200, timeout=LIMIT_MS)
    assert hosted.host.faults() == {Fault.EXPIRED_UPLOAD}
    assert hosted.ask("/finetune/request/upload/pre-signed-url", {"name": "photos.zip"}).status_code == 200
    hosted.qtbot.waitUntil(lambda: hosted.host.faults() == set(), timeout=LIMIT_MS)


def test_another_speed_is_told_with_the_connection(hosted):
    hosted.host.at_speed(5.0)
    assert hosted.started().speed == 5.0
    with hosted.qtbot.waitSignal(hosted.host.changed) as changed:
        hosted.host.at_speed(7.0)
    assert changed.args[0].speed == 7.0


def test_an_app_that_is_killed_takes_it_along(tmp_path):
    program = Path(__file__).parent / "hosting_app.py"
    with subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, str(program), str(tmp_path)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
    ) as app:
        port = int(known(app.stdout).readline().rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port)).close()
        app.kill()
    clock = threading.Event()
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return
        clock.wait(0.1)
    pytest.fail("it still listens")


def test_when_it_ends_by_itself_that_is_said_and_it_can_be_started_again(hosted):
    for _ in range(ENDS_ALLOWED + 1):
        hosted.started()
        hosted.kill()
    assert ["stopped unexpectedly" in error.title for error in hosted.errors] == [True] * ENDS_ALLOWED + [False]
    assert "keeps stopping" in hosted.errors[-1].title
    hosted.host.need()
    assert hosted.host.process_id == 0  # nothing starts it for ever
    assert hosted.started(hosted.host.start) is not None  # but a person may
    assert hosted.ask().status_code == 200


def test_where_its_port_is_in_use_it_takes_another_one(hosted):
    port = int(hosted.started().api_url.rpartition(":")[2])
    hosted.kill()
    with socket.create_server(("127.0.0.1", port)):
        assert int(hosted.started().api_url.rpartition(":")[2]) != port
        assert hosted.ask().status_code == 200


def test_where_it_cannot_start_the_reason_is_said_once(qtbot, tmp_path):
    (tmp_path / "file").write_text("x")
    hosted = Hosted(qtbot, tmp_path / "file")
    assert hosted.started() is None
    hosted.host.need()
    assert hosted.host.process_id == 0
    assert ["could not start" in error.title for error in hosted.errors] == [True]
    assert hosted.host.stop()


def test_one_that_is_still_starting_ends_at_once(qtbot, tmp_path):
    hosted = Hosted(qtbot, tmp_path)
    hosted.host.need()
    assert hosted.host.process_id
    assert hosted.host.stop()
    hosted.host.need()
    assert hosted.host.process_id == 0


def test_it_is_asked_to_end_before_others_are_waited_for(hosted):
    hosted.started()
    ended = []

    def other(_deadline_ms):
        ended.append(hosted.host.wait_end(LIMIT_MS))
        return True

    assert end_all((hosted.host.ask_stop,), (other, hosted.host.wait_end), (), LIMIT_MS)
    assert ended == [True]
    assert hosted.host.connection is None


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process cannot be halted there")
@pytest.mark.parametrize("deadline_ms", [0, 300])
def test_one_that_does_not_react_ends_with_the_one_deadline(hosted, deadline_ms):
    hosted.started()
    process_id = hosted.host.process_id
    os.kill(process_id, signal.SIGSTOP)
    hosted.host.ask_stop()
    since = time.monotonic()
    hosted.host.wait_end(deadline_ms)
    assert time.monotonic() - since < 5
    hosted.qtbot.waitUntil(lambda: hosted.host.wait_end(0), timeout=LIMIT_MS)
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


MESSAGES = (
    Begin("folder", 2.0, (Fault.SLOW,)), SetFault(Fault.SLOW, on=True), channel.SetSpeed(3.0),
    channel.SendSample(), channel.AskRequests(), Ready("http://127.0.0.1:1", "SG_0123456789abcdef"),
    channel.NotStarted("a", "b", "c"), channel.FaultsOn((Fault.SLOW,)), channel.Logged(30, "text"),
    channel.RequestsSeen((("GET", "/", 200),)),
)


def test_both_sides_read_what_the_other_writes():
    read = [order_of(line_of(message)) or report_of(line_of(message)) for message in MESSAGES]
    assert read == list(MESSAGES)
    assert all(order_of(line_of(message)) is None or report_of(line_of(message)) is None for message in MESSAGES)


@given(st.one_of(
    st.binary(max_size=60),
    st.fixed_dictionaries({"is": st.sampled_from([type(message).__name__ for message in MESSAGES])}, optional={
        name: st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2))
        for name in ("folder", "speed", "faults", "fault", "on", "api", "key", "level", "text", "requests")
    }).map(lambda fields: repr(fields).replace("'", '"').replace("None", "null").encode()),
))
def test_a_line_that_is_no_message_is_dropped(line):
    order_of(line)
    report_of(line)

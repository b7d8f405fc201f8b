"""A second launch hands its files to the first one of the same data folder."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from segmind_studio.core.errors import StudioError
from segmind_studio.services.system import meeting_places as meeting
from segmind_studio.services.system.meeting_places import SOCKET, meeting_places, peer_uid
from segmind_studio.services.system.single_instance import Entry, SingleInstance
from tests.fakes.typed import known

LAUNCHES = 4


@pytest.fixture
def first(qapp, tmp_path):
    instance = SingleInstance(tmp_path)
    assert instance.enter(()) is Entry.FIRST
    yield instance
    instance.release()


def test_the_second_hands_over(qtbot, first, tmp_path):
    second = SingleInstance(tmp_path)
    with qtbot.waitSignal(first.called) as called:
        assert second.enter((Path("/photos/a b.jpg"), Path("/photos/ü.zip"))) is Entry.HANDED_OVER
    assert called.args[0] == (Path("/photos/a b.jpg"), Path("/photos/ü.zip"))


def test_a_wish_is_handed_over_before_the_files(qtbot, first, tmp_path):
    heard = []
    first.wished.connect(heard.append)
    first.called.connect(heard.append)
    assert SingleInstance(tmp_path).enter((Path("/photos/a.jpg"),), wish="runs") is Entry.HANDED_OVER
    assert heard == ["runs", (Path("/photos/a.jpg"),)]


def test_what_the_first_cannot_fulfil_is_refused_and_nothing_is_taken(qtbot, first, tmp_path):
    heard = []
    first.wished.connect(heard.append)
    first.called.connect(heard.append)
    first.judge_by(lambda needs: StudioError("It is not.", "Do é.") if needs.get("practice") else None)
    with pytest.raises(StudioError, match=r"It is not\..*Do é\."):
        SingleInstance(tmp_path).enter((Path("/photos/a.jpg"),), wish="sample", needs={"practice": True})
    assert heard == []
    assert SingleInstance(tmp_path).enter((), needs={"api_url": "https://a.example"}) is Entry.HANDED_OVER
    assert heard == [()]


def test_a_caller_that_left_is_not_present_even_before_the_loop_says_so(qtbot, first, tmp_path):
    caller = QLocalSocket()
    caller.connectToServer(meeting_places(tmp_path)[0])
    with qtbot.waitSignal(first.ordered) as ordered:
        caller.write(b'{"order": "runs"}\n')
    assert ordered.args[0].present
    caller.abort()
    assert not ordered.args[0].present


def launch(folder, file):
    """Start an app without a window that enters when it is told to, and leaves when its input ends."""
    root = Path(__file__).parents[3]
    return subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, str(Path(__file__).with_name("launched_app.py")), str(folder), file],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )


def test_launches_at_one_moment_become_one_app_with_all_files(tmp_path):
    launched = [launch(tmp_path, f"/photos/{number}.jpg") for number in range(LAUNCHES)]
    for process in launched:
        assert known(process.stdout).readline() == "ready\n"
    for process in launched:
        known(process.stdin).write("enter\n")
        known(process.stdin).flush()
    entries = [known(process.stdout).readline().strip() for process in launched]
    assert sorted(entries) == ["first", *["handed over"] * (LAUNCHES - 1)]
    first = entries.index("first")
    said = []
    for process in launched:
        with process:
            known(process.stdin).close()
            said.append(known(process.stdout).read().splitlines())
    assert {line.removeprefix("called ") for line in said[first]} == {
        f"{number}.jpg" for number in range(LAUNCHES) if number != first
    }


@pytest.mark.skipif(os.name != "posix", reason="sockets are files on POSIX systems only")
def test_what_a_killed_app_left_is_in_nobodys_way(qtbot, tmp_path):
    with launch(tmp_path, "/photos/a.jpg") as killed:
        known(killed.stdin).write("enter\n")
        known(killed.stdin).flush()
        assert [known(killed.stdout).readline().strip() for _ in range(2)] == ["ready", "first"]
        killed.send_signal(signal.SIGKILL)
    assert stat.S_ISSOCK((tmp_path / SOCKET).stat().st_mode)
    second, third = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert second.enter(()) is Entry.FIRST
    with qtbot.waitSignal(second.called):
        assert third.enter((Path("/photos/b.jpg"),)) is Entry.HANDED_OVER
    second.release()
    assert not (tmp_path / SOCKET).exists()


@pytest.fixture
def short():
    """Return an empty folder whose path leaves room for the names of sockets."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        yield Path(folder).resolve()


@pytest.mark.skipif(os.name != "posix", reason="sockets are files on POSIX systems only")
def test_they_meet_in_a_folder_of_the_users_own_alone(short, monkeypatch):
    data, shared, private = (short / name for name in ("data", "shared", "private"))
    for folder, rights in ((data, 0o755), (shared, 0o1777), (private, 0o700)):
        folder.mkdir()
        folder.chmod(rights)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(private))
    monkeypatch.setattr(meeting.tempfile, "gettempdir", lambda: str(shared))
    assert [Path(name).parent for name in meeting_places(data)] == [data, private]
    for unfit in (shared, data / ("long" * 30), data / "absent"):
        assert [Path(name).parent for name in meeting_places(unfit)] == [private]
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    assert meeting_places(data) == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc makes every path a short one")
def test_a_folder_with_a_long_path_is_one_app_all_the_same(qtbot, tmp_path):
    folder = tmp_path / ("long" * 30)
    folder.mkdir(0o700)
    one, two = SingleInstance(folder), SingleInstance(folder)
    assert one.enter(()) is Entry.FIRST
    assert stat.S_IMODE((folder / SOCKET).stat().st_mode) & 0o077 == 0
    with qtbot.waitSignal(one.called):
        assert two.enter((Path("/photos/a.jpg"),)) is Entry.HANDED_OVER
    one.release()
    two.release()
    assert not (folder / SOCKET).exists()


@pytest.mark.skipif(os.name != "posix", reason="there Qt sees to it")
def test_a_peer_of_another_user_is_told_nothing_and_takes_nothing(qtbot, first, tmp_path, monkeypatch, caplog):
    one, other = socket.socketpair()
    with one, other:
        assert peer_uid(one.fileno()) == os.geteuid()
    assert peer_uid(other.fileno()) == -1  # closed: nobody's
    called = []
    first.called.connect(called.append)
    monkeypatch.setattr(meeting, "peer_uid", lambda _descriptor: os.geteuid() + 1)
    assert not SingleInstance(tmp_path).hand_over((Path("/photos/a.jpg"),), patience_s=5.0)
    assert not called
    assert "Another user" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="there Qt sees to it")
def test_a_caller_of_another_user_is_not_heard(qtbot, first, monkeypatch):
    called = []
    first.called.connect(called.append)
    monkeypatch.setattr(meeting, "peer_uid", lambda _descriptor: os.geteuid() + 1)
    caller = QLocalSocket()
    caller.connectToServer(first.address)
    with qtbot.waitSignal(caller.disconnected):
        caller.write(b'["/photos/a.jpg"]\n')
        caller.flush()
    assert (called, caller.readAll().data()) == ([], b"")


def test_one_that_does_not_listen_yet_is_waited_for(qtbot, tmp_path):
    starting, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert starting.claim()
    QTimer.singleShot(400, starting.listen)
    with qtbot.waitSignal(starting.called):
        assert second.enter((Path("/photos/a.jpg"),)) is Entry.HANDED_OVER
    starting.release()


def test_one_that_is_leaving_is_waited_for(qtbot, tmp_path):
    leaving, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert leaving.enter(()) is Entry.FIRST
    called = []
    leaving.called.connect(called.append)
    leaving.stop_listening()
    QTimer.singleShot(400, leaving.release)
    assert second.enter((Path("/photos/a.jpg"),)) is Entry.FIRST
    assert not called, "files for one that leaves would be lost"
    second.release()


def test_one_that_listens_and_never_answers_is_told(qtbot, tmp_path):
    hung, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert hung.claim()
    server = QLocalServer()
    other = SingleInstance(tmp_path)
    other.listen()
    address = other.address
    other.stop_listening()
    assert server.listen(address)
    assert second.enter((Path("/photos/a.jpg"),), patience_s=0.3) is Entry.NO_ANSWER
    assert second.holder == str(os.getpid())
    server.close()
    hung.release()


def test_another_data_folder_is_another_app(first, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    instance = SingleInstance(other)
    assert instance.enter(()) is Entry.FIRST
    instance.release()


def test_after_the_first_has_left_the_folder_is_free(qapp, tmp_path):
    first = SingleInstance(tmp_path)
    assert first.claim()
    first.release()
    second = SingleInstance(tmp_path)
    assert second.claim()
    second.release()


def test_nobody_listens(qapp, tmp_path):
    assert not SingleInstance(tmp_path).hand_over(())

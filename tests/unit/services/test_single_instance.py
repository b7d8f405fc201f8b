"""A second launch hands its files to the first one of the same data folder."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QLocalServer

from segmind_studio.services.single_instance import Entry, SingleInstance

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


def test_launches_at_one_moment_become_one_app_with_all_files(tmp_path):
    script = Path(__file__).with_name("launched_app.py")
    moment = time.time() + 2.5
    launched = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, str(script), str(tmp_path), str(moment), f"/photos/{number}.jpg"],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}, stdout=subprocess.PIPE, text=True,
        )
        for number in range(LAUNCHES)
    ]
    said = [process.communicate(timeout=60)[0].splitlines() for process in launched]
    firsts = [lines for lines in said if lines[0] == "first"]
    assert len(firsts) == 1, said
    assert sorted(lines[0] for lines in said if lines[0] != "first") == ["handed over"] * (LAUNCHES - 1)
    taken = {line.removeprefix("called ") for line in firsts[0] if line.startswith("called")}
    mine = said.index(firsts[0])
    assert taken == {f"{number}.jpg" for number in range(LAUNCHES) if number != mine}


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
    leaving.close_door()
    QTimer.singleShot(400, leaving.release)
    assert second.enter((Path("/photos/a.jpg"),)) is Entry.FIRST
    assert not called, "files for one that leaves would be lost"
    second.release()


def test_one_that_listens_and_never_answers_is_told(qtbot, tmp_path):
    hung, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert hung.claim()
    server = QLocalServer()
    assert server.listen(hung._name)
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

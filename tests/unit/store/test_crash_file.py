"""The stacks of a hard crash: written, private, kept for the next start, and gone after a good end."""

import signal
import stat
import subprocess
import sys

import pytest

from segmind_studio.store.crash_file import CrashFile

CHILD = """
import faulthandler, os, signal, sys
from pathlib import Path
from segmind_studio.store.crash_file import CrashFile
how, folder = sys.argv[1], Path(sys.argv[2])
file = CrashFile(folder)
print(len(file.begin()))
def deep_in_the_app():
    if how == "ends":
        file.end()
        file.end()
    elif how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        faulthandler._sigsegv()
deep_in_the_app()
"""


def run(how, folder):
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", CHILD, how, str(folder)], capture_output=True, text=True, check=False, timeout=60,
    )
    return done.returncode, done.stdout.strip()


@pytest.fixture
def logs(tmp_path):
    return tmp_path / "logs"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_good_end_leaves_nothing(logs):
    assert run("ends", logs) == (0, "0")
    assert names(logs) == []


def test_a_crash_leaves_private_stacks_that_the_next_start_finds(logs):
    code, _found = run("crashes", logs)
    assert code == -signal.SIGSEGV
    file = logs / "crash.log"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert text.startswith("Segmind Studio ")
    assert "Segmentation fault" in text
    assert "deep_in_the_app" in text
    assert run("ends", logs) == (0, str(len(text)))
    assert names(logs) == ["crash-1.log"]
    assert (logs / "crash-1.log").read_text() == text
    assert run("ends", logs) == (0, "0")


def test_being_killed_is_no_crash(logs):
    assert run("killed", logs)[0] == -signal.SIGKILL
    assert run("ends", logs) == (0, "0")
    assert names(logs) == []


def test_only_some_are_kept_the_newest_first(logs):
    logs.mkdir()
    for number in (1, 2, 3):
        (logs / f"crash-{number}.log").write_text(f"old {number}")
    run("crashes", logs)
    run("ends", logs)
    assert names(logs) == ["crash-1.log", "crash-2.log", "crash-3.log"]
    assert "Segmentation fault" in (logs / "crash-1.log").read_text()
    assert [(logs / f"crash-{number}.log").read_text() for number in (2, 3)] == ["old 1", "old 2"]


def test_a_disk_that_refuses_does_not_keep_the_app_from_starting(tmp_path, caplog):
    (tmp_path / "logs").write_bytes(b"")  # a file where the folder belongs
    file = CrashFile(tmp_path / "logs")
    assert file.begin() == ""
    file.end()
    assert "leave nothing behind" in caplog.text
    caplog.clear()

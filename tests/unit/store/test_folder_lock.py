"""One process has a folder; when it is gone, however it went, the folder is free."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from segmind_studio.core.errors import StoreError
from segmind_studio.store.folder_lock import LOCK_NAME, FolderLock
from tests.fakes.typed import known

HOLD = """
import os, signal, sys
from pathlib import Path
from segmind_studio.store.folder_lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print(lock.claim(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holding(tmp_path):
    root = str(Path(__file__).parents[3])
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLD, str(tmp_path)], env={**os.environ, "PYTHONPATH": root},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert known(process.stdout).readline().strip() == "True"
    yield process
    process.kill()
    process.communicate()


def test_another_process_has_it_and_is_named(tmp_path, holding):
    lock = FolderLock(tmp_path)
    assert not lock.claim()
    assert lock.holder == str(holding.pid)


def test_it_is_free_once_its_process_was_killed(tmp_path, holding):
    holding.kill()
    holding.wait()
    lock = FolderLock(tmp_path)
    assert lock.claim()
    assert lock.holder == str(os.getpid())
    lock.release()


def test_a_number_that_another_program_has_now_refuses_nobody(tmp_path):
    """What a crash of an older version leaves: the number, and the name of a program that runs."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        name = Path(sys.executable).resolve().name
        (tmp_path / LOCK_NAME).write_text(f"{other.pid}\n{name}\n{platform.node()}\n")
        lock = FolderLock(tmp_path)
        assert lock.claim()
        lock.release()
        other.communicate(b"\n")


def test_within_a_process_two_cannot_have_it(tmp_path):
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    assert first.claim()
    assert first.claim(), "it has it already"
    assert not second.claim()
    first.release()
    first.release()
    assert second.claim()
    second.release()


def test_only_the_owner_may_read_it(tmp_path):
    (tmp_path / LOCK_NAME).touch(0o644)
    lock = FolderLock(tmp_path)
    assert lock.claim()
    assert (tmp_path / LOCK_NAME).stat().st_mode & 0o777 == 0o600
    lock.release()


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreError, match=LOCK_NAME):
        FolderLock(tmp_path / "none").claim()
    assert not FolderLock(tmp_path / "none").holder

"""The data folder is taken or cannot be written: a window says so, and trying again goes on."""

import os
import subprocess
import sys
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from segmind_studio.command_line import Options
from segmind_studio.services.system.single_instance import SingleInstance
from segmind_studio.startup import enter
from segmind_studio.store.folder_lock import FolderLock
from segmind_studio.store.paths import app_paths
from segmind_studio.ui.shell.refusal import RefusalDialog
from tests.fakes.typed import child

pytestmark = pytest.mark.desktop


class Person(QObject):
    """Presses one button of each refusal that comes up, after doing something about it."""

    def __init__(self, *steps):
        super().__init__()
        self._steps = list(steps)
        self.read = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(50)

    def _look(self):
        for window in QApplication.topLevelWidgets():
            if isinstance(window, RefusalDialog) and window.isVisible() and window.isActiveWindow():
                button, first = self._steps.pop(0)
                first()
                self.read.append(window.details)
                child(window, QPushButton, button).click()


def nothing():
    pass


def test_a_taken_folder_is_told_until_it_is_free(qapp, tmp_path):
    paths = app_paths(tmp_path)
    paths.create()
    other = FolderLock(paths.data)
    assert other.claim()
    person = Person(("refusal.copy", nothing), ("refusal.again", other.release))
    entered = enter(qapp, Options(), paths)
    assert isinstance(entered, SingleInstance)
    assert "already open and does not respond" in person.read[1]
    assert f"process is {os.getpid()}" in person.read[1]
    assert str(paths.data) in QGuiApplication.clipboard().text()
    entered.release()


def test_a_folder_that_cannot_be_made_is_told(qapp, tmp_path, capsys):
    (tmp_path / "file").touch()
    person = Person(("refusal.again", nothing), ("refusal.close", nothing))
    assert enter(qapp, Options(), app_paths(tmp_path / "file")) == 1
    assert person.read[0] == person.read[1]
    assert str(tmp_path / "file") in person.read[0]
    assert str(tmp_path / "file") in capsys.readouterr().err


def wait_for_one(apps):
    """Return the process that ends first, and how many were open then."""
    with ThreadPoolExecutor(len(apps)) as pool:
        waits = {pool.submit(app.wait, 60): app for app in apps}
        done, _rest = wait(waits, 60, return_when=FIRST_COMPLETED)
        first = waits[done.pop()]
        still_open = sum(app.poll() is None for app in apps)
        for app in apps:
            app.kill()
    return first, still_open


def test_two_starts_of_the_real_app_at_one_moment(tmp_path):
    root = Path(__file__).parents[2]
    sample = root / "resources" / "sample"
    command = [sys.executable, "-m", "segmind_studio", "--data-dir", str(tmp_path), "--practice", str(sample)]
    apps = [
        subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(root)}, cwd=tmp_path)  # noqa: S603
        for _ in range(2)
    ]
    try:
        ended, still_open = wait_for_one(apps)
        assert ended.returncode == 0
        assert still_open == 1
    finally:
        for app in apps:
            app.kill()
            app.wait()

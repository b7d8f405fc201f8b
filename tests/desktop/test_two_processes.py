"""Tests in two processes, as the check command runs them: each has its own desktop, and a crash has a name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import checks

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """
import os, signal
from pathlib import Path
import pytest

def write_desktop():
    with Path("seen").open("a") as file:
        print(os.environ["PYTEST_XDIST_WORKER"], os.environ["DISPLAY"], os.environ["SESSION_BUS"], file=file)

@pytest.mark.parametrize("number", range(8))
def test_seen(number, qtbot):
    from PySide6.QtWidgets import QWidget
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)  # also after the other process has shown its window
    write_desktop()

def test_halves():
    write_desktop()
    print("\\\\ud800")
    assert not "said with half of a character: \\\\udfff"

def test_crash():
    write_desktop()  # a process may run no other test: the rest is given to the other one
    os.kill(os.getpid(), signal.SIGSEGV)
"""
OWN = """
import os
os.environ["SESSION_BUS"] = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")  # each test has it taken away
"""


def test_each_process_has_a_desktop_and_a_crash_is_told_and_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "tests" / "conftest.py").write_text(f"{conftest}\n{OWN}")
    (tmp_path / "tests" / "test_project.py").write_text(PROJECT)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = subprocess.run(  # noqa: S603  # our own tests
        checks.tests(Path(sys.executable), ["-p", "no:cacheprovider"]), cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=110,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert set(re.findall(r"^FAILED \S+::(\w+)", done.stdout, re.MULTILINE)) == {"test_halves", "test_crash"}
    assert "crashed while running 'tests/test_project.py::test_crash'" in done.stdout
    assert re.fullmatch(r"=+ 2 failed, 8 passed in .*=+", done.stdout.splitlines()[-1])
    seen = {tuple(line.split()) for line in (tmp_path / "seen").read_text().splitlines()}
    processes, displays, buses = ({one[part] for one in seen} for part in range(3))
    assert len(processes) >= 2
    assert len(seen) == len(buses) == len(processes)
    assert len(displays) >= 2  # the process that follows a crash may get the number of the display that ended
    assert os.environ["DISPLAY"] not in displays

"""The guards of conftest.py, by tests that break each rule in a run of their own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BREAKERS = """
import os, socket, subprocess, sys, threading
import httpx, pytest
from hypothesis import given, strategies as st
from PySide6.QtCore import QThread, QtMsgType, qWarning

KEPT = []

def test_leaves_a_qthread(qapp):
    thread = QThread()
    thread.start()
    KEPT.append(thread)

def test_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, args=(5,)).start()

def test_leaves_a_looking_process():
    KEPT.append(subprocess.Popen([sys.executable, "-c", "input()", "--look"], stdin=subprocess.PIPE))

def test_goes_out_by_name():
    with pytest.raises(httpx.ConnectError):
        httpx.get("https://api.segmind.com")

def test_goes_out_by_number():
    with socket.socket() as plug, pytest.raises(OSError):
        plug.connect(("10.0.0.1", 80))

def test_lets_qt_warn(qapp):
    qWarning("something is odd")

def test_good_ends_its_thread(qapp):
    thread = QThread()
    thread.start()
    thread.quit()
    thread.wait()

def test_good_stays_at_home():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.get("https://nowhere.invalid")

def test_good_has_a_home_of_its_own():
    assert os.path.expanduser("~") != os.environ["REAL_HOME"]
    assert "SEGMIND_API_KEY" not in os.environ

@given(st.integers())
def test_good_property(number):
    assert number == number
"""


def test_each_broken_rule_is_found_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "test_breakers.py").write_text(BREAKERS)
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "REAL_HOME": os.environ["HOME"],
        "SEGMIND_API_KEY": "SG_0000000000000000",
    }
    done = subprocess.run(  # noqa: S603  # our own tests
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", str(tmp_path)], cwd=tmp_path,
        env=environment, capture_output=True, text=True, check=False, timeout=100,
    )
    bad = set(re.findall(r"^(?:ERROR|FAILED) \S+::(\w+)", done.stdout, re.MULTILINE))
    assert bad == {
        "test_leaves_a_qthread", "test_leaves_a_thread", "test_goes_out_by_name", "test_goes_out_by_number",
        "test_lets_qt_warn", "test_leaves_a_looking_process",
    }, done.stdout
    good = set(re.findall(r"^PASSED \S+::(test_good_\w+)", done.stdout, re.MULTILINE))
    assert len(good) == 4, done.stdout

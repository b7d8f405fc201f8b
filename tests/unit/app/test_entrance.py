"""What is done before the window: nothing of Qt's outside of the app's folders, and nothing to dump."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import ctypes, resource, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QFileDialog
from segmind_studio.command_line import parse
from segmind_studio.startup import enter, keep_inside
from segmind_studio.store.paths import app_paths
paths = app_paths(Path(sys.argv[1]))
keep_inside(paths)
app = QApplication([])
instance = enter(app, parse([]), paths)
dialog = QFileDialog(None, "x", sys.argv[1])
dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
dialog.show()
dialog.accept()
del dialog
instance.release()
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own dialogs are used")


def run(folder, **more):
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, check=True, timeout=100,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **more},
    )
    return done.stdout.split()


def test_the_file_dialog_writes_into_the_apps_folder_alone(tmp_path, own_home):
    assert run(tmp_path / "data") == ["0", "0"]
    kept = tmp_path / "data" / "config" / "QtProject.conf"
    assert "[FileDialog]" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(own_home.rglob("*.conf")) == []


def test_a_developer_may_look_inside(tmp_path):
    assert run(tmp_path / "data", SEGMIND_STUDIO_DEBUG="1")[1] == "1"

"""A screen reader reads the whole tree, over and over, while the main job is done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tree_reader import TreeReader

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[2]


def test_the_tree_is_read_all_through_the_main_job(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    reader = TreeReader()
    command = [sys.executable, "-X", "faulthandler", "-m", "segmind_studio", "--self-test"]
    with (tmp_path / "told").open("w") as told, subprocess.Popen(  # noqa: S603  # our own program
        [*command, "--data-dir", str(tmp_path / "app")], stdout=told, stderr=subprocess.STDOUT, env=environment,
    ) as app:
        while app.poll() is None:
            reader.walk(app.pid)
    reader.close()
    words = (tmp_path / "told").read_text()
    assert app.returncode == 0, words
    assert reader.asked_for_99 > 0  # how often depends on the machine

"""A language is chosen in Settings: the app closes and opens again by itself, in it and where it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from test_tray import until

from segmind_studio import texts
from segmind_studio.store.paths import app_paths
from segmind_studio.store.settings_file import SettingsFile

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(120)]
ROOT = Path(__file__).resolve().parents[2]
APP = Path(__file__).with_name("restarting_app.py")


def titles():
    """Return the titles of our windows on the screen, each with the process that shows it."""
    found = {}
    for window in said("search", "--onlyvisible", "--name", "Segmind Studio").split():
        name, process = (said(ask, window) for ask in ("getwindowname", "getwindowpid"))
        if process.isdigit():
            found[name] = int(process)
    return found


def said(*words):
    return subprocess.run(("xdotool", *words), capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603, S607


def test_the_app_opens_again_in_the_language_and_where_it_was(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SEGMIND_API_KEY": "SG_0a0b0c0d0e0f0a0b"}
    environment.pop(texts.LANGUAGE_VARIABLE, None)
    ended = subprocess.run(  # noqa: S603  # our own app
        [sys.executable, str(APP), str(tmp_path), "de"], env=environment, check=False, timeout=90,
    )
    assert ended.returncode == 0
    texts.use(["de"])
    german = texts._("Untitled")
    texts.use([texts.ENGLISH])
    assert german != "Untitled"
    process = until(lambda: titles().get(f"{german} — Segmind Studio"), "window in German")
    try:
        settings = SettingsFile(app_paths(tmp_path).settings_file).load()[0]
        assert (settings.language, settings.place) == ("de", "settings")
        assert b"\0SEGMIND_API_KEY=SG_0a0b0c0d0e0f0a0b\0" in Path(f"/proc/{process}/environ").read_bytes()
    finally:
        os.kill(process, signal.SIGTERM)
        until(lambda: not titles(), "end of the second app")

"""The app starts when it is called: before its window is painted it imports nothing that can wait."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LATER = (  # libraries and packages that the first page does not need
    "aiohttp", "httpx", "keyring", "PIL", "pi_heif", "sqlite3", "jeepney", "PySide6.QtNetwork", "PySide6.QtTest",
    "segmind_studio.api", "segmind_studio.dataset", "segmind_studio.practice", "segmind_studio.selftest",
    "segmind_studio.ui.data.screen", "segmind_studio.ui.forms", "segmind_studio.ui.runs.screen",
    "segmind_studio.ui.settings.screen", "segmind_studio.ui.train.screen", "segmind_studio.ui.tryout.screen",
    "segmind_studio.store.database", "segmind_studio.services.runs.run_poller",
    "segmind_studio.services.runs.submission_service", "hashlib", "html", "logging.handlers", "pickle", "platform",
    "socket", "uuid", "segmind_studio.core.fields", "segmind_studio.core.form", "segmind_studio.core.undo_history",
    "segmind_studio.store.private_words",
)
DATACLASSES = 33  # made before the window is painted; each compiles half a dozen methods, and takes most of a ms
TOGETHER = 16  # modules of ours in one step after that, which is one turn of the event loop
LOOKED_THROUGH = 20_000  # objects in one look for garbage, in which all that the start makes would take 50 ms
HIDDEN = 36  # widgets that are made before the window is painted, and not shown with it


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    program = Path(__file__).parent / "starting_app.py"
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, str(program), str(tmp_path_factory.mktemp("data"))], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}, timeout=100, check=True,
    )
    painted, settled, ended = map(json.loads, done.stdout.splitlines())
    return {**painted, **settled, **ended}


def test_what_can_wait_is_not_imported_before_the_window_is_painted(told):
    assert [name for name in LATER if name in told["modules"]] == []


def test_a_command_line_of_a_library_is_not_imported():
    """Where click is installed, httpx would bring rich and pygments with its own."""
    lines = "import sys, segmind_studio.api.transport; print(*{'click', 'rich', 'pygments'} & set(sys.modules))"
    done = subprocess.run(  # noqa: S603  # our own lines
        [sys.executable, "-c", lines], stdout=subprocess.PIPE, text=True, cwd=ROOT, timeout=100, check=True,
    )
    assert done.stdout.split() == []


def test_no_source_is_read(told):
    """PySide reads that of each module which is imported after it, if it is let."""
    assert told["read"] == []


def test_qts_styles_are_not_described(told):
    """PySide makes enums of 700 names of them when it first meets one: by `style()`, or as a child of the app."""
    assert "WidgetAttribute" in " ".join(told["described"])
    assert [name for name in told["described"] if name.startswith(("QStyle.", "QMessageBox."))] == []


def test_what_is_not_shown_is_not_made_either(told):
    assert len(told["hidden"]) <= HIDDEN, told["hidden"]
    assert len(told["dataclasses"]) <= DATACLASSES, told["dataclasses"]


def test_all_places_are_there_soon_after(told):
    assert told["built"] == ["data", "runs", "settings", "start", "train", "try"]


def test_the_rest_is_imported_a_little_at_a_time(told):
    assert {name: count for name, count in told["brought"].items() if count > TOGETHER} == {}
    assert sum(told["brought"].values()) > 200  # nearly all that there are


def test_garbage_is_looked_for_a_little_at_a_time(told):
    assert 0 < told["garbage"] < LOOKED_THROUGH


def test_nothing_is_left_for_the_end_of_the_process_to_delete(told):
    """PySide would delete it in no order, children before parents, and a screen reader may still ask for it."""
    assert told["left"] == []


def test_nothing_is_shown_as_a_window_before_it_has_its_place(tmp_path):
    """It would flash, and Qt destroys what belongs to that window at once."""
    program = Path(__file__).parent / "placing_app.py"
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, str(program), str(tmp_path)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}, timeout=100, check=True,
    )
    assert json.loads(done.stdout) == []


def test_files_that_the_system_asks_to_open_are_added_whenever_it_asks(tmp_path):
    """As macOS does for a file that is opened with the app or let go on its icon."""
    photos = sorted((ROOT / "resources" / "sample").glob("*.jpg"))[:4]
    program = Path(__file__).parent / "opening_app.py"
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, str(program), str(tmp_path), *map(str, photos)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}, timeout=100, check=True,
    )
    assert json.loads(done.stdout) == {"photos": [photo.name for photo in photos], "place": "data"}

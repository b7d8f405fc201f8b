"""A disk that is full while the app closes: everything is closed and released, and what is not stored is named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from segmind_studio.services.system.single_instance import SingleInstance
from segmind_studio.store.database import Database
from segmind_studio.store.library import Library
from segmind_studio.store.paths import app_paths
from tests.fakes.typed import known
from tests.faults.small_disk import SmallDisk

pytestmark = [
    pytest.mark.desktop, pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="a file system of its own, and /proc"),
]
HERE = Path(__file__).parent
CAPTION = "typed just before the end"


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        Image.radial_gradient("L").resize((640, 640 + number)).save(folder / f"p{number}.png")
    return folder


@pytest.fixture
def disk(tmp_path):
    small = SmallDisk(tmp_path / "disk")
    small.mount()
    yield small
    small.unmount()


def captions(data):
    database = Database(app_paths(data).database)
    try:
        library = Library(database)
        (summary,) = library.recent()
        return {photo.caption for photo in known(library.load(summary.dataset_id)).photos}
    finally:
        database.close()


@pytest.mark.parametrize("kind", ["room", "limit", "tmpfs"])
def test_it_closes_everything_and_names_what_is_not_stored(disk, photos, kind):
    if kind == "tmpfs" and not disk.mounted:
        pytest.skip("this user may not mount a disk")
    data = disk.folder / "data"
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(HERE / "full_disk_app.py"), str(data), str(photos), kind],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        timeout=120, check=False, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["open"] == [], "the database or the lock is still open"
    if kind == "room":
        assert (found["shown"], captions(data)) == ([], {CAPTION, ""})
    else:
        (text,) = found["shown"]
        assert text.startswith("The last changes to “photos” are not saved.")
        assert "The disk is full" in text
        assert "The last changes to “photos” are not saved." in done.stderr
        disk.free()
        assert captions(data) == {""}
    again = SingleInstance(data)
    assert again.claim()
    again.release()

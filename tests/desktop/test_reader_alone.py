"""The main job by a screen reader's means alone, from another process: names, roles, texts and actions."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tree_reader import TreeReader

from segmind_studio.store.paths import app_paths
from segmind_studio.store.settings_file import SettingsFile

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[2]
BUTTONS = {"button", "push button", "toggle button", "radio button", "check box"}
FIELDS = {"text", "entry", "spin button", "combo box"}
PICTURES = {"image", "icon"}
WAIT_S = 30


class Reader:
    """Find what is shown by its role and name, and do what it offers."""

    def __init__(self, process):
        self.process = process
        self.tree = TreeReader()

    def find(self, roles, name):
        """Wait for a part that is shown; `name` is how its name begins."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end and self.process.poll() is None:
            for part, role, found in self.tree.parts_of(self.process.pid):
                if role in roles and found.startswith(name):
                    return part
        raise AssertionError(f"No {sorted(roles)} is named {name!r}; there are: {self.shown()[-60:]}")

    def shown(self):
        return [(role, name) for _part, role, name in self.tree.parts_of(self.process.pid) if name]

    def press(self, name, *actions):
        button = self.find(BUTTONS, name)
        end = time.monotonic() + WAIT_S
        while not self.tree.enabled(button):
            assert time.monotonic() < end, f"{name} stays disabled"
        self.tree.act(button, *(actions or ("press", "toggle")))

    def write(self, name, text):
        field = self.find(FIELDS, name)
        assert self.tree.write(field, text)
        assert self.tree.read(field) == text

    def nameless(self):
        """List what takes the keyboard, or is a picture, and says nothing."""
        without = [(part, role) for part, role, name in self.tree.parts_of(self.process.pid) if not name.strip()]
        return [
            role for part, role in without
            if role in PICTURES or (role in BUTTONS | FIELDS and self.tree.takes_keyboard(part))
        ]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        Image.effect_noise((600, 600 + number), 30 + number).convert("RGB").save(folder / f"photo-{number}.jpg")
    return folder


@pytest.fixture
def app(tmp_path, photos):
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "HOME": str(tmp_path),
    }
    paths = app_paths(tmp_path / "app")
    paths.create()
    settings = SettingsFile(paths.settings_file)
    settings.save(replace(settings.load()[0], practice_speed=40.0))
    command = [sys.executable, "-m", "segmind_studio", "--practice", "--data-dir", str(tmp_path / "app")]
    with (tmp_path / "told").open("w") as told, subprocess.Popen(  # noqa: S603  # our own program
        [*command, str(photos)], stdout=told, stderr=subprocess.STDOUT, env=environment, cwd=tmp_path,
    ) as process:
        yield process
        process.terminate()


@pytest.fixture
def reader(app):
    reader = Reader(app)
    yield reader
    reader.tree.close()


def test_photos_in_a_trained_model_out_by_a_reader_alone(tmp_path, reader):
    cell = reader.find({"list item"}, "photo-0.jpg")
    assert "no caption" in reader.tree.name_of(cell).lower()
    reader.write("Caption", "TOK, the first one")
    reader.find({"list item"}, "photo-0.jpg")
    nameless = {"data": reader.nameless()}

    reader.press("Train")
    reader.write("Name", "by-reader")
    reader.write("Trigger word", "TOK")
    reader.write("Prompt", "TOK, a photo")
    nameless["train"] = reader.nameless()
    reader.press("Review and start")
    reader.find({"dialog", "frame", "window"}, "Review")
    nameless["review"] = reader.nameless()
    reader.press("Start practice run")

    reader.find({"table cell", "cell"}, "Ready")
    nameless["runs"] = reader.nameless()
    reader.press("Download")
    end = time.monotonic() + WAIT_S
    while not list(tmp_path.rglob("*.safetensors")):
        assert time.monotonic() < end, "no model file came"
    for place in ("Try", "Settings", "Start"):
        reader.press(place)
        nameless[place] = reader.nameless()
    assert {place: roles for place, roles in nameless.items() if roles} == {}

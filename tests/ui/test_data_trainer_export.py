"""The export for another trainer, from the dialog to the files, in the real place."""

from __future__ import annotations

import zipfile

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog, QPushButton, QRadioButton

from tests.fakes.data_place import open_place
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    (tmp_path / "out").mkdir()
    with open_place(qtbot, tmp_path, 3, chelsea="TOK, a cat") as place:
        yield place


def ask(place, trainer: str) -> QFileDialog:
    """Choose a trainer, and return the question for the place."""
    place.parts.actions.export_for.trigger()
    box = child(place.screen, QComboBox, "data.export_for.trainer")
    box.setCurrentIndex(box.findData(trainer))
    child(place.screen, QPushButton, "data.export_for.go_on").click()
    return child(place.screen, QFileDialog, "data.export_place")


def test_a_folder_for_kohya(qtbot, place, tmp_path):
    dialog = ask(place, "kohya")
    with qtbot.waitSignal(place.datasets.exported) as done:
        dialog.fileSelected.emit(str(tmp_path / "out"))
    assert done.args == [tmp_path / "out" / "photos-kohya"]
    names = sorted(path.name for path in (tmp_path / "out" / "photos-kohya" / "10_photos").iterdir())
    assert names == ["astronaut.jpg", "chelsea.jpg", "chelsea.txt", "coffee.jpg"]
    assert place.parts.exported.isVisible()
    dialog.close()
    again = ask(place, "kohya")
    with qtbot.waitSignal(place.datasets.failed) as failed:
        again.fileSelected.emit(str(tmp_path / "out"))
    assert "already exists" in failed.args[0].title


def test_a_zip_for_civitai(qtbot, place, tmp_path):
    dialog = ask(place, "civitai")
    with qtbot.waitSignal(place.datasets.exported):
        dialog.fileSelected.emit(str(tmp_path / "out" / "mine.zip"))
    with zipfile.ZipFile(tmp_path / "out" / "mine.zip") as made:
        assert made.namelist() == ["astronaut.jpg", "chelsea.jpg", "chelsea.txt", "coffee.jpg"]


def test_the_shape_follows_the_trainer(place):
    place.parts.actions.export_for.trigger()
    box = child(place.screen, QComboBox, "data.export_for.trainer")
    folder = child(place.screen, QRadioButton, "data.export_for.folder")
    shapes = {}
    for index in range(box.count()):
        box.setCurrentIndex(index)
        shapes[box.itemData(index)] = folder.isChecked()
    assert shapes == {"kohya": True, "ai-toolkit": True, "onetrainer": True, "replicate": False, "civitai": False,
                      "bfl": False}

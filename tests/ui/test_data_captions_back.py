"""The list before captions are written beside the photos, in the real place."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt

from segmind_studio.dataset.captions_back import caption_files, write_captions
from segmind_studio.ui.data.captions_back import CaptionsBackDialog
from tests.fakes.data_place import open_place

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 3, chelsea="TOK, a cat", coffee="TOK, a cup") as place:
        yield place


def opened(qtbot, place, tmp_path, rows: int) -> CaptionsBackDialog:
    look = partial(caption_files, place.datasets.dataset, tmp_path / "imports")
    dialog = CaptionsBackDialog(look, write_captions, place.tasks, place.screen)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.files.count() == rows and "Checking" not in dialog.sentence.text())
    return dialog


def test_only_checked_files_are_written(qtbot, place, tmp_path):
    new = {"chelsea": "TOK, a dog", "coffee": "TOK, tea", "astronaut": "TOK, a woman"}
    place.parts.editor.change_captions({place.named(stem).photo_id: text for stem, text in new.items()}, {})
    dialog = opened(qtbot, place, tmp_path, 3)
    assert dialog.sentence.text() == "1 file is new, 2 are replaced. Your photos are not changed."
    coffee = next(item for row in range(3) if (item := dialog.files.item(row)).text().startswith("coffee"))
    coffee.setCheckState(Qt.CheckState.Unchecked)
    assert dialog.sentence.text() == "1 file is new, 1 is replaced. Your photos are not changed."
    with qtbot.waitSignal(dialog.written) as told:
        dialog.write.click()
    assert told.args == ["2 caption files saved."]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in place.photos_folder.glob("*.txt")}
    assert texts == {"chelsea": "TOK, a dog", "astronaut": "TOK, a woman", "coffee": "TOK, a cup"}


def test_nothing_to_write_is_said(qtbot, place, tmp_path):
    dialog = opened(qtbot, place, tmp_path, 0)
    assert dialog.sentence.text().startswith("All captions are already saved next to their photos.")
    assert not dialog.write.isEnabled()
    dialog.reject()


def test_the_command_asks_for_it(qtbot, place):
    with qtbot.waitSignal(place.screen.captions_back_wanted):
        place.parts.actions.captions_back.trigger()

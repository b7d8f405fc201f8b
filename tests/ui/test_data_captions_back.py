"""The list before captions are written beside the photos, in the real place."""

from __future__ import annotations

import zipfile
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


def test_what_cannot_be_saved_is_not_said_to_be_saved(qtbot, place, tmp_path):
    saved = opened(qtbot, place, tmp_path, 0)
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as made:
        made.write(place.photos_folder / "astronaut.jpg", "zipped.jpg")
    place.take_in(qtbot, tmp_path / "more.zip")
    place.datasets.set_captions({place.named("zipped").photo_id: "TOK, a woman"})
    others = opened(qtbot, place, tmp_path, 0)
    assert others.sentence.text() != saved.sentence.text()
    assert others.refused.isVisible()
    place.datasets.remove([place.named(stem).photo_id for stem in ("astronaut", "chelsea", "coffee")])
    none = opened(qtbot, place, tmp_path, 0)
    assert none.sentence.text() == others.refused.text()
    assert none.refused.isHidden()
    for dialog in (saved, others, none):
        dialog.reject()


def test_an_emptied_caption_is_listed_and_one_that_was_never_read_is_not_ticked(qtbot, place, tmp_path):
    (place.photos_folder / "astronaut.txt").write_text("TOK, by another program")
    place.datasets.set_captions({place.named("chelsea").photo_id: ""})
    dialog = opened(qtbot, place, tmp_path, 2)
    assert [file.path.stem for file in dialog.chosen] == ["chelsea"]
    with qtbot.waitSignal(dialog.written):
        dialog.write.click()
    texts = {path.stem: path.read_text(encoding="utf-8") for path in place.photos_folder.glob("*.txt")}
    assert texts == {"chelsea": "", "astronaut": "TOK, by another program", "coffee": "TOK, a cup"}


def test_the_command_asks_for_it(qtbot, place):
    with qtbot.waitSignal(place.screen.captions_back_wanted):
        place.parts.actions.captions_back.trigger()

"""Undo after a restart and after another dataset, with the real place, threads and database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPlainTextEdit

from segmind_studio.store.database import Database
from segmind_studio.store.library import Library
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")
STEPS = ["Add 3 photos", "Edit caption", "Exclude 1 photo", "Change background", "Rename dataset",
         "Remove 1 photo"]


@contextmanager
def session(folder: Path) -> Iterator[DataPlace]:
    place = DataPlace(folder)
    place.start()
    try:
        yield place
    finally:
        place.stop()


def edit(qtbot, place: DataPlace) -> str:
    """Do one of each, and return the dataset's id."""
    place.write(3, chelsea="TOK, a cat")
    place.take_in(qtbot)
    place.select("chelsea")
    caption = child(place.screen, QPlainTextEdit, "data.caption")
    qtbot.waitUntil(lambda: caption.toPlainText() == "TOK, a cat")
    for text in ("TOK, a cat o", "TOK, a cat on", "TOK, a cat on grass"):
        caption.setPlainText(text)
    place.parts.editor.set_excluded((place.named("coffee"),), excluded=True)
    place.parts.editor.set_background("#204060")
    place.parts.editor.rename("Cats")
    place.parts.editor.remove((place.named("astronaut"),))
    assert [step.name for step in place.screen.lasting.steps] == STEPS
    return place.datasets.dataset.dataset_id


def open_again(qtbot, place: DataPlace, dataset_id: str) -> None:
    with qtbot.waitSignal(place.datasets.dataset_changed):
        place.datasets.open(dataset_id)


def assert_leads_back(place: DataPlace) -> None:
    """Undo everything, one step after the other, and do it again."""
    dataset = place.datasets.dataset
    assert [photo.path.stem for photo in dataset.photos] == ["chelsea", "coffee"]
    place.undo.undo()
    assert place.shown == ["astronaut", "chelsea", "coffee"]
    place.undo.undo()
    assert place.datasets.dataset.name != "Cats"
    place.undo.undo()
    assert place.datasets.dataset.background == "#ffffff"
    place.undo.undo()
    assert not place.named("coffee").excluded
    place.undo.undo()
    assert place.named("chelsea").caption == "TOK, a cat"
    place.undo.undo()
    assert place.datasets.dataset.photos == ()
    assert not place.undo.canUndo()
    place.undo.setIndex(place.undo.count())
    again = place.datasets.dataset
    assert (again.name, again.background, place.named("chelsea").caption) == (
        "Cats", "#204060", "TOK, a cat on grass",
    )
    assert place.named("coffee").excluded
    assert [photo.photo_id for photo in again.photos] == [photo.photo_id for photo in dataset.photos]


def test_undo_works_after_a_restart_as_before(qtbot, tmp_path):
    with session(tmp_path) as place:
        dataset_id = edit(qtbot, place)
        place.undo.undo()
        place.undo.redo()
    with session(tmp_path) as place:
        open_again(qtbot, place, dataset_id)
        assert place.undo.undoText() == "Remove 1 photo"
        assert_leads_back(place)


def test_what_was_undone_can_be_done_again_after_a_restart_and_new_steps_take_its_place(qtbot, tmp_path):
    with session(tmp_path) as place:
        dataset_id = edit(qtbot, place)
        place.undo.setIndex(2)
    with session(tmp_path) as place:
        open_again(qtbot, place, dataset_id)
        assert (place.undo.undoText(), place.undo.redoText()) == ("Edit caption", "Exclude 1 photo")
        place.undo.redo()
        assert place.named("coffee").excluded
        place.undo.undo()
        place.parts.editor.change_captions({place.named("coffee").photo_id: "a cup"}, {})
        assert [step.name for step in place.screen.lasting.steps] == [*STEPS[:2], "Change 1 caption"]
    database = Database(tmp_path / "studio.sqlite3")
    kept = Library(database).history(dataset_id)
    database.close()
    assert [step.name for step in kept.steps] == [*STEPS[:2], "Change 1 caption"]
    assert kept.applied == 3


def test_each_dataset_keeps_its_own_steps(qtbot, tmp_path):
    with session(tmp_path) as place:
        dataset_id = edit(qtbot, place)
        place.datasets.new("Dogs")
        assert place.undo.count() == 0
        place.parts.editor.rename("Dogs 2")
        open_again(qtbot, place, dataset_id)
        assert_leads_back(place)


def test_the_history_lists_the_steps_and_a_click_goes_there(qtbot, tmp_path):
    with session(tmp_path) as place:
        edit(qtbot, place)
        place.parts.actions.history.trigger()
        rows = child(place.screen, QListWidget, "data.history_steps")
        names = [rows.item(row).text().partition(" · ")[0] for row in range(rows.count())]
        assert names == [*reversed(STEPS), "Start"]
        assert rows.currentRow() == 0
        item = rows.item(4)
        qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(item).center())
        assert place.undo.undoText() == "Edit caption"
        assert rows.currentRow() == 4
        assert rows.item(3).text().endswith("undone")
        place.undo.redo()
        assert rows.currentRow() == 3

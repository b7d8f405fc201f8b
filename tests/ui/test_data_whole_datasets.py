"""Whole datasets in the real place: duplicated, split, archived, taken back, and shown on Start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QListWidget, QPushButton

from segmind_studio.core.datasets import DatasetSummary
from segmind_studio.core.runs import Phase, Run
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.ui.data.dataset_commands import ArchivedDialog
from segmind_studio.ui.parts import Question
from segmind_studio.ui.small_picture import Mosaic
from tests.fakes.data_place import open_place
from tests.fakes.run_services import FakeRuns, FakeSettings
from tests.fakes.shell_services import FakeAccounts, FakeDatasets, make_start_screen
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 5, chelsea="TOK, a cat") as place:
        qtbot.waitUntil(lambda: names(place) == ["photos"])
        yield place


def names(place) -> list[str]:
    return [summary.name for summary in place.datasets.recent]


def test_a_copy_is_a_dataset_of_its_own(qtbot, place):
    first = place.datasets.dataset
    place.parts.actions.duplicate.trigger()
    assert place.datasets.dataset.name == "photos (copy)"
    assert place.datasets.dataset.photos == first.photos
    place.parts.editor.change_captions({place.named("chelsea").photo_id: "TOK, a dog"}, {})
    qtbot.waitUntil(lambda: set(names(place)) == {"photos", "photos (copy)"})
    with qtbot.waitSignal(place.datasets.dataset_changed):
        place.datasets.open(first.dataset_id)
    assert place.named("chelsea").caption == "TOK, a cat"


def test_selected_photos_move_to_a_new_dataset_and_undo_brings_them_back(qtbot, place):
    place.select("chelsea", "coffee")
    place.parts.actions.split.trigger()
    asked = child(place.screen, QInputDialog, "data.split")
    asked.setTextValue("Part")
    asked.accept()
    assert sorted(place.shown) == ["astronaut", "motorcycle_left", "rocket"]
    assert place.undo.undoText() == "Move 2 photos to “Part”"
    qtbot.waitUntil(lambda: set(names(place)) == {"photos", "Part"})
    place.undo.undo()
    assert len(place.shown) == 5
    part = next(summary for summary in place.datasets.recent if summary.name == "Part")
    with qtbot.waitSignal(place.datasets.dataset_changed):
        place.datasets.open(part.dataset_id)
    assert sorted(place.shown) == ["chelsea", "coffee"]
    assert place.named("chelsea").caption == "TOK, a cat"


def test_an_archived_dataset_is_put_away_and_taken_back(qtbot, place):
    dataset_id = place.datasets.dataset.dataset_id
    place.parts.editor.set_excluded((place.named("coffee"),), excluded=True)
    place.parts.actions.archive.trigger()
    assert place.datasets.dataset.photos == ()
    qtbot.waitUntil(lambda: names(place) == [])
    assert [summary.dataset_id for summary in place.datasets.archived] == [dataset_id]
    place.parts.actions.archived.trigger()
    with qtbot.waitSignal(place.datasets.dataset_changed):
        child(place.screen, QPushButton, "data.reopen").click()
    assert place.datasets.dataset.dataset_id == dataset_id
    assert place.named("coffee").excluded
    assert place.undo.undoText() == "Exclude 1 photo"
    qtbot.waitUntil(lambda: names(place) == ["photos"])
    assert place.datasets.archived == ()


def test_an_archived_dataset_is_deleted_after_a_question_and_its_runs_stay(qtbot, place):
    dataset = place.datasets.dataset
    journal, manifest = Journal(place.database), f'[["{dataset.photos[0].path}", 1, 2, "TOK", 1, "JPEG"]]'
    journal.add(Run(
        "1", "account", "cats", Phase.PREPARED, 1.0, 1.0, dataset_id=dataset.dataset_id, dataset_name="photos",
        manifest=manifest,
    ), 1.0)
    before, library = journal.get("1"), Library(place.database)
    place.parts.actions.archive.trigger()
    qtbot.waitUntil(lambda: len(place.datasets.archived) == 1)
    place.parts.actions.archived.trigger()
    dialog = child(place.screen, ArchivedDialog)
    delete = child(dialog, QPushButton, "data.delete")
    delete.click()
    child(dialog, Question).back.click()
    assert len(place.datasets.archived) == 1
    qtbot.keyClick(child(dialog, QListWidget), Qt.Key.Key_Delete)
    dialog.findChildren(Question)[-1].verb.click()
    qtbot.waitUntil(lambda: place.datasets.archived == ())
    assert not delete.isEnabled()
    assert dialog.isVisible()
    assert library.load(dataset.dataset_id) is None
    assert library.history(dataset.dataset_id).steps == ()
    assert list(library.texts()) == []  # no caption is left
    assert all(photo.path.exists() for photo in dataset.photos)
    assert journal.get("1") == before


def test_start_shows_four_photos_of_each_dataset(qtbot, place):
    place.parts.editor.set_excluded((place.datasets.dataset.photos[0],), excluded=True)
    place.parts.editor.rename("Holiday")  # stored whole, so the list is read again
    qtbot.waitUntil(lambda: names(place) == ["Holiday"])
    (summary,) = place.datasets.recent
    assert isinstance(summary, DatasetSummary)
    assert summary.first == place.datasets.dataset.photos[1:5]
    listed = FakeDatasets(recent=place.datasets.recent)
    start = make_start_screen(FakeAccounts(), listed, FakeRuns(), FakeSettings())
    qtbot.addWidget(start)
    start.set_thumbnails(place.thumbnails)
    start.show()
    assert child(start, Mosaic).photos == summary.first
    start.grab()
    qtbot.waitUntil(lambda: all(place.thumbnails.image(photo, 64) is not None for photo in summary.first))

"""Whole datasets in the real place: duplicated, split, archived, taken back, and shown on Start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QInputDialog, QLabel, QPushButton

from segmind_studio.core.datasets import Dataset, DatasetSummary
from segmind_studio.core.errors import StoreError
from segmind_studio.core.runs import Phase, Run
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.ui.data.all_datasets import AllDatasetsDialog
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


@pytest.fixture
def all_datasets(qtbot, place):
    """Return what opens the dialog with all datasets, and waits until they are read."""
    def open_it() -> AllDatasetsDialog:
        place.parts.actions.all_datasets.trigger()
        dialog = place.screen.findChildren(AllDatasetsDialog)[-1]
        qtbot.waitUntil(lambda: dialog.chooser.datasets is not None)
        return dialog

    return open_it


def listed(dialog) -> list[tuple[str, bool]]:
    """Return the names in the list, and which are archived."""
    model = dialog.chooser.list.model()
    rows = [model.index(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(model.rowCount())]
    return [(one.name, one.archived) for one in rows]


def test_an_archived_dataset_is_put_away_and_taken_back(qtbot, place, all_datasets):
    dataset_id = place.datasets.dataset.dataset_id
    place.parts.editor.set_excluded((place.named("coffee"),), excluded=True)
    place.parts.actions.archive.trigger()
    assert place.datasets.dataset.photos == ()
    qtbot.waitUntil(lambda: names(place) == [])
    dialog = all_datasets()
    assert listed(dialog) == [("photos", True)]
    with qtbot.waitSignals([place.datasets.dataset_changed, place.screen.go]):
        child(dialog, QPushButton, "data.open_dataset").click()
    assert place.datasets.dataset.dataset_id == dataset_id
    assert place.named("coffee").excluded
    assert place.undo.undoText() == "Exclude 1 photo"
    qtbot.waitUntil(lambda: names(place) == ["photos"])


def test_each_of_many_datasets_is_found_opened_archived_and_restored(qtbot, place, all_datasets):
    library, photos = Library(place.database), place.datasets.dataset.photos
    for number in range(30):
        library.save(Dataset(f"d{number}", f"Set {number}", photos[number % 5:], updated_at=float(number)))
    dialog = all_datasets()
    view, archive = dialog.chooser.list, child(dialog, QPushButton, "data.archive_dataset")
    QAbstractItemModelTester(view.model(), QAbstractItemModelTester.FailureReportingMode.Fatal, view)
    assert len(listed(dialog)) == 31
    qtbot.keyClicks(dialog.chooser.search, "7 set")
    assert listed(dialog) == [("Set 27", False), ("Set 17", False), ("Set 7", False)]
    view.grab()
    first = view.datasets.first_of
    qtbot.waitUntil(lambda: first("d27") == photos[2:])
    assert "d10" not in view.datasets._sent  # what is not seen is not read
    view.choose(2)
    archive.click()
    qtbot.waitUntil(lambda: listed(dialog)[2] == ("Set 7", True))
    assert view.chosen.name == "Set 7"
    assert place.datasets.dataset.name == "photos"
    archive.click()
    qtbot.waitUntil(lambda: listed(dialog)[2] == ("Set 7", False))
    qtbot.keyClick(dialog.chooser.search, Qt.Key.Key_Return)
    assert view.hasFocus()
    with qtbot.waitSignal(place.datasets.dataset_changed):
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert place.datasets.dataset.name == "Set 7"


def test_the_open_dataset_is_archived_in_the_list_of_all(qtbot, place, all_datasets):
    dialog = all_datasets()
    child(dialog, QPushButton, "data.archive_dataset").click()
    qtbot.waitUntil(lambda: listed(dialog) == [("photos", True)])
    assert place.datasets.dataset.photos == ()


def test_a_list_that_cannot_be_read_says_so(qtbot, place, all_datasets, monkeypatch):
    def refuse(_library):
        raise StoreError("The disk is full.", "Make some room.")

    monkeypatch.setattr(Library, "summaries", refuse)
    place.parts.actions.all_datasets.trigger()
    dialog = child(place.screen, AllDatasetsDialog)
    qtbot.waitUntil(lambda: any("The disk is full." in label.text() for label in dialog.findChildren(QLabel)))
    monkeypatch.undo()
    dialog.chooser.ask()
    qtbot.waitUntil(lambda: listed(dialog) == [("photos", False)])


def test_a_dataset_is_deleted_after_a_question_and_its_runs_stay(qtbot, place, all_datasets):
    dataset = place.datasets.dataset
    journal, manifest = Journal(place.database), f'[["{dataset.photos[0].path}", 1, 2, "TOK", 1, "JPEG"]]'
    journal.add(Run(
        "1", "account", "cats", Phase.PREPARED, 1.0, 1.0, dataset_id=dataset.dataset_id, dataset_name="photos",
        manifest=manifest,
    ), 1.0)
    before, library = journal.get("1"), Library(place.database)
    dialog = all_datasets()
    delete = child(dialog, QPushButton, "data.delete")
    delete.click()
    child(dialog, Question).back.click()
    assert library.load(dataset.dataset_id) is not None
    qtbot.keyClick(dialog.chooser.list, Qt.Key.Key_Delete)
    dialog.findChildren(Question)[-1].verb.click()
    qtbot.waitUntil(lambda: listed(dialog) == [])
    assert not delete.isEnabled()
    assert dialog.isVisible()
    assert place.datasets.dataset.photos == ()
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
    recent = FakeDatasets(recent=place.datasets.recent)
    start = make_start_screen(FakeAccounts(), recent, FakeRuns(), FakeSettings())
    qtbot.addWidget(start)
    start.set_thumbnails(place.thumbnails)
    start.show()
    assert child(start, Mosaic).photos == summary.first
    start.grab()
    qtbot.waitUntil(lambda: all(place.thumbnails.image(photo, 64) is not None for photo in summary.first))

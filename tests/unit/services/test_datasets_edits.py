"""The open dataset: edits at once, each stored, undo has what it needs, switching loses nothing."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core.datasets import Dataset, DatasetSummary, Photo
from segmind_studio.core.errors import DatasetError, StoreError
from segmind_studio.core.photo_edits import NO_EDIT, Crop, PhotoEdit
from segmind_studio.dataset.damage import Look, LookKey
from segmind_studio.services.datasets.dataset_changes import CaptionState, apply_facts
from segmind_studio.services.datasets.dataset_service import UNTITLED, DatasetService
from segmind_studio.store.library import Library
from tests.fakes.library import MemoryLibrary


def photos(*names, **changes):
    return tuple(
        Photo(name, Path(f"/photos/{name}.jpg"), 900, 900, 10, 1, "JPEG", caption=f"words of {name}",
              original_caption=f"words of {name}", **changes)
        for name in names
    )


SET = Dataset("one", "Cats", photos("a", "b", "c", "d"), 100.0)
OTHER = Dataset("two", "Dogs", photos("x"), 50.0)


@pytest.fixture
def library():
    return MemoryLibrary(SET, OTHER)


@pytest.fixture
def service(qtbot, library, tmp_path):
    """The service without a package to plan, so that the files need not exist."""
    service = DatasetService(library, tmp_path / "imports", tmp_path / "prepared")
    service._watch.refresh = lambda *_, **_more: None
    service.start()
    service.open("one")
    qtbot.waitUntil(lambda: service.dataset == SET)
    yield service
    assert service.stop()


@pytest.fixture
def heard(service):
    values = []
    service.dataset_changed.connect(values.append)
    return values


def ids(service):
    return [photo.photo_id for photo in service.dataset.photos]


def stored(service, library):
    assert service.stop()
    return library.load(service.dataset.dataset_id)


def test_a_written_caption_is_no_longer_in_doubt_and_stays_so_when_an_older_look_at_its_file_comes(service):
    doubt = CaptionState("words of b", "words of b", ("other words",))
    service.settle_captions({"b": doubt, "nobody": doubt})
    looked_at = replace(service.dataset.photo("b"), size=11)
    assert looked_at.caption_readings == ("other words",)
    service.set_captions({"b": "words of b"})
    assert service.dataset == replace(SET, updated_at=service.dataset.updated_at)
    assert apply_facts(service.dataset, (looked_at,)) == (replace(SET.photos[1], size=11),)


def test_undo_and_redo_keep_what_was_found_out_about_a_file_since(service, library):
    old = service.dataset.photos[:2]
    made = service.write_captions({"a": "new a", "b": "new b", "c": "words of c"}, {"b": ("other b",)})
    assert [(photo.caption, photo.caption_readings) for photo in made] == [("new a", ()), ("new b", ("other b",))]
    service.take_looks({LookKey("/photos/b.jpg", 10, 1): Look()})
    service.exchange(made, old)
    assert service.dataset.photos[0] is old[0]
    assert service.dataset.photos[1] == replace(old[1], looked=True)
    service.exchange(old, made)
    assert service.dataset.photos == (made[0], replace(made[1], looked=True), *SET.photos[2:])
    assert stored(service, library) == service.dataset


def test_edits_of_pictures_are_stored_and_outlast_a_new_look_at_the_file(service, library):
    edit = PhotoEdit(1, True, 2.5, Crop(0.1, 0.2, 0.9, 1))
    service.set_edits({"b": edit, "nobody": edit, "c": NO_EDIT})
    assert [photo.edit for photo in service.dataset.photos] == [NO_EDIT, edit, NO_EDIT, NO_EDIT]
    looked_at = replace(SET.photos[1], size=11)  # read before the edit
    assert apply_facts(service.dataset, (looked_at,)) == (replace(looked_at, edit=edit),)
    assert stored(service, library).photo("b").edit == edit


def test_captions_change_at_once_and_only_those_photos_are_stored(service, library, heard):
    library.calls.clear()
    service.set_captions({"b": "new", "nobody": "new", "c": "words of c"})
    assert service.dataset.photo("b").caption == "new"
    assert service.dataset.photo("b").original_caption == "words of b"
    assert heard == [service.dataset]
    assert service.dataset.updated_at > SET.updated_at
    assert stored(service, library) == service.dataset
    assert library.calls == ["save_photos", "load"]


def test_an_edit_that_changes_nothing_is_none(service, library, heard):
    before = service.dataset
    library.calls.clear()
    service.set_captions({"b": "words of b"})
    service.set_captions({})
    service.set_excluded(["a"], False)
    service.remove(["nobody"])
    service.restore(service.placed(["a"]))
    service.rename("  ")
    service.rename("Cats")
    service.add([])
    assert service.dataset is before
    assert heard == []
    stored(service, library)
    assert library.calls == ["load"]


def test_excluding_and_taking_back(service):
    service.set_excluded({"a", "c"}, True)
    assert [photo.photo_id for photo in service.dataset.used] == ["b", "d"]
    service.set_excluded({"a"}, False)
    assert [photo.photo_id for photo in service.dataset.used] == ["a", "b", "d"]


def test_removed_photos_come_back_in_their_places(service, library):
    places = service.placed(["d", "a", "b"])
    gone = service.remove(["d", "a", "b"])
    assert [photo.photo_id for photo in gone] == ["a", "b", "d"]
    assert ids(service) == ["c"]
    service.set_captions({"c": "edited meanwhile"})
    service.restore(places)
    assert ids(service) == ["a", "b", "c", "d"]
    assert service.dataset.photo("c").caption == "edited meanwhile"
    service.restore(places)
    assert ids(service) == ["a", "b", "c", "d"]
    assert stored(service, library) == service.dataset


def test_renaming(service, library):
    service.rename("  My cats ")
    assert stored(service, library).name == "My cats"


def test_the_recent_ones_are_told_newest_first(service, qtbot):
    cats = DatasetSummary("one", "Cats", 4, 100.0, first=service.dataset.photos)
    assert service.recent == (cats, DatasetSummary("two", "Dogs", 1, 50.0))
    with qtbot.waitSignal(service.recent_changed) as heard:
        service.new("Birds")
    assert [summary.name for summary in heard.args[0]] == ["Birds", "Cats", "Dogs"]
    assert service.recent == heard.args[0]


def test_the_open_one_is_counted_as_it_is_now(service):
    service.set_excluded([service.dataset.photos[0].photo_id], True)
    assert [one.used_count for one in service.recent] == [3, 1]
    assert service.recent[0].first == service.dataset.used


def test_a_new_dataset_without_a_name_waits_for_its_first_edit(service, library, qtbot):
    library.calls.clear()
    service.new()
    assert (service.dataset.name, service.dataset.photos) == (str(UNTITLED), ())
    empty = service.dataset
    service.open("two")
    qtbot.waitUntil(lambda: service.dataset == OTHER)
    assert "save" not in library.calls
    service.new()
    assert service.dataset.dataset_id != empty.dataset_id
    service.rename("Named")
    assert stored(service, library).name == "Named"


def test_only_the_newest_open_counts(service, qtbot, heard):
    service.open("one")
    service.open("two")
    service.open("one")
    service.open("two")
    qtbot.waitUntil(lambda: service.dataset == OTHER)
    assert heard == [OTHER]
    service.open("one")
    service.new("Mine")
    mine = service.dataset
    service.open("nobody")
    with qtbot.waitSignal(service.failed) as failed:
        pass
    assert isinstance(failed.args[0], DatasetError)
    assert service.dataset == mine


def test_edits_before_a_switch_are_stored(service, library, qtbot):
    service.set_captions({"a": "last words"})
    service.open("two")
    qtbot.waitUntil(lambda: service.dataset.dataset_id == "two")
    service.open("one")
    qtbot.waitUntil(lambda: service.dataset.dataset_id == "one")
    assert service.dataset.photo("a").caption == "last words"
    assert "save_photos" in library.calls


def test_deleting_the_open_one_opens_an_empty_one(service, library, qtbot):
    with qtbot.waitSignal(service.recent_changed):
        service.delete("two")
    assert service.dataset == SET
    with qtbot.waitSignal(service.recent_changed):
        service.delete("one")
    assert service.dataset.photos == ()
    assert service.recent == ()
    assert library.load("one") is None


class TestAFullDisk:
    def test_it_is_told_and_the_next_edit_stores_the_whole(self, service, library, qtbot):
        library.refusing = True
        with qtbot.waitSignal(service.failed) as failed:
            service.set_captions({"a": "first"})
        assert isinstance(failed.args[0], StoreError)
        assert service.dataset.photo("a").caption == "first", "what is on the screen stays"
        library.refusing = False
        service.set_captions({"b": "second"})
        assert stored(service, library) == service.dataset

    def test_the_end_stores_what_could_not_be_stored(self, service, library, qtbot):
        library.refusing = True
        with qtbot.waitSignal(service.failed):
            service.set_captions({"a": "first"})
        library.refusing = False
        assert stored(service, library) == service.dataset

    def test_a_fault_of_ours_is_told_as_well(self, service, library, qtbot, monkeypatch):
        monkeypatch.setattr(library, "save_photos", lambda *_, **__: 1 / 0)
        with qtbot.waitSignal(service.failed) as failed:
            service.set_captions({"a": "first"})
        assert failed.args[0].detail == "ZeroDivisionError"
        assert stored(service, library) == service.dataset

    def test_reading_has_words_too(self, service, library, qtbot):
        library.refusing = True
        with qtbot.waitSignal(service.failed):
            service.open("two")
        assert service.dataset == SET
        with qtbot.waitSignal(service.failed):
            service.delete("two")


class TestStarting:
    def make(self, tmp_path, library):
        service = DatasetService(library, tmp_path / "imports", tmp_path / "prepared")
        service._watch.refresh = lambda *_, **_more: None
        return service

    def test_the_last_dataset_is_open_again(self, qtbot, tmp_path, library):
        service = self.make(tmp_path, library)
        service.start("two")
        qtbot.waitUntil(lambda: service.dataset == OTHER)
        assert service.stop()

    def test_a_missing_one_is_no_error(self, qtbot, tmp_path, library):
        service = self.make(tmp_path, library)
        service.failed.connect(lambda error: pytest.fail(str(error)))
        with qtbot.waitSignal(service.recent_changed):
            service.start("gone")
        qtbot.waitUntil(lambda: "load" in library.calls)
        assert service.stop()
        assert service.dataset.photos == ()

    def test_what_is_dropped_before_it_is_open_is_added_to_it(self, qtbot, tmp_path, library, monkeypatch):
        picture = tmp_path / "new.jpg"
        picture.write_bytes(b"no picture")
        reached, go_on, asked = threading.Event(), threading.Event(), []

        def slow_disk():
            reached.set()
            assert go_on.wait(10)
            return ()

        monkeypatch.setattr(library, "recent", slow_disk)
        service = self.make(tmp_path, library)
        service._threads.scan_wanted.connect(asked.append)
        service.start("two")
        service.add([picture])
        assert reached.wait(10)
        assert service.scanning
        assert asked == [], "the intake waits for the dataset it belongs to"
        with qtbot.waitSignal(service.scan_finished):
            go_on.set()
        assert service.dataset.dataset_id == "two"
        assert [photo.path.name for photo in service.dataset.photos] == ["x.jpg", "new.jpg"]
        assert service.stop()

    def test_stopping_twice_or_without_a_start_is_fine(self, qtbot, tmp_path, library):  # noqa: ARG002
        service = self.make(tmp_path, library)
        assert service.stop()
        assert service.stop()


def test_with_the_real_library(qtbot, tmp_path, database):
    library = Library(database)
    library.save(SET)
    service = DatasetService(library, tmp_path / "imports", tmp_path / "prepared")
    service._watch.refresh = lambda *_, **_more: None
    service.start("one")
    qtbot.waitUntil(lambda: service.dataset == SET)
    service.set_captions({"a": "ä 東京"})
    service.remove(["b"])
    service.set_excluded(["c"], True)
    assert service.stop()
    assert library.load("one") == service.dataset


def test_captions_are_written_at_most_every_300_ms_and_at_the_end(service, library):
    for number in range(20):
        service.set_captions({"a": "x" * number, "b": f"B{number}"})
    kept = stored(service, library)
    assert (kept.photo("a").caption, kept.photo("b").caption) == ("x" * 19, "B19")
    assert library.calls.count("save_photos") == 1


def test_a_caption_is_written_soon_without_any_end(qtbot, service, library):
    service.set_captions({"a": "typed"})
    qtbot.waitUntil(lambda: library.load("one").photo("a").caption == "typed")


def test_what_was_typed_is_there_when_the_dataset_is_opened_again_at_once(qtbot, service, library):
    service.set_captions({"a": "typed"})
    with qtbot.waitSignal(service.dataset_changed):
        service.open("two")
    with qtbot.waitSignal(service.dataset_changed):
        service.open("one")
    assert service.dataset.photo("a").caption == "typed"

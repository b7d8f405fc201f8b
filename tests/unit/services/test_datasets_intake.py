"""Intakes through the service: photos arrive off the GUI thread, progress is calm, cancelling brings nothing."""

import threading
import zipfile
from dataclasses import replace

import pytest

from segmind_studio.core.errors import StoreError
from segmind_studio.services.datasets import reader_worker as dataset_worker
from segmind_studio.services.datasets.dataset_changes import apply_facts
from segmind_studio.services.datasets.dataset_service import UNTITLED, DatasetService
from tests.fakes.image_files import small_jpeg
from tests.fakes.library import MemoryLibrary


@pytest.fixture
def library():
    return MemoryLibrary()


@pytest.fixture
def service(qtbot, library, tmp_path):
    service = DatasetService(library, tmp_path / "imports", tmp_path / "prepared")
    service.start()
    yield service
    assert service.stop()


@pytest.fixture
def folder(tmp_path):
    def run(name, count=3, first=0):
        (tmp_path / name).mkdir()
        for number in range(first, first + count):
            (tmp_path / name / f"{number}.jpg").write_bytes(small_jpeg(number))
        return tmp_path / name
    return run


def added(qtbot, service, *paths):
    with qtbot.waitSignal(service.scan_finished) as finished:
        service.add(paths)
    return finished.args[0]


def test_a_folder_comes_in_is_stored_and_names_the_dataset(qtbot, service, library, folder):
    report = added(qtbot, service, folder("Chelsea"))
    assert len(report.added) == 3
    assert (service.dataset.name, service.dataset.photos) == ("Chelsea", report.added)
    assert not service.scanning
    assert service.stop()
    assert library.load(service.dataset.dataset_id) == service.dataset


def test_a_dataset_keeps_the_name_it_has(qtbot, service, folder):
    service.new("Mine")
    added(qtbot, service, folder("Chelsea"))
    assert service.dataset.name == "Mine"
    service.new()
    added(qtbot, service, next(folder("b").iterdir()))
    assert service.dataset.name == str(UNTITLED)
    added(qtbot, service, folder("c", first=10))
    assert service.dataset.name == str(UNTITLED), "it has photos already"


def test_the_dataset_is_there_when_the_end_is_told(qtbot, service, folder):
    order = []
    service.dataset_changed.connect(lambda dataset: order.append(len(dataset.photos)))
    service.scan_finished.connect(order.append)
    report = added(qtbot, service, folder("a"))
    assert order == [3, report]


def test_the_same_again_adds_nothing(qtbot, service, folder):
    place = folder("a")
    added(qtbot, service, place)
    before = service.dataset
    report = added(qtbot, service, place)
    assert (report.added, report.already_there) == ((), 3)
    assert service.dataset is before


def test_two_drops_follow_each_other(qtbot, service, folder):
    first, second = folder("a"), folder("b", first=10)
    reports = []
    service.scan_finished.connect(reports.append)
    service.add([first])
    service.add([first, second])
    assert service.scanning
    qtbot.waitUntil(lambda: len(reports) == 2)
    assert [(len(report.added), report.already_there) for report in reports] == [(3, 0), (3, 3)]
    assert len(service.dataset.photos) == 6


def test_dropped_captions_reach_their_photos_with_what_undo_needs(qtbot, service, folder):
    place = folder("a")
    added(qtbot, service, place)
    before = service.dataset.photos[1]
    service.set_captions({before.photo_id: "edited"})
    (place / "1.txt").write_text("from the file", encoding="utf-8")
    report = added(qtbot, service, place / "1.txt")
    assert service.dataset.photos[1].caption == "from the file"
    assert service.dataset.photos[1].original_caption == "from the file"
    assert [photo.caption for photo in report.replaced] == ["edited"]
    assert report.captions_read == 1


def test_zips_are_copied_to_the_apps_own_folder(qtbot, service, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("set/1.jpg", small_jpeg())
        archive.writestr("set/1.txt", "words")
    report = added(qtbot, service, tmp_path / "a.zip")
    assert [photo.caption for photo in report.added] == ["words"]
    assert tmp_path / "imports" in report.added[0].path.parents


def test_progress_is_calm(qtbot, service, folder, monkeypatch):
    """However fast the files come, a step is told at most once in 60 ms; here the clock stands still."""
    monkeypatch.setattr(dataset_worker.time, "monotonic", lambda: 1000.0)
    steps = []
    service.scan_progress.connect(steps.append)
    added(qtbot, service, folder("a", 40))
    assert [step.looked_at for step in steps] == [1]


class TestCancelling:
    @pytest.fixture
    def gate(self, monkeypatch):
        """Hold the worker inside the scan until the test lets it go on."""
        reached, go_on = threading.Event(), threading.Event()
        real = dataset_worker.scan

        def held(*arguments):
            reached.set()
            assert go_on.wait(10)
            return real(*arguments)

        monkeypatch.setattr(dataset_worker, "scan", held)
        yield reached, go_on
        go_on.set()

    def test_a_cancelled_intake_adds_nothing(self, qtbot, service, folder, gate):
        reached, go_on = gate
        service.add([folder("a")])
        service.add([folder("b")])
        assert reached.wait(10)
        service.cancel_scan()
        with qtbot.waitSignal(service.scan_finished) as finished:
            go_on.set()
        assert finished.args[0].cancelled
        assert service.dataset.photos == ()
        assert not service.scanning, "the one that waited is forgotten too"

    def test_a_cancel_that_comes_too_late_for_the_worker_still_counts(self, qtbot, service, folder, monkeypatch):
        real = dataset_worker.scan

        def then_cancel(*arguments):
            report = real(*arguments)
            service.cancel_scan()
            return report

        monkeypatch.setattr(dataset_worker, "scan", then_cancel)
        report = added(qtbot, service, folder("a"))
        assert (report.cancelled, report.added) == (True, ())
        assert service.dataset.photos == ()

    def test_photos_for_a_dataset_that_was_left_go_nowhere(self, qtbot, service, folder, gate):
        reached, go_on = gate
        service.add([folder("a")])
        assert reached.wait(10)
        service.new("Other")
        with qtbot.waitSignal(service.scan_finished) as finished:
            go_on.set()
        assert finished.args[0].cancelled
        assert service.dataset.photos == ()

    def test_photos_dropped_after_the_switch_come_in(self, qtbot, service, folder, gate):
        reached, go_on = gate
        service.add([folder("a")])
        assert reached.wait(10)
        service.new("Other")
        service.add([folder("b")])
        reports = []
        service.scan_finished.connect(reports.append)
        go_on.set()
        qtbot.waitUntil(lambda: len(reports) == 2)
        assert [report.cancelled for report in reports] == [True, False]
        assert len(service.dataset.photos) == 3

    def test_the_end_waits_for_nothing(self, qtbot, service, folder, gate):  # noqa: ARG002
        reached, go_on = gate
        service.add([folder("a", 200)])
        assert reached.wait(10)
        go_on.set()
        assert service.stop()
        assert service.dataset.photos == ()


def test_a_folder_of_the_app_that_cannot_be_written_is_told(qtbot, service, tmp_path):
    (tmp_path / "imports").write_bytes(b"a file")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("1.jpg", small_jpeg())
    errors = []
    service.failed.connect(errors.append)
    with qtbot.waitSignals([service.failed, service.scan_finished]):
        service.add([tmp_path / "a.zip"])
    assert isinstance(errors[0], StoreError)
    assert not service.scanning


def test_a_fault_of_ours_does_not_hang_the_window(qtbot, service, tmp_path, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(dataset_worker, "scan", broken)
    with qtbot.waitSignals([service.failed, service.scan_finished]):
        service.add([tmp_path])
    assert not service.scanning


def test_another_text_beside_a_known_photo_is_offered_and_not_taken(qtbot, service, folder):
    place = folder("a", 1)
    (place / "0.txt").write_text("old", encoding="utf-8")
    added(qtbot, service, place)
    (place / "0.txt").write_text("new", encoding="utf-8")
    report = added(qtbot, service, place)
    assert report.offered == ((place / "0.jpg", "new"),)
    assert service.dataset.photos[0].caption == "old"


def test_a_doubtful_caption_keeps_its_other_readings(qtbot, service, folder):
    """Also when it is dropped later, and when the photo's file is looked at again meanwhile."""
    place = folder("a", 2)
    for number in range(2):
        (place / f"{number}.txt").write_bytes("à la fenêtre".encode("cp1252"))
    added(qtbot, service, place / "0.jpg", place / "1.jpg")
    (first, second) = service.dataset.photos
    assert (first.caption, second.caption_readings) == ("à la fenêtre", first.caption_readings)
    assert first.caption_readings
    service.set_captions({first.photo_id: "mine"})
    added(qtbot, service, place / "0.txt")
    assert service.dataset.photos[0].caption_readings == first.caption_readings
    (looked_at,) = apply_facts(service.dataset, [replace(second, caption_readings=(), size=1)])
    assert looked_at.caption_readings == second.caption_readings


def test_a_zip_read_again_in_another_code_page_renames_its_photos(qtbot, service, tmp_path):
    name = "я.jpg".encode("cp866")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("0.jpg", small_jpeg())
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(b"0.jpg", name))
    (doubt,) = added(qtbot, service, tmp_path / "a.zip").zip_names
    before = service.dataset.photos[0]
    service.set_captions({before.photo_id: "mine"})
    with qtbot.waitSignal(service.scan_finished) as finished:
        service.add([tmp_path / "a.zip"], "cp1251")
    (photo,) = service.dataset.photos
    assert (photo.photo_id, photo.path.name, photo.caption) == (before.photo_id, "п.jpg", "mine")
    assert finished.args[0].added == ()
    assert "cp1251" in {other.code_page for other in doubt.alternatives}

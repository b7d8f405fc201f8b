"""What would be sent, kept up to date off the GUI thread, and the export of it."""

import errno
import threading
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from segmind_studio.core.caption_terms import NO_VOCABULARY
from segmind_studio.core.datasets import Check, PackageInfo, PackageOptions
from segmind_studio.core.errors import DatasetError, StoreError
from segmind_studio.dataset import archive
from segmind_studio.dataset.inspection import FILE_MISSING
from segmind_studio.resources import resource
from segmind_studio.services.datasets import package_steps
from segmind_studio.services.datasets import reader_worker as dataset_worker
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.messages import ExportProgress
from tests.fakes.image_files import jpeg, png
from tests.fakes.library import MemoryLibrary


@pytest.fixture
def service(qtbot, tmp_path):
    service = DatasetService(MemoryLibrary(), tmp_path / "imports", tmp_path / "prepared")
    service.start()
    yield service
    assert service.stop()


@pytest.fixture
def heard(service):
    infos = []
    service.package_changed.connect(infos.append)
    return infos


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(jpeg(quality=60 + number, metadata=False))
        (folder / f"{number}.txt").write_text(f"TOK {number}", encoding="utf-8")
    return folder


def exact(qtbot, service, *paths):
    """Add photos and wait until the package is known exactly."""
    with qtbot.waitSignal(service.package_changed, check_params_cb=lambda info: info.exact and info.image_count):
        service.add(paths)
    return service.package


def checks(info):
    return {finding.check for finding in info.findings}


def test_the_exact_size_is_known(qtbot, service, place, tmp_path):
    info = exact(qtbot, service, place)
    assert (info.image_count, info.caption_count, info.excluded_count) == (6, 6, 0)
    assert info.fits
    with qtbot.waitSignal(service.exported):
        service.export(tmp_path / "out.zip")
    assert (tmp_path / "out.zip").stat().st_size == info.size


def test_a_burst_of_edits_is_one_plan(qtbot, service, place, monkeypatch):
    exact(qtbot, service, place)
    plans, real = [], service._threads.files._package
    monkeypatch.setattr(service._threads.files, "_package", lambda request: (plans.append(request), real(request)))
    photo_ids = [photo.photo_id for photo in service.dataset.photos]
    with qtbot.waitSignal(service.package_changed) as changed:
        for photo_id in photo_ids:
            service.set_captions({photo_id: ""})
        service.set_excluded(photo_ids[:1], True)
    assert len(plans) == 1
    info = changed.args[0]
    assert (info.image_count, info.caption_count, info.excluded_count) == (5, 0, 1)


def test_the_trigger_word_is_looked_for(qtbot, service, place):
    info = exact(qtbot, service, place)
    assert Check.NO_TRIGGER not in checks(info)
    with qtbot.waitSignal(service.package_changed):
        service.set_trigger_word("CHELSEA")
    assert Check.NO_TRIGGER in checks(service.package)


def test_keeping_metadata_changes_the_size(qtbot, service, tmp_path):
    (tmp_path / "a.jpg").write_bytes(jpeg())
    small = exact(qtbot, service, tmp_path / "a.jpg").size
    with qtbot.waitSignal(service.package_changed):
        service.set_options(PackageOptions(strip_metadata=False))
    assert service.package.size > small


def test_turned_photos_give_a_close_guess_first(qtbot, service, heard):
    exact(qtbot, service, resource("sample"))
    assert [info.exact for info in heard if info.image_count] == [False, True]
    assert {info.image_count for info in heard if info.image_count} == {8}
    assert heard[-1].size == pytest.approx(heard[-2].size, rel=0.2)
    heard.clear()
    with qtbot.waitSignal(service.package_changed):
        service.set_captions({service.dataset.photos[0].photo_id: "more words"})
    assert [info.exact for info in heard] == [True], "the second time nothing is slow"


def test_far_too_much_is_not_read(qtbot, service, place, monkeypatch):
    monkeypatch.setattr(dataset_worker, "PLANNED_BYTES", 1000)
    monkeypatch.setattr(dataset_worker, "plan", lambda *_: pytest.fail("planned"))
    with qtbot.waitSignal(service.package_changed, check_params_cb=lambda info: info.image_count):
        service.add([place])
    assert not service.package.exact


class TestFilesThatChange:
    def test_a_lost_photo_gets_its_problem_and_comes_back(self, qtbot, service, place):
        exact(qtbot, service, place)
        (place / "3.jpg").rename(place / "away")
        with qtbot.waitSignal(service.package_changed):
            service.check_files()
        photo = service.dataset.photos[3]
        assert (photo.problem, photo.caption) == (FILE_MISSING.message, "TOK 3")
        assert service.package.image_count == 5
        assert Check.UNREADABLE in checks(service.package)
        (place / "away").rename(place / "3.jpg")
        with qtbot.waitSignal(service.package_changed):
            service.check_files()
        assert service.dataset.photos[3].problem == ""
        assert service.package.image_count == 6

    def test_a_disk_that_was_away_for_a_moment_keeps_no_photo_out(self, qtbot, service, place, monkeypatch):
        real = archive.exact_changes_of

        def away(file, layout):
            if Path(file.name).name == "3.jpg":
                raise OSError(errno.EIO, "Input/output error")
            return real(file, layout)

        with monkeypatch.context() as patch:
            patch.setattr(archive, "exact_changes_of", away)
            assert exact(qtbot, service, place).image_count == 5
        assert service.dataset.photos[3].problem
        service.check_files()
        qtbot.waitUntil(lambda: service.package.exact and service.package.image_count == 6)
        assert (service.dataset.photos[3].problem, service.dataset.photos[3].caption) == ("", "TOK 3")

    def test_an_edited_photo_is_seen_as_it_is_now(self, qtbot, service, place):
        exact(qtbot, service, place)
        (place / "3.jpg").write_bytes(png(metadata=False))
        with qtbot.waitSignal(service.package_changed):
            service.check_files()
        assert service.dataset.photos[3].image_format == "PNG"
        assert service.package.image_count == 6

    def test_edits_made_meanwhile_are_kept(self, qtbot, service, place, monkeypatch):
        exact(qtbot, service, place)
        photo_id = service.dataset.photos[3].photo_id
        (place / "3.jpg").unlink()
        real = package_steps.look_again
        service_thread = QThread.currentThread()

        def slow(photo):
            assert QThread.currentThread() is not service_thread
            if photo.photo_id == photo_id:
                looked.set()
                assert go_on.wait(10)
            return real(photo)

        looked, go_on = threading.Event(), threading.Event()
        monkeypatch.setattr(package_steps, "look_again", slow)
        service.check_files()
        qtbot.waitUntil(looked.is_set)
        service.set_captions({photo_id: "written meanwhile"})
        go_on.set()
        qtbot.waitUntil(lambda: service.dataset.photo(photo_id).problem == FILE_MISSING.message)
        assert service.dataset.photo(photo_id).caption == "written meanwhile"

    def test_a_photo_that_cannot_be_turned_is_left_out(self, qtbot, service, place):
        data = png(orientation=6, metadata=True)
        at = data.index(b"IDAT") + 4
        (place / "bad.png").write_bytes(data[:at] + bytes(4000) + data[at + 4000 :])
        info = exact(qtbot, service, place)
        assert (info.image_count, len(service.dataset.photos)) == (6, 7)
        assert "damaged" in service.dataset.photos[-1].problem

    def test_the_answer_for_a_removed_photo_is_dropped(self, qtbot, service, place):
        exact(qtbot, service, place)
        (place / "3.jpg").unlink()
        service.check_files()
        service.remove([service.dataset.photos[3].photo_id])
        qtbot.waitUntil(lambda: service.package.image_count == 5)
        assert [photo.problem for photo in service.dataset.photos] == [""] * 5


def test_trouble_with_the_own_folder_is_told_once(qtbot, service, tmp_path):
    (tmp_path / "prepared").write_bytes(b"a file")
    (tmp_path / "a.jpg").write_bytes(jpeg(orientation=6))
    errors = []
    service.failed.connect(errors.append)
    with qtbot.waitSignal(service.failed):
        service.add([tmp_path / "a.jpg"])
    assert isinstance(errors[0], StoreError)
    assert service.dataset.photos[0].problem == "", "it is not the photo's fault"
    answers = []
    service._threads.files.packaged.connect(answers.append)
    service.set_captions({service.dataset.photos[0].photo_id: "words"})
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers[-1].error is not None
    assert len(errors) == 1


def test_a_switch_is_shown_without_delay(qtbot, service, place):
    exact(qtbot, service, place)
    with qtbot.waitSignal(service.package_changed):
        service.new()
    assert service.package == PackageInfo(vocabulary=NO_VOCABULARY)


class TestExport:
    @pytest.fixture
    def ready(self, qtbot, service, place):
        exact(qtbot, service, place)
        return service

    def test_it_tells_how_far_it_is(self, qtbot, ready, tmp_path):
        steps, running = [], []
        ready.export_progress.connect(steps.append)
        ready.exporting_changed.connect(running.append)
        with qtbot.waitSignal(ready.exported) as exported:
            ready.export(tmp_path / "out.zip")
            assert ready.exporting
        assert exported.args == [tmp_path / "out.zip"]
        assert steps[-1] == ExportProgress(ready.package.size, ready.package.size)
        assert running == [True, False]
        assert not ready.exporting
        with zipfile.ZipFile(tmp_path / "out.zip") as archive:
            assert archive.testzip() is None
            assert archive.read("0.txt") == b"TOK 0"

    def test_a_cancelled_one_leaves_nothing_and_no_error(self, qtbot, ready, tmp_path, monkeypatch):
        real = dataset_worker.write

        def cancelled_on_the_way(archive, target, step, cancelled):
            ready.cancel_export()
            return real(archive, target, step, cancelled)

        monkeypatch.setattr(dataset_worker, "write", cancelled_on_the_way)
        ready.failed.connect(lambda error: pytest.fail(str(error)))
        ready.exported.connect(lambda path: pytest.fail(str(path)))
        with qtbot.waitSignal(ready.exporting_changed, check_params_cb=lambda running: not running):
            ready.export(tmp_path / "out.zip")
        assert not list(tmp_path.glob("*.zip*"))
        assert not list(tmp_path.glob(".*.part"))

    def test_a_second_one_replaces_the_first(self, qtbot, ready, tmp_path):
        done = []
        ready.exported.connect(done.append)
        ready.export(tmp_path / "one.zip")
        ready.export(tmp_path / "two.zip")
        qtbot.waitUntil(lambda: not ready.exporting)
        assert done == [tmp_path / "two.zip"]

    def test_a_place_that_cannot_be_written_has_words(self, qtbot, ready, tmp_path):
        with qtbot.waitSignal(ready.failed) as failed:
            ready.export(tmp_path / "none" / "out.zip")
        assert isinstance(failed.args[0], DatasetError)
        qtbot.waitUntil(lambda: not ready.exporting)

    def test_without_photos_there_is_nothing_to_export(self, qtbot, service, tmp_path):
        with qtbot.waitSignal(service.failed) as failed:
            service.export(tmp_path / "out.zip")
        assert "No photos" in failed.args[0].title
        assert not (tmp_path / "out.zip").exists()

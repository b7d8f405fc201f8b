"""Looks at the open dataset's photos: asked for once, stored with them, told when a photo turns out damaged."""

from dataclasses import replace

import pytest

from segmind_studio.core.datasets import Check
from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset import inspection, scan
from segmind_studio.dataset.damage import Look, plain_look
from segmind_studio.dataset.inspection import FILE_MISSING
from segmind_studio.dataset.layout import CUT_OFF
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.full_look_pool import FullLookPool
from segmind_studio.services.datasets.full_look_service import FullLookService, key_of
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.runs.submission_service import LookProgress
from segmind_studio.services.system.activity import ActivityBoard
from tests.fakes.damaged_image_files import short_png
from tests.fakes.image_files import jpeg, png
from tests.fakes.library import MemoryLibrary
from tests.fakes.typed import as_service


class Pool:
    """Look as the pool does, when the test says so; `asked` are the keys in the order they were asked for."""

    def __init__(self):
        self.asked, self.waiting, self.known = [], [], {}
        self.held = False

    def remember(self, looks):
        self.known |= looks

    def forget(self, key):
        self.known.pop(key, None)

    def ask(self, key, done, *, first=False):
        if key in self.known:
            done(key, self.known[key])
            return
        self.asked.insert(0, key) if first else self.asked.append(key)
        self.waiting.append((key, done))
        if not self.held:
            self.go_on()

    def withdraw(self, done, keys):
        self.waiting = [(key, one) for key, one in self.waiting if one != done or key not in keys]

    def go_on(self):
        waiting, self.waiting = self.waiting, []
        for key, done in waiting:
            look = plain_look(key)
            if look.final:
                self.known[key] = look
            done(key, look)

    def look_all(self, keys, progress, cancelled):
        if self.held or cancelled():
            raise CancelledError
        progress(0, len(keys))
        return tuple(self.known.get(key) or plain_look(key) for key in keys)

    def ask_stop(self):
        pass

    def stop(self, _deadline_s=3.0):
        return True


class Bench:
    def __init__(self, folder, library):
        self.pool, self.board, self.told = Pool(), ActivityBoard(), []
        self.datasets = DatasetService(library, folder / "imports", folder / "prepared", looks=self.pool)
        self.looks = FullLookService(self.datasets, as_service(FullLookPool, self.pool), self.board)
        self.looks.message.connect(self.told.append)

    def start(self, dataset_id=""):
        self.datasets.start(dataset_id)
        self.looks.start()

    def stop(self):
        return self.looks.stop() and self.datasets.stop()

    @property
    def photos(self):
        return {photo.path.name: photo for photo in self.datasets.dataset.photos}


@pytest.fixture
def library():
    return MemoryLibrary()


@pytest.fixture
def bench(qtbot, tmp_path, library):
    bench = Bench(tmp_path, library)
    bench.start()
    yield bench
    assert bench.stop()


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(jpeg(quality=60 + number, metadata=False))
    (folder / "short.png").write_bytes(short_png(0.55))
    return folder


def looked_at(qtbot, bench, *paths):
    """Add photos and wait until all were looked at and the package says so."""
    with qtbot.waitSignal(
        bench.datasets.package_changed, timeout=20_000,
        check_params_cb=lambda info: (
            info.image_count and info.exact and not info.unlooked and not bench.board.activities
        ),
    ):
        bench.datasets.add(paths)


def test_a_damaged_photo_is_found_after_the_scan_told_and_left_out(qtbot, bench, place, library):
    with qtbot.waitSignal(bench.looks.message, timeout=20_000):
        looked_at(qtbot, bench, place)
    short = bench.photos["short.png"]
    assert "lower 45 %" in short.problem
    assert "short.png" in bench.told[0]
    assert all(photo.looked for photo in bench.photos.values())
    assert bench.datasets.package.image_count == 3
    unreadable = [found for found in bench.datasets.package.findings if found.check == Check.UNREADABLE]
    assert unreadable[0].photo_ids == (short.photo_id,)
    assert bench.datasets.stop()
    stored = library.load(bench.datasets.dataset.dataset_id)
    assert [photo.problem for photo in stored.photos if photo.problem] == [short.problem]
    assert all(photo.looked for photo in stored.photos)


def test_several_damaged_ones_are_told_in_one_line(qtbot, bench, place):
    (place / "other.png").write_bytes(short_png(0.3))
    with qtbot.waitSignal(bench.looks.message, timeout=20_000):
        looked_at(qtbot, bench, place)
    assert len(bench.told) == 1
    assert bench.told[0].startswith("2 ")


def test_the_scan_itself_decodes_nothing(place, monkeypatch):
    """Ten thousand photos are taken in as quickly as before: the looks come after."""
    read, real = [], inspection.layout_of

    def noted(file, size, *, whole):
        read.append(whole)
        return real(file, size, whole=whole)

    monkeypatch.setattr(inspection, "layout_of", noted)
    report = scan.scan([place], {}, place, lambda _progress: None, lambda: False)
    assert len(report.added) == 4
    assert set(read) == {False}
    assert not any(photo.looked for photo in report.added)


def test_the_used_ones_come_first_and_the_waiting_is_counted(qtbot, bench, place):
    bench.pool.held = True
    changed = bench.datasets.package_changed
    with qtbot.waitSignal(changed, check_params_cb=lambda info: info.exact and info.unlooked):
        bench.datasets.add([place])
    assert bench.datasets.package.unlooked == 4
    assert [work.title for work in bench.board.activities]
    with qtbot.waitSignal(changed, check_params_cb=lambda info: info.exact and not info.unlooked):
        bench.pool.go_on()
    assert bench.board.activities == ()


def test_left_out_ones_wait_until_the_used_ones_are_done(qtbot, tmp_path, place, library):
    first = Bench(tmp_path, library)
    first.pool.held = True
    first.start()
    with qtbot.waitSignal(first.datasets.scan_finished):
        first.datasets.add([place])
    first.datasets.set_excluded({first.photos["0.jpg"].photo_id}, True)
    dataset_id = first.datasets.dataset.dataset_id
    assert first.stop()
    again = Bench(tmp_path, library)  # a new session goes on with what is not looked at yet
    again.pool.held = True
    with qtbot.waitSignal(again.datasets.dataset_changed):
        again.start(dataset_id)
    assert [key.path.rpartition("/")[2] for key in again.pool.asked][-1] == "0.jpg"
    assert len(again.pool.asked) == 4
    assert again.stop()


def test_what_was_looked_at_once_is_not_decoded_again(qtbot, bench, place, tmp_path, library):
    looked_at(qtbot, bench, place)
    asked = list(bench.pool.asked)
    bench.datasets.new("Another")
    looked_at(qtbot, bench, place)
    assert bench.pool.asked == asked
    dataset_id = bench.datasets.dataset.dataset_id
    assert bench.stop()
    later = Bench(tmp_path, library)
    with qtbot.waitSignal(later.datasets.dataset_changed):
        later.start(dataset_id)
    assert later.pool.asked == []
    assert {look.problem for look in later.pool.known.values()} == {"", later.photos["short.png"].problem}
    assert later.stop()


def test_a_changed_file_is_looked_at_again(qtbot, bench, place):
    looked_at(qtbot, bench, place)
    (place / "0.jpg").write_bytes(short_png(0.5))
    (place / "short.png").write_bytes(png(metadata=False))
    with qtbot.waitSignal(
        bench.datasets.dataset_changed, timeout=20_000,
        check_params_cb=lambda dataset: all(photo.looked for photo in dataset.photos)
        and "50 %" in bench.photos["0.jpg"].problem,
    ):
        bench.datasets.check_files()
    assert bench.photos["short.png"].problem == ""


def test_a_damaged_photo_that_went_away_is_damaged_when_it_is_back(qtbot, bench, place):
    looked_at(qtbot, bench, place)
    problem = bench.photos["short.png"].problem
    (place / "short.png").rename(place / "away")
    with qtbot.waitSignal(bench.datasets.dataset_changed):
        bench.datasets.check_files()
    assert (bench.photos["short.png"].problem, bench.photos["short.png"].shown) == (FILE_MISSING.message, False)
    (place / "away").rename(place / "short.png")
    with qtbot.waitSignal(
        bench.datasets.dataset_changed,
        check_params_cb=lambda _dataset: bench.photos["short.png"].problem == problem,
    ):
        bench.datasets.check_files()


def test_a_disk_that_goes_during_the_look_is_no_damage(qtbot, bench, place):
    bench.pool.held = True
    with qtbot.waitSignal(bench.datasets.scan_finished):
        bench.datasets.add([place])
    (place / "1.jpg").rename(place / "away")
    with qtbot.waitSignal(
        bench.datasets.dataset_changed,
        check_params_cb=lambda _dataset: bench.photos["1.jpg"].problem == FILE_MISSING.message,
    ):
        bench.pool.go_on()
    bench.pool.held = False
    (place / "away").rename(place / "1.jpg")
    with qtbot.waitSignal(
        bench.datasets.dataset_changed, check_params_cb=lambda _dataset: bench.photos["1.jpg"].looked,
    ):
        bench.datasets.check_files()
    assert bench.photos["1.jpg"].problem == ""


def test_another_dataset_withdraws_what_waits(qtbot, bench, place):
    bench.pool.held = True
    with qtbot.waitSignal(bench.datasets.scan_finished):
        bench.datasets.add([place])
    assert len(bench.pool.waiting) == 4
    bench.datasets.new("Another")
    assert bench.pool.waiting == []


def test_an_edit_made_during_the_look_is_kept(qtbot, bench, place):
    bench.pool.held = True
    with qtbot.waitSignal(bench.datasets.scan_finished):
        bench.datasets.add([place])
    bench.datasets.set_captions({bench.photos["short.png"].photo_id: "TOK"})
    with qtbot.waitSignal(
        bench.datasets.dataset_changed, check_params_cb=lambda _dataset: bench.photos["short.png"].looked,
    ):
        bench.pool.go_on()
    assert (bench.photos["short.png"].caption, bool(bench.photos["short.png"].problem)) == ("TOK", True)


def test_a_photo_that_cannot_be_shown_is_doubted(qtbot, bench, place):
    """The thumbnail's decoder is a witness too, whatever was found before."""
    looked_at(qtbot, bench, place)
    photo = bench.photos["0.jpg"]
    thumbnails = Thumbnails()
    thumbnails.unreadable.connect(bench.looks.doubt)
    photo.path.write_bytes(b"\0" * photo.size)
    asked = len(bench.pool.asked)
    with qtbot.waitSignal(thumbnails.unreadable):
        thumbnails.image(photo, 100)
    assert len(bench.pool.asked) == asked + 1
    assert thumbnails.stop()


def test_an_export_stops_at_a_damaged_photo(qtbot, bench, place, tmp_path):
    bench.pool.held = True
    with qtbot.waitSignal(bench.datasets.scan_finished):
        bench.datasets.add([place])
    bench.pool.held = False
    with qtbot.waitSignal(bench.datasets.failed) as failed:
        bench.datasets.export(tmp_path / "out.zip")
    assert isinstance(failed.args[0], DatasetError)
    assert "short.png" in str(failed.args[0])
    assert not (tmp_path / "out.zip").exists()


def test_a_start_that_waits_is_on_the_board_until_it_goes_on(bench):
    bench.looks.show_wait(LookProgress("run", 1, 3))
    assert [(work.done, work.total, work.unit) for work in bench.board.activities] == [(1, 3, "photos")]
    bench.looks.show_wait(LookProgress("run", 3, 3))
    assert bench.board.activities == ()


def test_the_real_pool_answers_on_threads_of_its_own(qtbot, tmp_path, place):
    board, pool = ActivityBoard(), FullLookPool()
    datasets = DatasetService(MemoryLibrary(), tmp_path / "imports", tmp_path / "prepared", looks=pool)
    looks = FullLookService(datasets, pool, board)
    datasets.start()
    looks.start()
    with qtbot.waitSignal(looks.message, timeout=60_000):
        datasets.add([place])
    assert looks.stop()
    assert datasets.stop()
    assert pool.processes == ()


def test_of_a_file_that_is_cut_off_it_is_told_how_much_is_missing(qtbot, bench, place):
    """The scan sees that its end is missing and leaves it out; the look adds where, and nothing is told anew."""
    data = png(metadata=False)
    (place / "short.png").write_bytes(data[: len(data) // 2])
    bench.pool.held = True
    with qtbot.waitSignal(bench.datasets.scan_finished):
        bench.datasets.add([place])
    cut = bench.photos["short.png"]
    assert (cut.problem, cut.shown) == (CUT_OFF.message, False)
    assert key_of(cut) in bench.pool.asked
    where = Look("The lower half is missing.")
    assert bench.datasets.take_looks({key_of(cut): where}) == ()
    assert bench.photos["short.png"] == replace(cut, problem=where.problem, looked=True)

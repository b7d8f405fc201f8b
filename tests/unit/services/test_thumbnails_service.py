"""Thumbnails from real photographs: sizes, order, memory, broken files, stopping."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QThread
from PySide6.QtGui import QColorSpace, QImage
from PySide6.QtTest import QSignalSpy

from segmind_studio.core.datasets import PackageOptions, Photo
from segmind_studio.core.photo_fit import PhotoFit
from segmind_studio.services.images import thumbnails as module
from segmind_studio.services.images.photo_reading import WHOLE, read_image
from segmind_studio.services.images.thumbnails import Thumbnails
from tests.fakes.image_files import exif, many_scans, photo

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def thumbnails():
    service = Thumbnails()
    yield service
    assert service.stop()


def make(folder: Path, name: str, **saving) -> Photo:
    path = folder / name
    picture = photo("coffee.png")
    picture.save(path, **saving)
    return Photo(name, path, *picture.size, mtime_ns=path.stat().st_mtime_ns)


def fetched(qtbot, service: Thumbnails, wanted: Photo, side: int) -> QImage:
    if service.image(wanted, side) is None:
        with qtbot.waitSignal(service.ready, check_params_cb=lambda ready: ready.photo_id == wanted.photo_id):
            pass
    image = service.image(wanted, side)
    assert image is not None
    return image


def test_a_thumbnail_fits_its_square_and_keeps_its_shape(qtbot, thumbnails, tmp_path):
    image = fetched(qtbot, thumbnails, make(tmp_path, "a.jpg"), 128)
    assert (image.width(), image.height()) == (128, 85)


def test_a_small_picture_is_not_enlarged(qtbot, thumbnails, tmp_path):
    assert fetched(qtbot, thumbnails, make(tmp_path, "a.png"), 4096).width() == 600


@pytest.mark.parametrize("side", [128, WHOLE])
def test_orientation_is_applied(tmp_path, side):
    upright = make(tmp_path, "turned.jpg", exif=exif(orientation=6))
    image = read_image(upright.path, side)
    assert image.height() > image.width()


@pytest.mark.parametrize("side", [128, WHOLE])
def test_other_colour_spaces_become_srgb(tmp_path, side):
    plain = make(tmp_path, "plain.png")
    wide = tmp_path / "wide.png"
    display_p3 = QColorSpace(QColorSpace.NamedColorSpace.DisplayP3)
    image = QImage(str(plain.path))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    image.convertedToColorSpace(display_p3).save(str(wide))
    assert QImage(str(wide)).colorSpace() == display_p3
    one, other = read_image(plain.path, side), read_image(wide, side)
    assert one.size() == other.size()
    pairs = [(one.pixelColor(x, x // 2), other.pixelColor(x, x // 2)) for x in range(0, one.width(), 9)]
    assert max(abs(a.red() - b.red()) for a, b in pairs) <= 4
    assert max(abs(a.green() - b.green()) for a, b in pairs) <= 4


def test_a_look_up_decodes_nothing_itself(qtbot, thumbnails, tmp_path):
    wanted = make(tmp_path, "a.jpg")
    assert thumbnails.image(wanted, 128) is None
    wanted.path.unlink()  # the queued decode comes later, on another thread
    with qtbot.waitSignal(thumbnails.ready):
        pass
    answer = thumbnails.image(wanted, 128)
    assert answer is not None
    assert answer.isNull()


def test_ready_arrives_in_the_gui_thread(qtbot, thumbnails, tmp_path, qapp):
    seen = []
    thumbnails.ready.connect(lambda _ready: seen.append(QThread.currentThread()))
    fetched(qtbot, thumbnails, make(tmp_path, "a.jpg"), 128)
    assert seen == [qapp.thread()]


def test_a_broken_picture_is_tried_once(qtbot, thumbnails, tmp_path):
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"no picture at all")
    broken = Photo("broken", path, mtime_ns=1)
    assert fetched(qtbot, thumbnails, broken, 128).isNull()
    again = QSignalSpy(thumbnails.ready)
    assert thumbnails.image(broken, 256).isNull()
    other = make(tmp_path, "a.jpg")
    fetched(qtbot, thumbnails, other, 128)
    assert [arguments[0].photo_id for arguments in map(again.at, range(again.count()))] == ["a.jpg"]


def test_a_picture_that_takes_for_ever_is_not_begun(tmp_path):
    """Each of its scans would be decoded over the whole picture: it would hold a place in the pool for minutes."""
    (tmp_path / "scans.jpg").write_bytes(many_scans(400, side=4000))
    assert read_image(tmp_path / "scans.jpg", 128).isNull()


def test_a_changed_file_is_another_picture(qtbot, thumbnails, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"no picture at all")
    assert fetched(qtbot, thumbnails, Photo("a", path, mtime_ns=1), 128).isNull()
    photo("coffee.png").save(path)
    assert not fetched(qtbot, thumbnails, Photo("a", path, mtime_ns=2), 128).isNull()


def test_another_size_stands_in(qtbot, thumbnails, tmp_path):
    wanted = make(tmp_path, "a.jpg")
    fetched(qtbot, thumbnails, wanted, 128)
    stand_in = thumbnails.image(wanted, 256)
    assert stand_in is not None
    assert stand_in.width() == 128
    qtbot.waitUntil(lambda: thumbnails.image(wanted, 256).width() == 256)


def order_of(qtbot, service: Thumbnails, count: int) -> list[str]:
    seen: list[str] = []
    service.ready.connect(lambda ready: seen.append(ready.photo_id))
    qtbot.waitUntil(lambda: len(seen) == count)
    return seen


def test_the_newest_burst_comes_first_from_its_top(qtbot, thumbnails, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "THREADS", 1)
    photos = [make(tmp_path, f"{number}.jpg") for number in range(6)]
    for wanted in photos[:3]:
        thumbnails.image(wanted, 128)
    thumbnails._close_burst()
    for wanted in photos[3:]:
        thumbnails.image(wanted, 128)
    thumbnails._close_burst()
    seen = order_of(qtbot, thumbnails, 6)
    assert seen == ["0.jpg", "3.jpg", "4.jpg", "5.jpg", "1.jpg", "2.jpg"]  # the first one was already at work


def test_what_is_wanted_later_comes_last_or_once_it_is_in_view(qtbot, thumbnails, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "THREADS", 1)
    photos = [make(tmp_path, f"{number}.jpg") for number in range(6)]
    thumbnails.image(photos[0], 128)
    thumbnails._close_burst()  # at work
    for wanted in photos[3:]:
        thumbnails.image(wanted, 128, later=True)
    for wanted in (photos[1], photos[2], photos[5]):
        thumbnails.image(wanted, 128)
    thumbnails.image(photos[1], 128, later=True)  # it stays in view
    thumbnails._close_burst()
    thumbnails.keep_only({photo.photo_id for photo in photos if photo is not photos[4]})
    assert order_of(qtbot, thumbnails, 5) == ["0.jpg", "1.jpg", "2.jpg", "5.jpg", "3.jpg"]
    assert thumbnails._next() is None


def test_a_processor_is_left_to_a_window_that_scrolls(qtbot, thumbnails, tmp_path, monkeypatch):
    begun, may_end = [], threading.Event()

    def slow(path: Path, *_wanted: object, **_options: object) -> QImage:
        begun.append(path)
        may_end.wait()
        return QImage()

    monkeypatch.setattr(QThread, "idealThreadCount", lambda: 2)
    monkeypatch.setattr(module, "read_image", slow)
    try:
        thumbnails.leave_processor()
        for number in range(6):
            thumbnails.image(Photo(str(number), tmp_path / str(number)), 128)
        thumbnails._close_burst()
        assert len(thumbnails._at_work) == 1
        qtbot.waitUntil(lambda: len(begun) == module.THREADS)  # nobody scrolls any more
    finally:
        may_end.set()
    order_of(qtbot, thumbnails, 6)


def test_invisible_rows_are_dropped(qtbot, thumbnails, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "THREADS", 1)
    photos = [make(tmp_path, f"{number}.jpg") for number in range(6)]
    for wanted in photos:
        thumbnails.image(wanted, 128)
    thumbnails._close_burst()
    thumbnails.keep_only({"4.jpg"})
    assert order_of(qtbot, thumbnails, 2) == ["0.jpg", "4.jpg"]
    assert thumbnails._next() is None


def test_bursts_that_scrolled_by_leave_nothing_behind(qtbot, thumbnails, tmp_path):
    for number in range(9):  # as quick scrolling does: each repaint asks for others
        thumbnails.image(make(tmp_path, f"{number}.jpg"), 128)
        thumbnails._close_burst()
        thumbnails.keep_only({f"{number}.jpg"})
    assert len(thumbnails._bursts) <= 1


def test_the_memory_is_bounded(qtbot, tmp_path):
    one = 128 * 85 * 4
    service = Thumbnails(memory_bytes=3 * one)
    photos = [make(tmp_path, f"{number}.jpg") for number in range(5)]
    for wanted in photos:
        fetched(qtbot, service, wanted, 128)
    names = [(wanted.photo_id, wanted.mtime_ns, "", None, None) for wanted in photos]
    kept = [service._kept.get(name, 128) is not None for name in names]
    assert kept == [False, False, True, True, True]
    assert service.stop()


def test_the_whole_picture_comes_for_the_last_photo_asked(qtbot, thumbnails, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "THREADS", 1)
    first, second = make(tmp_path, "1.jpg"), make(tmp_path, "2.jpg")
    spy = QSignalSpy(thumbnails.full_ready)
    thumbnails.load_full(first)
    thumbnails.load_full(second)
    qtbot.waitUntil(lambda: spy.count() == 1)
    assert spy.at(0)[0].photo_id == "2.jpg"
    assert spy.at(0)[0].image.width() == 600


def test_a_huge_picture_is_shown_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr("segmind_studio.services.images.photo_reading.WHOLE_PIXELS", 60_000)
    image = read_image(make(tmp_path, "a.jpg").path, WHOLE)
    assert image.width() * image.height() == pytest.approx(60_000, rel=0.02)


def test_nothing_comes_after_stop(qapp, tmp_path):
    service = Thumbnails()
    photos = [make(tmp_path, f"{number}.jpg") for number in range(8)]
    for wanted in photos:
        service.image(wanted, 128)
    service._close_burst()
    spy = QSignalSpy(service.ready)
    assert service.stop()
    assert service.image(photos[0], 64) is None
    qapp.sendPostedEvents()
    assert spy.count() == 0


def test_another_background_is_another_picture_of_a_photo_that_shows_it(qtbot, thumbnails, tmp_path):
    path = tmp_path / "clear.png"
    Image.new("RGBA", (30, 30), (255, 0, 0, 0)).save(path)
    clear = Photo("clear", path, 30, 30, mtime_ns=1, changes=("transparent",))
    for colour in ("#ffffff", "#204060"):
        thumbnails.set_background(colour)
        assert fetched(qtbot, thumbnails, clear, 128).pixelColor(5, 5).name() == colour
        with qtbot.waitSignal(thumbnails.full_ready) as full:
            thumbnails.load_full(clear)
        assert full.args[0].image.pixelColor(5, 5).name() == colour
    plain = make(tmp_path, "a.jpg")
    fetched(qtbot, thumbnails, plain, 128)
    thumbnails.set_background("#000000")
    assert thumbnails.image(plain, 128) is not None


def test_whether_metadata_is_sent_decides_what_is_seen_of_a_fit_in_vain(qtbot, thumbnails, tmp_path):
    path = tmp_path / "a.jpg"
    noise = Image.effect_noise((90, 60), 60).convert("RGB")
    noise.save(path, quality=20, comment=b"c" * 9000)
    fitted = Photo("a", path, 90, 60, mtime_ns=1, fit=PhotoFit(90 * 60, 30))  # it makes more of less
    seen = []
    for strip in (True, False):
        thumbnails.set_options(PackageOptions(strip_metadata=strip))
        with qtbot.waitSignal(thumbnails.full_ready) as full:
            thumbnails.load_full(fitted)
        seen.append(full.args[0].image.convertToFormat(QImage.Format.Format_RGB32))
    assert seen[0] == read_image(path, WHOLE).convertToFormat(QImage.Format.Format_RGB32)
    assert seen[1] != seen[0]


def test_a_decode_that_breaks_ends_alone(qtbot, thumbnails, tmp_path, monkeypatch, caplog):
    broken = [make(tmp_path, f"broken{number}.jpg") for number in range(4)]
    good = make(tmp_path, "good.jpg")

    def read(path, *arguments, **options):
        if path.name.startswith("broken"):
            raise ZeroDivisionError
        return read_image(path, *arguments, **options)

    monkeypatch.setattr(module, "read_image", read)
    for one in broken:
        assert fetched(qtbot, thumbnails, one, 128).isNull()
    assert fetched(qtbot, thumbnails, good, 128).width() == 128
    assert "could not be decoded" in caplog.text


def test_a_format_that_is_not_used_is_not_decoded(tmp_path):
    drawing = tmp_path / "drawing.jpg"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>')
    assert read_image(drawing, 64).isNull()

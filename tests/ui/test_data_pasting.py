"""What the clipboard holds becomes photos: files, a picture without a file, and never anything from the web."""

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from tests.fakes.data_place import DataPlace
from tests.fakes.image_files import encode, photo

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    yield place
    QGuiApplication.clipboard().clear()
    place.stop()


def paste(place, *, kind="", data=b"", image=None, urls=(), text=""):
    mime = QMimeData()
    if kind:
        mime.setData(kind, data)
    if image is not None:
        mime.setImageData(image)
    if urls:
        mime.setUrls([QUrl(url) for url in urls])
    if text:
        mime.setText(text)
    QGuiApplication.clipboard().setMimeData(mime)
    place.parts.actions.paste.trigger()


def test_a_picture_becomes_a_file_of_the_apps_own_and_one_undo_takes_it_back(qtbot, place):
    data = encode(photo(), "PNG")
    for turn in range(2):  # the same picture again is the same photo
        with qtbot.waitSignal(place.datasets.scan_finished):
            paste(place, kind="image/png", data=data)
        (one,) = place.datasets.dataset.photos
        assert (one.problem, one.width, one.image_format) == ("", 600, "PNG"), turn
        assert one.path.read_bytes() == data
        assert one.path.is_relative_to(place.photos_folder.parent / "imports")
        assert one.path.name.startswith("Pasted 2")
    place.undo.undo()
    assert place.datasets.dataset.photos == ()
    place.undo.redo()
    assert [one.path.read_bytes() for one in place.datasets.dataset.photos] == [data]


def test_pixels_alone_become_a_png(qtbot, place):
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill("#204060")
    with qtbot.waitSignal(place.datasets.scan_finished):
        paste(place, image=image)
    (one,) = place.datasets.dataset.photos
    assert (one.image_format, one.width, one.height) == ("PNG", 30, 20)


def test_files_come_as_if_they_were_dropped(qtbot, place):
    path = place.write(1, astronaut="TOK in orange")[0]
    with qtbot.waitSignal(place.datasets.scan_finished):
        paste(place, urls=(QUrl.fromLocalFile(str(path)).toString(),), kind="image/png", data=b"x")
    (one,) = place.datasets.dataset.photos
    assert (one.path, one.caption) == (path, "TOK in orange")


@pytest.mark.parametrize(("words", "said"), [
    ("https://example.com/cat.jpg", "does not download from the web"), ("a poem", "No picture on the clipboard"),
])
def test_an_address_and_a_text_are_answered_in_words(place, words, said):
    paste(place, text=words)
    assert not place.datasets.scanning
    assert said in place.toasts[-1]


def test_what_only_says_that_it_is_a_picture_is_named(qtbot, place):
    with qtbot.waitSignal(place.datasets.scan_finished):
        paste(place, kind="image/png", data=b"hello")
    assert [photo.problem for photo in place.datasets.dataset.photos] == ["This file is not a picture."]

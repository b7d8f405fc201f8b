"""What another program gets of a copied photo, and a handle without a file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QImage

from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.ui.parts.files_out import FileHandle, copy_files, files_mime
from tests.fakes.data_place import DataPlace

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    yield place
    place.stop()


def copied():
    return QGuiApplication.clipboard().mimeData()


def test_files_are_named_for_every_kind_of_file_manager():
    mime = files_mime([Path("/a b/ü.jpg"), Path("/c.png")])
    assert mime.urls() == [QUrl("file:///a%20b/%C3%BC.jpg"), QUrl("file:///c.png")]
    assert bytes(mime.data("x-special/gnome-copied-files").data()) == \
        b"copy\nfile:///a%20b/%C3%BC.jpg\nfile:///c.png"
    assert not mime.hasImage()
    assert files_mime([]).urls() == []


def test_one_photo_is_copied_as_a_file_and_soon_as_a_picture(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    photo = place.named("astronaut")
    place.select("astronaut")
    place.parts.actions.copy.trigger()
    assert copied().urls() == [QUrl.fromLocalFile(str(photo.path))]
    qtbot.waitUntil(lambda: copied().hasImage())
    assert QImage(copied().imageData()).size().toTuple() == (photo.width, photo.height)
    assert copied().urls() == [QUrl.fromLocalFile(str(photo.path))]


def test_of_an_edited_photo_the_picture_goes_out_that_training_gets(qtbot, tmp_path, place):
    place.write(3)
    place.take_in(qtbot)
    cat, woman = place.named("chelsea"), place.named("astronaut")
    place.datasets.set_edits({cat.photo_id: PhotoEdit(turns=1)})
    place.select("astronaut", "chelsea")
    QGuiApplication.clipboard().setText("mine")
    assert place.datasets.files_out((woman,)) == (woman.path,)  # as it is
    place.parts.actions.copy.trigger()
    qtbot.waitUntil(lambda: copied().urls()[:1] == [QUrl.fromLocalFile(str(woman.path))])
    made = Path(copied().urls()[1].toLocalFile())
    assert (made.name, made.is_relative_to(tmp_path / "prepared")) == ("chelsea.jpg", True)
    assert QImage(str(made)).size().toTuple() == (cat.height, cat.width)
    target = tmp_path / "set.zip"
    with qtbot.waitSignal(place.datasets.exported):
        place.datasets.export(target)
    assert zipfile.ZipFile(target).read("chelsea.jpg") == made.read_bytes()
    assert place.datasets.files_out((woman, place.named("chelsea"))) == (woman.path, made)  # at once now
    place.datasets.set_edits({cat.photo_id: PhotoEdit(turns=2)})
    assert place.datasets.files_out((place.named("chelsea"),)) == ()
    with qtbot.waitSignal(place.datasets.files_ready):
        pass
    (again,) = place.datasets.files_out((place.named("chelsea"),))
    assert QImage(str(again)).size().toTuple() == (cat.width, cat.height)
    assert place.datasets.stop()
    assert not made.exists()
    assert not again.exists()


def test_a_photo_that_is_gone_is_told_and_nothing_is_copied(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    QGuiApplication.clipboard().setText("mine")
    cat = place.named("chelsea")
    cat.path.unlink()
    place.datasets.set_edits({cat.photo_id: PhotoEdit(turns=1)})
    place.select("chelsea")
    with qtbot.waitSignal(place.datasets.failed) as told:
        place.parts.actions.copy.trigger()
    assert "chelsea.jpg" in told.args[0].title
    assert copied().text() == "mine"


def test_what_was_copied_meanwhile_is_left_alone(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.select("astronaut")
    place.parts.actions.copy.trigger()
    QGuiApplication.clipboard().setText("mine")
    with qtbot.waitSignal(place.parts.thumbnails.full_ready):
        pass
    assert copied().text() == "mine"


def test_several_photos_are_copied_as_files(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.parts.grid.selectAll()
    place.parts.actions.copy.trigger()
    assert len(copied().urls()) == 3


def test_a_handle_is_there_only_with_a_file(qtbot, tmp_path):
    handle = FileHandle()
    qtbot.addWidget(handle)
    copy_files((tmp_path / "before",))
    handle.show_file(tmp_path / "a & b.zip")
    assert handle.isVisible()
    assert handle.text() == "a && b.zip"
    assert handle.accessibleName() == "Copy a & b.zip"
    handle.click()
    assert copied().urls() == [QUrl.fromLocalFile(str(tmp_path / "a & b.zip"))]
    handle.show_file(None)
    assert not handle.isVisible()

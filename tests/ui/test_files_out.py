"""What another program gets of a copied photo, and a handle without a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QImage

from segmind_studio.ui.parts.files_out import FileHandle, copy_files, files_mime
from tests.fakes.data_place import DataPlace

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("propagateSizeHints")]


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

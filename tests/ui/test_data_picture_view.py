"""The zoomable picture and the full view."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from segmind_studio.core.datasets import Photo
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.ui.data.inspector.picture_view import PictureView
from tests.fakes.data_place import DataPlace
from tests.fakes.image_files import photo
from tests.fakes.pointer import drag
from tests.fakes.typed import child

KEY = Qt.Key


@pytest.fixture
def view(qtbot, tmp_path):
    thumbnails = Thumbnails()
    view = PictureView(thumbnails)
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show()
    path = tmp_path / "coffee.png"
    photo("coffee.png").save(path)
    view.set_photo(Photo("coffee", path, 600, 400, mtime_ns=1))
    yield view
    assert thumbnails.stop()


def wheel(view: PictureView, at: QPointF, notches: int) -> None:
    none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    view.wheelEvent(QWheelEvent(
        at, QPointF(view.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches), none, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    ))


def under(view: PictureView, at: QPointF) -> QPointF:
    """Return the point of the picture that is shown at a point of the view."""
    return (at - view.frame.target.topLeft()) / view.frame.scale


def test_a_picture_fits_and_follows_the_view(view):
    assert view.frame.fits
    assert view.frame.zoom == pytest.approx(0.5)
    view.resize(150, 300)
    assert view.frame.zoom == pytest.approx(0.25)


def test_a_small_picture_is_not_enlarged(view):
    view.resize(2000, 2000)
    assert view.frame.zoom == 1.0
    view.frame.ratio = 2.0  # of a fine screen, on which it is as large as elsewhere
    assert view.frame.zoom == 2.0


def test_the_wheel_zooms_round_the_pointer(view):
    at = QPointF(210, 160)
    before = under(view, at)
    wheel(view, at, 4)
    assert view.frame.zoom == pytest.approx(0.5 * 1.25**4)
    after = under(view, at)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.01)
    wheel(view, at, -9)
    assert view.frame.fits


def test_zooming_has_an_end(view):
    for _ in range(30):
        view.zoom_by(2.0)
    assert view.frame.zoom == 8.0


def test_a_zoomed_picture_is_dragged_as_far_as_its_edge(qtbot, view):
    view.zoom_to(2.0)
    before = QPointF(view.frame.middle)
    drag(view, QPoint(200, 200), QPoint(180, 190))
    assert view.frame.middle - before == QPointF(10, 5)
    for _ in range(40):
        qtbot.keyClick(view, KEY.Key_Left)
        qtbot.keyClick(view, KEY.Key_Up)
    assert view.frame.target.topLeft() == QPointF(0, 0)


def test_keys_zoom(qtbot, view):
    qtbot.keyClick(view, KEY.Key_Plus)
    assert view.frame.zoom == pytest.approx(0.625)
    qtbot.keyClick(view, KEY.Key_1)
    assert view.frame.zoom == 1.0
    qtbot.keyClick(view, KEY.Key_Minus)
    assert view.frame.zoom == pytest.approx(0.8)
    qtbot.keyClick(view, KEY.Key_0)
    assert view.frame.fits


def test_zooming_loads_the_whole_picture(qtbot, view):
    with qtbot.waitSignal(view._thumbnails.full_ready):
        view.zoom_to(3.0)
    assert view._full.width() == 600
    view.set_photo(Photo("other", view.photo.path, 600, 400))
    assert view._full is None
    assert view.frame.fits


def test_a_new_caption_leaves_the_zoom_alone(view):
    view.zoom_to(2.0)
    shown = view.photo
    view.set_photo(Photo("coffee", shown.path, 600, 400, mtime_ns=1, caption="a cup"))
    assert view.frame.zoom == 2.0


def test_a_picture_that_cannot_be_read_is_no_accident(qtbot, view):
    told = QSignalSpy(view._thumbnails.ready)
    view.set_photo(Photo("gone", view.photo.path.with_name("gone.png"), 600, 400))
    view.grab()
    qtbot.waitUntil(lambda: told.count() >= 1)
    view.grab()
    view.set_photo(Photo("bad", view.photo.path, problem="It cannot be read."))
    view.zoom_by(2.0)
    assert view.frame.fits


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(3)
    place.start()
    with qtbot.waitSignal(place.datasets.scan_finished):
        place.datasets.add([place.photos_folder])
    place.select("astronaut")
    place.parts.grid.setFocus()
    qtbot.waitUntil(place.parts.actions.full_view.isEnabled)
    yield place
    place.stop()


def test_space_opens_and_closes_the_full_view(qtbot, place):
    qtbot.keyClick(place.parts.grid, KEY.Key_Space)
    full = place.screen._commands.full_view
    assert full.isVisible()
    assert full.geometry() == place.screen.rect()
    assert full.picture.hasFocus()
    qtbot.keyClick(full.picture, KEY.Key_Right)
    qtbot.waitUntil(lambda: full.picture.photo.path.stem == "chelsea")
    assert "2 of 3" in full._facts.text()
    qtbot.keyClick(full.picture, KEY.Key_Delete)
    assert place.named("chelsea").excluded
    assert full._facts.text().startswith("Excluded")
    qtbot.keyClick(full.picture, KEY.Key_Space)
    assert not full.isVisible()
    assert place.parts.grid.hasFocus()
    assert place.parts.grid.current.path.stem == "chelsea"


def test_the_full_view_keeps_the_keyboard_and_follows_the_window(qtbot, place):
    place.parts.actions.full_view.trigger()
    full = place.screen._commands.full_view
    close = full._close
    child(full, QToolButton, "full.before").setFocus()
    qtbot.keyClick(full, KEY.Key_Tab)
    assert child(full, QToolButton, "full.crop").hasFocus()
    qtbot.keyClick(full, KEY.Key_Tab)
    assert close.hasFocus()
    qtbot.keyClick(close, KEY.Key_Tab)  # the button for the photo before is off: this is the first
    assert full.picture.hasFocus()
    qtbot.keyClick(full.picture, KEY.Key_Tab)
    assert child(full, QToolButton, "full.next").hasFocus()
    qtbot.keyClick(full, KEY.Key_Tab)
    assert full.caption.hasFocus()
    qtbot.keyClick(full.caption, KEY.Key_Tab)
    assert child(full, QToolButton, "full.before").hasFocus()
    place.screen.resize(900, 650)
    assert full.geometry() == place.screen.rect()
    close.click()
    assert not full.isVisible()


def test_the_full_view_is_black_and_its_caption_is_edited_from_photo_to_photo(qtbot, place):
    place.parts.actions.full_view.trigger()
    full = place.screen._commands.full_view
    assert full.grab().toImage().pixelColor(2, 2).name() == "#000000"
    qtbot.keyClick(full.picture, KEY.Key_F2)
    assert full.caption.hasFocus()
    qtbot.keyClicks(full.caption, "TOK, a woman")
    assert place.named("astronaut").caption == "TOK, a woman"
    assert full.caption.toPlainText() == "TOK, a woman"
    qtbot.keyClick(full.caption, KEY.Key_Down, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: full.picture.photo.path.stem == "chelsea")
    assert full.caption.toPlainText() == ""
    qtbot.keyClicks(full.caption, "a cat")
    place.undo.undo()
    qtbot.waitUntil(lambda: full.caption.toPlainText() == "")
    assert (place.named("chelsea").caption, place.named("astronaut").caption) == ("", "TOK, a woman")
    qtbot.keyClick(full.caption, KEY.Key_Escape)
    assert full.picture.hasFocus()
    child(full, QToolButton, "full.previous").click()
    qtbot.waitUntil(lambda: full.picture.photo.path.stem == "astronaut")
    assert not child(full, QToolButton, "full.previous").isEnabled()


def test_leaving_the_place_closes_the_full_view(qtbot, place):
    window = QStackedWidget()
    qtbot.addWidget(window)
    window.addWidget(place.screen)
    window.addWidget(QWidget())
    window.show()
    place.parts.actions.full_view.trigger()
    full = place.screen._commands.full_view
    assert full.parentWidget() is window
    assert full.isVisible()
    window.setCurrentIndex(1)
    assert not full.isVisible()
    place.screen.setParent(None)

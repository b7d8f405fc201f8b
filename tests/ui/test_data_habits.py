"""What is remembered of the Data place, errors in the page, and names for every control."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QUndoStack
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from segmind_studio.core.errors import StoreError
from segmind_studio.core.settings import Settings
from segmind_studio.ui.data.filter import PhotoFilterBar, Show
from segmind_studio.ui.data.inspector.picture_view import PictureView
from segmind_studio.ui.data.screen import DataScreen
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    yield place
    place.stop()


def test_errors_stand_in_the_page(place):
    place.datasets.failed.emit(StoreError("The disk is full.", "Make room."))
    assert place.parts.error.isVisible()
    assert place.parts.error.error.title == "The disk is full."


def test_density_and_photo_are_remembered(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.select("coffee")
    place.parts.actions.densities["large"].trigger()
    assert place.settings.value.density == "large"
    qtbot.waitUntil(lambda: place.settings.value.photo_id == place.named("coffee").photo_id)


def test_a_remembered_photo_is_selected_again(qtbot, place, tmp_path):
    place.write(3)
    place.take_in(qtbot)
    dataset_id, photo_id = place.datasets.dataset.dataset_id, place.named("coffee").photo_id
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    place.datasets.new()
    place.settings.update(photo_id=photo_id)
    with qtbot.waitSignal(place.datasets.dataset_changed):
        place.datasets.open(dataset_id)
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["coffee"]


def test_the_density_of_the_settings_holds(tmp_path):
    place = DataPlace(tmp_path, Settings(density="small"))
    place.start()
    assert place.parts.grid.density.name == "small"
    assert place.parts.actions.densities["small"].isChecked()
    place.stop()


def test_notifications_stay_above_the_open_checks(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    before = place.screen.foot()
    assert before >= place.parts.package_bar.height() > 0
    place.parts.actions.checks.setChecked(True)
    qtbot.waitUntil(lambda: place.screen.foot() > before)
    assert place.screen.foot() == place.parts.package_bar.height() + place.parts.drawer.height()


def test_every_command_is_in_a_menu_and_every_control_has_a_name(place):
    in_menus = {action for _menu, action in place.screen.menu_actions()}
    known = {value for value in vars(place.parts.actions).values() if hasattr(value, "trigger")}
    assert known <= in_menus
    controls = [
        found
        for kind in (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView, PictureView)
        for found in place.screen.findChildren(kind)
        if found.focusPolicy() & Qt.FocusPolicy.TabFocus and found.window() is place.screen
    ]
    assert len(controls) > 30
    assert [found for found in controls if not name_of(found)] == []


def name_of(control: QWidget) -> str:
    spoken = QAccessible.queryAccessibleInterface(control)
    return spoken.text(QAccessible.Text.Name)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2])
def test_enter_and_f2_lead_to_the_caption_and_escape_back(qtbot, place, key):
    place.write(3)
    place.take_in(qtbot)
    place.select("coffee")
    caption = place.parts.inspector.photo.caption
    qtbot.keyClick(place.parts.grid, key)
    qtbot.waitUntil(caption.hasFocus)
    qtbot.keyClicks(caption, "TOK")
    qtbot.keyClick(caption, Qt.Key.Key_Escape)
    qtbot.waitUntil(place.parts.grid.hasFocus)
    assert place.named("coffee").caption == "TOK"
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["coffee"]


def test_enter_on_several_photos_leads_to_the_edit_of_all(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.select("astronaut", "coffee")
    kind = child(place.screen, QComboBox, "data.bulk.kind")
    qtbot.waitUntil(kind.isVisible)
    qtbot.keyClick(place.parts.grid, Qt.Key.Key_F2)
    qtbot.waitUntil(kind.hasFocus)


def test_a_search_leaves_no_photo_that_does_not_match(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.select("chelsea")
    qtbot.waitUntil(place.parts.inspector.photo.caption.isVisible)
    place.parts.filters.search.setText("zzz")
    assert place.shown == []
    qtbot.waitUntil(lambda: not place.parts.grid.selected)
    place.parts.filters.search.setText("che")
    assert place.shown == ["chelsea"]


def test_the_first_good_photo_is_selected_and_one_count_says_how_many_there_are(qtbot, place):
    place.write(3)
    (place.photos_folder / "a-broken.jpg").write_bytes(b"no picture")
    place.take_in(qtbot)
    qtbot.waitUntil(lambda: [photo.path.stem for photo in place.parts.grid.selected] == ["astronaut"])
    assert place.shown[0] == "a-broken"
    assert place.parts.model.counts[Show.ALL] == 4
    said = [label.text() for label in place.parts.package_bar.findChildren(QLabel)]
    assert any("3" in text and "4" in text for text in said)


def test_the_filter_of_the_last_session_comes_back_once(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.parts.filters.chips[Show.EXCLUDED].setChecked(True)
    assert place.settings.value.photo_filter == "excluded"
    dataset_id = place.datasets.dataset.dataset_id
    place.settings.update(dataset_id=dataset_id)  # as the app does
    screen = DataScreen(
        place.datasets, place.thumbnails, place.settings, QUndoStack(), writer=place.writer,
        measured=place.measured,
    )
    qtbot.addWidget(screen)
    bar = child(screen, PhotoFilterBar)
    assert bar.filter.show is Show.EXCLUDED
    place.datasets.new()
    assert bar.filter.show is Show.ALL
    with qtbot.waitSignal(place.datasets.dataset_changed):
        place.datasets.open(dataset_id)
    assert bar.filter.show is Show.ALL

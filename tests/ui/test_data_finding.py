"""The search box of the Data place: a query, its errors and completions, chips, saved filters, and the order."""

from __future__ import annotations

import pytest
from PIL import Image, ImageFilter
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QApplication, QMenu

from segmind_studio.core.fixes import FixKind
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.core.photo_terms import completion_at
from segmind_studio.core.settings import Settings
from segmind_studio.ui.data.filter import PhotoFilterBar, Show
from segmind_studio.ui.data.finder import PhotoFinder
from segmind_studio.ui.data.screen import DataScreen
from segmind_studio.ui.parts.fix_buttons import FixButtons
from segmind_studio.ui.parts.query_field import QueryField
from tests.fakes.data_place import DataPlace
from tests.fakes.image_files import photo
from tests.fakes.typed import child, the

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("does not support grabbing"),  # the offscreen platform
]


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    place.write(4, chelsea="TOK a ginger cat", coffee="a cup of coffee")
    place.take_in(qtbot)
    yield place
    place.stop()


def test_an_error_is_marked_and_the_photos_stay_until_it_is_mended(qtbot, place):
    bar = place.parts.filters
    bar.search.setText("caption:cat")
    assert place.shown == ["chelsea"]
    bar.search.setText("caption:cat w:wide")
    assert place.shown == ["chelsea"]
    assert (bar.search.error.start, bar.search.error.end) == (14, 18)
    assert bar.problem.isVisible()
    assert "w:>100" in bar.problem.text()
    assert bar.search.accessibleDescription() == bar.problem.text()
    clean = bar.search.grab().toImage()
    bar.search.mark_error(None)
    assert bar.search.grab().toImage() != clean  # it was underlined
    bar.search.setText("caption:cat or caption:cup")
    assert place.shown == ["chelsea", "coffee"]
    assert not bar.problem.isVisible()


def test_chips_write_the_query_and_follow_it(place):
    bar = place.parts.filters
    bar.search.setText("a cup")
    bar.chips[Show.NO_CAPTION].setChecked(True)
    assert bar.search.text() == "is:uncaptioned a cup"
    assert place.shown == []
    bar.chips[Show.EXCLUDED].setChecked(True)
    assert bar.search.text() == "is:excluded a cup"
    bar.chips[Show.ALL].setChecked(True)
    assert bar.search.text() == "a cup"
    assert place.shown == ["coffee"]
    bar.search.setText("is:uncaptioned")
    assert bar.chips[Show.NO_CAPTION].isChecked()
    assert place.shown == ["astronaut", "rocket"]


def test_a_query_keeps_the_selection_for_the_photos_that_it_shows_again(qtbot, place):
    bar, grid = place.parts.filters, place.parts.grid
    place.select("coffee", "chelsea")
    for text, left in (
        ("is:used", {"coffee", "chelsea"}), ("cup", {"coffee"}), ("nothing", set()), ("-cup", {"chelsea"}),
        ("", {"coffee", "chelsea"}),
    ):
        bar.search.setText(text)
        assert {one.path.stem for one in grid.selected} == left, text
    assert grid.current.path.stem == "coffee"
    bar.search.setText("-cup")
    place.select("rocket")  # so the cup is no longer meant
    bar.search.setText("")
    assert [one.path.stem for one in grid.selected] == ["rocket"]


def test_select_all_leaves_out_what_is_shown_only_while_it_is_worked_on(qtbot, place):
    bar, grid = place.parts.filters, place.parts.grid
    bar.search.setText("is:uncaptioned")
    with qtbot.waitSignal(grid.chosen):
        place.select("rocket")
    place.datasets.set_captions({place.named("rocket").photo_id: "a rocket"})
    assert place.shown == ["astronaut", "rocket"]
    place.parts.actions.select_all.trigger()
    assert [one.path.stem for one in grid.selected] == ["astronaut"]
    qtbot.waitUntil(lambda: place.shown == ["astronaut"])


def test_fields_and_values_are_completed(qtbot, place):
    search = place.parts.filters.search
    qtbot.keyClicks(search, "-ha")
    assert search.proposed == ("has:",)
    search.accept_completion("has:")
    assert search.text() == "-has:"
    assert search.proposed == ("caption", "trigger", "problem", "place")
    search.accept_completion("caption")
    assert search.text() == "-has:caption"
    assert not search.proposed
    assert place.shown == ["astronaut", "rocket"]
    search.clear()
    qtbot.keyClicks(search, "caption:cof")
    assert search.proposed == ("coffee",)


def test_the_trigger_word_of_the_form_counts(place):
    place.parts.filters.search.setText("has:trigger")
    assert place.shown == []
    place.screen.set_trigger_word("TOK")
    assert place.shown == ["chelsea"]


def test_a_filter_is_saved_used_and_forgotten(place):
    actions, finder = place.parts.actions, child(place.screen, PhotoFinder)
    assert not actions.save_filter.isEnabled()
    place.parts.filters.search.setText("is:small or words:>3")
    actions.save_filter.trigger()
    assert not actions.save_filter.isEnabled()  # it is saved already
    assert place.settings.value.saved_filters == ("is:small or words:>3",)
    place.parts.filters.show_all()
    finder.saved_menu.aboutToShow.emit()
    use = next(action for action in finder.saved_menu.actions() if action.text() == "is:small or words:>3")
    use.trigger()
    assert place.parts.filters.search.text() == "is:small or words:>3"
    forget = the(QMenu, next(action.menu() for action in finder.saved_menu.actions() if action.menu()))
    forget.actions()[0].trigger()
    assert place.settings.value.saved_filters == ()
    assert actions.save_filter.isEnabled()


def test_photos_are_sorted_and_keep_selection_and_order(qtbot, place):
    place.select("coffee", "rocket")
    actions = place.parts.actions
    actions.orders[PhotoOrder.WORDS].trigger()
    assert place.shown == ["astronaut", "rocket", "chelsea", "coffee"]
    actions.descending.trigger()
    assert place.shown == ["chelsea", "coffee", "astronaut", "rocket"]
    assert {photo.path.stem for photo in place.parts.grid.selected} == {"coffee", "rocket"}
    assert place.parts.grid.current.path.stem == "coffee"
    place.datasets.set_captions({place.named("coffee").photo_id: "now the longest caption of all of them"})
    assert place.shown[:2] == ["chelsea", "coffee"]  # it does not move while it is typed
    place.datasets.remove(frozenset({place.named("rocket").photo_id}))
    assert place.shown == ["coffee", "chelsea", "astronaut"]
    assert place.settings.value.photo_order == "words"
    assert place.settings.value.photo_descending


def test_query_and_order_of_the_last_session_come_back(qtbot, place):
    place.parts.filters.search.setText("caption:cat")
    dataset_id = place.datasets.dataset.dataset_id
    place.settings.update(dataset_id=dataset_id, photo_order="name", photo_descending=True)
    screen = DataScreen(
        place.datasets, place.thumbnails, place.settings, QUndoStack(), writer=place.writer,
        measured=place.measured,
    )
    qtbot.addWidget(screen)
    assert child(screen, PhotoFilterBar).search.text() == "caption:cat"
    assert screen._parts.actions.orders[PhotoOrder.NAME].isChecked()
    child(screen, PhotoFilterBar).show_all()
    assert [photo.path.stem for photo in screen._parts.model.shown] == ["rocket", "coffee", "chelsea", "astronaut"]


def test_an_unknown_order_in_the_settings_means_as_added(tmp_path):
    place = DataPlace(tmp_path, Settings(photo_order="by-magic"))
    assert place.parts.actions.orders[PhotoOrder.ADDED].isChecked()
    place.stop()


def test_near_duplicates_are_found_and_excluded_in_one_step(qtbot, place):
    mirrored = photo("chelsea.png").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    mirrored.resize((300, 200)).save(place.photos_folder / "mirrored.jpg", quality=60)
    place.take_in(qtbot)
    place.parts.actions.checks.trigger()
    buttons = place.parts.drawer
    qtbot.waitUntil(lambda: any(
        fix.kind is FixKind.EXCLUDE and fix.photo_ids == (place.named("mirrored").photo_id,)
        for row in buttons.findChildren(FixButtons) for fix in row.fixes
    ), timeout=20_000)
    rows = buttons.findChildren(FixButtons)
    row = next(row for row in rows if row.fixes and "Exclude the copy" in row.fixes[0].text)
    row.pressed.emit(row.fixes[0])
    assert place.named("mirrored").excluded
    assert not place.named("chelsea").excluded
    place.undo.undo()
    assert not place.named("mirrored").excluded


def test_photos_are_sorted_and_filtered_by_sharpness(qtbot, place):
    photo("coffee.png").filter(ImageFilter.GaussianBlur(8)).save(place.photos_folder / "blurred.jpg")
    place.take_in(qtbot)
    place.parts.actions.orders[PhotoOrder.SHARPNESS].trigger()

    def measured() -> dict[str, float]:
        photos = place.datasets.dataset.photos
        return {name: found.sharpness for name, found in place.thumbnails.measurer.of(photos).items()}

    qtbot.waitUntil(lambda: place.shown[0] == "blurred", timeout=20_000)
    qtbot.waitUntil(lambda: len(measured()) == 5, timeout=20_000)
    values = sorted(measured().values())
    assert values[0] < values[1] / 2
    place.parts.filters.search.setText(f"sharp:<{values[0] + 1:.0f}")
    assert place.shown == ["blurred"]


def test_the_completions_have_a_parent(qtbot):
    """The completer deletes its list, the end of the app what has no parent, in any order: twice is a crash."""
    before = set(QApplication.topLevelWidgets())
    field = QueryField("Find", completion_at, "w:>100")
    qtbot.addWidget(field)
    fresh = [widget for widget in QApplication.topLevelWidgets() if widget not in before and widget is not field]
    assert [widget.parent() for widget in fresh] == [field]

"""The Data place from outside: photos come in, are filtered, excluded, removed, checked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from segmind_studio.core.datasets import Check
from segmind_studio.ui.data.filter import Show
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")
KEY = Qt.Key


@pytest.fixture
def place(tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    yield place
    place.stop()


def drop(place: DataPlace, paths) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    place.screen.dragEnterEvent(enter)
    assert enter.isAccepted()
    place.screen.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))


def test_an_empty_place_says_what_to_do(place):
    assert place.screen._pages.currentWidget() is place.screen._no_photos
    assert not place.button("data.train").isEnabled()
    assert not place.button("data.export").isEnabled()
    asked = QSignalSpy(place.screen.open_sample)
    place.parts.actions.sample.trigger()
    assert asked.count() == 1


def test_dropped_photos_are_shown_with_their_captions(qtbot, place):
    paths = place.write(3, chelsea="TOK, a cat")
    with qtbot.waitSignal(place.datasets.scan_finished):
        drop(place, paths)
    assert place.shown == ["astronaut", "chelsea", "coffee"]
    assert place.screen._pages.currentWidget() is place.parts.grid
    assert place.toasts == ["3 photos added. 1 caption read."]
    place.select("chelsea")
    caption = child(place.screen, QPlainTextEdit, "data.caption")
    qtbot.waitUntil(lambda: caption.toPlainText() == "TOK, a cat")


def test_thumbnails_are_painted(qtbot, place):
    place.write(2)
    place.take_in(qtbot)
    grid = place.parts.grid

    def painted() -> int:
        image = grid.viewport().grab().toImage()
        cell = grid.visualRect(place.parts.model.index(0))
        return len({image.pixel(x, cell.center().y()) for x in range(cell.left(), cell.right(), 2)})

    qtbot.waitUntil(lambda: painted() > 20)  # a photograph has many colours, a placeholder has few


def test_an_intake_can_be_undone_and_done_again(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.undo.undo()
    assert place.shown == []
    assert place.screen._pages.currentWidget() is place.screen._no_photos
    place.undo.redo()
    assert place.shown == ["astronaut", "chelsea", "coffee"]


def test_files_that_were_not_taken_are_named_with_reasons(qtbot, place):
    paths = place.write(1)
    for name in ("movie.mp4", "notes.pdf"):
        (place.photos_folder / name).write_bytes(b"%PDF-1")
        paths.append(place.photos_folder / name)
    place.take_in(qtbot, *paths)
    skipped = place.parts.skipped
    assert skipped.isVisible()
    assert not skipped._reasons.isVisible()
    skipped._unfold.click()
    assert skipped._reasons.isVisible()
    assert [line.partition(":")[0] for line in skipped.reasons.splitlines()] == ["movie.mp4", "notes.pdf"]


def test_an_intake_shows_how_far_it_is_and_can_be_cancelled(qtbot, place):
    place.write()
    stop = place.button("data.cancel_scan")
    place.datasets.scan_progress.connect(stop.click)
    seen = []
    place.datasets.scan_progress.connect(lambda _progress: seen.append(place.parts.scan_bar.isVisible()))
    with qtbot.waitSignal(place.datasets.scan_finished) as finished:
        place.datasets.add([place.photos_folder])
    assert finished.args[0].cancelled
    assert seen
    assert all(seen)
    assert not place.parts.scan_bar.isVisible()
    assert place.shown == []


def test_chips_count_and_filter_and_search_narrows(qtbot, place):
    place.write(4, astronaut="TOK, a woman", coffee="TOK, a cup")
    place.take_in(qtbot)
    place.select("rocket")
    place.parts.actions.exclude.trigger()
    chips = place.parts.filters.chips
    assert [chip.accessibleName() for chip in chips.values()] == [
        "All, 4", "No caption, 1", "Photo problems, 2", "Excluded, 1",  # chelsea and coffee are small
    ]
    place.parts.grid.clearSelection()
    chips[Show.NO_CAPTION].click()
    qtbot.waitUntil(lambda: "astronaut" not in place.shown)
    assert "chelsea" in place.shown
    chips[Show.ALL].click()
    qtbot.keyClicks(place.parts.filters.search, "cup")
    qtbot.waitUntil(lambda: "chelsea" not in place.shown)
    assert "coffee" in place.shown
    qtbot.keyClick(place.parts.filters.search, KEY.Key_Escape)
    assert len(place.shown) == 4


def test_nothing_matches_is_not_nothing_yet(qtbot, place):
    place.write(2)
    place.take_in(qtbot)
    place.parts.grid.clearSelection()
    place.parts.grid.setCurrentIndex(place.parts.model.index(-1))
    qtbot.keyClicks(place.parts.filters.search, "zzz")
    qtbot.waitUntil(lambda: place.screen._pages.currentWidget() is place.screen._nothing)
    place.screen._show_all.trigger()
    assert place.screen._pages.currentWidget() is place.parts.grid
    assert place.parts.filters.search.text() == ""


def test_delete_excludes_and_undo_takes_it_back(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    place.select("astronaut", "coffee")
    place.parts.grid.setFocus()
    qtbot.keyClick(place.parts.grid, KEY.Key_Delete)
    assert [photo.excluded for photo in place.datasets.dataset.photos] == [True, False, True]
    assert place.undo.undoText() == "Exclude 2 photos"
    assert place.toasts[-1] == "2 photos excluded."
    place.undo.undo()
    assert not any(photo.excluded for photo in place.datasets.dataset.photos)
    assert {photo.path.stem for photo in place.parts.grid.selected} == {"astronaut", "coffee"}


def test_excluding_again_is_no_step(qtbot, place):
    place.write(1)
    place.take_in(qtbot)
    place.select("astronaut")
    place.parts.editor.set_excluded([place.named("astronaut")], excluded=True)
    before = place.undo.count()
    place.parts.editor.set_excluded([place.named("astronaut")], excluded=True)
    assert place.undo.count() == before


def test_removed_photos_come_back_in_their_places(qtbot, place):
    place.write(4)
    place.take_in(qtbot)
    place.select("chelsea", "coffee")
    qtbot.waitUntil(place.parts.actions.remove.isEnabled)
    place.parts.actions.remove.trigger()
    assert place.shown == ["astronaut", "rocket"]
    place.undo.undo()
    assert place.shown == ["astronaut", "chelsea", "coffee", "rocket"]
    place.undo.redo()
    assert place.shown == ["astronaut", "rocket"]


def fix_button(place: DataPlace, *words: str) -> QPushButton:
    """Find the button in the drawer whose name has these words."""
    buttons = place.parts.drawer.findChildren(QPushButton)
    return next(b for b in buttons if b.isVisible() and all(part in b.accessibleName() for part in words))


def test_a_press_in_the_drawer_mends_what_was_found_and_can_be_undone(qtbot, place):
    first, *_ = place.write(3, astronaut="ohwx, a woman", chelsea="ohwx, a cat")
    (place.photos_folder / "copy.jpg").write_bytes(first.read_bytes())
    (place.photos_folder / "broken.jpg").write_bytes(b"no picture")
    place.screen.set_trigger_word("TOK")
    place.datasets.set_trigger_word("TOK")
    place.take_in(qtbot)
    place.parts.actions.checks.setChecked(True)
    before = place.datasets.dataset.photos
    asked = QSignalSpy(place.screen.field_fix)
    for check, word in (
        (Check.DUPLICATE, "Exclude"), (Check.UNREADABLE, "Remove"), (Check.NO_TRIGGER, "Use"),
        (Check.NO_TRIGGER, "Add"),
    ):
        finding = next(f for f in place.datasets.package.findings if f.check == check)
        fix_button(place, finding.text, word).click()
    changed = {photo.path.stem: photo for photo in place.datasets.dataset.photos}
    assert (asked.count(), asked.at(0)[0].value) == (1, "ohwx")
    assert "broken" not in changed
    assert [stem for stem, photo in changed.items() if photo.excluded] == ["copy"]
    assert [changed[stem].caption for stem in ("astronaut", "chelsea", "coffee")] == [
        "TOK, ohwx, a woman", "TOK, ohwx, a cat", "",
    ]
    for _ in range(3):
        place.undo.undo()
    assert place.datasets.dataset.photos == before


def test_the_keyboard_goes_into_the_drawer_and_stays_there_after_a_fix(qtbot, place):
    first, *_ = place.write(3)
    (place.photos_folder / "copy.jpg").write_bytes(first.read_bytes())
    place.take_in(qtbot)
    place.parts.grid.setFocus()
    place.parts.actions.checks.trigger()
    drawer, window = place.parts.drawer, place.screen
    area = window.focusWidget()
    assert area.accessibleName() == "Checks"
    assert drawer.isAncestorOf(area)
    found = next(f for f in place.datasets.package.findings if f.check == Check.DUPLICATE)
    button = fix_button(place, found.text, "Exclude")
    for _ in range(9):  # not beyond the buttons of the drawer
        if window.focusWidget() is button:
            break
        qtbot.keyClick(window.focusWidget(), KEY.Key_Tab)
        assert isinstance(window.focusWidget(), QPushButton)
        assert drawer.isAncestorOf(window.focusWidget())
    qtbot.keyClick(button, KEY.Key_Space)
    qtbot.waitUntil(lambda: window.focusWidget() is area)  # once the finding is gone, and its button


def test_a_move_that_leads_nowhere_ends_the_selection_of_several(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    grid = place.parts.grid
    place.select("astronaut")
    qtbot.keyClick(grid, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.selected) == 3
    qtbot.keyClick(grid, KEY.Key_Home)
    assert [photo.path.stem for photo in grid.selected] == ["astronaut"]


def test_the_selection_is_inverted_among_the_shown_photos(qtbot, place):
    place.write(4)
    place.take_in(qtbot)
    place.parts.filters.write("-name:rocket")
    place.select("chelsea")
    place.parts.grid.setFocus()
    place.parts.actions.invert.trigger()
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["astronaut", "coffee"]
    place.parts.actions.invert.trigger()
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["chelsea"]


def test_the_drawer_selects_the_photos_of_a_finding(qtbot, place):
    place.write(4)
    place.take_in(qtbot)
    place.parts.actions.checks.setChecked(True)
    assert place.parts.drawer.isVisible()
    small = next(f for f in place.datasets.package.findings if f.check == Check.SMALL)
    place.parts.filters.search.setText("astronaut")
    fix_button(place, small.text, "Select").click()
    assert {photo.photo_id for photo in place.parts.grid.selected} == set(small.photo_ids)
    assert place.parts.filters.search.text() == ""


def test_the_next_problem_goes_round(qtbot, place):
    place.write(4)
    place.take_in(qtbot)
    small = [photo.path.stem for photo in place.datasets.dataset.photos if min(photo.width, photo.height) < 512]
    assert len(small) >= 2
    place.select("astronaut")
    seen = []
    for _ in range(len(small) + 1):
        qtbot.keyClick(place.parts.grid, KEY.Key_J, Qt.KeyboardModifier.ControlModifier)
        seen.append(place.parts.grid.current.path.stem)
    assert seen == [*small, small[0]]

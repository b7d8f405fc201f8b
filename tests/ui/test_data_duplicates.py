"""Near duplicates side by side: by keys alone, one undo step each, what was decided stays decided."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.fixes import FixKind
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.store.library import Library
from segmind_studio.ui.data.duplicates.dialog import DuplicatesDialog
from segmind_studio.ui.data.inspector.comparison import PhotoComparison
from segmind_studio.ui.parts.fix_buttons import FixButtons
from tests.fakes.data_place import open_place
from tests.fakes.image_files import photo
from tests.fakes.typed import child


@pytest.fixture
def place(qtbot, tmp_path):
    """A place with two groups: a cat and its mirror image, a cup at two sizes, and a photo that is alone."""
    with open_place(qtbot, tmp_path, 6, more=copies) as place:
        yield place


def copies(folder):
    cat, cup = photo("chelsea.png"), photo("coffee.png")
    mirrored = cat.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    mirrored.resize((300, 200)).save(folder / "mirrored.jpg", quality=60)
    cup.resize((420, 280)).save(folder / "smaller.jpg")


@pytest.fixture
def dialog(qtbot, place):
    """The dialog, once all photos are compared."""
    place.parts.actions.duplicates.trigger()
    dialog = child(place.screen, DuplicatesDialog)
    qtbot.waitUntil(lambda: not place.thumbnails.measurer.measuring, timeout=20_000)
    qtbot.waitUntil(lambda: stems(dialog) == [{"chelsea", "mirrored"}, {"coffee", "smaller"}], timeout=20_000)
    qtbot.waitUntil(lambda: bool(dialog.board.others), timeout=20_000)  # until then all are to stay
    return dialog


def stems(dialog):
    return [{photo.path.stem for photo in group} for group in dialog.groups]


def out(place):
    return {photo.path.stem for photo in place.datasets.dataset.photos if photo.excluded}


def current(dialog):
    return dialog.board.current.path.stem


def press(qtbot, widget: QWidget, *keys):
    for key in keys:
        qtbot.keyClick(widget, key)


def test_each_group_is_decided_by_keys_and_taken_back(qtbot, place, dialog):
    board, key = dialog.board, Qt.Key
    assert "Group 1 of 2" in dialog.heading.text()
    assert current(dialog) == "chelsea"  # the larger one stays
    assert "largest" in board.accessibleDescription()
    press(qtbot, board, key.Key_Right, key.Key_Space, key.Key_Left, key.Key_K)  # keep the other one instead
    assert "chelsea.jpg, Exclude" in board.accessibleDescription()
    press(qtbot, board, key.Key_N, key.Key_P)  # what was chosen stays chosen
    assert [photo.path.stem for photo in board.others] == ["chelsea"]
    press(qtbot, board, key.Key_Return)
    assert out(place) == {"chelsea"}
    assert place.undo.undoText() == "Exclude 1 near duplicate"
    assert stems(dialog) == [{"coffee", "smaller"}]
    press(qtbot, board, key.Key_Return)
    assert out(place) == {"chelsea", "smaller"}
    assert dialog.heading.text() == "No near duplicates left."
    assert not dialog.exclude.isEnabled()
    assert dialog.close_button.isVisible()
    press(qtbot, board, key.Key_Return)
    assert dialog.isHidden()
    place.parts.actions.duplicates.trigger()
    place.undo.setIndex(0)
    assert len(dialog.groups) == 2


def test_one_or_more_of_a_group_stay_and_all_groups_are_one_step(qtbot, place, dialog):
    press(qtbot, dialog.board, Qt.Key.Key_Space)
    assert dialog.board.kept == {place.named("chelsea").photo_id}
    press(qtbot, dialog.board, Qt.Key.Key_Right, Qt.Key.Key_Space)  # both stay
    assert not dialog.exclude.isEnabled()
    dialog.exclude_all.click()
    assert out(place) == {"smaller"}
    assert place.undo.count() == 1


def test_photos_that_are_different_are_remembered_so(qtbot, place, dialog):
    press(qtbot, dialog.board, Qt.Key.Key_D)
    assert stems(dialog) == [{"coffee", "smaller"}]
    assert out(place) == set()
    assert place.undo.undoText() == "Mark as not duplicates"
    dataset_id = place.datasets.dataset.dataset_id

    def stored():
        found = Library(place.database).load(dataset_id)
        return isinstance(found, Dataset) and sum(bool(photo.accepted) for photo in found.photos) == 2

    qtbot.waitUntil(stored)
    place.undo.undo()
    assert len(dialog.groups) == 2


def test_two_of_them_are_compared_and_the_keyboard_comes_back(qtbot, place, dialog):
    press(qtbot, dialog.board, Qt.Key.Key_Right)
    qtbot.keyClick(dialog.board, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    comparison = child(dialog, PhotoComparison)
    assert comparison.isVisible()
    assert "chelsea.jpg" in comparison.canvas.accessibleDescription()
    press(qtbot, comparison, Qt.Key.Key_Escape)
    assert comparison.isHidden()
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.board


def test_a_cut_out_is_in_the_group_of_its_photo(qtbot, place, dialog):
    cat = photo("chelsea.png")
    cat.crop((100, 60, 380, 260)).save(place.photos_folder / "face.jpg")
    place.take_in(qtbot, place.photos_folder / "face.jpg")
    qtbot.waitUntil(lambda: {"chelsea", "mirrored", "face"} in stems(dialog), timeout=20_000)
    press(qtbot, dialog.board, Qt.Key.Key_End)
    assert current(dialog) == "face"
    assert "part of another" in dialog.board.accessibleDescription()
    assert [photo.path.stem for photo in dialog.board.others] == ["mirrored"]  # a part is no copy


def test_enter_excludes_nothing_unseen_where_too_few_photos_would_stay(qtbot, place, dialog):
    enough = {"chelsea", "mirrored", "coffee", "smaller", "astronaut", "rocket"}
    extra = [one.photo_id for one in place.datasets.dataset.used if one.path.stem not in enough]
    place.datasets.set_excluded(extra, True)
    before = out(place)
    press(qtbot, dialog.board, Qt.Key.Key_Return)
    assert out(place) == before
    assert dialog.focusWidget() is dialog.exclude
    press(qtbot, dialog.exclude, Qt.Key.Key_Return)
    assert out(place) - before == {"mirrored"}


def test_what_comes_after_it_is_closed_is_not_measured(qtbot, place, dialog):
    press(qtbot, dialog, Qt.Key.Key_Escape)
    photo("coins.png").save(place.photos_folder / "coins.jpg")
    place.take_in(qtbot, place.photos_folder / "coins.jpg")
    assert not place.thumbnails.measurer.measuring
    assert not place.thumbnails.measurer.of([place.named("coins")])
    place.parts.actions.duplicates.trigger()
    qtbot.waitUntil(lambda: bool(place.thumbnails.measurer.of([place.named("coins")])), timeout=20_000)


def test_pages_of_a_large_group(qtbot, place, dialog):
    """Only the photos of one page are painted, so their number does not matter."""
    group = list(place.datasets.dataset.photos) * 40
    board = dialog.board
    board.set_group(group, frozenset())
    painted = [row for row in range(len(group)) if not board.cell(row).isEmpty()]
    assert painted == list(range(2 * board.columns))
    press(qtbot, board, Qt.Key.Key_End)
    assert not board.cell(len(group) - 1).isEmpty()
    assert board.cell(0).isEmpty()
    qtbot.mouseClick(board, Qt.MouseButton.LeftButton, pos=board.cell(len(group) - 1).center().toPoint())
    assert board.kept == {group[-1].photo_id}


def test_the_finding_opens_them(qtbot, place):
    place.parts.actions.checks.trigger()

    def fixes():
        rows = place.parts.drawer.findChildren(FixButtons)
        return [(row, fix) for row in rows for fix in row.fixes if fix.kind is FixKind.GROUPS]

    qtbot.waitUntil(lambda: bool(fixes()), timeout=20_000)
    row, fix = fixes()[0]
    row.pressed.emit(fix)
    assert child(place.screen, DuplicatesDialog).isVisible()


def test_a_photo_is_compared_as_it_is_turned(qtbot, place, dialog):
    copy = place.named("smaller").photo_id
    place.datasets.set_edits({copy: PhotoEdit(turns=1)})
    qtbot.waitUntil(lambda: stems(dialog) == [{"chelsea", "mirrored"}], timeout=20_000)
    place.datasets.set_edits({copy: NO_EDIT})
    qtbot.waitUntil(lambda: stems(dialog) == [{"chelsea", "mirrored"}, {"coffee", "smaller"}], timeout=20_000)

"""Crop and turn in the window: by keys, mouse and numbers, for one photo and for many; one undo step each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QToolButton

from segmind_studio.core.photo_edits import NO_EDIT, Crop, PhotoEdit
from segmind_studio.ui.data.crop.editor import CropEditor
from segmind_studio.ui.data.inspector.comparison import Compared
from tests.fakes.data_place import DataPlace
from tests.fakes.pointer import drag
from tests.fakes.typed import child, known

KEY = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(3)
    place.start()
    place.take_in(qtbot)
    yield place
    place.stop()


def opened(qtbot, place, *stems: str) -> CropEditor:
    """Open the editor on the first of these photos, all of them selected."""
    place.select(*stems)
    qtbot.waitUntil(place.parts.actions.crop.isEnabled)
    place.parts.actions.crop.trigger()
    editor = known(place.screen._edits.editor)
    assert editor.isVisible()
    assert known(editor.photo).path.stem == stems[0]
    return editor


def edits(place) -> dict[str, PhotoEdit]:
    return {photo.path.stem: photo.edit for photo in place.datasets.dataset.photos}


def test_by_keys_alone(qtbot, place):
    editor = opened(qtbot, place, "chelsea")  # 451 by 300
    canvas = editor.canvas
    qtbot.keyClick(canvas, KEY.Key_Left, SHIFT)
    qtbot.keyClick(canvas, KEY.Key_Up, SHIFT | CTRL)
    qtbot.keyClick(canvas, KEY.Key_Right, CTRL)
    qtbot.keyClick(canvas, KEY.Key_Down)  # as far as there is room: a pixel
    assert edits(place)["chelsea"] == NO_EDIT
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert not editor.isVisible()
    edit = edits(place)["chelsea"]
    assert place.named("chelsea").edited_size == (446, 299)
    assert edit.crop.left == pytest.approx(1 / 451, abs=1e-5)
    assert edit.crop.bottom == 1
    assert place.undo.undoText() == "Crop and rotate 1 photo"
    assert place.parts.inspector.photo.picture.frame.picture.toSize().toTuple() == (446, 299)
    assert "cropped" in " ".join(finding.text for finding in place.parts.inspector.photo.findings.shown)
    place.undo.undo()
    assert edits(place)["chelsea"] == NO_EDIT
    qtbot.keyClick(opened(qtbot, place, "chelsea").canvas, KEY.Key_Left, SHIFT)
    qtbot.keyClick(editor.canvas, KEY.Key_Escape)
    assert not editor.isVisible()
    assert edits(place)["chelsea"] == NO_EDIT


def test_by_mouse_in_a_ratio_and_by_numbers(qtbot, place):
    editor = opened(qtbot, place, "coffee")  # 600 by 400
    shapes, numbers, canvas = editor.controls.shapes, editor.controls.numbers, editor.canvas
    shapes.setCurrentIndex(shapes.findText("1:1"))
    shapes.activated.emit(shapes.currentIndex())
    assert editor.edit.crop.width * 600 == pytest.approx(editor.edit.crop.height * 400, abs=1)
    corner, whole = canvas.crop_rect.bottomRight().toPoint(), canvas.picture_rect
    by = QPoint(-round(whole.width() / 6), -round(whole.height() / 4))  # 100 pixels of the photo
    before = numbers["width"].value()
    drag(canvas, corner, corner + by)
    assert numbers["width"].value() == pytest.approx(before - 100, abs=3)
    assert numbers["width"].value() == pytest.approx(numbers["height"].value(), abs=1)
    numbers["width"].setValue(200)
    numbers["left"].setValue(7)
    assert (numbers["width"].value(), numbers["height"].value(), numbers["left"].value()) == (200, 200, 7)
    middle = canvas.crop_rect.center().toPoint()
    drag(canvas, middle, middle + QPoint(-4000, -4000))
    assert (numbers["width"].value(), numbers["left"].value(), numbers["top"].value()) == (200, 0, 0)
    editor.controls.angle.setValue(-3.5)
    assert editor.controls.slider.value() == -35
    editor.controls.turn_right.click()
    editor.controls.mirror.click()
    assert child(editor, QLabel, "crop.warning").isVisible()
    editor.apply.click()
    edit = edits(place)["coffee"]
    assert (edit.turns, edit.mirrored, edit.angle) == (1, True, 3.5)
    width, height = place.named("coffee").edited_size
    assert width == height
    place.parts.actions.crop.trigger()
    editor.controls.reset.click()
    editor.apply.click()
    assert edits(place)["coffee"] == NO_EDIT


@pytest.mark.parametrize(("language", "typed"), [("de", "1.5"), ("de", "1,5"), ("en", "1.5"), ("en", "1,5")])
def test_an_angle_is_typed_with_a_point_or_a_comma(qtbot, place, language, typed):
    editor = opened(qtbot, place, "astronaut")
    editor.controls.angle.setLocale(QLocale(language))
    editor.controls.angle.selectAll()
    qtbot.keyClicks(editor.controls.angle, typed)
    editor.apply.click()
    assert edits(place)["astronaut"].angle == 1.5


def test_a_crop_in_a_ratio_has_it_to_the_pixel(qtbot, place):
    editor = opened(qtbot, place, "coffee")  # 600 by 400
    shapes = editor.controls.shapes
    shapes.setCurrentIndex(shapes.findText("1:1"))
    shapes.activated.emit(shapes.currentIndex())
    editor.canvas.crop_changed.emit(Crop(0.5 / 600, 0, 201.5 / 600, 201 / 400))  # between two pixels, as by mouse
    editor.apply.click()
    width, height = place.named("coffee").edited_size
    assert width == height


def test_turn_mirror_and_reset_of_many_are_one_step_each_and_seen_at_once(qtbot, place):
    actions = place.parts.actions
    place.select("chelsea", "coffee")
    qtbot.waitUntil(actions.turn_left.isEnabled)
    assert not actions.reset_edits.isEnabled()
    actions.turn_left.trigger()
    actions.mirror.trigger()
    assert edits(place) == {
        "astronaut": NO_EDIT, "chelsea": PhotoEdit(3, mirrored=True), "coffee": PhotoEdit(3, mirrored=True),
    }
    assert place.undo.undoText() == "Flip 2 photos"
    assert place.undo.count() == 3  # the intake is the first

    def stands() -> bool:
        image = place.thumbnails.image(place.named("coffee"), 100)
        return image is not None and (image.width(), image.height()) == (67, 100)

    qtbot.waitUntil(stands)
    assert actions.reset_edits.isEnabled()
    actions.reset_edits.trigger()
    assert set(edits(place).values()) == {NO_EDIT}
    place.undo.undo()
    place.undo.undo()
    assert edits(place)["coffee"] == PhotoEdit(3)
    assert place.toasts[-1] == "2 photos reset."


def test_the_same_crop_for_many(qtbot, place):
    editor = opened(qtbot, place, "coffee", "chelsea")
    editor.controls.numbers["width"].setValue(300)
    assert not editor._same_shape.isEnabled()  # no ratio is chosen
    editor._same_part.trigger()
    part = Crop(0, 0, 0.5, 1)
    assert edits(place) == {"astronaut": NO_EDIT, "chelsea": PhotoEdit(crop=part), "coffee": PhotoEdit(crop=part)}
    assert place.undo.undoText() == "Crop 2 photos the same way"
    place.undo.undo()
    opened(qtbot, place, "coffee", "chelsea", "astronaut")
    shapes = editor.controls.shapes
    shapes.setCurrentIndex(shapes.findText("4:5"))
    shapes.activated.emit(shapes.currentIndex())
    editor._same_shape.trigger()
    for photo in place.datasets.dataset.photos:
        wide, high = photo.edited_size
        assert wide / high == pytest.approx(4 / 5, abs=0.01)
        if photo.path.stem != "coffee":
            edges = photo.edit.crop.left + photo.edit.crop.right
            assert edges == pytest.approx(1, abs=1 / photo.width)  # to a pixel
    place.undo.undo()
    assert set(edits(place).values()) == {NO_EDIT}


def test_each_of_many_is_cropped_around_its_own_subject(qtbot, place):
    place.datasets.set_edits({place.named("coffee").photo_id: PhotoEdit(1)})
    editor = opened(qtbot, place, "coffee", "chelsea", "astronaut")
    searching = child(editor, QLabel, "crop.searching")
    shapes = editor.controls.shapes
    shapes.setCurrentIndex(shapes.findText("1:1"))
    shapes.activated.emit(shapes.currentIndex())
    editor._around_subject.trigger()
    assert searching.isVisible()
    qtbot.keyClick(editor.cancel, KEY.Key_Escape)
    assert not editor.isVisible()
    assert place.undo.count() == 1  # the intake; nothing was applied

    opened(qtbot, place, "coffee", "chelsea", "astronaut")
    assert not searching.isVisible()
    shapes.setCurrentIndex(shapes.findText("1:1"))
    shapes.activated.emit(shapes.currentIndex())
    editor._around_subject.trigger()
    qtbot.waitUntil(lambda: not editor.isVisible())
    assert place.undo.undoText() == "Crop 2 photos to their subjects"  # the third is square, and all of it is one
    for photo in place.datasets.dataset.photos:
        wide, high = photo.edited_size
        assert abs(wide - high) <= 1
    found = {photo.path.stem: photo.edit for photo in place.datasets.dataset.photos}
    assert found["coffee"].turns == 1
    assert len({edit.crop for edit in found.values()}) == 3
    place.undo.undo()
    assert edits(place) == {"astronaut": NO_EDIT, "chelsea": NO_EDIT, "coffee": PhotoEdit(1)}


def test_the_subject_is_proposed_and_the_clipboard_has_the_edited_pixels(qtbot, place):
    editor = opened(qtbot, place, "coffee")
    with qtbot.waitSignal(place.thumbnails.subject_found):
        editor.controls.subject.click()
        assert not editor.controls.subject.isEnabled()
    assert editor.controls.subject.isEnabled()
    crop = editor.edit.crop
    assert 0 < crop.width * crop.height < 0.95
    editor.apply.click()
    size = place.named("coffee").edited_size
    assert size[0] < 600
    assert size[1] == 400  # a small photo stays as high as it is
    qtbot.waitUntil(place.parts.actions.copy.isEnabled)
    place.parts.actions.copy.trigger()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().image().size().toTuple() == size)


def test_the_keyboard_stays_inside(qtbot, place):
    editor = opened(qtbot, place, "astronaut")
    window = editor.window()
    for key in (KEY.Key_Tab, KEY.Key_Backtab):
        met = {known(window.focusWidget())}
        for _press in range(30):
            qtbot.keyClick(known(window.focusWidget()), key)
            met.add(known(window.focusWidget()))
        assert all(editor.isAncestorOf(widget) for widget in met)
        assert {editor.canvas, editor.controls.shapes, editor.controls.angle, editor.apply, editor.cancel} <= met


def test_it_opens_from_the_full_view_and_leads_back(qtbot, place):
    place.select("astronaut")
    qtbot.waitUntil(place.parts.actions.full_view.isEnabled)
    place.parts.actions.full_view.trigger()
    full = known(place.screen._commands.full_view)
    qtbot.keyClick(full.picture, KEY.Key_C)
    editor = known(place.screen._edits.editor)
    assert editor.isVisible()
    qtbot.keyClick(editor.canvas, KEY.Key_Left, SHIFT)
    qtbot.keyClick(editor.canvas, KEY.Key_Enter)
    assert not editor.isVisible()
    assert full.isVisible()
    assert full.picture.frame.picture.toSize().toTuple() == place.named("astronaut").edited_size != (512, 512)
    child(full, QToolButton, "full.crop").click()
    assert editor.isVisible()
    place.parts.editor.remove([place.named("astronaut")])
    assert not editor.isVisible()


def test_two_photos_are_compared_zoomed_and_moved_together(qtbot, place):
    place.select("coffee", "chelsea")
    qtbot.waitUntil(place.parts.actions.compare.isEnabled)
    place.parts.actions.compare.trigger()
    comparison = known(place.screen._edits.comparison)
    canvas = comparison.canvas
    assert comparison.isVisible()
    left, right = canvas.target(0), canvas.target(1)
    assert left.right() <= canvas.width() / 2 <= right.left()
    for _press in range(4):
        qtbot.keyClick(canvas, KEY.Key_Plus)
    qtbot.keyClick(canvas, KEY.Key_Right)
    for before, now in ((left, canvas.target(0)), (right, canvas.target(1))):
        assert now.width() == pytest.approx(before.width() * 1.25**4)
        assert now.center().x() < before.center().x()
    at = QPoint(canvas.width() // 4, canvas.height() // 2)
    moved = canvas.target(1).left()
    drag(canvas, at, at + QPoint(5, 0))
    assert canvas.target(1).left() > moved
    qtbot.keyClick(canvas, KEY.Key_W)
    qtbot.keyClick(canvas, KEY.Key_0)
    assert canvas.target(0).center() == canvas.target(1).center()
    qtbot.keyClick(canvas, KEY.Key_Left)
    assert canvas.line == pytest.approx(0.48)
    qtbot.keyClick(canvas, KEY.Key_Escape)
    assert not comparison.isVisible()


def test_the_difference_of_two_pictures_is_black_where_they_are_alike(qtbot, place):
    half = PhotoEdit(crop=Crop(0, 0, 1, 0.5))
    place.datasets.set_edits({place.named(stem).photo_id: half for stem in ("chelsea", "coffee")})
    place.select("coffee")
    qtbot.waitUntil(place.parts.actions.before_after.isEnabled)
    place.parts.actions.before_after.trigger()
    comparison = known(place.screen._edits.comparison)
    photo = place.named("coffee")
    comparison.open(Compared(photo, "one"), Compared(photo, "other"), wiping=True)
    qtbot.keyClick(comparison.canvas, KEY.Key_D)
    assert not comparison.wipe.isChecked()
    canvas = comparison.canvas
    qtbot.waitUntil(lambda: all(canvas._image(one) is not None for one in known(canvas._both)))

    def brightest() -> int:
        image = canvas.grab().toImage()
        inside = canvas.target(0).toRect().adjusted(20, 20, -20, -20)
        lines = range(inside.top(), inside.bottom(), 9)
        return max(image.pixelColor(inside.center().x(), y).lightness() for y in lines)

    assert brightest() == 0
    comparison.open(Compared(photo, "one"), Compared(place.named("chelsea"), "other"), wiping=False)
    assert not comparison.difference.isChecked()
    comparison.difference.click()
    qtbot.waitUntil(lambda: brightest() > 100)
    qtbot.keyClick(canvas, KEY.Key_W)
    assert not canvas.differing


def test_before_and_after_shows_the_file_and_what_training_gets(qtbot, place):
    place.datasets.set_edits({place.named("coffee").photo_id: PhotoEdit(2)})
    place.select("coffee")
    qtbot.waitUntil(place.parts.actions.full_view.isEnabled)
    place.parts.actions.full_view.trigger()
    full = known(place.screen._commands.full_view)
    qtbot.keyClick(full.picture, KEY.Key_B)
    comparison = known(place.screen._edits.comparison)

    def corners() -> list[tuple[int, int, int]]:
        image = comparison.canvas.grab().toImage()
        ratio = image.devicePixelRatio()
        places = [comparison.canvas.target(0).topLeft(), comparison.canvas.target(1).bottomRight()]
        inside = ((places[0] + QPoint(6, 6)) * ratio, (places[1] - QPoint(6, 6)) * ratio)
        return [image.pixelColor(at.toPoint()).getRgb()[:3] for at in inside]

    def is_turned() -> bool:
        return all(abs(a - b) < 30 for seen in corners() for a, b in zip(seen, (23, 15, 9), strict=True))

    qtbot.waitUntil(is_turned)  # the file's dark top left is at the bottom right of what is trained
    qtbot.keyClick(comparison.canvas, KEY.Key_Escape)
    assert not comparison.isVisible()
    assert full.isVisible()


def test_a_number_that_is_being_typed_counts_when_the_next_photo_is_wanted(qtbot, place):
    editor = opened(qtbot, place, "astronaut")
    width = editor.controls.numbers["width"]
    width.setFocus()
    width.selectAll()
    qtbot.keyClicks(width, "200")
    qtbot.keyClick(width, KEY.Key_PageDown)
    assert place.named("astronaut").edited_size[0] == 200
    assert known(editor.photo).path.stem == "chelsea"
    assert edits(place)["chelsea"] == NO_EDIT


def test_one_photo_after_the_other_is_cropped_each_a_step(qtbot, place):
    taken = PhotoEdit(crop=Crop(0, 0, 0.5, 1))
    place.datasets.set_edits({place.named("chelsea").photo_id: taken})
    order = place.shown
    assert order == ["astronaut", "chelsea", "coffee"]
    editor = opened(qtbot, place, "astronaut")
    assert not editor.previous.isEnabled()
    shapes = editor.controls.shapes
    shapes.setCurrentIndex(shapes.findText("3:4"))
    shapes.activated.emit(shapes.currentIndex())
    qtbot.keyClick(editor.canvas, KEY.Key_PageDown)
    assert edits(place)["astronaut"].cropped
    assert known(editor.photo).path.stem == known(place.parts.grid.current).path.stem == "chelsea"
    qtbot.keyClick(editor.controls.numbers["width"], KEY.Key_PageDown)  # its own crop has another ratio: it stays
    assert edits(place)["chelsea"] == taken
    assert known(editor.photo).path.stem == "coffee"
    assert shapes.currentText() == "3:4"  # and the next one has it again
    assert not editor.next.isEnabled()
    qtbot.keyClick(editor.canvas, KEY.Key_PageDown)  # there is no further one
    assert editor.isVisible()
    assert edits(place)["coffee"] == NO_EDIT
    editor.previous.click()
    width, height = place.named("coffee").edited_size
    assert width / height == pytest.approx(3 / 4, abs=0.01)
    assert known(editor.photo).path.stem == "chelsea"
    steps = place.undo.count()
    editor.previous.click()
    assert shapes.currentText() == "3:4"
    editor.next.click()  # nothing was changed, so it is no step
    qtbot.keyClick(editor.canvas, KEY.Key_Escape)
    assert not editor.isVisible()
    assert place.undo.count() == steps
    assert [place.undo.text(step) for step in range(place.undo.count())][-2:] == ["Crop and rotate 1 photo"] * 2
    place.undo.undo()
    assert edits(place)["coffee"] == NO_EDIT
    assert edits(place)["astronaut"].cropped
    place.undo.undo()
    assert edits(place)["astronaut"] == NO_EDIT


def test_going_on_stays_among_the_selected_photos(qtbot, place):
    editor = opened(qtbot, place, "astronaut", "coffee")
    editor.next.click()
    assert known(editor.photo).path.stem == "coffee"
    assert not editor.next.isEnabled()
    assert editor.apply_all.isVisible()
    assert sorted(photo.path.stem for photo in place.parts.grid.selected) == ["astronaut", "coffee"]
    editor.cancel.click()
    place.parts.actions.crop.trigger()
    assert editor.controls.shapes.currentIndex() == 0

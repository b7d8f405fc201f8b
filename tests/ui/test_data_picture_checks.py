"""Findings about measured pictures in the drawer: their words, their buttons, and that they can be ignored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageEnhance, ImageFilter
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from segmind_studio.core.datasets import Check, Dataset, Finding, Photo, Severity
from segmind_studio.core.fixes import Fix, FixKind
from segmind_studio.core.photo_edits import NO_EDIT
from segmind_studio.core.photo_order import PhotoOrder
from segmind_studio.services.datasets import measured_checks
from segmind_studio.ui.data.captioning.dialog import CaptionDialog
from segmind_studio.ui.data.checks_drawer import ChecksDrawer
from segmind_studio.ui.data.crop.editor import CropEditor
from segmind_studio.ui.data.filter import Show
from segmind_studio.ui.data.finder import PhotoFinder
from segmind_studio.ui.parts.fix_buttons import FixButtons
from tests.fakes.data_place import DataPlace
from tests.fakes.hosting import hosted
from tests.fakes.image_files import encode, exif, photo
from tests.fakes.train_place import Bench
from tests.fakes.typed import child


@pytest.fixture(scope="module")
def files():
    """Two photos that are blurred, one that is dark, and one that says where it was taken."""
    cup = photo()
    return {
        "soft.jpg": encode(cup.rotate(90, expand=True).filter(ImageFilter.GaussianBlur(3)), "JPEG"),
        "softer.jpg": encode(cup.rotate(270, expand=True).filter(ImageFilter.GaussianBlur(8)), "JPEG"),
        "night.jpg": encode(ImageEnhance.Brightness(cup.rotate(180)).enhance(0.15), "JPEG"),
        "placed.jpg": encode(photo("camera.png"), "JPEG", exif=exif()),
    }


@pytest.fixture
def place(qtbot, tmp_path, files):
    """A place with these and sharp ones."""
    place = DataPlace(tmp_path)
    place.write(5)
    for name, data in files.items():
        (place.photos_folder / name).write_bytes(data)
    place.start()
    place.take_in(qtbot)
    place.parts.actions.checks.trigger()
    qtbot.waitUntil(lambda: known(place) >= {"blurred", "dark", "place-data"}, timeout=20_000)
    qtbot.waitUntil(lambda: not place.thumbnails.measurer.measuring, timeout=20_000)
    place.undo.clear()
    yield place
    place.stop()


def test_of_very_many_photos_the_checks_are_shown_before_these_are_measured(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(measured_checks, "_MANY", 3)
    place = DataPlace(tmp_path)
    place.write(3)
    place.start()
    place.take_in(qtbot)
    place.parts.actions.checks.trigger()
    assert not place.thumbnails.measurer.measuring
    qtbot.waitUntil(lambda: not place.thumbnails.measurer.missing(place.datasets.dataset.photos), timeout=20_000)
    place.stop()


def findings(place) -> dict[str, Finding]:
    drawer: ChecksDrawer = place.parts.drawer
    return {finding.check: finding for finding in drawer.shown}


def known(place) -> set[str]:
    return set(findings(place))


def fix(place, check: Check, kind: FixKind) -> Fix:
    """Press the button of this kind of a finding."""
    about = findings(place)[check]
    for row in place.parts.drawer.findChildren(FixButtons):
        for offered in row.fixes:
            if offered.kind is kind and row.about == about.text:
                row.pressed.emit(offered)
                return offered
    raise AssertionError(f"no button {kind}")


def test_blurred_photos_are_ranked_with_their_values_and_shown_worst_first(qtbot, place):
    blurred = findings(place)[Check.BLURRED]
    names = [place.datasets.dataset.photo(name).path.stem for name in blurred.photo_ids]
    assert names == ["softer", "soft"]
    assert blurred.text.startswith("2 photos are much less sharp than the others. Worst: softer.jpg (")
    assert "% of the usual sharpness)" in blurred.text
    fix(place, Check.BLURRED, FixKind.SHOW)
    assert place.parts.filters.search.text() == "is:blurred"
    assert place.parts.actions.orders[PhotoOrder.SHARPNESS].isChecked()
    qtbot.waitUntil(lambda: place.shown == ["softer", "soft"])


def test_measured_photos_have_badges_lines_and_a_chip_like_others(qtbot, place):
    names = {stem: place.named(stem).photo_id for stem in ("soft", "softer", "night")}
    badges = [place.parts.model.badges[name] for name in names.values()]
    assert badges == [Check.SMALL] * 3  # found first
    fix(place, Check.SMALL, FixKind.ACCEPT)
    measured = [Check.BLURRED, Check.BLURRED, Check.DARK]
    qtbot.waitUntil(lambda: [place.parts.model.badges.get(name) for name in names.values()] == measured)
    assert place.parts.model.counts[Show.PROBLEMS] == len(place.parts.model.troubled) >= 3
    place.select("night")
    lines = place.parts.inspector.photo.findings
    qtbot.waitUntil(lambda: "This photo is too dark." in [finding.text for finding in lines.shown])
    fix(place, Check.DARK, FixKind.ACCEPT)
    qtbot.waitUntil(lambda: not any("dark" in finding.text for finding in lines.shown))
    assert names["night"] not in place.parts.model.badges


def test_one_list_has_them_all_and_the_button_counts_them_too(place):
    assert [finding.key for finding in place.parts.drawer.shown] == \
        [finding.key for finding in place.datasets.package.findings]
    count = sum(finding.severity in {Severity.MUST, Severity.SHOULD} for finding in findings(place).values())
    assert place.parts.actions.checks.text() == f"Checks: {count}"


def test_a_finding_is_ignored_with_the_dataset_and_shown_again(qtbot, place):
    for check in (Check.BLURRED, Check.DARK):
        fix(place, check, FixKind.ACCEPT)
        qtbot.waitUntil(lambda check=check: check not in known(place))
    assert place.undo.undoText() == "Ignore finding"
    qtbot.waitUntil(lambda: Check.IGNORED in known(place))
    qtbot.waitUntil(lambda: findings(place)[Check.IGNORED].text == "2 findings are ignored.")
    fix(place, Check.IGNORED, FixKind.SHOW_IGNORED)
    qtbot.waitUntil(lambda: known(place) >= {"blurred", "dark"})
    place.undo.undo()
    qtbot.waitUntil(lambda: not known(place) & {"blurred", "dark"})


def test_place_data_says_what_is_sent_and_is_removed_by_one_press(qtbot, place):
    found = findings(place)[Check.PLACE_DATA]
    assert found.photo_ids == (place.named("placed").photo_id,)
    assert "removed from uploads" in found.advice  # as usual
    place.settings.update(strip_metadata=False)
    assert "The location is sent too" in findings(place)[Check.PLACE_DATA].advice
    fix(place, Check.PLACE_DATA, FixKind.STRIP)
    assert place.settings.value.strip_metadata
    assert "removed from uploads" in findings(place)[Check.PLACE_DATA].advice
    place.parts.filters.search.setText("has:place")
    assert place.shown == ["placed"]


def test_a_set_of_one_scene_is_shown_by_scenes(qtbot, place):
    """All the cat, at other sizes: the same colours at the same places."""
    place.datasets.remove(frozenset(photo.photo_id for photo in place.datasets.dataset.photos))
    cat = photo("chelsea.png")
    for number in range(10):
        cat.crop((number, 0, 400 + 5 * number, 300)).save(place.photos_folder / f"cat{number}.jpg")
    place.take_in(qtbot, *place.photos_folder.glob("cat*.jpg"))
    qtbot.waitUntil(lambda: Check.FEW_SCENES in known(place), timeout=20_000)
    assert findings(place)[Check.FEW_SCENES].text.startswith("10 photos, 1 scene:")
    assert findings(place)[Check.ONE_SIDED].text == "All 10 photos are wide."
    fix(place, Check.ONE_SIDED, FixKind.CROP)
    assert child(place.screen, CropEditor).isVisible()
    assert len(place.parts.grid.selected) == 10
    child(place.screen, CropEditor).hide()
    fix(place, Check.FEW_SCENES, FixKind.SHOW)
    assert place.parts.actions.orders[PhotoOrder.LIKENESS].isChecked()


@pytest.fixture
def unasked(qtbot, tmp_path, files):
    """Return a maker of places with these photos, in which up to so many are measured unasked."""
    made: list[DataPlace] = []

    def make(most: int) -> DataPlace:
        place = DataPlace(tmp_path, measured_unasked=most)
        made.append(place)
        place.write(5)
        for name, data in files.items():
            (place.photos_folder / name).write_bytes(data)
        place.start()
        place.take_in(qtbot)
        return place

    yield make
    for place in made:
        place.stop()


def checks_of(place) -> dict[str, Finding]:
    return {finding.check: finding for finding in place.datasets.package.findings}


def test_train_warns_of_blurred_photos_that_nobody_asked_about(qtbot, unasked):
    place = unasked(9)
    qtbot.waitUntil(lambda: Check.BLURRED in checks_of(place), timeout=20_000)
    qtbot.waitUntil(lambda: not place.thumbnails.measurer.measuring, timeout=20_000)
    assert not place.parts.drawer.isVisible()
    assert not place.datasets.package.unmeasured_text
    said = checks_of(place)[Check.BLURRED].text
    bench = Bench(qtbot, datasets=place.datasets)
    assert bench.says(said)
    bench.click("train.review")
    assert said in bench.texts(bench.open_review)
    bench.open_review.reject()
    place.select("softer")
    place.parts.actions.exclude.trigger()
    qtbot.waitUntil(lambda: checks_of(place)[Check.BLURRED].photo_ids == (place.named("soft").photo_id,))
    assert checks_of(place)[Check.BLURRED].text in "".join(bench.texts())


def test_a_screen_that_is_built_later_knows_what_was_measured_before(qtbot, unasked):
    place = unasked(9)
    qtbot.waitUntil(lambda: Check.BLURRED in checks_of(place), timeout=20_000)
    qtbot.waitUntil(lambda: not place.thumbnails.measurer.measuring, timeout=20_000)
    place.parts.model.set_measured({}, {})
    PhotoFinder(place.parts)
    place.parts.actions.orders[PhotoOrder.SHARPNESS].setChecked(True)
    assert place.shown[0] == "softer"


def test_after_the_end_nobody_is_asked_what_is_needed(qtbot, unasked):
    """The timer of the last change still runs when the window goes."""
    place = unasked(9)
    asked = []
    place.measured.use_need(lambda: bool(asked.append(True)))
    place.measured.ask_stop()
    place.datasets.set_captions({place.named("soft").photo_id: "a cup"})
    with qtbot.waitSignal(place.datasets.package_changed):
        pass
    assert asked == []


def test_of_more_photos_train_says_that_they_are_measured_on_demand(qtbot, unasked, monkeypatch):
    monkeypatch.setattr("segmind_studio.core.datasets.MEASURED_UNASKED", 8)
    place = unasked(8)
    assert not place.thumbnails.measurer.measuring
    bench = Bench(qtbot, datasets=place.datasets)
    words = place.datasets.package.unmeasured_text
    assert "8" in words
    assert bench.says(words)
    place.parts.actions.checks.trigger()
    qtbot.waitUntil(lambda: Check.BLURRED in checks_of(place), timeout=20_000)
    qtbot.waitUntil(lambda: not place.datasets.package.unmeasured_text, timeout=20_000)
    assert not bench.says(words)


def test_each_action_that_advice_names_has_its_button(qtbot, place):
    image = photo("coffee.png").crop((0, 0, 600, 200))
    (place.photos_folder / "long.jpg").write_bytes(encode(image, "JPEG"))
    place.take_in(qtbot, place.photos_folder / "long.jpg")
    qtbot.waitUntil(lambda: Check.ASPECT in known(place))
    fix(place, Check.ASPECT, FixKind.CROP)
    editor = child(place.screen, CropEditor)
    assert editor.isVisible()
    assert [photo.path.stem for photo in place.parts.grid.selected] == ["long"]
    editor.hide()
    fix(place, Check.NO_CAPTION, FixKind.DESCRIBE)
    dialog = child(place.screen, CaptionDialog)
    assert dialog.isVisible()
    assert len(place.parts.grid.selected) == 10
    dialog.reject()


def test_the_lines_of_very_many_photos_are_made_a_few_at_a_time(qtbot):
    photos = tuple(Photo(f"{number}", Path(f"{number}.jpg")) for number in range(1_000))
    drawer = hosted(qtbot, ChecksDrawer(), 600, 300)
    found = tuple(
        Finding(Check.FUSED, Severity.SHOULD, f"finding {number}", photo_ids=("1",), subject=f"word {number}")
        for number in range(10)
    )
    drawer.set_findings(found, Dataset("many", "Many", photos), "TOK")
    first = [buttons.about for buttons in drawer.findChildren(FixButtons)]
    assert first == [finding.text for finding in found[:len(first)]]
    assert 0 < len(first) < len(found)
    qtbot.waitUntil(lambda: sentences_from_above(drawer) == [finding.text for finding in found])


def test_a_button_with_the_focus_or_the_mouse_on_it_stays_while_the_findings_change(qtbot):
    photos = tuple(Photo(f"{number}", Path(f"{number}.jpg")) for number in range(9))
    drawer = hosted(qtbot, ChecksDrawer(), 600, 300)
    pressed: list[Fix] = []
    drawer.fix_wanted.connect(pressed.append)

    def show(*others: str, ids: tuple[str, ...]) -> None:
        found = [Finding(check, Severity.MUST, f"finding {check}", photo_ids=("1",)) for check in others]
        small = [Finding(Check.SMALL, Severity.SHOULD, f"finding of {len(ids)}", photo_ids=ids)] if ids else []
        drawer.set_findings((*found, *small), Dataset("some", "Some", photos), "TOK")

    def button() -> QPushButton:
        found = [row.buttons[0] for row in drawer.findChildren(FixButtons) if row.about.startswith("finding of")]
        return found[-1]

    show(Check.UNREADABLE, ids=("1", "2"))
    exclude = button()
    exclude.setFocus()
    QTest.mousePress(exclude, Qt.MouseButton.LeftButton)
    show(Check.UNREADABLE, Check.DUPLICATE, ids=("1", "2", "3"))
    assert drawer.window().focusWidget() is exclude is button()
    in_order = ["finding unreadable", "finding duplicate", "finding of 3"]
    qtbot.waitUntil(lambda: sentences_from_above(drawer) == in_order)
    QTest.mouseRelease(exclude, Qt.MouseButton.LeftButton)
    assert [fix.photo_ids for fix in pressed] == [("1", "2", "3")]
    show(Check.DUPLICATE, ids=("1", "2", "3"))
    assert drawer.window().focusWidget() is exclude
    show(Check.DUPLICATE, ids=())
    assert drawer.isAncestorOf(drawer.window().focusWidget())
    assert not isinstance(drawer.window().focusWidget(), QPushButton)  # Space presses nothing


def sentences_from_above(drawer: ChecksDrawer) -> list[str]:
    """Return the sentences of all findings by their places."""
    labels = sorted(drawer.findChildren(QLabel), key=lambda label: label.mapTo(drawer, QPoint()).y())
    return [label.text() for label in labels if label.text().startswith("finding")]


def test_a_photo_that_could_not_be_read_is_measured_when_it_is_back(qtbot, place, tmp_path):
    measurer = place.thumbnails.measurer
    photos = tuple(replace(photo, edit=NO_EDIT.flipped()) for photo in place.datasets.dataset.photos)  # others

    def measured(some: tuple[Photo, ...]) -> int:
        measurer.measure(some)
        qtbot.waitUntil(lambda: not measurer.measuring, timeout=20_000)
        return len(measurer.of(photos))

    aside = photos[0].path.rename(tmp_path / "aside.jpg")
    assert measured(photos) == len(photos) - 1
    aside.rename(photos[0].path)
    measured(photos[1:])  # the app has seen that it was gone
    assert measured(photos) == len(photos)

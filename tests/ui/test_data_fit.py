"""Fit to size: the dialog on real photos, its step and the package bar; what is shown is what is sent."""

from __future__ import annotations

import random

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, Check, Finding, PackageInfo, Severity
from segmind_studio.core.fixes import FixKind, fixes_for
from segmind_studio.core.photo_edits import Crop, PhotoEdit
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit
from segmind_studio.formats import bytes_text
from segmind_studio.services.images.photo_reading import WHOLE, read_image
from segmind_studio.store.library import Library
from segmind_studio.ui.data.crop.words import becomes
from segmind_studio.ui.data.fit.dialog import FitDialog, likeness_words
from tests.fakes.data_place import open_place
from tests.fakes.typed import child, known

pytestmark = pytest.mark.usefixtures("qapp")
SIDES = (1600, 1200)


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 0) as place:
        yield place


def grainy(place, count):
    """Write photos that are large for their pixels, and return the bytes of all."""
    paths = []
    for number in range(count):
        data = random.Random(number).randbytes(SIDES[0] * SIDES[1] * 3 // 4)  # noqa: S311  # a picture
        half = Image.frombytes("RGB", (SIDES[0] // 2, SIDES[1] // 2), data)
        path = place.photos_folder / f"grain-{number}.jpg"
        half.resize(SIDES, Image.Resampling.BICUBIC).save(path, quality=98)
        paths.append(path)
    return sum(path.stat().st_size for path in paths)


def opened(qtbot, place):
    place.parts.actions.fit.trigger()
    dialog = child(place.screen, FitDialog)
    qtbot.waitUntil(lambda: dialog.estimate is not None)
    return dialog


def test_from_too_large_to_small_enough_and_back(qtbot, place):
    whole = grainy(place, 2)
    place.write(1)
    place.take_in(qtbot)
    assert whole > 2_500_000
    dialog = opened(qtbot, place)
    dialog.slider.setFocus()
    qtbot.keyClick(dialog.slider, Qt.Key.Key_Home)
    assert "cannot get smaller" in dialog.note.text()
    qtbot.keyClick(dialog.slider, Qt.Key.Key_Right)
    assert dialog.target == 2_000_000
    assert dialog.facts["after"].text().startswith("about")
    assert "2 of 3 photos are scaled to 1." in dialog.facts["scaled"].text()
    with qtbot.waitSignal(place.datasets.fitter.fitted, timeout=30_000):
        dialog.make.click()
    assert dialog.canvas.isVisibleTo(dialog)
    assert "grain-" in dialog.worst.text()
    made = known(dialog.made)
    assert made.size < 2_000_000
    dialog.use.click()
    qtbot.waitUntil(lambda: place.datasets.package.exact and place.datasets.package.size == made.size)
    assert place.named("astronaut").fit == NO_FIT
    assert place.named("grain-0").fit == made.fit
    assert place.undo.undoText().startswith("Fit to ")
    bar = place.parts.package_bar
    assert " → " in bar._size.text()
    assert bar.unfit.isVisibleTo(bar)
    assert becomes(place.named("grain-0")).startswith("Sent at 1")
    library = Library(place.database)
    qtbot.waitUntil(lambda: made.fit in {
        photo.fit for photo in known(library.load(place.datasets.dataset.dataset_id)).photos
    })
    place.button("data.undo_fit").click()
    qtbot.waitUntil(lambda: place.datasets.package.exact and place.datasets.package.size > whole)
    assert not place.parts.actions.unfit.isEnabled()
    assert not bar.unfit.isVisibleTo(bar)
    place.undo.undo()
    assert place.named("grain-0").fit == made.fit
    place.undo.undo()
    assert {photo.fit for photo in place.datasets.dataset.photos} == {NO_FIT}


def test_photos_that_come_or_grow_after_the_fit_are_fitted_like_the_others(qtbot, place):
    """A file that changes keeps its fit; a photo that the fit left alone gets it when it has become large."""
    grainy(place, 1)
    place.write(1)
    place.take_in(qtbot)
    fit = PhotoFit(1_440_000, 90)
    place.datasets.set_fits({place.named("grain-0").photo_id: fit})
    bar = place.parts.package_bar
    assert not bar.fit_more.isVisibleTo(bar)
    grainy(place, 3)
    larger = place.named("astronaut").path
    Image.new("RGB", SIDES, "navy").save(larger)
    place.take_in(qtbot)
    qtbot.waitUntil(lambda: place.parts.actions.fit_more.text() == "Fit 3 new photos")
    bar.show_package(place.datasets.dataset, PackageInfo(5))  # as once all are decoded
    assert bar._advice.text() == "3 photos not fitted"
    assert not bar.unfit.isVisibleTo(bar)
    place.button("data.fit_more").click()
    assert {photo.fit for photo in place.datasets.dataset.photos} == {fit}
    assert bar.unfit.isVisibleTo(bar)
    assert not place.parts.actions.fit_more.isEnabled()
    assert place.undo.undoText() == "Fit 3 new photos"
    place.undo.undo()
    assert place.named("grain-0").fit == fit
    assert bar.fit_more.isVisibleTo(bar)
    place.parts.editor.remove([place.named(stem) for stem in ("grain-1", "grain-2", "astronaut")])
    assert not bar.fit_more.isVisibleTo(bar)


def test_the_size_of_now_follows_the_package(qtbot, place):
    grainy(place, 1)
    place.take_in(qtbot)
    qtbot.waitUntil(lambda: place.datasets.package.exact)
    before = bytes_text(place.datasets.package.size)
    dialog = opened(qtbot, place)
    assert dialog.facts["now"].text() == before
    place.datasets.set_edits({place.named("grain-0").photo_id: PhotoEdit(crop=Crop(0, 0, 0.2, 0.2))})
    qtbot.waitUntil(lambda: place.datasets.package.exact and bytes_text(place.datasets.package.size) != before)
    assert dialog.facts["now"].text() == bytes_text(place.datasets.package.size)


def test_another_size_drops_the_result_and_closing_changes_nothing(qtbot, place):
    grainy(place, 2)
    place.take_in(qtbot)
    dialog = opened(qtbot, place)
    assert "already small enough" in dialog.note.text()
    assert not dialog.make.isEnabled()
    dialog.slider.setValue(2)
    assert dialog.note.text() == ""
    with qtbot.waitSignal(place.datasets.fitter.fitted, timeout=30_000):
        dialog.make.click()
    assert dialog.use.isEnabled()
    dialog.slider.setValue(50)
    assert not dialog.use.isEnabled()
    dialog.close()
    assert {photo.fit for photo in place.datasets.dataset.photos} == {NO_FIT}
    assert place.undo.count() == 1  # the intake


def test_a_photo_that_is_gone_is_named_and_the_dialog_goes_on(qtbot, place):
    grainy(place, 2)
    place.take_in(qtbot)
    dialog = opened(qtbot, place)
    dialog.slider.setValue(2)
    place.named("grain-1").path.unlink()
    with qtbot.waitSignal(place.datasets.fitter.failed, timeout=30_000):
        dialog.make.click()
    assert dialog.error.isVisibleTo(dialog)
    assert "grain-1.jpg" in dialog.error.accessibleName() + dialog.error._title.text()
    assert not dialog.stop.isVisibleTo(dialog)
    dialog.close()


def test_the_window_shows_what_is_sent(qtbot, place):
    grainy(place, 1)
    place.take_in(qtbot)
    photo = place.named("grain-0")
    fit = PhotoFit(1_440_000, 80)
    whole = read_image(photo.path, WHOLE)
    sent = read_image(photo.path, WHOLE, fit=fit)
    assert (whole.width(), whole.height()) == SIDES
    assert (sent.width(), sent.height()) == (1386, 1039)
    place.datasets.set_fits({photo.photo_id: fit})
    place.select("grain-0")
    with qtbot.waitSignal(place.thumbnails.full_ready) as full:
        place.thumbnails.load_full(place.named("grain-0"))
    (shown,) = known(full.args)
    assert shown.image == sent
    assert shown.shows(place.named("grain-0"))
    assert not shown.shows(photo)


def test_too_large_offers_it_where_it_is_said(place):
    bar = place.parts.package_bar
    bar.show_package(place.datasets.dataset, PackageInfo(3, size=MAX_ARCHIVE_BYTES))
    assert bar.fit.isVisibleTo(bar)
    bar.show_package(place.datasets.dataset, PackageInfo(3, size=MAX_ARCHIVE_BYTES - 1))
    assert not bar.fit.isVisibleTo(bar)
    finding = Finding(Check.TOO_LARGE, Severity.MUST, "")
    assert fixes_for(finding, place.datasets.dataset, "")[0].kind is FixKind.FIT


def test_likeness_in_words():
    words = [likeness_words(value) for value in (0.999, 0.96, 0.92, 0.5)]
    assert len(set(words)) == 4

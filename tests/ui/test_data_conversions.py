"""What is converted on the way is said beside the photo, and the background is a step like any other."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog

from segmind_studio.core.datasets import WHITE, Check
from segmind_studio.ui.data.conversions import BLACK, what_changes, why_it_changes
from tests.fakes.data_place import DataPlace
from tests.fakes.heif_files import HEIFS
from tests.fakes.image_files import encode, photo
from tests.fakes.odd_image_files import cut_out, profile
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def files():
    return {
        "cut.png": encode(cut_out(), "PNG"), "plain.jpg": encode(photo("chelsea.png"), "JPEG"),
        "wide.jpg": encode(photo(), "JPEG", icc_profile=profile("DisplayP3")), "phone.heic": HEIFS["wide"],
        "moving.gif": encode(photo(), "GIF", save_all=True, append_images=[photo().rotate(9)]),
    }


@pytest.fixture
def place(qtbot, tmp_path, files):
    place = DataPlace(tmp_path)
    for name, data in files.items():
        (place.photos_folder / name).write_bytes(data)
    place.start()
    place.take_in(qtbot)
    yield place
    place.stop()


def choose(place: DataPlace, text: str) -> None:
    button = place.parts.inspector.photo.background
    next(action for action in button.menu().actions() if text in action.text()).trigger()


def said(place: DataPlace) -> list[str]:
    shown = place.parts.inspector.photo.findings.shown
    return [f"{line.text} {line.advice}" for line in shown if line.check == Check.CONVERTED]


def test_what_is_converted_stands_beside_the_photo(place):
    for stem, words, choice in (("cut", "transparent → white", True), ("wide", "Display P3 → sRGB", False)):
        place.select(stem)
        place.screen._follow_selection()
        assert any(words in line for line in said(place))
        assert place.parts.inspector.photo.background.isVisibleTo(place.screen) == choice
    for stem, words in (("phone", "HEIF → JPEG"), ("phone", "Training reads only JPEG"),
                        ("moving", "GIF → PNG"), ("moving", "only the first picture")):
        place.select(stem)
        place.screen._follow_selection()
        assert any(words in line for line in said(place))
    place.select("plain")
    place.screen._follow_selection()
    assert said(place) == []
    finding = next(f for f in place.datasets.package.findings if f.check == Check.CONVERTED)
    assert set(finding.photo_ids) == {
        place.named(stem).photo_id for stem in ("cut", "wide", "phone", "moving")
    }


def test_the_background_is_chosen_seen_and_taken_back(qtbot, place):
    place.select("cut")
    place.screen._follow_selection()
    cut = place.named("cut")
    with qtbot.waitSignal(place.thumbnails.background_changed):
        choose(place, "Black")
    assert place.datasets.dataset.background == BLACK
    assert any("black" in line for line in said(place))
    qtbot.waitUntil(lambda: place.thumbnails.image(cut, 128) is not None)
    assert place.thumbnails.image(cut, 128).pixelColor(1, 40).lightness() < 20
    place.undo.undo()
    assert place.datasets.dataset.background == WHITE
    assert any("white" in line for line in said(place))
    qtbot.waitUntil(lambda: place.thumbnails.image(cut, 128) is not None)
    assert place.thumbnails.image(cut, 128).pixelColor(1, 40).lightness() > 230


def test_any_other_colour_can_be_chosen(qtbot, place):
    place.select("cut")
    place.screen._follow_selection()
    choose(place, "Choose")
    dialog = child(place.screen, QColorDialog)
    dialog.setCurrentColor(QColor("#204060"))
    dialog.accept()
    assert place.datasets.dataset.background == "#204060"


def test_every_change_has_its_words():
    kinds = ("turned", "colours:Ada", "print-colours:", "brightness:PQ", "depth", "transparent", "profile:damaged",
             "profile:huge", "tail")
    assert all(what_changes((kind,), WHITE) and why_it_changes((kind,)) for kind in kinds)
    assert what_changes(("of a later version",), WHITE) == ""
    assert "Ada" in what_changes(("colours:Ada",), WHITE)
    assert "#204060" in what_changes(("transparent",), "#204060")

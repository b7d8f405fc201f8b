"""Captions that may be misread, and captions that changed on the disk: the person decides, and may undo it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton

from segmind_studio.core.datasets import Check, ScanReport
from segmind_studio.services.datasets.dataset_changes import CaptionState
from segmind_studio.ui.data.inspector.bulk_edits import EditKind
from segmind_studio.ui.data.inspector.caption_readings import same_way
from tests.fakes.data_place import open_place
from tests.fakes.typed import child

CUP, CAT, ROCKET = "赤いカップ", "机の上の猫", "夜のロケット"


def garbled(text: str) -> str:
    return text.encode("cp932").decode("cp1252", "replace").replace("\ufffd", "?")


def misread(text: str) -> str:
    return text.encode("cp932").decode("iso8859_1")


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 4, astronaut="TOK, a woman") as place:
        yield place


@pytest.fixture
def doubtful(qtbot, place):
    """Make three captions doubtful, and select the first."""
    for stem, text in (("chelsea", CAT), ("coffee", CUP), ("rocket", ROCKET)):
        state = CaptionState(misread(text), misread(text), (text, garbled(text)))
        place.datasets.settle_captions({place.named(stem).photo_id: state})
    with qtbot.waitSignal(place.datasets.package_changed):
        pass
    place.select("chelsea")
    qtbot.waitUntil(place.parts.inspector.photo.readings.isVisible)
    return place


def doubts(place):
    return {photo.path.stem for photo in place.datasets.dataset.photos if photo.caption_readings}


def captions(place):
    return {photo.path.stem: photo.caption for photo in place.datasets.dataset.photos}


def test_doubtful_captions_are_found_and_marked(doubtful):
    finding = next(found for found in doubtful.datasets.package.findings if found.check == Check.MISREAD)
    assert {doubtful.datasets.dataset.photo(name).path.stem for name in finding.photo_ids} == doubts(doubtful)
    model = doubtful.parts.model
    spoken, plain = (
        model.index_of(doubtful.named(stem).photo_id).data(Qt.ItemDataRole.AccessibleTextRole)
        for stem in ("chelsea", "astronaut")
    )
    assert "encoding" in spoken
    assert "misread" not in plain
    doubtful.parts.actions.next_problem.trigger()
    assert doubtful.parts.grid.current.path.stem == "coffee"
    doubtful.parts.actions.checks.setChecked(True)
    button = next(b for b in doubtful.parts.drawer.findChildren(QPushButton) if finding.text in b.accessibleName())
    button.click()
    assert [photo.path.stem for photo in doubtful.parts.grid.selected] == ["chelsea"]  # the choice is there


@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("keep", [False, True])
def test_one_press_settles_a_doubt_and_one_undo_brings_it_back(doubtful, keep, every):
    readings, before = doubtful.parts.inspector.photo.readings, captions(doubtful)
    if every:
        child(doubtful.screen, QCheckBox, "data.readings.all").click()
    (doubtful.button("data.readings.keep") if keep else readings.buttons[0]).click()
    settled = {"chelsea": CAT, "coffee": CUP, "rocket": ROCKET} if every else {"chelsea": CAT}
    assert captions(doubtful) == (before if keep else before | settled)
    assert doubts(doubtful) == {"chelsea", "coffee", "rocket"} - set(settled)
    assert not readings.isVisible()
    assert doubtful.undo.count() == 1
    doubtful.undo.undo()
    assert captions(doubtful) == before
    assert doubts(doubtful) == {"chelsea", "coffee", "rocket"}
    assert readings.isVisible()


def test_writing_by_hand_settles_a_doubt(qtbot, doubtful):
    caption = doubtful.parts.inspector.photo.caption
    qtbot.keyClicks(caption, "a cat")
    assert doubts(doubtful) == {"coffee", "rocket"}
    assert not doubtful.parts.inspector.photo.readings.isVisible()
    doubtful.undo.undo()
    assert doubts(doubtful) == {"chelsea", "coffee", "rocket"}


def test_an_edit_of_many_leaves_them_in_doubt(qtbot, doubtful):
    doubtful.parts.actions.select_all.trigger()
    form = doubtful.parts.inspector.bulk.form
    qtbot.waitUntil(form.isVisible)
    for kind, text, left in ((EditKind.PREPEND, "TOK, ", True), (EditKind.SET, "TOK", False)):
        form.choose(kind)
        qtbot.keyClicks(child(doubtful.screen, QLineEdit, "data.bulk.text"), text)
        child(doubtful.screen, QPushButton, "data.bulk.apply").click()
        assert doubts(doubtful) == ({"chelsea", "coffee", "rocket"} if left else set())
        if left:
            assert doubtful.named("coffee").caption_readings[0] == f"TOK, {CUP}"
            assert doubtful.named("coffee").caption == f"TOK, {misread(CUP)}"


def test_what_reads_another_way_is_left_alone(doubtful):
    photos = {photo.path.stem: photo for photo in doubtful.datasets.dataset.photos}
    odd = CaptionState("кот".encode().decode("iso8859_1"), "", ("кот",))
    photos["rocket"] = odd.on(photos["rocket"])
    found = same_way(photos["chelsea"], CAT, photos.values())
    assert found == {photos["chelsea"].photo_id: CAT, photos["coffee"].photo_id: CUP}


# -- captions that changed on the disk


@pytest.fixture
def offered(place):
    """Offer two texts: one photo's caption was read and edited, the other never had one."""
    texts = {"astronaut": "TOK, a woman in orange", "coffee": "TOK, a cup"}
    place.datasets.set_captions({place.named("astronaut").photo_id: "my own words"})
    report = ScanReport((), (), 2, offered=tuple((place.named(stem).path, text) for stem, text in texts.items()))
    place.datasets.scan_finished.emit(report)
    return place


@pytest.mark.parametrize("take", [True, False])
def test_captions_on_the_disk_are_taken_or_not_in_one_step(offered, take):
    bar, before = offered.parts.offers, captions(offered)
    assert bar.isVisible()
    assert sorted(bar.lines) == [("", "TOK, a cup"), ("my own words", "TOK, a woman in orange")]
    (bar.take if take else bar.keep).trigger()
    new = {"astronaut": "TOK, a woman in orange", "coffee": "TOK, a cup"}
    assert captions(offered) == (before | new if take else before)
    for stem, text in new.items():
        assert offered.named(stem).original_caption == text  # so it is not offered again
    assert not bar.isVisible()
    assert offered.undo.count() == 1
    offered.undo.undo()
    assert captions(offered) == before
    assert offered.named("coffee").original_caption == ""
    assert bar.isVisible()


def test_an_offer_ends_when_it_is_written_by_hand_or_the_photo_goes(offered):
    bar = offered.parts.offers
    offered.datasets.set_captions({offered.named("coffee").photo_id: "TOK, a cup"})
    assert bar.lines == (("my own words", "TOK, a woman in orange"),)
    offered.datasets.remove([offered.named("astronaut").photo_id])
    assert not bar.isVisible()


def test_another_dataset_is_offered_nothing(offered):
    offered.datasets.new()
    assert not offered.parts.offers.isVisible()


def test_an_offer_may_be_in_doubt_as_well(place):
    path = place.named("coffee").path
    readings = ((path, (CUP,)),)
    report = ScanReport((), (), 1, offered=((path, misread(CUP)),), readings=readings)
    place.datasets.scan_finished.emit(report)
    place.parts.offers.take.trigger()
    assert doubts(place) == {"coffee"}

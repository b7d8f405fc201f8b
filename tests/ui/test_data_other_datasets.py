"""Photos of another dataset, in the real place: chosen in the dialog, added in one step, taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit
from segmind_studio.services.datasets.dataset_changes import CopyOptions, copies_of
from segmind_studio.ui.data.other_datasets import OtherDatasetsDialog
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    """Return the place with a new dataset of one photo; "Cats" has that photo and three others."""
    place = DataPlace(tmp_path)
    place.start()
    paths = place.write(4, chelsea="TOK, a cat", astronaut="TOK, a woman")
    place.take_in(qtbot)
    place.parts.editor.rename("Cats")
    place.datasets.set_edits({place.named("chelsea").photo_id: PhotoEdit(turns=1)})
    place.parts.editor.set_excluded((place.named("coffee"),), excluded=True)
    place.datasets.new("New")
    place.take_in(qtbot, paths[0])
    qtbot.waitUntil(lambda: len(place.datasets.recent) == 2)
    yield place
    place.stop()


@pytest.fixture
def dialog(qtbot, place):
    place.parts.actions.add_other.trigger()
    dialog = child(place.screen, OtherDatasetsDialog)
    qtbot.waitUntil(lambda: len(dialog.model.shown) == 4)
    return dialog


def test_all_photos_come_with_captions_edits_and_exclusion_in_one_step(qtbot, place, dialog):
    assert [one.name for one in dialog.others.datasets] == ["Cats"]  # not the open one
    assert dialog.add.text() == "Add all 4 photos"
    theirs = {photo.path.stem: photo for photo in dialog.model.shown}
    dialog.add.click()
    assert place.shown == ["astronaut", "chelsea", "coffee", "rocket"]
    cat = place.named("chelsea")
    assert (cat.caption, cat.edit, cat.path) == ("TOK, a cat", PhotoEdit(turns=1), theirs["chelsea"].path)
    assert cat.photo_id != theirs["chelsea"].photo_id
    assert place.named("coffee").excluded
    assert place.toasts[-1] == "3 photos added. 1 is already here."
    assert place.undo.undoText() == "Add 3 photos from “Cats”"
    place.undo.undo()
    assert place.shown == ["astronaut"]
    place.undo.redo()
    qtbot.waitUntil(lambda: place.datasets.package.image_count == 3, timeout=30_000)
    assert place.datasets.package.caption_count == 2


def test_only_the_chosen_photos_come_with_what_is_chosen(place, dialog):
    ids = {photo.path.stem: photo.photo_id for photo in dialog.model.shown}
    dialog.photos.select(frozenset({ids["chelsea"], ids["coffee"]}))
    QApplication.sendPostedEvents()
    dialog._count()
    assert dialog.add.text() == "Add 2 photos"
    for box in (dialog.captions, dialog.edits, dialog.exclusion):
        box.setChecked(False)
    dialog.add.click()
    assert place.shown == ["astronaut", "chelsea", "coffee"]
    cat = place.named("chelsea")
    assert (cat.caption, cat.original_caption, cat.edit) == ("", "", NO_EDIT)
    assert not place.named("coffee").excluded


def test_the_step_is_there_after_a_restart(qtbot, tmp_path, place, dialog):
    dialog.add.click()
    dataset_id = place.datasets.dataset.dataset_id
    place.datasets.new("Between")
    with qtbot.waitSignal(place.datasets.dataset_changed):
        place.datasets.open(dataset_id)
    assert len(place.shown) == 4
    place.undo.undo()
    assert place.shown == ["astronaut"]


def test_without_another_dataset_it_says_so(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    try:
        place.parts.actions.add_other.trigger()
        dialog = child(place.screen, OtherDatasetsDialog)
        qtbot.waitUntil(lambda: not dialog.photos.isVisible())
        assert not dialog.add.isEnabled()
        assert not dialog.others.list.isVisible()
    finally:
        place.stop()


def test_a_copy_keeps_the_history_of_its_caption_only_with_the_caption(place):
    photo = replace(place.named("astronaut"), accepted=("fused:tok",), model_caption="TOK, a woman")
    (with_all,) = copies_of((photo,), CopyOptions())
    assert with_all == replace(photo, photo_id=with_all.photo_id, accepted=())
    (bare,) = copies_of((photo,), CopyOptions(captions=False))
    assert (bare.caption, bare.original_caption, bare.model_caption, bare.caption_past) == ("", "", "", ())

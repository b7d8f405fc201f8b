"""Two versions side by side, with real pictures and a real pool."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from segmind_studio.core.runs import ManifestItem, Phase, Run, manifest_text
from segmind_studio.core.versions import ChangeKind, SentFile, sent_files_text
from segmind_studio.services.datasets.versions import versions_of
from segmind_studio.ui.small_picture import SmallPicture
from segmind_studio.ui.versions.dialog import open_versions
from segmind_studio.ui.versions.rows import SIDE
from segmind_studio.ui.versions.sent_files import SentFilesDialog
from tests.fakes.data_place import open_place
from tests.fakes.typed import child, known

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 4, chelsea="TOK, a red cat", coffee="TOK, a cup") as place:
        yield place


def run_of(place, name: str, at: float, dataset_id: str = "") -> Run:
    dataset = place.datasets.dataset
    manifest = manifest_text(versions_of(dataset, ())[0].items())
    return Run(name, "acc", name, Phase.ACCEPTED, at, at, manifest=manifest,
               dataset_id=dataset_id or dataset.dataset_id)


def compared(qtbot, place, runs, run_id=""):
    versions = versions_of(place.datasets.dataset, runs)
    dialog = open_versions(versions, place.thumbnails, place.tasks, place.screen, run_id=run_id)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.summary.text() != "Comparing…")
    return dialog


def test_a_run_and_the_dataset_now_show_what_changed(qtbot, place):
    run = run_of(place, "anna", 5.0)
    place.parts.editor.change_captions({place.named("chelsea").photo_id: "TOK, a blue cat"}, {})
    place.parts.editor.remove((place.named("astronaut"),))
    place.parts.editor.set_excluded((place.named("rocket"),), excluded=True)
    dialog = compared(qtbot, place, (run, run_of(place, "other", 9.0, "another")))
    assert dialog.summary.text() == "2 removed, 1 caption changed, 1 unchanged"
    words, *gone = dialog.rows
    assert "line-through" in words.caption.text()
    assert words.caption.text().count("blue") == words.caption.text().count("red<") == 1
    assert [row.accessibleName() for row in gone] == ["astronaut.jpg: removed", "rocket.jpg: removed"]
    thumbnail = words.findChild(SmallPicture)
    assert thumbnail is not None
    assert not thumbnail.photo.problem
    qtbot.waitUntil(lambda: place.thumbnails.image(thumbnail.photo, SIDE) is not None)
    image = place.thumbnails.image(thumbnail.photo, SIDE)
    assert image is not None
    assert not image.isNull()
    dialog.before.setCurrentIndex(dialog.before.findData("other"))
    qtbot.waitUntil(lambda: dialog.summary.text() == "No difference: 2 photos with the same images and captions.")
    assert dialog.rows == ()


def test_two_runs_of_another_dataset_are_compared_with_each_other(qtbot, place):
    first = run_of(place, "first", 5.0, "elsewhere")
    turned = manifest_text((
        ManifestItem(str(place.named("coffee").path), place.named("coffee").size, 1, "TOK, a cup", 6, "JPEG"),
    ))
    second = replace(first, run_id="second", name="second", created_at=8.0, manifest=turned)
    dialog = compared(qtbot, place, (first, second), "second")
    assert (dialog.before.currentData(), dialog.after.currentData()) == ("first", "second")
    assert dialog.summary.text() == "3 removed, 1 photo changed"
    assert ChangeKind.REMOVED in dialog.rows[-1].change.kinds


def test_the_files_of_a_run_are_listed_with_their_digests_and_copied(qtbot, place):
    files = (SentFile("chelsea.jpg", 240_500, "ab" * 32), SentFile("chelsea.txt", 14, "cd" * 32))
    run = replace(run_of(place, "anna", 5.0), contents=sent_files_text(files))
    dialog = compared(qtbot, place, (run,))
    assert not dialog.files_after.isEnabled()  # the dataset now: nothing of it was sent
    dialog.files_before.click()
    listed = child(dialog, SentFilesDialog)
    qtbot.waitUntil(lambda: listed.table.rowCount() == 2)
    assert listed.sentence.text().startswith("2 files of “anna”, exactly as uploaded.")
    cells = [known(listed.table.item(0, column)).text() for column in range(3)]
    assert cells == ["chelsea.jpg", "240 kB", "ab" * 32]
    listed.table.selectRow(1)
    listed.copy.click()
    assert QGuiApplication.clipboard().text() == f"{'cd' * 32}  chelsea.txt  14"
    listed.table.clearSelection()
    listed.copy.click()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 2


def test_without_a_run_there_is_nothing_to_compare(place):
    versions = versions_of(place.datasets.dataset, ())
    assert open_versions(versions, place.thumbnails, place.tasks, QWidget(place.screen)) is None

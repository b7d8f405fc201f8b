"""The package bar, the export, and datasets as a whole: renamed, begun anew, opened again."""

from __future__ import annotations

import csv
import zipfile

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFileDialog, QInputDialog

from segmind_studio.ui.parts.files_out import FileHandle
from tests.fakes.data_place import open_place
from tests.fakes.typed import child

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 0) as place:
        yield place


def test_the_package_bar_counts_and_leads_on(qtbot, place):
    place.write(3)
    place.take_in(qtbot)
    bar = place.parts.package_bar
    assert bar._count.text() == "3 photos"
    assert bar._size.text().endswith("of 100 MB")
    asked = QSignalSpy(place.screen.train_requested)
    place.button("data.train").click()
    assert asked.count() == 1
    place.select("astronaut")
    place.parts.editor.set_excluded([place.named("astronaut")], excluded=True)
    assert bar._count.text() == "2 of 3 photos"


def test_export_writes_a_zip(qtbot, place, tmp_path):
    place.write(3, chelsea="TOK, a cat")
    place.take_in(qtbot)
    place.button("data.export").click()
    dialog = child(place.screen, QFileDialog, "data.files")
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    target = tmp_path / "out" / "cats.zip"
    target.parent.mkdir()
    with qtbot.waitSignal(place.datasets.exported):
        dialog.fileSelected.emit(str(target.with_suffix("")))  # the ending is added
    dialog.close()
    assert sum(name.endswith(".jpg") for name in zipfile.ZipFile(target).namelist()) == 3
    handle = child(place.screen, FileHandle, "data.exported")
    assert handle.isVisible()
    assert handle.text() == target.name
    handle.click()
    assert QGuiApplication.clipboard().mimeData().urls() == [QUrl.fromLocalFile(str(target))]


def test_the_overview_is_saved_as_tables(qtbot, place, tmp_path):
    place.write(2, chelsea="TOK, a cat", astronaut="TOK, a woman")
    place.take_in(qtbot)
    place.screen.set_trigger_word("TOK")
    with qtbot.waitSignal(place.datasets.package_changed):
        place.datasets.set_trigger_word("TOK")

    def saved(action) -> list[dict[str, str]]:
        action.trigger()
        dialog = child(place.screen, QFileDialog, "data.overview")
        assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
        target = tmp_path / f"{action.text()[:18]}.csv"
        with qtbot.waitSignal(place.datasets.exported):
            dialog.fileSelected.emit(str(target))
        dialog.close()
        qtbot.waitUntil(lambda: not place.screen.findChildren(QFileDialog, "data.overview"))
        assert place.parts.exported.isVisible()
        with target.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    cat = next(row for row in saved(place.parts.actions.save_figures) if row["file"] == "chelsea.jpg")
    photo = place.named("chelsea")
    assert (cat["width"], cat["height"], cat["bytes"]) == (str(photo.width), str(photo.height), str(photo.size))
    said = [cat[name] for name in ("caption", "has_trigger", "in_package", "sharpness")]
    assert said == ["TOK, a cat", "1", "1", ""]
    place.parts.actions.words.setChecked(True)
    words = {row["term"]: row for row in saved(place.parts.actions.save_words)}
    assert (words["tok"]["captions"], words["tok"]["share"]) == ("2", "1.0")
    assert (words["cat"]["captions"], words["cat"]["with_trigger"]) == ("1", "1")


def test_an_export_can_be_cancelled(qtbot, place, tmp_path):
    place.write(3)
    place.take_in(qtbot)
    cancel = place.button("data.cancel_export")
    assert not cancel.isVisible()
    place.datasets.export(tmp_path / "cats.zip")
    assert cancel.isVisible()
    with qtbot.waitSignal(place.datasets.exporting_changed):
        cancel.click()
    assert not cancel.isVisible()
    assert place.parts.package_bar._size.text().endswith("of 100 MB")


def test_the_dataset_is_renamed_and_another_begun(qtbot, place):
    place.write(1)
    place.take_in(qtbot)
    place.parts.actions.rename.trigger()
    dialog = child(place.screen, QInputDialog, "data.rename")
    dialog.setTextValue("Cats")
    dialog.accept()
    assert place.datasets.dataset.name == "Cats"
    assert place.parts.header._name.text() == "Cats"
    place.parts.actions.new.trigger()
    assert place.shown == []
    assert place.undo.count() == 0
    qtbot.waitUntil(lambda: any(summary.name == "Cats" for summary in place.datasets.recent))
    menu = place.parts.header._menu
    with qtbot.waitSignal(place.datasets.dataset_changed):
        next(action for action in menu.actions() if action.text().startswith("Cats")).trigger()
    assert place.shown == ["astronaut"]

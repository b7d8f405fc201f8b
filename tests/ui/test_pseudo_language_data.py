"""The Data place and its dialogs in the pseudo-language, and in the largest text."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QDialog,
    QTabWidget,
    QWidget,
)

from segmind_studio.core.runs import Phase, manifest_text
from segmind_studio.core.trainers import TRAINERS
from segmind_studio.core.versions import SentFile, sent_files_text
from segmind_studio.dataset.captions_back import caption_files, write_captions
from segmind_studio.services.datasets.versions import versions_of
from segmind_studio.ui.data.all_datasets import AllDatasetsDialog
from segmind_studio.ui.data.captioning.dialog import CaptionDialog
from segmind_studio.ui.data.captions_back import CaptionsBackDialog
from segmind_studio.ui.data.crop.editor import CropEditor
from segmind_studio.ui.data.duplicates.dialog import DuplicatesDialog
from segmind_studio.ui.data.file_dialogs import FileDialogs
from segmind_studio.ui.data.fit.dialog import FitDialog
from segmind_studio.ui.data.focus.mode import FocusMode
from segmind_studio.ui.data.glance.window import GlanceWindow
from segmind_studio.ui.data.inspector.comparison import PhotoComparison
from segmind_studio.ui.data.other_datasets import OtherDatasetsDialog
from segmind_studio.ui.versions.dialog import open_versions
from segmind_studio.ui.versions.sent_files import SentFilesDialog
from tests.fakes.data_place import DataPlace
from tests.fakes.language_faults import ERROR, OF_QT, OWN, fault_of, faults
from tests.fakes.run_services import make_run
from tests.fakes.typed import child, known

pytestmark = pytest.mark.usefixtures("pseudo_language")


def test_data(qtbot, tmp_path, opened):
    place = DataPlace(tmp_path)
    place.start()
    try:
        look_at_data(qtbot, place, tmp_path)
        look_at_dialogs_of_data(qtbot, place, opened)
    finally:
        place.stop()


def look_at_data(qtbot, place, tmp_path):
    place.screen.resize(1500, 900)
    empty = faults(place.screen)
    (place.photos_folder / "broken.jpg").write_bytes(b"no picture")
    place.write(4, astronaut="TOK, a woman")
    place.take_in(qtbot)
    own = ("TOK, a woman", "a woman", "broken.jpg", str(tmp_path), "photos", *(f"{name}.jpg" for name in (
        "astronaut", "chelsea", "coffee", "rocket",
    )))
    full = faults(place.screen, *own)
    place.select("astronaut")
    one = faults(place.screen, *own)
    place.select("astronaut", "chelsea")
    several = faults(place.screen, *own)
    place.parts.actions.words.setChecked(True)
    place.parts.words.chosen.emit("tok")
    words = faults(place.screen, *own, "tok", "woman", "a")
    place.parts.actions.words.setChecked(False)
    place.parts.filters.show_all()
    place.select("astronaut", "chelsea")
    place.parts.actions.crop.trigger()
    editor = child(place.screen, CropEditor)
    editor.controls.numbers["width"].setValue(100)
    cropping = faults(editor, *own)
    editor.cancel.click()
    qtbot.waitUntil(place.parts.actions.compare.isEnabled)
    place.parts.actions.compare.trigger()
    cropping += faults(child(place.screen, PhotoComparison), *own)
    child(place.screen, PhotoComparison).hide()
    place.parts.actions.focus.trigger()
    cropping += faults(child(place.screen, FocusMode), *own)
    child(place.screen, FocusMode).hide()
    place.datasets.failed.emit(ERROR)
    in_error = faults(place.screen, *own)
    menus = [action.text() for _menu, action in place.screen.menu_actions() if fault_of(action.text(), OWN)]
    assert [empty, full, one, several, words, cropping, in_error, menus] == [[]] * 8


def look_at_dialogs_of_data(qtbot, place, opened):
    actions = place.parts.actions
    actions.history.trigger()
    assert opened(child(place.screen, QDialog, "data.history_panel")) == []
    place.parts.editor.rename("photos")  # an edit, so that it is stored
    actions.all_datasets.trigger()
    everything = child(place.screen, AllDatasetsDialog)
    qtbot.waitUntil(lambda: bool(everything.chooser.datasets))
    assert opened(everything, "photos", *OF_QT) == []
    place.datasets.new("Holiday")
    qtbot.waitUntil(lambda: len(place.datasets.recent) == 2)
    actions.add_other.trigger()
    others = child(place.screen, OtherDatasetsDialog)
    qtbot.waitUntil(lambda: len(others.model.shown) > 1)
    files = [photo.path.name for photo in others.model.shown]
    assert opened(others, "photos", "TOK, a woman", *files, *OF_QT) == []
    with qtbot.waitSignal(place.datasets.dataset_changed):
        place.datasets.open(next(summary.dataset_id for summary in place.datasets.recent if summary.image_count))
    place.parts.editor.change_captions({place.named("astronaut").photo_id: "TOK"}, {})
    look = partial(caption_files, place.datasets.dataset, Path("/nowhere"))
    back = CaptionsBackDialog(look, write_captions, place.tasks, place.screen)
    back.open()
    qtbot.waitUntil(lambda: back.files.count() == 1)
    assert opened(back, "astronaut.txt", "TOK", *OF_QT) == []
    actions.export_for.trigger()
    trainers = [trainer.name for trainer in TRAINERS]
    assert opened(child(place.screen, QDialog, "data.export_for"), *trainers, *OF_QT) == []
    actions.split.trigger()
    assert opened(child(place.screen, QDialog, "data.split"), "photos", *OF_QT) == []
    manifest = manifest_text(versions_of(place.datasets.dataset, ())[0].items()[:2])
    contents = sent_files_text((SentFile("chelsea.jpg", 5, "ab" * 32),))
    run = replace(make_run("anna", Phase.ACCEPTED), manifest=manifest, contents=contents)
    place.parts.editor.remove((place.named("chelsea"),))
    dialog = known(open_versions(
        versions_of(place.datasets.dataset, (run,)), place.thumbnails, place.tasks, place.screen,
    ))
    qtbot.waitUntil(lambda: len(dialog.rows) > 1)
    names = [photo.path.name for photo in place.datasets.dataset.photos]
    dialog.files_before.click()
    files = child(dialog, SentFilesDialog)
    qtbot.waitUntil(lambda: files.table.rowCount() == 1)
    assert opened(files, "chelsea.jpg", "anna", "ab" * 32, *OF_QT) == []
    assert opened(dialog, "TOK, a woman", "photos", "chelsea.jpg", *names) == []


def test_naming_a_dataset(qtbot, opened):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    FileDialogs(window).ask_name("anna")
    assert opened(child(window, QDialog, "data.rename"), *OF_QT) == []


def test_captions_from_a_model(qtbot, tmp_path, opened):
    place = DataPlace(tmp_path)
    place.start()
    place.write(2)
    place.take_in(qtbot)
    place.parts.actions.describe.trigger()
    dialog = child(place.screen, CaptionDialog)
    form, address = dialog.form, "https://api.example.com/v1"
    form.address.setText(address)
    form.look.setEnabled(False)  # as while it looks
    form.show_models(())
    own = (address, form.address.placeholderText(), "llava", form.instruction.toPlainText())
    assert opened(dialog, *own, *OF_QT) == []
    place.stop()


def test_fit_to_size(qtbot, tmp_path, opened):
    place = DataPlace(tmp_path)
    place.start()
    place.write(2)
    place.take_in(qtbot)
    place.parts.actions.fit.trigger()
    dialog = child(place.screen, FitDialog)
    qtbot.waitUntil(lambda: dialog.estimate is not None)
    assert opened(dialog, *OF_QT) == []
    place.stop()


def test_the_set_at_a_glance(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    place.write(2)
    place.take_in(qtbot)
    place.parts.actions.glance.trigger()
    window = child(place.screen, GlanceWindow)
    try:
        for page in range(child(window, QTabWidget).count()):
            child(window, QTabWidget).setCurrentIndex(page)
            assert faults(window, "astronaut", "chelsea", "jpg") == []
    finally:
        place.stop()


def test_near_duplicates(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    first = place.write(2)[0]
    shutil.copy(first, first.with_name("copy.jpg"))
    place.take_in(qtbot)
    place.parts.actions.duplicates.trigger()
    dialog = child(place.screen, DuplicatesDialog)
    try:
        qtbot.waitUntil(lambda: len(dialog.groups) == 1, timeout=20_000)
        assert faults(dialog) == []
    finally:
        place.stop()

"""Captions: typing, undo, going from photo to photo, edits of many at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.store.library import Library
from segmind_studio.ui.data.filter import Show
from segmind_studio.ui.data.inspector.bulk_edits import EditKind
from segmind_studio.ui.data.inspector.bulk_parts import CaptionPartList, CaptionPartModel
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child, known

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(4, astronaut="TOK, a woman", chelsea="a cat")
    place.start()
    with qtbot.waitSignal(place.datasets.scan_finished):
        place.datasets.add([place.photos_folder])
    place.undo.clear()
    yield place
    place.stop()


@pytest.fixture
def caption(qtbot, place):
    """Return the caption field with the keyboard in it, on the coffee photo."""
    editor = place.parts.inspector.photo.caption
    place.select("coffee")
    qtbot.waitUntil(lambda: place.parts.inspector.photo._photo.path.stem == "coffee")
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    return editor


def test_a_typed_caption_is_stored(qtbot, place, caption):
    qtbot.keyClicks(caption, "TOK, a cup")
    assert place.named("coffee").caption == "TOK, a cup"
    dataset_id = place.datasets.dataset.dataset_id

    def stored() -> bool:
        found = Library(place.database).load(dataset_id)
        return isinstance(found, Dataset) and any(photo.caption == "TOK, a cup" for photo in found.photos)

    qtbot.waitUntil(stored)
    assert caption.textCursor().position() == len("TOK, a cup")


def test_typing_is_one_step_and_undo_reaches_the_field(qtbot, place, caption):
    qtbot.keyClicks(caption, "a cup")
    assert place.undo.count() == 1
    assert place.undo.undoText() == "Edit caption"
    place.undo.undo()
    assert place.named("coffee").caption == ""
    assert caption.toPlainText() == ""
    place.undo.redo()
    assert caption.toPlainText() == "a cup"


def test_writing_over_a_caption_is_one_step(qtbot, place, caption):
    qtbot.keyClicks(caption, "a cup")
    place.parts.editor.end_sitting()
    caption.selectAll()
    qtbot.keyClicks(caption, "a pot")  # the first letter leaves less than there was
    assert place.undo.count() == 2
    place.undo.undo()
    assert caption.toPlainText() == "a cup"


def test_writing_and_deleting_are_two_steps(qtbot, place, caption):
    qtbot.keyClicks(caption, "cups")
    qtbot.keyClick(caption, KEY.Key_Backspace)
    qtbot.keyClick(caption, KEY.Key_Backspace)
    assert place.undo.count() == 2
    place.undo.undo()
    assert caption.toPlainText() == "cups"


def test_each_sitting_is_a_step_of_its_own(qtbot, place, caption):
    qtbot.keyClicks(caption, "one")
    place.parts.grid.setFocus()
    qtbot.waitUntil(place.parts.grid.hasFocus)
    caption.setFocus()
    qtbot.waitUntil(caption.hasFocus)
    qtbot.keyClicks(caption, " two")
    assert place.undo.count() == 2
    place.undo.undo()
    assert caption.toPlainText() == "one"


def test_typing_in_the_middle_leaves_the_cursor_there(qtbot, place, caption):
    qtbot.keyClicks(caption, "a cup")
    qtbot.keyClick(caption, KEY.Key_Home)
    qtbot.keyClicks(caption, "TOK, ")
    assert place.named("coffee").caption == "TOK, a cup"
    assert caption.textCursor().position() == len("TOK, ")


def test_the_windows_undo_key_works_while_typing(qtbot, place, caption):
    action = place.undo.createUndoAction(place.screen)
    action.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
    place.screen.addAction(action)
    qtbot.keyClicks(caption, "a cup")
    qtbot.keyClick(caption, KEY.Key_Z, CONTROL)
    assert place.named("coffee").caption == ""


def test_next_and_previous_while_typing(qtbot, place, caption):
    qtbot.keyClicks(caption, "a cup")
    qtbot.keyClick(caption, KEY.Key_Down, CONTROL)
    qtbot.waitUntil(lambda: place.parts.inspector.photo._photo.path.stem == "rocket")
    assert caption.hasFocus()
    qtbot.keyClicks(caption, "a rocket")
    qtbot.keyClick(caption, KEY.Key_Up, CONTROL)
    qtbot.waitUntil(lambda: caption.toPlainText() == "a cup")
    assert place.named("rocket").caption == "a rocket"
    assert place.undo.count() == 2


def test_a_photo_does_not_vanish_while_its_caption_is_typed(qtbot, place, caption):
    place.parts.filters.chips[Show.NO_CAPTION].click()
    assert place.shown == ["coffee", "rocket"]
    qtbot.keyClicks(caption, "a cup")
    assert place.shown == ["coffee", "rocket"]
    qtbot.keyClick(caption, KEY.Key_Down, CONTROL)
    qtbot.waitUntil(lambda: place.shown == ["rocket"])
    assert caption.hasFocus()


def test_the_trigger_word_stands_out_and_can_be_put_in(qtbot, place, caption):
    place.screen.set_trigger_word("TOK")
    chip = place.parts.inspector.photo.field.insert
    assert chip.isVisible()
    assert chip.text() == "Add “TOK”"
    qtbot.keyClicks(caption, "a cup")
    chip.click()
    assert place.named("coffee").caption == "TOK, a cup"
    assert not chip.isVisible()
    formats = caption.document().firstBlock().layout().formats()
    assert [(part.start, part.length) for part in formats] == [(0, 3)]


def test_files_are_not_pasted_as_text(caption):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/pictures/a.jpg")])
    mime.setText("/pictures/a.jpg")
    assert not caption.canInsertFromMimeData(mime)
    words = QMimeData()
    words.setText("a cup")
    assert caption.canInsertFromMimeData(words)


def bulk_field(place, name: str) -> QLineEdit:
    return child(place.screen, QLineEdit, f"data.bulk.{name}")


def test_many_captions_change_in_one_step(qtbot, place):
    place.parts.grid.selectAll()
    bulk = place.parts.inspector.bulk
    qtbot.waitUntil(bulk.isVisible)
    assert "4 photos selected" in bulk._heading.text()
    apply = child(place.screen, QPushButton, "data.bulk.apply")
    assert not apply.isEnabled()
    qtbot.keyClicks(bulk_field(place, "text"), "photo of ")
    assert bulk._summary.text() == "4 of 4 captions would change."
    assert bulk._preview.model().index(0, 1).data() == "photo of TOK, a woman"
    apply.click()
    assert place.named("chelsea").caption == "photo of a cat"
    assert place.undo.undoText() == "Change 4 captions"
    assert place.toasts[-1] == "4 captions changed."
    place.undo.undo()
    assert place.named("chelsea").caption == "a cat"
    assert place.named("coffee").caption == ""


def test_the_preview_of_very_many_captions_never_holds_the_window(qtbot, place):
    many = tuple(replace(place.named("chelsea"), photo_id=f"{n}", caption=f"cat {n}") for n in range(1_200))
    bulk, apply = place.parts.inspector.bulk, child(place.screen, QPushButton, "data.bulk.apply")
    bulk.form.choose(EditKind.PREPEND)
    bulk.show_photos(many)
    bulk_field(place, "text").setText("TOK, ")
    assert not apply.isEnabled()  # a part of them was looked at
    bulk_field(place, "text").setText("sks, ")  # what was begun is dropped
    qtbot.waitUntil(apply.isEnabled)
    assert bulk._summary.text().startswith("1200 of 1200 captions would change.")
    with qtbot.waitSignal(bulk.apply) as applied:
        apply.click()
    assert applied.args[0] == {f"{n}": f"sks, cat {n}" for n in range(1_200)}


def test_what_captions_share_is_said(qtbot, place):
    place.datasets.set_captions({place.named("chelsea").photo_id: "TOK, a cat"})
    place.select("astronaut", "chelsea")
    bulk = place.parts.inspector.bulk
    qtbot.waitUntil(bulk.isVisible)
    assert bulk._shared.text() == "2 different captions. All begin with “TOK, a ”."


def test_replace_works_from_the_keyboard_alone(qtbot, place):
    place.parts.grid.setFocus()
    qtbot.keyClick(place.parts.grid, KEY.Key_H, CONTROL)
    find = bulk_field(place, "find")
    qtbot.waitUntil(find.hasFocus)
    qtbot.keyClicks(find, "TOK")
    qtbot.keyClicks(bulk_field(place, "text"), "sks")
    qtbot.keyClick(bulk_field(place, "text"), KEY.Key_Return)
    assert place.named("astronaut").caption == "sks, a woman"
    assert find.text() == ""


def test_trimming_needs_no_text(qtbot, place):
    place.datasets.set_captions({place.named("coffee").photo_id: "  a   cup , "})
    place.parts.grid.selectAll()
    bulk = place.parts.inspector.bulk
    qtbot.waitUntil(bulk.isVisible)
    bulk.form.choose(EditKind.TRIM)
    assert not bulk_field(place, "text").isVisible()
    child(place.screen, QPushButton, "data.bulk.apply").click()
    assert place.named("coffee").caption == "a cup"


def test_parts_are_sorted_by_how_often_the_dataset_has_them(qtbot, place):
    names = [place.named(stem).photo_id for stem in ("astronaut", "chelsea", "coffee")]
    texts = ("TOK, b, a", "TOK, b", "TOK, c, a, b, a")
    with qtbot.waitSignal(place.datasets.package_changed):
        place.datasets.set_captions(dict(zip(names, texts, strict=True)))
    qtbot.waitUntil(lambda: known(place.datasets.package.vocabulary).captions == 3)
    place.parts.grid.selectAll()
    bulk = place.parts.inspector.bulk
    qtbot.waitUntil(bulk.isVisible)
    bulk.form.choose(EditKind.SORT)
    order = child(place.screen, QComboBox, "data.bulk.order")
    order.setCurrentIndex(order.findData("frequent"))
    child(place.screen, QPushButton, "data.bulk.apply").click()
    captions = [place.named(stem).caption for stem in ("astronaut", "chelsea", "coffee")]
    assert captions == ["TOK, b, a", "TOK, b", "TOK, b, a, c"]


def test_the_parts_of_several_captions_are_listed_added_and_removed(qtbot, place):
    stems = ("astronaut", "chelsea", "coffee", "rocket")
    texts = ("TOK, Red hat, sea, sea", "red hat, a cat", "TOK, a red hat here", "")
    names = [place.named(stem).photo_id for stem in stems]
    place.datasets.set_captions(dict(zip(names, texts, strict=True)))
    place.parts.grid.selectAll()
    parts = place.parts.inspector.bulk.parts
    QAbstractItemModelTester(parts.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.waitUntil(lambda: len(parts.rows.shown) == 5)
    assert parts.isVisible()
    assert parts.rows.shown[:2] == [("TOK", 2), ("Red hat", 2)]
    parts.setFocus()
    parts.setCurrentIndex(parts.rows.index(parts.rows.row_of("red hat"), 0))
    qtbot.keyClick(parts, KEY.Key_Return, CONTROL)
    assert [place.named(stem).caption for stem in stems] == [
        texts[0], texts[1], "TOK, a red hat here, Red hat", "Red hat",
    ]
    qtbot.waitUntil(lambda: ("Red hat", 4) in parts.rows.shown)
    assert parts.rows.part_at(parts.currentIndex()) == "Red hat"  # the row follows
    qtbot.keyClick(parts, KEY.Key_Delete)
    assert [place.named(stem).caption for stem in stems] == ["TOK, sea, sea", "a cat", texts[2], ""]
    assert parts.rows.row_of("red hat") < 0
    assert parts.currentIndex().row() == 0  # the next one is at its place
    assert place.undo.count() == 2
    place.undo.undo()
    place.undo.undo()
    assert [place.named(stem).caption for stem in stems] == list(texts)
    qtbot.waitUntil(lambda: ("TOK", 2) in parts.rows.shown)
    row = parts.rows.row_of("tok")
    minus = parts.visualRect(parts.rows.index(row, parts.rows.columnCount() - 1)).center()
    qtbot.mouseClick(parts.viewport(), Qt.MouseButton.LeftButton, pos=minus)
    assert place.named("coffee").caption == "a red hat here"
    place.undo.undo()
    qtbot.waitUntil(lambda: ("TOK", 2) in parts.rows.shown)
    name = parts.visualRect(parts.rows.index(parts.rows.row_of("tok"), 0)).center()
    qtbot.mouseClick(parts.viewport(), Qt.MouseButton.LeftButton, pos=name)
    assert place.shown == ["astronaut", "coffee"]
    assert sorted(photo.path.stem for photo in place.parts.grid.selected) == ["astronaut", "coffee"]
    place.parts.filters.show_all()
    assert len(place.parts.grid.selected) == 4  # as before


def test_the_parts_of_very_many_captions_are_counted_between_other_events(qtbot):
    parts = CaptionPartModel()
    with qtbot.waitSignal(parts.modelReset):
        parts.show_captions([f"TOK, n{number % 700}" for number in range(2_000)])
    assert parts.shown[0] == ("TOK", 2_000)
    assert len(parts.shown) == 500
    parts.show_captions(["a", "A"])
    assert parts.shown == [("a", 2)]


def test_the_keyboard_stays_on_its_part_of_very_many_captions(qtbot):
    parts = CaptionPartList()
    qtbot.addWidget(parts)
    photos = [Photo(str(number), Path("/a.jpg"), caption=f"TOK, n{number % 3}") for number in range(400)]
    with qtbot.waitSignal(parts.rows.modelReset):
        parts.show_photos(photos)
    parts.setCurrentIndex(parts.rows.index(parts.rows.row_of("n2"), 0))
    with qtbot.waitSignal(parts.rows.modelReset):
        parts.show_photos([replace(photo, caption=f"{photo.caption}, n2") for photo in photos])
    assert parts.rows.part_at(parts.currentIndex()) == "n2"


def test_a_long_list_of_parts_is_not_measured_whole_when_it_is_shown_or_hidden(qtbot, monkeypatch):
    asked: set[int] = set()
    data = CaptionPartModel.data

    def noted(self, index, role=Qt.ItemDataRole.DisplayRole):
        asked.add(index.row())
        return data(self, index, role)

    monkeypatch.setattr(CaptionPartModel, "data", noted)
    parts = CaptionPartList()
    qtbot.addWidget(parts)
    parts.resize(400, 200)
    parts.rows.show_captions(["TOK"] * 20 + [", ".join(f"n{number}" for number in range(400))])
    with qtbot.waitExposed(parts):
        parts.show()
    parts.hide()
    assert 0 < len(asked) < 100
    widest = max(parts.sizeHintForIndex(parts.rows.index(row, 1)).width() for row in range(parts.rows.rowCount()))
    assert parts.header().sectionSize(1) >= widest


def test_tab_goes_through_the_place_in_reading_order(qtbot, place):
    place.select("coffee")
    qtbot.waitUntil(place.parts.inspector.photo.isVisible)
    order = [place.parts.filters.search, place.parts.grid, place.parts.inspector.photo.picture,
             place.parts.inspector.photo.caption, place.parts.package_bar.train]
    place.parts.filters.search.setFocus()
    seen = []
    for _ in range(40):
        seen.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
        if QApplication.focusWidget() is place.parts.filters.search:
            break
    places = [seen.index(widget) for widget in order]
    assert places == sorted(places)


def test_of_very_many_captions_the_list_and_its_current_row_stay_until_all_are_counted(qtbot):
    parts = CaptionPartList()
    qtbot.addWidget(parts)
    rows = parts.rows
    rows.show_captions(["TOK, a cup"] * 3)
    parts.setCurrentIndex(rows.index(rows.row_of("a cup"), 0))
    before = rows.index(0, 1).data()
    rows.show_captions(["a cup"] * 400)
    assert rows.index(0, 1).data() == before
    qtbot.waitUntil(lambda: rows.shown == [("a cup", 400)])
    assert rows.part_at(parts.currentIndex()) == "a cup"
    chosen = []
    parts.chosen.connect(chosen.append)
    parts.activated.emit(QModelIndex())  # where one click activates: of a row that the click removed
    assert chosen == []

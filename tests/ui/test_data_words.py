"""The words of captions, findings about them with their buttons, earlier texts, captions on the clipboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from segmind_studio.core.caption_terms import NO_VOCABULARY, Term
from segmind_studio.core.datasets import Check, Dataset
from segmind_studio.core.fixes import Fix, FixKind, fixes_for
from segmind_studio.store.library import Library
from segmind_studio.ui.data.inspector.bulk_edits import EditKind
from segmind_studio.ui.parts.fix_buttons import FixButtons
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child, known

CAPTIONS = {
    "astronaut": "ohwx woman, red hat, suit", "chelsea": "ohwx woman, red hat, a cat", "coffee": "red hat, ohwx",
    "rocket": "ohwx1 woman, red hat, sky", "motorcycle_left": "ohwx woman, red hat, garage",
    "retina": "ohwx woman, category",
}


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(6, **CAPTIONS)
    place.datasets.set_trigger_word("ohwx")
    place.screen.set_trigger_word("ohwx")
    place.start()
    place.take_in(qtbot, place.photos_folder)
    place.undo.clear()
    qtbot.waitUntil(lambda: (place.datasets.package.vocabulary or NO_VOCABULARY).captions == 6)
    yield place
    place.stop()


def captions(place: DataPlace) -> dict[str, str]:
    return {photo.path.stem: photo.caption for photo in place.datasets.dataset.photos}


def choose_term(place: DataPlace, text: str) -> Term:
    """Set the current row of the list to this term."""
    words = place.parts.words
    words.list.setCurrentIndex(words.model.index(words.model.row_of(text), 0))
    return known(words.model.term_at(words.list.currentIndex()))


def finding(place: DataPlace, check: Check, subject: str = "") -> bool:
    return any((found.check, found.subject) == (check, subject) for found in place.datasets.package.findings)


def press(place: DataPlace, kind: FixKind, key: str = "") -> Fix:
    """Press the button of a finding in the checks drawer."""
    for buttons in place.parts.drawer.findChildren(FixButtons):
        for fix in buttons.fixes:
            if fix.kind is kind and key in {"", fix.key}:
                button = buttons.findChildren(QPushButton)[buttons.fixes.index(fix)]
                button.click()
                return fix
    raise AssertionError(f"no button {kind} {key}")


def test_words_are_listed_with_their_counts_and_choose_photos(qtbot, place):
    place.parts.actions.words.setChecked(True)
    words = place.parts.words
    QAbstractItemModelTester(words.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.waitUntil(words.isVisible)
    assert choose_term(place, "hat").count == 5
    choose_term(place, "cat")
    words.list.clicked.emit(words.list.currentIndex())
    assert place.shown == ["chelsea"]  # not "category"
    search = place.parts.filters.search
    assert search.text() == 'term:"cat"'
    search.setText('is:included term:"cat"')
    choose_term(place, "suit")
    words.list.clicked.emit(words.list.currentIndex())
    assert search.text() == 'term:"suit" is:included'  # in place of the last one; the rest stays
    assert place.shown == ["astronaut"]
    search.clear()
    assert len(place.shown) == 6
    words.kind.setCurrentIndex(words.kind.findData("phrases"))
    assert choose_term(place, "red hat").with_trigger == 4
    words.search.setText("wom")
    assert [term.text for term in words.model.shown] == ["ohwx woman"]
    words.search.clear()
    words.list.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    texts = [term.text for term in words.model.shown]
    assert texts == sorted(texts)


def test_words_and_checks_take_turns(qtbot, place):
    place.parts.actions.checks.setChecked(True)
    place.parts.actions.words.setChecked(True)
    assert place.parts.drawer.isHidden()
    place.parts.actions.checks.setChecked(True)
    assert place.parts.words.isHidden()
    assert not place.parts.drawer.isHidden()


def test_a_word_is_dropped_from_all_and_replaced_in_all(qtbot, place):
    place.parts.actions.words.setChecked(True)
    words = place.parts.words
    words.kind.setCurrentIndex(words.kind.findData("phrases"))
    choose_term(place, "red hat")
    _show, _add, _after, replace, drop, _declare = words.commands
    drop.trigger()
    assert captions(place)["coffee"] == "ohwx"
    assert captions(place)["astronaut"] == "ohwx woman, suit"
    assert place.undo.undoText() == "Remove “red hat”"
    place.undo.undo()
    assert captions(place) == CAPTIONS
    qtbot.waitUntil(lambda: words.model.row_of("red hat") >= 0)
    choose_term(place, "red hat")
    replace.trigger()
    assert len(place.parts.grid.selected) == 5
    child(place.screen, QLineEdit, "data.bulk.text").setText("blue cap")
    child(place.screen, QPushButton, "data.bulk.apply").click()
    assert captions(place)["rocket"] == "ohwx1 woman, blue cap, sky"
    assert place.undo.count() == 1


def test_findings_about_captions_have_buttons_that_mend_them(qtbot, place):
    place.parts.actions.checks.setChecked(True)
    qtbot.waitUntil(lambda: finding(place, Check.TRIGGER_MISSPELT, "ohwx1"))
    press(place, FixKind.REPLACE)
    assert captions(place)["rocket"] == "ohwx woman, red hat, sky"
    press(place, FixKind.LEAD)
    assert captions(place)["coffee"] == "ohwx, red hat"
    press(place, FixKind.REWORD, "red hat")
    assert child(place.screen, QLineEdit, "data.bulk.find").text() == "red hat"
    press(place, FixKind.DROP, "red hat")
    assert captions(place)["astronaut"] == "ohwx woman, suit"
    while place.undo.canUndo():
        place.undo.undo()
    assert captions(place) == CAPTIONS


def test_a_declared_phrase_is_remembered_with_the_dataset(qtbot, place):
    place.parts.actions.checks.setChecked(True)
    qtbot.waitUntil(lambda: finding(place, Check.FUSED, "red hat"))
    fix = press(place, FixKind.ACCEPT, "fused:red hat")
    assert place.undo.undoText() == "Ignore finding"
    qtbot.waitUntil(lambda: not finding(place, Check.FUSED, "red hat") and finding(place, Check.IGNORED))
    dataset_id = place.datasets.dataset.dataset_id

    def stored() -> bool:
        found = Library(place.database).load(dataset_id)
        return isinstance(found, Dataset) and sum(fix.key in photo.accepted for photo in found.photos) == 5

    qtbot.waitUntil(stored)
    press(place, FixKind.SHOW_IGNORED)
    qtbot.waitUntil(lambda: finding(place, Check.FUSED, "red hat"))
    place.undo.undo()
    qtbot.waitUntil(lambda: not finding(place, Check.FUSED, "red hat"))


def test_earlier_captions_are_offered_with_their_writer_and_restored(qtbot, place):
    history = place.parts.inspector.photo.history
    place.select("chelsea")
    qtbot.waitUntil(lambda: place.parts.inspector.photo._photo.path.stem == "chelsea")
    assert history.isHidden()
    editor = place.parts.inspector.photo.caption
    qtbot.keyClicks(editor, ", grass")
    place.parts.editor.end_sitting()
    qtbot.keyClicks(editor, "!")
    photo = place.named("chelsea")
    assert [(past.text, past.by) for past in photo.caption_past] == [
        (CAPTIONS["chelsea"], "file"), (f"{CAPTIONS['chelsea']}, grass", "person"),
    ]
    history.fill()
    now, newer, older = history.menu().actions()
    assert not now.isEnabled()
    assert (now.text(), newer.text().partition(",")[0], older.text().partition(",")[0]) == (
        "Current: written by you", "By you", "From file",
    )
    older.trigger()
    assert place.named("chelsea").caption == CAPTIONS["chelsea"]
    assert editor.toPlainText() == CAPTIONS["chelsea"]
    place.undo.undo()
    assert place.named("chelsea") == photo  # its history too


def test_captions_are_copied_pasted_and_swapped(qtbot, place):
    actions = place.parts.actions
    place.select("astronaut", "chelsea")
    actions.copy_captions.trigger()
    assert QApplication.clipboard().text() == f"{CAPTIONS['astronaut']}\n{CAPTIONS['chelsea']}"
    place.select("coffee", "rocket")
    qtbot.waitUntil(actions.swap_captions.isEnabled)
    actions.paste_captions.trigger()
    assert [captions(place)[stem] for stem in ("coffee", "rocket")] == [
        CAPTIONS["astronaut"], CAPTIONS["chelsea"],
    ]
    actions.swap_captions.trigger()
    assert captions(place)["coffee"] == CAPTIONS["chelsea"]
    assert place.undo.count() == 2
    place.select("astronaut", "chelsea", "retina")
    actions.paste_captions.trigger()
    assert place.toasts[-1].startswith("2 captions were copied, but 3 photos are selected.")
    assert captions(place)["retina"] == CAPTIONS["retina"]
    qtbot.waitUntil(lambda: not actions.swap_captions.isEnabled())


def test_the_bulk_form_changes_what_all_share_and_shows_where_a_pattern_is_wrong(qtbot, place):
    place.select("astronaut", "chelsea", "motorcycle_left")
    form = place.parts.inspector.bulk.form
    text = child(place.screen, QLineEdit, "data.bulk.text")
    form.choose(EditKind.SHARED)
    qtbot.waitUntil(lambda: text.text() == "ohwx woman, red hat")
    text.setText("ohwx woman, blue cap")
    child(place.screen, QPushButton, "data.bulk.apply").click()
    assert captions(place)["chelsea"] == "ohwx woman, blue cap, a cat"
    qtbot.waitUntil(lambda: text.text() == "ohwx woman, blue cap")
    form.choose(EditKind.LEAD)
    assert text.text() == "ohwx"
    form.choose(EditKind.PATTERN)
    assert text.text() == ""
    find, error = child(place.screen, QLineEdit, "data.bulk.find"), child(place.screen, QLabel, "data.bulk.error")
    find.setText("(blue) (cap")
    assert error.text() == "Error at character 8: “(cap”"
    assert not child(place.screen, QPushButton, "data.bulk.apply").isEnabled()
    find.setText("(blue) (cap)")
    text.setText(r"\2 of \1")
    assert error.isHidden()
    child(place.screen, QPushButton, "data.bulk.apply").click()
    assert captions(place)["chelsea"] == "ohwx woman, cap of blue, a cat"
    form.choose(EditKind.CASE)
    case = child(place.screen, QComboBox, "data.bulk.case")
    case.setCurrentIndex(case.findData("upper"))
    child(place.screen, QPushButton, "data.bulk.apply").click()
    assert captions(place)["chelsea"] == "ohwx WOMAN, CAP OF BLUE, A CAT"
    assert captions(place)["retina"] == CAPTIONS["retina"]


def test_a_caption_file_without_a_photo_is_found_and_can_be_ignored(qtbot, place):
    (place.photos_folder / "missing.txt").write_text("TOK, a lost photo", encoding="utf-8")
    place.parts.actions.checks.setChecked(True)
    place.parts.editor.type_caption(place.named("coffee").photo_id, "ohwx, a cup")  # the checks look again
    qtbot.waitUntil(lambda: finding(place, Check.ORPHANS, "missing.txt (1)"))
    texts = [label.text() for label in place.parts.drawer.findChildren(QLabel)]
    assert "1 caption file has no photo: missing.txt." in texts
    (found,) = (found for found in place.parts.drawer.shown if found.check == Check.ORPHANS)
    kinds = [fix.kind for fix in fixes_for(found, place.datasets.dataset, "ohwx")]
    assert kinds == [FixKind.ADD, FixKind.ACCEPT]
    press(place, FixKind.ACCEPT, "orphans:missing.txt (1)")
    qtbot.waitUntil(lambda: not finding(place, Check.ORPHANS, "missing.txt (1)"))
    place.undo.undo()
    qtbot.waitUntil(lambda: finding(place, Check.ORPHANS, "missing.txt (1)"))


def test_a_word_is_added_to_the_selected_photos_by_a_click_or_a_key(qtbot, place):
    place.parts.actions.words.setChecked(True)
    words = place.parts.words
    qtbot.waitUntil(words.isVisible)
    place.parts.grid.clearSelection()
    qtbot.waitUntil(lambda: not words.commands[1].isEnabled())
    sign = words.model.index(0, words.model.columnCount() - 1)
    assert not sign.flags() & Qt.ItemFlag.ItemIsEnabled
    assert words.model.index(0, 0).flags() & Qt.ItemFlag.ItemIsEnabled
    place.select("chelsea", "retina", "coffee")
    qtbot.waitUntil(words.commands[1].isEnabled)
    assert sign.flags() & Qt.ItemFlag.ItemIsEnabled
    words.kind.setCurrentIndex(words.kind.findData("parts"))
    row = words.model.row_of("red hat")
    plus = words.model.index(row, words.model.columnCount() - 1)
    words.list.scrollTo(plus)
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(words.list.viewport(), left, pos=words.list.visualRect(plus).center())
    after = CAPTIONS | {"retina": "ohwx woman, category, red hat"}
    assert captions(place) == after
    assert len(place.shown) == 6  # it does not filter
    assert place.undo.count() == 1
    choose_term(place, "suit")
    qtbot.keyClick(words.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert captions(place)["coffee"] == "red hat, ohwx, suit"
    place.undo.undo()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(words.list, Qt.Key.Key_Return, both)
    assert captions(place) == after | {
        "chelsea": "ohwx woman, suit, red hat, a cat", "retina": "ohwx woman, suit, category, red hat",
        "coffee": "red hat, ohwx, suit",
    }
    place.undo.undo()
    place.undo.undo()
    assert captions(place) == CAPTIONS
    place.select("chelsea")
    qtbot.waitUntil(lambda: len(place.parts.grid.selected) == 1)
    choose_term(place, "red hat")
    words.commands[1].trigger()
    assert captions(place) == CAPTIONS
    assert place.toasts[-1] == "1 already has it."

"""Unknown words in captions: marked, mended from the menu, added to the dataset; and which dictionary is used."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction, QTextCharFormat
from PySide6.QtWidgets import QMenu

from segmind_studio.ui.data.caption_spelling import CaptionSpelling
from tests.fakes.data_place import DataPlace
from tests.fakes.dictionary_files import RULES, write_dictionary
from tests.fakes.typed import child, known

WAVY = QTextCharFormat.UnderlineStyle.SpellCheckUnderline


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(2, astronaut="TOK, \U0001f600 a redd carpett", chelsea="a cat")
    write_dictionary(place.dictionaries)
    write_dictionary(place.dictionaries, "xx", rules=RULES + "COMPOUNDFLAG Cc\n")
    place.start()
    place.take_in(qtbot)
    place.screen.set_trigger_word("TOK")
    place.undo.clear()
    yield place
    place.stop()


@pytest.fixture
def editor(qtbot, place):
    """Return the caption field of the astronaut, with the dictionary there."""
    editor = place.parts.inspector.photo.caption
    place.select("astronaut")
    qtbot.waitUntil(lambda: editor.toPlainText().startswith("TOK"))
    with qtbot.waitSignal(place.spelling.changed):
        place.spelling.start()
    return editor


def marked(editor) -> list[str]:
    block = editor.document().firstBlock()
    units = block.text().encode("utf-16-le")
    waves = [part for part in block.layout().formats() if part.format.underlineStyle() == WAVY]
    return [units[2 * part.start : 2 * (part.start + part.length)].decode("utf-16-le") for part in waves]


def entries(editor, word: str) -> dict[str, QAction]:
    """Open the menu on a word; return its entries, and the menu of dictionaries, by their texts."""
    cursor = editor.document().find(word)
    menu = child(editor, CaptionSpelling).menu(editor.cursorRect(cursor).center())
    return {action.text(): action for action in (*menu.actions(), *child(menu, QMenu).actions())}


def test_unknown_words_are_marked_and_mended_from_the_menu(qtbot, place, editor):
    assert marked(editor) == ["redd", "carpett"]  # the trigger word is none
    menu = entries(editor, "carpett")
    assert list(menu)[:3] == ["carpet", "carpets", "Add “carpett” to this dataset's words"]
    menu["carpet"].trigger()
    assert place.named("astronaut").caption == "TOK, \U0001f600 a redd carpet"
    assert marked(editor) == ["redd"]
    place.undo.undo()
    assert place.named("astronaut").caption == "TOK, \U0001f600 a redd carpett"


def test_a_word_that_is_added_is_known_in_all_captions_until_that_is_undone(qtbot, place, editor):
    entries(editor, "redd")["Add “redd” to this dataset's words"].trigger()
    assert marked(editor) == ["carpett"]
    assert place.undo.undoText() == "Add a word to the dataset"
    place.parts.editor.show_ignored()  # it is no finding
    place.parts.actions.focus.trigger()
    mode = known(place.screen._focus.mode)
    assert marked(mode.field.editor) == ["carpett"]
    mode.hide()
    place.undo.undo()
    assert marked(editor) == ["redd", "carpett"]


def test_the_word_that_is_being_typed_is_not_marked(qtbot, place, editor):
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    qtbot.keyClicks(editor, " catt")
    assert marked(editor) == ["redd", "carpett"]
    qtbot.keyClicks(editor, ",")
    assert marked(editor) == ["redd", "carpett", "catt"]


def test_the_dictionary_is_chosen_in_the_menu(qtbot, place, editor):
    menu = entries(editor, "redd")
    assert menu["en_US"].isChecked()
    with qtbot.waitSignal(place.spelling.changed):
        menu["Off"].trigger()
    assert marked(editor) == []
    with qtbot.waitSignal(place.spelling.changed):
        entries(editor, "redd")["xx"].trigger()
    assert place.settings.value.dictionary.endswith("xx.dic")
    refused = "The dictionary xx uses rules that the app does not support."
    assert not entries(editor, "redd")[refused].isEnabled()
    for path in place.dictionaries.iterdir():
        path.unlink()
    with qtbot.waitSignal(place.spelling.changed):
        place.spelling.choose("")
    assert "No dictionary found. Installing LibreOffice adds some." in entries(editor, "redd")

"""Every caption editor completes words of the dataset and marks unknown ones, wherever a caption is edited."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from segmind_studio.ui.data.caption_spelling import CaptionSpelling
from segmind_studio.ui.data.inspector.caption_editor import CaptionEditor
from segmind_studio.ui.data.inspector.caption_suggestions import CaptionSuggestions
from tests.fakes.data_place import DataPlace, open_place
from tests.fakes.dictionary_files import write_dictionary
from tests.fakes.typed import child, known

KEY = Qt.Key


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 3, astronaut="TOK, red letters", coffee="a cat") as place:
        write_dictionary(place.dictionaries)
        place.screen.set_trigger_word("TOK")
        qtbot.waitUntil(lambda: known(place.datasets.package.vocabulary).captions == 2)
        place.select("coffee")
        yield place


def _inspector(place: DataPlace) -> CaptionEditor:
    place.parts.inspector.photo.caption.setFocus()
    return place.parts.inspector.photo.caption


def _list(place: DataPlace) -> CaptionEditor:
    place.parts.actions.densities["list"].setChecked(True)
    assert place.parts.grid.edit_in_place()
    return known(place.parts.grid.inline.editor)


def _full_view(place: DataPlace) -> CaptionEditor:
    place.parts.actions.full_view.trigger()
    editor = known(place.screen._commands.full_view).caption
    editor.setFocus()
    return editor


def _focus_mode(place: DataPlace) -> CaptionEditor:
    place.parts.actions.focus.trigger()
    return known(place.screen._focus.mode).field.editor


@pytest.mark.parametrize("opened", [_inspector, _list, _full_view, _focus_mode])
def test_words_are_completed_and_unknown_ones_marked(qtbot, place, opened):
    editor = opened(place)
    qtbot.waitUntil(editor.hasFocus)
    suggestions = child(editor, CaptionSuggestions)
    qtbot.keyClicks(editor, ", to")
    assert suggestions.proposed == ("TOK",)
    qtbot.keyClick(editor, KEY.Key_Tab)
    qtbot.keyClicks(editor, ", a redd cat, lett")
    assert suggestions.proposed == ("letters",)
    shown = child(place.screen, QListWidget, "data.caption.suggestions")
    assert shown.isVisible()
    assert place.screen.rect().contains(shown.geometry())
    qtbot.keyClick(editor, KEY.Key_Down)
    qtbot.keyClick(editor, KEY.Key_Return)
    assert editor.hasFocus()
    assert place.named("coffee").caption == "a cat, TOK, a redd cat, letters"
    qtbot.keyClicks(editor, ", lett")
    qtbot.keyClick(editor, KEY.Key_Escape)  # closes the list only
    assert suggestions.proposed == ()
    assert editor.hasFocus()
    qtbot.waitUntil(lambda: place.spelling.dictionary is not None)
    assert "redd" in editor.unknown
    assert "cat" not in editor.unknown
    assert child(editor, CaptionSpelling).menu(editor.cursorRect().center()).actions()


def test_the_list_of_words_goes_with_the_editor_where_the_photos_scroll(qtbot, place):
    editor = _list(place)
    qtbot.waitUntil(editor.hasFocus)
    qtbot.keyClicks(editor, ", re")
    shown = child(place.screen, QListWidget, "data.caption.suggestions")
    before, top = editor.y(), shown.y()
    editor.move(editor.x(), before + 40)
    assert shown.isVisible()
    assert shown.y() == top + 40

"""Captions in the grid: two lines below a tile, and the list in which they are edited in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics

from segmind_studio.core.datasets import Photo
from segmind_studio.ui.data.grid.tile import WordWidths, caption_lines
from segmind_studio.ui.theme.theme import line_height
from tests.fakes.data_place import open_place
from tests.fakes.typed import known

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def place(qtbot, tmp_path):
    with open_place(qtbot, tmp_path, 3, chelsea="TOK, a cat") as place:
        yield place


@pytest.fixture
def listed(qtbot, place):
    """Return the place with its list, the cat selected and the keyboard in the list."""
    place.parts.actions.densities["list"].setChecked(True)
    place.select("chelsea")
    place.parts.grid.setFocus()
    qtbot.waitUntil(place.parts.grid.hasFocus)
    return place


@pytest.mark.parametrize("text", ["one two three four five six seven eight nine ten", "🐈猫" * 60, "word" * 60])
def test_a_long_caption_has_two_lines_and_an_ellipsis(qapp, text):
    font = QFont()
    first, second = caption_lines(text, font, 120, 2)
    assert text.startswith(first)
    assert second.endswith("…")
    assert all(QFontMetrics(font).horizontalAdvance(line) <= 121 for line in (first, second))


def test_words_are_added_up_for_the_same_lines_as_laid_out_ones(qapp):
    font, text = QFont(), "TOK, a cat on a chair, " * 5
    widths = WordWidths(font)
    for width, most in ((120, 2), (300, 1), (300, 3), (4000, 2)):
        lines = widths.lines(text, width, most)
        assert lines is not None
        laid_out = caption_lines(text, font, width, most)
        assert [line for line, _width in lines][:-1] == laid_out[:-1]
        assert lines[-1][0].endswith("…") == laid_out[-1].endswith("…")
        assert all(QFontMetrics(font).horizontalAdvance(line) <= width + 1 for line, _width in lines)
    assert widths.lines("", 120, 2) == []
    assert widths.lines("猫 a", 120, 2) is None
    assert widths.lines("word" * 60, 120, 2) is None


def test_a_short_caption_has_one_line_and_none_has_no_line(qapp):
    assert caption_lines(" a\n cat ", QFont(), 400, 2) == ["a cat"]
    assert caption_lines("", QFont(), 400, 2) == []


def test_tiles_show_the_caption_and_the_smallest_have_no_room_for_it(place):
    grid, heights = place.parts.grid, {}
    for name in ("small", "medium", "list"):
        place.parts.actions.densities[name].setChecked(True)
        heights[name] = grid.cells.height - grid.cells.tile
    assert heights["medium"] - heights["small"] == 2 * line_height(grid.small_font)
    assert grid.cells.columns == 1
    assert grid.cells.width > grid.viewport().width() * 0.9
    assert place.settings.value.density == "list"


def test_a_caption_is_edited_in_the_list_and_the_keys_go_on_to_the_next(qtbot, listed):
    place, grid = listed, listed.parts.grid
    qtbot.keyClick(grid, KEY.Key_Return)
    editor = known(grid.inline.editor)
    assert editor.hasFocus()
    assert editor.accessibleName() == "Caption of chelsea.jpg"
    qtbot.keyClicks(editor, " on a wall")
    assert place.named("chelsea").caption == "TOK, a cat on a wall"
    assert place.parts.inspector.photo.caption.toPlainText() == "TOK, a cat on a wall"
    place.parts.actions.next.trigger()
    qtbot.waitUntil(lambda: editor.toPlainText() == "")
    qtbot.keyClicks(editor, "TOK, a cup")
    assert place.named("coffee").caption == "TOK, a cup"
    assert grid.visualRect(grid.currentIndex()).contains(editor.geometry().center())
    qtbot.keyClick(editor, KEY.Key_Return)
    assert not editor.isVisible()
    assert grid.hasFocus()
    place.undo.undo()
    place.undo.undo()
    assert (place.named("coffee").caption, place.named("chelsea").caption) == ("", "TOK, a cat")


def test_the_field_follows_its_photo_and_goes_with_it(qtbot, listed):
    place, grid = listed, listed.parts.grid
    qtbot.keyClick(grid, KEY.Key_F2)
    editor = known(grid.inline.editor)
    place.parts.editor.type_caption(place.named("chelsea").photo_id, "TOK")
    assert editor.toPlainText() == "TOK"
    place.parts.editor.remove((place.named("astronaut"),))
    qtbot.waitUntil(lambda: grid.visualRect(grid.model().index(0, 0)).contains(editor.geometry().center()))
    place.parts.actions.densities["medium"].setChecked(True)
    assert grid.inline.editor is None
    assert not editor.isVisible()


def test_a_double_click_on_a_caption_edits_it_and_on_the_picture_shows_it_large(qtbot, listed):
    place, grid = listed, listed.parts.grid
    row = grid.visualRect(grid.model().index(place.parts.model.row_of(place.named("coffee").photo_id), 0))
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert known(grid.inline.editor).hasFocus()
    assert isinstance(grid.current, Photo)
    assert grid.current.path.stem == "coffee"
    grid.inline.close()
    for press in (qtbot.mouseClick, qtbot.mouseDClick):
        press(grid.viewport(), Qt.MouseButton.LeftButton, pos=row.topLeft() + QPoint(30, 30))
    assert known(place.screen._commands.full_view).isVisible()

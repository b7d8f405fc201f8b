"""Focus mode: captions one by one with keys alone, completion, the count of tokens, the way back to the grid."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QTextCharFormat
from PySide6.QtWidgets import QLabel, QListWidget

from segmind_studio.core.photo_edits import Crop, PhotoEdit
from segmind_studio.ui.data.filter import Show
from segmind_studio.ui.data.focus.mode import FocusMode
from segmind_studio.ui.data.inspector.caption_suggestions import CaptionSuggestions
from tests.fakes.data_place import DataPlace
from tests.fakes.typed import child, known

KEY, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
DOTTED = QTextCharFormat.UnderlineStyle.DotLine


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(6, astronaut="TOK, a woman, red letters", motorcycle_left="TOK, wheels, red letters")
    place.start()
    place.take_in(qtbot)
    place.screen.set_trigger_word("TOK")
    place.undo.clear()
    yield place
    place.stop()


def opened(qtbot, place, stem: str) -> FocusMode:
    place.select(stem)
    qtbot.waitUntil(lambda: place.parts.actions.focus.isEnabled() and at(place) == stem)
    place.parts.actions.focus.trigger()
    mode = known(place.screen._focus.mode)
    assert mode.isVisible()
    qtbot.waitUntil(mode.field.editor.hasFocus)
    return mode


def at(place) -> str:
    return known(place.parts.grid.current).path.stem


def line(mode, name: str) -> str:
    return child(mode, QLabel, f"focus.{name}").text()


def test_all_captions_by_keys_alone(qtbot, place):
    undo = place.undo.createUndoAction(place.screen)
    undo.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
    place.screen.addAction(undo)
    mode = opened(qtbot, place, "astronaut")
    editor = mode.field.editor
    assert (line(mode, "place"), line(mode, "left"), mode.bar.value()) == ("1 of 6", "2 of 6 with a caption", 2)
    qtbot.keyClick(editor, KEY.Key_Return, CTRL)
    qtbot.keyClicks(editor, "a cat")  # at once, for the photo gone to
    qtbot.keyClick(editor, KEY.Key_PageDown)
    qtbot.keyClicks(editor, "a cup")
    qtbot.keyClick(editor, KEY.Key_Down, CTRL | SHIFT)  # over the motorcycle, which has one
    qtbot.keyClicks(editor, "eye")
    qtbot.keyClick(editor, KEY.Key_Enter, CTRL)
    qtbot.keyClicks(editor, "a rocket")
    assert {photo.path.stem: photo.caption for photo in place.datasets.dataset.photos} == {
        "astronaut": "TOK, a woman, red letters", "chelsea": "a cat", "coffee": "a cup",
        "motorcycle_left": "TOK, wheels, red letters", "retina": "eye", "rocket": "a rocket",
    }
    assert (line(mode, "place"), line(mode, "left")) == ("6 of 6", "All have a caption")
    qtbot.keyClick(editor, KEY.Key_Return, CTRL)  # there is no further one
    assert at(place) == "rocket"
    qtbot.keyClick(editor, KEY.Key_Z, CTRL)
    assert place.named("rocket").caption == editor.toPlainText() == ""
    qtbot.keyClick(editor, KEY.Key_PageUp)
    qtbot.keyClick(editor, KEY.Key_Up, CTRL)
    assert editor.toPlainText() == "TOK, wheels, red letters"
    assert place.undo.count() == 4
    qtbot.keyClick(editor, KEY.Key_Escape)
    assert not mode.isVisible()
    assert at(place) == "motorcycle_left"
    qtbot.waitUntil(place.parts.grid.hasFocus)
    assert not place.undo.isClean()


def test_it_walks_over_what_the_grid_shows_and_keeps_it_until_it_is_left(qtbot, place):
    place.parts.filters.chips[Show.NO_CAPTION].click()
    place.parts.actions.descending.setChecked(True)
    order = list(place.shown)
    assert sorted(order) == ["chelsea", "coffee", "retina", "rocket"]
    mode = opened(qtbot, place, order[0])
    for number, stem in enumerate(order[:3], 1):
        assert (at(place), line(mode, "place")) == (stem, f"{number} of 4")
        qtbot.keyClicks(mode.field.editor, f"photo {stem}")
        qtbot.keyClick(mode.field.editor, KEY.Key_Down, CTRL)
        with qtbot.waitSignal(place.parts.grid.chosen):
            place.parts.grid.chosen.emit()
    assert place.shown == order
    qtbot.keyClick(mode.field.editor, KEY.Key_PageUp)
    qtbot.keyClick(mode.field.editor, KEY.Key_Escape)
    qtbot.waitUntil(lambda: place.shown == order[2:])  # the last two: the one without a caption, and the current
    assert at(place) == order[2]


def test_photos_that_are_excluded_are_not_counted_as_captioned(qtbot, place):
    place.datasets.set_excluded([place.named("retina").photo_id, place.named("astronaut").photo_id], True)
    mode = opened(qtbot, place, "astronaut")
    assert (line(mode, "place"), line(mode, "left")) == ("1 of 6", "1 of 4 with a caption")


def test_words_of_the_set_complete_what_is_typed(qtbot, place):
    qtbot.waitUntil(lambda: known(place.datasets.package.vocabulary).captions == 2)
    mode = opened(qtbot, place, "coffee")
    editor = mode.field.editor
    suggestions = child(editor, CaptionSuggestions)
    qtbot.keyClicks(editor, "to")
    assert suggestions.proposed == ("TOK",)
    qtbot.keyClick(editor, KEY.Key_Tab)
    assert editor.hasFocus()
    qtbot.keyClicks(editor, ", a cup with Red")
    assert suggestions.proposed == ("red letters",)
    qtbot.keyClick(editor, KEY.Key_Return)  # nothing is chosen: it is an empty line
    assert editor.toPlainText() == "TOK, a cup with Red\n"
    qtbot.keyClick(editor, KEY.Key_Backspace)
    qtbot.keyClick(editor, KEY.Key_Down)
    qtbot.keyClick(editor, KEY.Key_Return)
    assert place.named("coffee").caption == "TOK, a cup with Red letters"
    qtbot.keyClicks(editor, " wo")
    assert suggestions.proposed == ("woman",)
    shown = child(place.screen, QListWidget, "data.caption.suggestions")
    assert mode.rect().contains(shown.geometry())
    qtbot.keyClick(editor, KEY.Key_Escape)  # closes the list, then the mode
    assert suggestions.proposed == ()
    assert mode.isVisible()
    qtbot.keyClicks(editor, "m")
    qtbot.keyClick(editor, KEY.Key_PageDown)
    assert suggestions.proposed == ()
    assert at(place) == "motorcycle_left"


def test_the_picture_is_as_training_gets_it_and_tab_stays_inside(qtbot, place):
    photo = place.named("chelsea")
    place.datasets.set_edits({photo.photo_id: PhotoEdit(1, crop=Crop(0, 0, 0.5, 0.5))})
    mode = opened(qtbot, place, "chelsea")
    assert mode.picture.frame.picture.toSize().toTuple() == place.named("chelsea").edited_size
    qtbot.waitUntil(lambda: mode.picture.complete)
    following = place.named("coffee")
    qtbot.waitUntil(lambda: place.thumbnails.image(following, mode.picture._side) is not None)  # it was preloaded
    for _press in range(12):
        qtbot.keyClick(place.screen.focusWidget(), KEY.Key_Tab)
        assert mode.isAncestorOf(place.screen.focusWidget())
    place.select("chelsea")
    place.parts.actions.remove.trigger()
    assert at(place) != "chelsea"
    qtbot.waitUntil(lambda: known(mode.picture.photo).path.stem == at(place))


def test_the_count_of_tokens_and_where_the_text_is_cut(qtbot, place):
    mode = opened(qtbot, place, "coffee")
    field, inspector = mode.field, place.parts.inspector.photo
    qtbot.keyClicks(field.editor, "TOK, a cup")
    qtbot.waitUntil(lambda: inspector.field.tokens.text() == "About 4 tokens")
    long = "TOK, " + "a red cup, " * 20 + "\nand tea"
    place.parts.editor.set_texts({place.named("coffee").photo_id: long}, "")
    assert field.tokens.text() == inspector.field.tokens.text() == "About 84 tokens, 75 used by CLIP"
    first, last = (field.editor.document().findBlockByNumber(number) for number in (0, 1))
    cut = [part for part in first.layout().formats() if part.format.underlineStyle() is DOTTED]
    assert [first.text()[part.start : part.start + part.length] for part in cut] == ["red cup, a red cup, "]
    assert [(part.start, part.length) for part in last.layout().formats()] == [(0, len("and tea"))]
    words = "The caption is long. One of the two text models (CLIP) reads it up to “…red cup, a”."
    qtbot.waitUntil(lambda: words in [finding.text for finding in mode.findings.shown])

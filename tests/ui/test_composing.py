"""Text that is being composed with an input method ends up where it was typed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QMouseEvent
from PySide6.QtWidgets import QDialogButtonBox, QInputDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from segmind_studio.ui.forms.texts import LineEditor, ParagraphEditor
from segmind_studio.ui.parts.composing import replace_text, watch_composing
from segmind_studio.ui.runs.inspector.record import NotesEdit
from tests.fakes.data_place import DataPlace
from tests.fakes.run_services import make_run
from tests.fakes.train_place import Bench
from tests.fakes.typed import child

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, NO_KEY = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
WORDS = "日本語"


def compose(editor, text=WORDS):
    QCoreApplication.sendEvent(editor, QInputMethodEvent(text, []))


def content(editor):
    return editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText()


def focused(qtbot, editor):
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    return editor


@pytest.fixture
def place(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.write(4, astronaut="TOK, a woman")
    place.start()
    place.take_in(qtbot)
    yield place
    place.stop()


def click_in_grid(qtbot, place):
    rect = place.parts.grid.visualRect(place.parts.model.index_of(place.named("rocket").photo_id))
    qtbot.mouseClick(place.parts.grid.viewport(), LEFT, pos=rect.center())


WAYS_ON = {
    "keys": lambda qtbot, place: qtbot.keyClick(place.parts.inspector.photo.caption, KEY.Key_Down, CONTROL),
    "command": lambda _qtbot, place: place.parts.actions.next.trigger(),
    "program": lambda _qtbot, place: place.select("rocket"),
    "click": click_in_grid,
    "several": lambda _qtbot, place: place.parts.actions.select_all.trigger(),
    "none": lambda _qtbot, place: place.parts.grid.clearSelection(),
}


@pytest.mark.parametrize("before", ["", "a cup: "])
@pytest.mark.parametrize("way", WAYS_ON)
def test_a_composed_caption_stays_with_its_photo(qtbot, place, way, before):
    place.datasets.set_captions({place.named("coffee").photo_id: before})
    caption = place.parts.inspector.photo.caption
    place.select("coffee")
    qtbot.waitUntil(lambda: place.parts.grid.current.path.stem == "coffee" and caption.isVisible())
    qtbot.waitUntil(lambda: content(caption) == before)
    focused(qtbot, caption).moveCursor(caption.textCursor().MoveOperation.End)
    compose(caption)
    WAYS_ON[way](qtbot, place)
    qtbot.waitUntil(lambda: place.named("coffee").caption == before + WORDS)
    captions = {photo.path.stem: photo.caption for photo in place.datasets.dataset.photos}
    assert captions == {
        "astronaut": "TOK, a woman", "chelsea": "", "coffee": before + WORDS, "rocket": "",
    }
    if way in {"keys", "command", "program", "click"}:
        qtbot.waitUntil(lambda: content(caption) == "" and place.parts.grid.current.path.stem == "rocket")
    place.undo.undo()
    assert place.named("coffee").caption == before


@pytest.mark.parametrize("command", ["new", "remove"])
def test_a_command_that_takes_the_photo_away_takes_its_composed_words_along(qtbot, place, command):
    dataset_id, caption = place.datasets.dataset.dataset_id, place.parts.inspector.photo.caption
    place.select("coffee")
    qtbot.waitUntil(lambda: place.parts.grid.current.path.stem == "coffee" and caption.isVisible())
    qtbot.waitUntil(lambda: content(caption) == "")
    compose(focused(qtbot, caption))
    getattr(place.parts.actions, command).trigger()  # from a menu bar or assistive technology: no key, no press
    qtbot.waitUntil(lambda: "coffee" not in {photo.path.stem for photo in place.datasets.dataset.photos})
    if command == "new":
        place.datasets.open(dataset_id)
    else:
        place.undo.undo()
    qtbot.waitUntil(lambda: len(place.datasets.dataset.photos) == 4)
    assert place.named("coffee").caption == WORDS


def press_elsewhere(window):
    handle, at = window.windowHandle(), QPointF(window.width() - 3, window.height() - 3)
    everywhere = handle.mapToGlobal(at.toPoint()).toPointF()
    kind = QMouseEvent.Type.MouseButtonPress
    QCoreApplication.sendEvent(handle, QMouseEvent(kind, at, everywhere, LEFT, LEFT, NO_KEY))


ENDS = {
    "focus": lambda _qtbot, editor: editor.clearFocus(),
    "hidden": lambda _qtbot, editor: editor.hide(),
    "press": lambda _qtbot, editor: press_elsewhere(editor.window()),
    "command": lambda qtbot, editor: qtbot.keyClick(editor, KEY.Key_Return, CONTROL),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_every_editor_keeps_what_is_composed(qtbot, kind, end):
    watch_composing()
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    editor = kind("one ")
    editor.setMaximumHeight(60)
    column.addWidget(editor)
    column.addStretch(1)
    window.resize(300, 300)
    window.show()
    window.activateWindow()
    focused(qtbot, editor)
    if isinstance(editor, QPlainTextEdit):
        editor.moveCursor(editor.textCursor().MoveOperation.End)
    compose(editor, "に")
    qtbot.keyClick(editor, KEY.Key_Control)
    compose(editor)  # still composing: no key has been a command
    ENDS[end](qtbot, editor)
    assert content(editor) == "one " + WORDS
    compose(editor, "")  # what an input method may send after a reset
    assert content(editor) == "one " + WORDS


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_text_that_is_replaced_takes_what_is_composed_with_it(qtbot, kind):
    watch_composing()
    editor = kind("old ")
    qtbot.addWidget(editor)
    editor.show()
    editor.activateWindow()
    compose(focused(qtbot, editor))
    seen = []
    editor.textChanged.connect(lambda *_text: seen.append(content(editor)))
    replace_text(editor, "new")
    assert content(editor) == seen[-1] == "new"
    assert any(WORDS in text for text in seen)
    editor.clearFocus()
    assert content(editor) == "new"


def test_notes_stay_with_their_run(qtbot):
    watch_composing()
    notes = NotesEdit()
    qtbot.addWidget(notes)
    notes.show()
    notes.activateWindow()
    one, two = make_run("one"), replace(make_run("two"), notes="about two")
    notes.show_notes(one)
    compose(focused(qtbot, notes))
    with qtbot.waitSignal(notes.noted) as noted:
        notes.show_notes(two)
    assert noted.args == ["one", WORDS]
    assert content(notes) == "about two"


@pytest.mark.parametrize("kind", [LineEditor, ParagraphEditor])
def test_a_field_that_is_set_while_composing_says_what_it_shows(qtbot, kind):
    watch_composing()
    editor = kind("field")
    qtbot.addWidget(editor)
    editor.show()
    editor.activateWindow()
    focused(qtbot, editor.control)
    compose(editor.control)
    edits = []
    editor.edited.connect(edits.append)
    editor.set_value("default")
    assert content(editor.control) == "default"
    assert not edits  # the form holds the new value already
    compose(editor.control)
    editor.control.clearFocus()
    assert [sorted(edit) for edit in edits] == [sorted("default" + WORDS)]  # wherever the cursor was


def test_a_composed_prompt_is_in_the_request(qtbot):
    bench = Bench(qtbot)
    prompt = bench.find("train.field.instance_prompt", QPlainTextEdit)
    compose(focused(qtbot, prompt))
    qtbot.keyClick(prompt, KEY.Key_Return, CONTROL)
    assert WORDS in bench.request["instance_prompt"]


def test_a_name_composed_in_a_dialog_is_taken(qtbot, place):
    place.parts.actions.rename.trigger()
    dialog = child(place.screen, QInputDialog, "data.rename")
    line = child(dialog, QLineEdit)
    qtbot.waitUntil(line.hasFocus)
    compose(line)
    box = child(dialog, QDialogButtonBox)
    qtbot.mouseClick(box.button(QDialogButtonBox.StandardButton.Ok), LEFT)
    assert place.datasets.dataset.name == WORDS

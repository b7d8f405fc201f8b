"""Captions from a model, in the window: a real server, real pictures, nothing changed before the user says so."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QPushButton

from segmind_studio.core.captioning import CaptionEndpoint
from segmind_studio.core.photo_edits import Crop, PhotoEdit
from segmind_studio.core.settings import Settings
from segmind_studio.ui.data.captioning.dialog import CaptionDialog
from segmind_studio.ui.data.captioning.proposal_table import ProposalTable
from segmind_studio.ui.parts import Question
from tests.fakes.data_place import DataPlace
from tests.fakes.scripted_server import HANG, ScriptedServer, json_reply, text_reply
from tests.fakes.typed import child

KEY = "sk-model-0123456789"


def told(text):
    return json_reply({"choices": [{"message": {"content": text}}]})


@pytest.fixture
def server():
    with ScriptedServer([told("a cat on a mat")]) as server:
        yield server


class Asked:
    """A Data place with three photos, two of them without a caption, and the dialog open."""

    def __init__(self, qtbot, folder, server, **settings):
        self.qtbot, self.server = qtbot, server
        self.place = DataPlace(folder, Settings(caption_url=f"{server.url}/v1", caption_model="llava", **settings))
        self.place.start()
        self.place.write(3, coffee="a cup")
        self.place.take_in(qtbot)
        cropped = PhotoEdit(crop=Crop(0.0, 0.0, 0.5, 0.5))
        self.place.datasets.set_edits({self.place.named("astronaut").photo_id: cropped})
        self.place.parts.actions.describe.trigger()
        self.dialog = child(self.place.screen, CaptionDialog, "captioning")
        self.table = child(self.dialog, ProposalTable, "captioning.proposals")

    def press(self, name):
        child(self.dialog, QPushButton, f"captioning.{name}").click()

    def wait_for(self, rows):
        self.qtbot.waitUntil(lambda: self.table.rowCount() == rows and not self.place.writer.busy)

    def captions(self):
        return {photo.path.stem: photo.caption for photo in self.place.datasets.dataset.photos}


@pytest.fixture
def asked(qtbot, tmp_path, server):
    made = []

    def make(**settings):
        made.append(Asked(qtbot, tmp_path, server, **settings))
        return made[0]

    yield make
    made[0].place.stop()


def test_proposals_come_beside_the_captions_and_are_one_step(asked, server):
    it = asked()
    before = it.captions()
    it.press("start")
    it.wait_for(2)  # the one with a caption is left alone
    assert it.captions() == before
    sent = [seen.json()["messages"][0]["content"][1]["image_url"]["url"] for seen in server.seen]
    pictures = [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) for url in sent]
    assert {max(picture.size) <= 1024 and picture.format == "JPEG" for picture in pictures} == {True}
    assert pictures[0].size == it.place.named("astronaut").edited_size  # what is seen is what is described
    it.press("tick_none")
    it.press("tick_all")
    it.press("use")
    assert it.captions() == {"astronaut": "a cat on a mat", "chelsea": "a cat on a mat", "coffee": "a cup"}
    assert it.table.rowCount() == 0
    assert it.place.named("astronaut").caption_by == "model"
    it.place.undo.undo()
    assert it.captions() == before


def test_proposals_are_not_dropped_without_a_word(asked):
    it = asked()
    it.press("start")
    it.wait_for(2)
    it.press("close")
    assert it.dialog.isVisible()
    child(it.dialog, Question).back.click()
    assert (it.dialog.isVisible(), it.table.rowCount()) == (True, 2)
    it.press("use")
    it.press("close")
    assert not it.dialog.isVisible()


def test_failures_are_told_in_their_rows_and_asked_again_by_hand(asked, server):
    server.replies[:] = [text_reply("no", 500), told("a cat")]
    it = asked()
    it.press("start")
    it.wait_for(2)
    assert len(it.table.failed()) == 1
    assert len(it.table.chosen()) == 1
    assert len(server.seen) == 2
    it.press("retry")
    it.qtbot.waitUntil(lambda: len(it.table.chosen()) == 2)
    assert it.table.failed() == ()
    assert len(server.seen) == 3


def test_a_stop_ends_the_call_and_the_rest(asked, server):
    server.replies[:] = [HANG]
    it = asked()
    it.press("start")
    it.qtbot.waitUntil(server.arrived.is_set)
    it.press("cancel")
    it.qtbot.waitUntil(lambda: not it.place.writer.busy)
    assert it.table.rowCount() == 0
    assert len(server.seen) == 1


def test_a_key_is_kept_in_the_keyring_of_its_host_alone(asked, server):
    it = asked()
    child(it.dialog, QLineEdit, "captioning.key").setText(KEY)
    it.press("start")
    it.wait_for(2)
    it.qtbot.waitUntil(lambda: bool(it.place.keyring.kept))
    assert it.place.keyring.kept == {("Tests", f"captions 127.0.0.1:{server.port}"): KEY}
    assert [key.reveal() for key in it.place.secrets[:1]] == [KEY]  # so that no log holds it
    assert KEY not in repr(it.place.settings.value)
    child(it.dialog, QLineEdit, "captioning.address").setText("https://api.example.com/v1")
    assert child(it.dialog, QLineEdit, "captioning.key").text() == ""
    child(it.dialog, QLineEdit, "captioning.address").setText(f"{server.url}/v1")
    it.qtbot.waitUntil(lambda: child(it.dialog, QLineEdit, "captioning.key").text() == KEY)


def test_no_picture_leaves_the_computer_before_the_user_agrees(asked):
    it = asked()
    child(it.dialog, QLineEdit, "captioning.address").setText("https://127.0.0.2:9/v1")
    consent = child(it.dialog, QCheckBox, "captioning.consent")
    assert consent.isVisible()
    assert not consent.isChecked()
    it.press("start")
    assert not it.place.writer.busy
    assert it.place.settings.value.caption_hosts == ()
    consent.setChecked(True)
    it.press("start")
    it.wait_for(2)
    assert len(it.table.failed()) == 2  # nobody is there
    assert it.place.settings.value.caption_hosts == ("127.0.0.2:9",)


def written(dialog) -> QPlainTextEdit:
    return child(dialog, QPlainTextEdit, "captioning.instruction")


def themes(dialog) -> QComboBox:
    return child(dialog, QComboBox, "captioning.theme")


def test_an_instruction_is_kept_for_its_theme_and_filled_in_for_each_photo(asked, server):
    it = asked()
    it.place.screen.set_trigger_word("OHWX")
    it.press("close")
    it.place.parts.actions.describe.trigger()
    it.dialog = it.place.screen.findChildren(CaptionDialog, "captioning")[-1]
    usual, theme = written(it.dialog).toPlainText(), themes(it.dialog).currentData()
    reset = child(it.dialog, QPushButton, "captioning.reset")
    assert not reset.isEnabled()
    written(it.dialog).setPlainText("Say {trigger}: {name} in {folder} {?}")
    themes(it.dialog).setCurrentIndex(themes(it.dialog).findData("STYLE"))
    assert written(it.dialog).toPlainText() != usual
    assert "{name}" not in written(it.dialog).toPlainText()  # each theme has its own
    themes(it.dialog).setCurrentIndex(themes(it.dialog).findData(theme))
    it.press("start")
    it.qtbot.waitUntil(lambda: not it.place.writer.busy)
    asked_for = {seen.json()["messages"][0]["content"][0]["text"] for seen in server.seen}
    assert asked_for == {"Say OHWX: astronaut in photos {?}", "Say OHWX: chelsea in photos {?}"}
    it.press("use")
    it.press("close")
    assert dict(it.place.settings.value.caption_instructions) == {theme: "Say {trigger}: {name} in {folder} {?}"}
    it.place.parts.actions.describe.trigger()
    it.dialog = it.place.screen.findChildren(CaptionDialog, "captioning")[-1]
    assert written(it.dialog).toPlainText().startswith("Say {trigger}")
    it.press("reset")
    assert written(it.dialog).toPlainText() == usual
    it.press("close")
    assert it.place.settings.value.caption_instructions == ()


def test_models_on_this_computer_are_asked_for_by_the_button_alone(asked, server):
    it = asked()
    writer, found = it.place.writer, child(it.dialog, QComboBox, "captioning.found")
    free = child(it.dialog, QLineEdit, "captioning.address")
    assert writer.local_models.ports == (11434, 1234, 8080)
    with ScriptedServer([json_reply({"data": [{"id": "llava"}, {"id": "moondream"}]})]) as local:
        writer.local_models.ports = (local.port, server.port, 9)
        free.setText("")
        assert local.seen == []  # nobody is asked before
        with it.qtbot.waitSignal(writer.local_models.found):
            it.press("look")
        assert [found.itemText(row) for row in range(found.count())] == [
            f"llava · 127.0.0.1:{local.port}", f"moondream · 127.0.0.1:{local.port}",
        ]
        assert found.isVisible()
        assert free.text() == ""  # the user chooses
        found.setCurrentIndex(1)
        found.activated.emit(1)
        assert free.text() == f"http://127.0.0.1:{local.port}/v1"
        assert child(it.dialog, QLineEdit, "captioning.model").text() == "moondream"
        assert [(seen.method, seen.target) for seen in local.seen] == [("GET", "/v1/models")]
    writer.local_models.ports = (9,)
    with it.qtbot.waitSignal(writer.local_models.found):
        it.press("look")
    assert not found.isVisible()
    writer.local_models.found.emit((CaptionEndpoint("http://127.0.0.1:9/v1", "late"),))  # an earlier form asked
    assert free.text() != "http://127.0.0.1:9/v1"
    assert child(it.dialog, QPushButton, "captioning.look").isEnabled()


def test_the_keyboard_and_the_models_stay_with_who_asked_for_them(asked, server):
    it = asked()
    writer, look = it.place.writer, child(it.dialog, QPushButton, "captioning.look")
    found, model = child(it.dialog, QComboBox, "captioning.found"), child(it.dialog, QLineEdit, "captioning.model")
    with ScriptedServer([json_reply({"data": [{"id": "moondream"}]})] * 2) as local:
        writer.local_models.ports = (local.port,)
        before = model.text()
        with it.qtbot.waitSignal(writer.local_models.found):
            writer.local_models.find()  # an earlier dialog, which was closed meanwhile
        assert (found.isVisible(), model.text()) == (False, before)
        look.setFocus()
        it.qtbot.waitUntil(look.hasFocus)
        with it.qtbot.waitSignal(writer.local_models.found):
            it.qtbot.keyClick(look, Qt.Key.Key_Space)
            assert not look.isEnabled()
        assert model.text() == "moondream"
        assert found.hasFocus()

"""Every choice made through accessible actions: what is shown is what holds, and what is sent."""

import json
from functools import partial

import pytest
from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QTableView,
    QTableWidget,
    QToolButton,
    QWidget,
)
from reader import (
    act,
    checkable_buttons,
    checkable_items,
    described,
    interface,
    set_text,
    shown_in_form,
)
from shiboken6 import Shiboken

from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import FIELDS
from segmind_studio.ui.data.filter import PhotoFilterBar
from segmind_studio.ui.data.inspector.bulk_panel import BulkForm
from segmind_studio.ui.data.inspector.caption_readings import CaptionReadings
from segmind_studio.ui.forms import Fold
from segmind_studio.ui.parts import Banner, ErrorBanner
from segmind_studio.ui.runs.inspector.weights import WeightsPanel
from segmind_studio.ui.runs.screen import RunsScreen
from segmind_studio.ui.tryout.controls import TryControls
from tests.fakes.typed import child

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]
PLACES = ("start", "data", "train", "runs", "try", "settings")


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        Image.effect_noise((600, 600 + number), 30 + number).convert("RGB").save(folder / f"photo-{number}.jpg")
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture
def listening():
    """Let the process believe that a screen reader is there."""
    QAccessible.setActive(True)


class Choices:
    """What holds, past the widgets; `shown` adds what is in sight."""

    def __init__(self, studio):
        self.studio = studio
        self.window = studio.window
        self._widgets = []
        self._found = {}

    def find(self, kind, name):
        return self.studio.driver.find(kind, name)

    def kept(self, kind, name):
        """Find what is asked for in every state once, as long as it is there."""
        if name not in self._found or not Shiboken.isValid(self._found[name]):
            self._found[name] = self.find(kind, name)
        return self._found[name]

    def request(self):
        text = self.kept(QPlainTextEdit, "train.request_json").toPlainText()
        try:
            return json.loads(text)
        except ValueError:
            return {"several": text}  # one for each run of a comparison

    def state(self):
        services, window = self.studio.services, self.window
        self._widgets = widgets = window.findChildren(QWidget)  # Python's halves take long to make
        visible = frozenset(Shiboken.getCppPointer(widget)[0] for widget in widgets if widget.isVisible())
        filtered = self.kept(QListView, "data.grid").model().filter
        texts = tuple(widget.rowCount() for widget in widgets if isinstance(widget, QTableWidget))
        texts += tuple(widget.text() for widget in widgets if isinstance(widget, QAbstractButton))
        secrets = tuple(widget.echoMode() for widget in widgets if isinstance(widget, QLineEdit))
        return (
            services.settings.value, self.request(), window.place, services.practice.faults(),
            tuple(widget.requests() for widget in widgets if isinstance(widget, TryControls)),
            child(window, BulkForm).edit, visible, filtered, texts, secrets,
        )

    def form_is_sent_as_shown(self):
        """Compare each field with the request; a comparison sends other values than those of the form."""
        if self.find(QComboBox, "train.sweep.setting").currentData():
            return
        sent = self.request()
        sent |= sent.pop("advance_parameters", {})
        for field in FIELDS:
            if field.key in sent and field.key != "data_source_path":
                shown, value = shown_in_form(self.window, field.key), sent[field.key]
                if isinstance(value, bool):
                    assert shown is value, field.key
                elif field.kind.name in {"INT", "FLOAT"}:
                    assert float(shown) == value, field.key
                else:
                    labels = {str(choice.label) for choice in field.choices if choice.value == value}
                    assert shown in {str(value), *labels}, field.key

    def toggle(self, button):
        """Toggle one; it holds then, unless it is the one of a group that is on already."""
        before, was_on = self.state(), button.isChecked()
        act(button, "Toggle")
        at_once = self.state()  # a fault that plays once may be over a moment later
        self.studio.driver.settle()
        if was_on and button.isChecked():
            assert self.request() == before[1], described(button)
        else:
            assert button.isChecked() != was_on, described(button)
            assert before != at_once or before != self.state(), f"only the picture changed: {described(button)}"
        self.form_is_sent_as_shown()


def unfold_everything(choices):
    for fold in choices.window.findChildren(Fold):
        fold.set_open(open_now=True)
    for banner in choices.window.findChildren(ErrorBanner):
        banner.show_error(StudioError("Told for a test", "Nothing to do", "its details"))
    choices.studio.driver.settle()


def in_banner(button):
    """Return whether a button belongs to a banner, or to what comes with doubtful captions, files, accounts."""
    if button.objectName() in {"runs.all_accounts", "try.filter.more"}:  # of two accounts; of a narrow window
        return True
    part = button.parentWidget()
    while part is not None and not isinstance(part, (Banner, CaptionReadings, WeightsPanel)):
        part = part.parentWidget()
    return part is not None


def views(choices, place):
    """Return what brings each view of a place into sight."""
    find, window = choices.find, choices.window
    if place == "data":
        kind, grid = find(QComboBox, "data.bulk.kind"), find(QListView, "data.grid")
        def edit_many(words):
            child(window, PhotoFilterBar).show_all()  # a chip may hide all photos
            grid.selectAll()
            kind.setCurrentIndex(kind.findText(words))
            choices.studio.driver.wait(child(window, BulkForm).isVisible, "the edit of many captions")

        kinds = [partial(edit_many, words) for words in ("Add at the start", "Find and replace")]
        return (*kinds, grid.selectionModel().clear)
    if place == "train":
        setting = find(QComboBox, "train.sweep.setting")
        compared = [setting.findData(key) for key in ("", "priority", "captioning")]
        return tuple(partial(setting.setCurrentIndex, place) for place in compared)
    if place == "runs":
        commands, table = child(window, RunsScreen).commands, find(QTableView, "runs.table")

        def with_all(action):
            find(QAbstractButton, "runs.filter.all").click()  # another chip may hide all runs
            table.selectAll()
            choices.studio.driver.wait(action.isEnabled, action.text())
            action.trigger()

        def archive():
            find(QAbstractButton, "runs.compare.back").click()
            with_all(commands.archive)
            chip = find(QAbstractButton, "runs.filter.archived")
            choices.studio.driver.wait(chip.isVisible, "the archived runs")

        return (table.selectAll, partial(with_all, commands.compare), archive)
    if place == "settings":
        return (window.update, partial(find(QAbstractButton, "settings.drills").setChecked, True))
    if place == "try":
        return (window.update, partial(make_a_picture, choices))
    return (window.update,)


def make_a_picture(choices):
    choices.find(QAbstractButton, "try.generate").click()
    choices.studio.driver.wait(lambda: bool(choices.studio.services.tryouts.images), "the picture")
    choices.studio.driver.wait(lambda: not choices.studio.services.tryouts.busy, "the end of it")


def test_every_checkable_widget_changes_what_holds(qapp, tmp_path, photos, listening):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photos)
        for place in PLACES:  # each is built when it is first looked at
            studio.window.show_place(place)
            studio.driver.settle()
        choices, seen = Choices(studio), set()
        setting = choices.find(QComboBox, "train.sweep.setting")
        setting.setCurrentIndex(setting.findData("captioning"))
        studio.window.show_place("data")
        fill_in_the_form(studio)
        start_run(studio)
        studio.driver.wait(lambda: len(studio.runs) == 2 and all(run.ready for run in studio.runs), "both models")
        studio.services.settings.update(polling=False)  # a list would play the faults that are played once
        studio.driver.wait(lambda: studio.window.findChild(QWidget, "try.prompt") is not None, "the fields of Try")
        set_text(choices.find(QPlainTextEdit, "try.prompt"), "TOK on the moon")
        for place in PLACES:
            studio.window.show_place(place)
            for bring in views(choices, place):
                bring()
                unfold_everything(choices)
                for button in checkable_buttons(studio.window):
                    if button not in seen and button.isVisible() and not button.objectName().startswith("rail."):
                        seen.add(button)
                        choices.toggle(button)
                        if button.isVisible():
                            choices.toggle(button)
        left = [button for button in checkable_buttons(studio.window) if button not in seen]
        unseen = [button for button in left if not (button.objectName().startswith("rail.") or in_banner(button))]
        assert not unseen, list(map(described, unseen))
        for place in reversed(PLACES):
            act(choices.find(QToolButton, f"rail.{place}"), "Toggle")
            assert studio.window.place == place


def test_every_checkable_menu_item_changes_what_holds(qapp, tmp_path, photos, listening):
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        for place in PLACES:
            studio.window.show_place(place)
            studio.driver.settle()
        studio.window.show_place("data")
        choices = Choices(studio)
        items = checkable_items(studio.window)
        assert len(items) > 15
        for menu, place in items:
            before, action = choices.state(), menu.actions()[place]
            was_on = action.isChecked()
            act_on_item(menu, place)
            studio.driver.settle()
            assert action.isChecked() or not was_on or action.actionGroup() is None, action.text()
            if not was_on:  # what plays the service may need a while
                studio.driver.wait(lambda before=before: choices.state() != before, action.text())


def act_on_item(menu, place):
    interface(menu).child(place).actionInterface().doAction("Press")


CHANGED = {
    "theme": "STYLE", "name": "by-reader", "trigger_word": "OHWX", "instance_prompt": "OHWX on a hill",
    "finetune_type": "LORA", "lora_rank": 16, "priority": "SPEED", "captioning": False, "segmind_public": True,
    "iterations": 150, "learning_rate": 0.0002,
}


def test_every_choice_changed_by_a_reader_is_what_the_service_gets(qapp, tmp_path, photos, listening):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photos)
        choices = Choices(studio)
        act(choices.find(QToolButton, "rail.train"), "Toggle")
        unfold_everything(choices)
        for key, value in CHANGED.items():
            control = choices.find(QWidget, f"train.field.{key}")
            if isinstance(control, QAbstractButton):
                act(control, "Toggle")
            elif isinstance(control, QAbstractSpinBox):
                interface(control).valueInterface().setCurrentValue(value)
            elif isinstance(control, (QLineEdit, QPlainTextEdit)):
                set_text(control, value)
            else:
                act(choices.find(QAbstractButton, f"train.field.{key}.{value}"), "Toggle")
            studio.driver.settle()
        iterations = choices.find(QWidget, "train.field.iterations")
        act(iterations, "Increase")
        act(iterations, "Increase")
        act(iterations, "Decrease")
        studio.driver.settle()
        choices.form_is_sent_as_shown()
        studio.driver.wait(studio.driver.button("train.review").isEnabled, "the review button")
        act(choices.find(QAbstractButton, "train.review"), "Press")
        studio.driver.wait(lambda: studio.window.findChild(QWidget, "review.start") is not None, "the review")
        act(choices.find(QAbstractButton, "review.start"), "Press")
        studio.driver.wait(lambda: bool(studio.jobs()), "the job")
        table = choices.find(QTableView, "runs.table")
        focus = studio.window.focusWidget  # also where the window is not the active one
        studio.driver.wait(lambda: focus() is table, "the keyboard on the new row")
        run_id = studio.runs[0].run_id
        studio.driver.wait(lambda: studio.run(run_id).ready, "the model", 60)
        studio.driver.wait(studio.driver.button("runs.try").isEnabled, "the try button")
        act(studio.driver.button("runs.try"), "Press")
        studio.driver.wait(lambda: studio.window.place == "try", "the Try place")
        prompt = choices.find(QPlainTextEdit, "try.prompt")
        studio.driver.wait(lambda: focus() is prompt, "the keyboard in the prompt")
        set_text(prompt, "OHWX on the moon")
        studio.driver.wait(studio.driver.button("try.generate").isEnabled, "the button")
        studio.driver.button("try.generate").setFocus()
        QTest.keyClick(studio.driver.button("try.generate"), Qt.Key.Key_Space)
        assert focus() is prompt  # the next Space does not leave the place
        wanted = CHANGED | {"iterations": 200}
        assert {key: studio.runs[0].form.value(key) for key in wanted} == wanted  # what was sent, by the journal
        job = studio.jobs()[0]
        assert (job.name, job.instance_prompt, job.public) == ("by-reader", "OHWX on a hill", True)


def test_whatever_takes_the_keyboard_has_a_name(qapp, tmp_path, photos, listening):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photos)
        nameless = set()
        for place in PLACES:
            studio.window.show_place(place)
            studio.driver.settle()
            unfold_everything(Choices(studio))
            for widget in studio.window.findChildren(QWidget):
                takes = widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                takes = takes and widget.focusProxy() is None  # a number box takes it for its line
                if takes and not interface(widget).text(QAccessible.Text.Name).strip():
                    nameless.add(f"{place}: {described(widget)}")
        assert not nameless

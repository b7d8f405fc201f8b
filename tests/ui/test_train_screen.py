"""The Train place as a whole."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QToolButton,
    QWidget,
)

from segmind_studio.core.datasets import Finding, Severity
from segmind_studio.core.errors import (
    StudioError,
)
from segmind_studio.core.form import PRESETS, TrainingForm
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.core.usual_times import UsualTimes
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import capitalised
from segmind_studio.ui.forms import OptionCard
from segmind_studio.ui.small_picture import Mosaic
from tests.fakes.run_services import FakeRuns, FakeSettings, FakeSubmits, make_run
from tests.fakes.train_place import GOOD, Bench, make_train_screen
from tests.fakes.train_services import KEY, PRACTICE, FakeAccounts, FakeDatasets
from tests.fakes.try_service import make_budget_service
from tests.fakes.typed import child


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot)


# -- filling in


def test_every_field_stands_on_the_page_and_in_the_request(qtbot):
    bench = Bench(qtbot, TrainingForm(), count=0)
    for key in ("name", "trigger_word", "data_source_path"):
        assert isinstance(bench.find(f"train.field.{key}"), QLineEdit)
    for value in ("CHARACTER", "PRODUCT", "STYLE", "GENERAL"):
        assert isinstance(bench.find(f"train.field.theme.{value}"), QRadioButton)
    filled = TrainingForm().with_values({"name": "my-model", "instance_prompt": "a photo of TOK"})
    assert bench.request == filled.body("<address of your private upload>")


def test_typing_and_choosing_changes_the_request(bench):
    bench.click("train.field.theme.STYLE")
    line = bench.find("train.field.trigger_word")
    line.selectAll()
    QTest.keyClicks(line, "INK9")
    bench.click("train.preset.thorough")
    assert bench.request["theme"] == "STYLE"
    assert bench.request["trigger_word"] == "INK9"
    assert bench.request["advance_parameters"]["iterations"] == 600
    assert bench.triggers == ["I", "IN", "INK", "INK9"]


def test_the_names_in_the_request_are_shown_by_one_switch(bench):
    def shown():
        return {label.text() for label in bench.screen.findChildren(QLabel)} & {"theme", "iterations", "lora_rank"}
    assert not shown()
    bench.settings.update(api_names=True)
    assert shown() == {"theme", "iterations", "lora_rank"}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_sets_the_fields_that_are_seen(bench, preset):
    bench.screen.load_form(GOOD.with_value("iterations", 777))
    assert not any(bench.find(f"train.preset.{p.key}").isChecked() for p in PRESETS)
    bench.click(f"train.preset.{preset.key}")
    assert bench.find("train.field.iterations").text() == str(preset.values["iterations"])
    assert bench.find(f"train.preset.{preset.key}").isChecked()


def test_the_presets_say_what_they_cost_and_how_long_they_usually_take(bench):
    def notes():
        return [bench.find(f"train.preset.{preset.key}", OptionCard).note for preset in PRESETS]

    forms = [TrainingForm().with_values(preset.values) for preset in PRESETS]
    costs = [capitalised(bench.budgets.form_costs(form, practice=False)[0].text) for form in forms]
    assert notes() == costs
    bench.runs.usual_times = UsualTimes({}, {}, {300: (1080.0, 1500.0)})
    bench.runs.usual_changed.emit()
    assert notes() == [costs[0], f"{costs[1]}\nUsually 18 to 25 min", costs[2]]
    assert "Usually" in bench.find("train.preset.standard").accessibleDescription()


def test_four_of_the_photos_stand_beside_the_dataset_and_more_in_the_review(bench):
    thumbnails = Thumbnails(bench.screen)
    bench.screen.set_thumbnails(thumbnails)
    bench.datasets.show(9)
    shown = [mosaic.photos for mosaic in bench.screen.findChildren(Mosaic) if mosaic.isVisible()]
    assert shown == [bench.datasets.dataset.used[:4]]
    bench.find("train.review", QAbstractButton).click()
    inside = [mosaic.photos for mosaic in bench.open_review.findChildren(Mosaic)]
    assert inside == [(photo,) for photo in bench.datasets.dataset.used[:7]]
    thumbnails.stop()


def test_typing_the_number_of_a_preset_marks_it(bench):
    bench.find("train.field.iterations").lineEdit().setText("120")
    assert bench.find("train.preset.explore").isChecked()
    bench.find("train.field.iterations").lineEdit().setText("121")
    assert not bench.find("train.preset.explore").isChecked()


def test_an_empty_form_does_not_scold_but_says_what_is_to_do(qtbot):
    bench = Bench(qtbot, TrainingForm().with_value("trigger_word", ""), count=0)
    page = bench.row("instance_prompt")
    assert "Prompt is required." not in bench.texts(page)
    assert bench.says("3 things left to do")
    bench.click("train.check")
    assert "Prompt is required." in bench.texts(page)


def test_a_wrong_value_is_worded_at_its_field_and_kept(bench):
    line = bench.find("train.field.name")
    QTest.keyClicks(line, " x")
    assert line.text() == "anna x"
    assert bench.says("Use only letters A to Z")
    assert line.property("bad") is True
    bench.find("train.field.iterations").lineEdit().setText("5000")
    assert bench.says("Iterations must be at most 1000.")
    assert bench.request["advance_parameters"]["iterations"] == 5000


def test_advice_stands_at_its_field(bench):
    bench.find("train.field.instance_prompt").setPlainText("a photo of somebody")
    assert bench.says("does not contain the trigger word")
    bench.find("train.field.learning_rate").lineEdit().setText("0.005")
    bench.click("train.details")
    assert bench.says("500 times the default")


def test_details_are_folded_until_they_hold_something_of_the_persons(qtbot, bench):
    assert not bench.find("train.field.priority").isVisible()
    bench.click("train.details")
    assert bench.find("train.field.priority").isVisible()
    other = Bench(qtbot, GOOD.with_value("priority", "SPEED"))
    assert other.find("train.field.priority.SPEED").isVisible()
    assert other.says("1 changed")


@pytest.mark.parametrize("key", ["captioning", "segmind_public"])
def test_what_replaces_captions_or_shows_the_model_is_never_folded_away(bench, key):
    assert bench.find(f"train.field.{key}").isVisible()
    bench.screen.load_form(GOOD.with_value("priority", "SPEED"))
    bench.click("train.reset_details")
    assert bench.find(f"train.field.{key}").isVisible()


def test_all_details_go_back_at_once(bench, qtbot):
    bench.screen.load_form(GOOD.with_values({"priority": "SPEED", "lora_rank": 16}))
    qtbot.waitUntil(lambda: bench.find("train.reset_details").height() > 0)
    bench.click("train.reset_details")
    assert bench.screen.form.touched == GOOD.touched


# -- photos


def test_without_photos_the_card_leads_to_data(qtbot):
    bench = Bench(qtbot, count=0)
    assert bench.says("No photos yet")
    button = bench.find("train.open_data", QPushButton)
    assert (button.text(), button.property("kind")) == ("Add photos", "primary")
    bench.click("train.open_data")
    assert bench.places == ["data"]


def test_new_photos_show_at_once(qtbot):
    bench = Bench(qtbot, count=0)
    bench.datasets.show(14, 3)
    assert bench.says("14 photos · 12.6 MB · 3 with captions")
    assert bench.says("14 photos, 12.6 MB of 100 MB")
    assert bench.says("Ready, uploaded privately")


def test_findings_and_size_show_on_the_card(bench):
    bench.datasets.show(14, findings=(Finding("dark", Severity.SHOULD, "Two are dark."),))
    assert bench.says("1 warning")
    bench.datasets.show(30, size=120_000_000)
    assert bench.says("limit is 100 MB")


def test_a_public_zip_takes_the_place_of_the_photos(bench):
    bench.click("train.zip")
    QTest.keyClicks(bench.find("train.field.data_source_path"), "https://example.org/a.zip")
    assert bench.says("Not used: the public zip is sent instead")
    assert bench.request["data_source_path"] == "https://example.org/a.zip"
    bench.click("train.review")
    QTest.mouseClick(child(bench.open_review, QPushButton, "review.start"), Qt.MouseButton.LeftButton)
    assert bench.sent[0].dataset is None


# -- the summary


def test_the_summary_says_what_differs_costs_and_who_sees_it(qtbot):
    bench = Bench(qtbot, GOOD.with_values({"iterations": 120, "segmind_public": True}))
    assert bench.says("Iterations: 120")
    assert bench.says("Public model: On")
    assert bench.says("About $2.00")
    assert bench.says("Black Forest Labs' list price")
    assert bench.says("Anyone on Segmind can use the model.")
    assert bench.says("$12.50 left")


def test_own_measured_runs_give_the_cost(qtbot):
    bench = Bench(qtbot)
    assert bench.says("About $4.00")
    run = make_run("mine", body=GOOD.body(), credits_before=10.0, credits_after=7.0)
    bench.runs.put(run)
    assert bench.says("About $3.00")
    assert bench.says("Measured from your own run")
    bench.runs.load()
    assert bench.says("About $4.00")


def test_a_cost_that_cannot_be_known_is_unknown(bench):
    bench.find("train.field.iterations").lineEdit().setText("5000")
    assert bench.says("Unknown")


def test_the_key_is_never_shown(bench):
    curl = bench.find("train.request_curl", QPlainTextEdit).toPlainText()
    assert "YOUR_API_KEY" in curl
    shown = curl + bench.find("train.request_json", QPlainTextEdit).toPlainText() + "".join(bench.texts())
    assert KEY not in shown


def test_copy_puts_the_json_on_the_clipboard(bench):
    bench.click("train.copy")
    assert json.loads(QGuiApplication.clipboard().text()) == bench.request
    assert bench.toasts == ["JSON copied."]


def test_a_thing_to_do_leads_to_its_field(qtbot):
    bench = Bench(qtbot, GOOD.with_values({"iterations": 300, "learning_rate": 0.5}))
    arrows = bench.screen.findChildren(QToolButton)
    go = next(arrow for arrow in arrows if "Learning rate must be at most" in arrow.accessibleName())
    QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    assert bench.find("train.field.learning_rate").isVisible()
    qtbot.waitUntil(lambda: bench.find("train.field.learning_rate").hasFocus())


# -- check everything


def test_check_everything_asks_for_the_balance_and_pays_nothing(bench):
    bench.click("train.check")
    assert bench.accounts.asked == 1
    assert bench.says("Asking My Segmind…")
    bench.accounts.answer(8.25)
    assert bench.says("My Segmind answers. Balance: $8.25.")
    assert bench.says("The form is complete.")
    assert bench.sent == []


def test_a_key_that_fails_is_said(bench):
    bench.click("train.check")
    bench.accounts.answer(error=StudioError("Segmind refused the key.", "Enter it again in Settings."))
    assert bench.says("Segmind refused the key. Enter it again in Settings.")


def test_checked_lines_follow_the_form(bench):
    bench.click("train.check")
    bench.accounts.answer(8.0)
    bench.find("train.field.name").setText("")
    assert not bench.says("The form is complete.")
    assert bench.says("Name is required.")


# -- draft, run again, undo


def test_the_form_is_kept_and_restored(qtbot, bench):
    QTest.keyClicks(bench.find("train.field.name"), "-2")
    qtbot.waitUntil(lambda: "anna-2" in bench.settings.value.draft)
    again = Bench(qtbot, TrainingForm.from_json(bench.settings.value.draft))
    assert again.find("train.field.name", QLineEdit).text() == "anna-2"


def test_leaving_the_place_stores_at_once(bench):
    QTest.keyClicks(bench.find("train.field.name"), "-3")
    bench.screen.hide()
    assert "anna-3" in bench.settings.value.draft


def test_a_damaged_draft_is_an_empty_form(qtbot):
    bench = Bench(qtbot)
    screen = make_train_screen(
        bench.datasets, bench.runs, bench.accounts, FakeSettings(Settings(draft="{broken")), bench.submits,
        bench.budgets,
    )
    qtbot.addWidget(screen)
    assert screen.form.touched == {}


def test_run_again_shows_the_other_form_and_can_be_undone(bench):
    other = GOOD.with_values({"name": "bob", "iterations": 600})
    bench.screen.load_form(other)
    assert bench.find("train.field.name").text() == "bob"
    assert len(bench.toasts) == 1
    assert "“bob”" in bench.toasts[0]
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    undo = actions["Restore the previous form"]
    undo.trigger()
    assert bench.screen.form.touched == GOOD.touched
    assert not undo.isEnabled()


def test_run_again_of_a_run_made_elsewhere_does_not_claim_its_settings(bench):
    elsewhere = make_run("x", Phase.ADOPTED, made_here=False, body={"instance_prompt": "a TOK on a beach"})
    bench.screen.load_form(elsewhere.form)
    assert len(bench.toasts) == 1
    assert "“" not in bench.toasts[0]


def test_run_again_into_an_empty_form_needs_no_undo(qtbot):
    bench = Bench(qtbot, TrainingForm())
    bench.screen.load_form(GOOD)
    assert bench.toasts == []


def test_clearing_can_be_undone_too(bench):
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Clear the form"].trigger()
    assert bench.screen.form.differences() == ()
    actions["Restore the previous form"].trigger()
    assert bench.screen.form.text("name") == "anna"


# -- shown, hidden, replaced


def test_from_the_menu_of_another_place_it_comes_forward_first(bench):
    bench.screen.go.connect(lambda place: bench.screen.show() if place == "train" else None)
    bench.screen.hide()
    bench.screen.menu_actions()[0][1].trigger()
    assert bench.places == ["train"]
    assert bench.open_review.isVisible()


def test_what_happens_while_nobody_looks_is_shown_when_they_do(bench):
    bench.screen.hide()
    bench.datasets.show(3)
    bench.accounts.choose(PRACTICE)
    bench.screen.load_form(GOOD.with_value("name", "bob"))
    bench.screen.show()
    assert bench.says("3 photos, 2.7 MB of 100 MB")
    assert bench.says("Practice is always free.")
    assert bench.request["name"] == "bob"


def test_nothing_is_built_before_somebody_looks():
    runs, settings, submits = FakeRuns(), FakeSettings(), FakeSubmits()
    budgets = make_budget_service(runs, settings, submits)
    screen = make_train_screen(FakeDatasets(3), runs, FakeAccounts(), settings, submits, budgets)
    assert screen.findChildren(QWidget) == []
    screen.show_error(StudioError("Refused."))
    screen.load_form(GOOD)
    assert screen.form.touched == GOOD.touched


def test_going_there_puts_the_focus_inside(bench, qtbot):
    bench.screen.activated()
    qtbot.waitUntil(lambda: bench.screen.isAncestorOf(QApplication.focusWidget() or bench.screen))
    bench.find("train.field.name").setFocus()
    bench.screen.activated()
    assert bench.find("train.field.name").hasFocus()


def test_the_place_has_its_names_and_actions(bench):
    assert (bench.screen.place_id, bench.screen.title) == ("train", "Train")
    assert {menu for menu, _action in bench.screen.menu_actions()} == {"train", "edit"}
    for widget in bench.screen.findChildren(QAbstractButton):
        if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert widget.text() or widget.accessibleName(), widget.objectName()


def test_a_run_that_is_replaced_by_the_same_changes_nothing(bench):
    run = make_run("mine", body=GOOD.body(), credits_before=10.0, credits_after=7.0)
    bench.runs.put(run)
    bench.runs.put(replace(run, notes="x"))
    assert bench.says("Measured from your own run")

"""The Try place as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QListView,
    QPlainTextEdit,
    QWidget,
)

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.result_filter import ResultFilter, ResultOrder
from segmind_studio.services.images.image_service import TryRequest, TryResult
from segmind_studio.ui.forms.numbers import NumberBox
from segmind_studio.ui.tryout.controls import TryControls
from segmind_studio.ui.tryout.results_model import ResultsModel
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_try_screen
from tests.fakes.typed import Kind, child, known

CALL = {"inference_api_url": "https://api.segmind.com/v1/anna", "slug": "anna"}


def ready(run_id="anna", **fields):
    return make_run(run_id, status="AVAILABLE", **{**CALL, **fields})


def generated(colour="red", width=64, height=48):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


class Bench:
    """A Try place on stand-ins."""

    def __init__(self, qtbot, *runs) -> None:
        self.tryouts = FakeTryouts(account_id=runs[0].account_id if runs else "real")
        self.runs = FakeRuns(runs)
        self.settings = FakeSettings()
        self.budgets = make_budget_service(self.runs, self.settings, None, self.tryouts)
        self.screen = make_try_screen(self.tryouts, self.runs, self.settings, self.budgets)
        hosted(qtbot, self.screen, 1200, 900)
        self.places = []
        self.screen.go.connect(self.places.append)

    def find(self, name: str, kind: type[Kind] = QWidget) -> Kind:
        return child(self.screen, kind, name)

    def click(self, name):
        QTest.mouseClick(self.find(name, QAbstractButton), Qt.MouseButton.LeftButton)

    def says(self, words):
        return any(words in label.text() for label in self.screen.findChildren(QLabel) if label.isVisible())

    def write(self, text):
        self.find("try.prompt", QPlainTextEdit).setPlainText(text)

    def make(self, image=None, path=None, **fields):
        """Ask for a picture and let it come."""
        self.click("try.generate")
        self.tryouts.make(image or generated(), path, **fields)


@pytest.fixture
def bench(qtbot):
    made = Bench(qtbot, ready())
    made.write("TOKMAN on the moon")
    return made


def test_without_a_ready_run_it_says_what_to_do(qtbot):
    bench = Bench(qtbot, make_run("training", status="TRAINING_INITIATED"))
    assert bench.says("No model is ready yet")
    assert bench.screen.findChild(QWidget, "try.generate") is None
    bench.runs.put(ready("training"))
    qtbot.waitUntil(lambda: bench.screen.findChild(QWidget, "try.generate") is not None)
    qtbot.waitUntil(bench.find("try.generate").isVisible)
    assert not bench.says("No model is ready yet")
    assert bench.find("try.run", QComboBox).currentText() == "training"


def test_the_empty_place_leads_to_train_and_runs(qtbot):
    bench = Bench(qtbot)
    for button in bench.screen.findChildren(QAbstractButton):
        if button.isVisible() and button.text() in {"Train a model", "See the runs"}:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sorted(bench.places) == ["runs", "train"]


def test_a_picture_is_asked_for_with_what_is_shown(bench):
    bench.find("try.field.finetune_strength").lineEdit().setText("1.4")
    bench.find("try.field.size", QComboBox).setCurrentText("2:3")
    bench.find("try.field.seed").lineEdit().setText("4294967295")
    bench.click("try.generate")
    assert bench.tryouts.asked == [TryRequest(
        "anna", "TOKMAN on the moon", 4294967295, 1.4, 832, 1216, CALL["inference_api_url"], "anna",
    )]


def test_the_names_in_the_request_are_shown_by_one_switch(bench):
    def shown():
        return {label.text() for label in bench.screen.findChildren(QLabel)} & {"prompt", "seed", "size"}
    assert not shown()
    bench.settings.update(api_names=True)
    assert shown() == {"prompt", "seed", "size"}


def test_an_own_size_is_sent_in_the_steps_that_the_model_takes(qtbot):
    bench = Bench(qtbot, ready("anna"), ready("q", base_model="QWEN"))
    bench.find("try.prompt", QPlainTextEdit).setPlainText("TOKMAN")
    width, height = (bench.find(f"try.field.{side}", NumberBox) for side in ("width", "height"))
    size = bench.find("try.field.size", QComboBox)
    assert not width.isVisible()
    size.setCurrentText("3:2")
    size.setCurrentText("Custom")
    assert width.isVisible()
    assert (width.lineEdit().text(), height.lineEdit().text()) == ("1216", "832")
    generate = bench.find("try.generate")
    for text, words in (
        ("850", "Height must be a multiple of 32, such as 864."), ("1472", "Height must be at most 1440."),
    ):
        height.lineEdit().setText(text)
        assert bench.says(words)
        assert not generate.isEnabled()
    height.lineEdit().setText("640")
    bench.click("try.generate")
    (asked,) = bench.tryouts.asked
    assert (asked.width, asked.height, asked.ratio) == (1216, 640, "")
    made = asked.generated("i", "real", 1.0)
    bench.find("try.run", QComboBox).setCurrentText("q")  # nothing is known of its sizes
    assert bench.says("This model is only known to accept the other sizes.")
    bench.find("try.run", QComboBox).setCurrentText("anna")
    size.setCurrentText("1:1")
    assert not width.isVisible()
    child(bench.screen, TryControls).use(made)
    assert (width.lineEdit().text(), height.lineEdit().text()) == ("1216", "640")


def test_without_a_seed_the_service_chooses(bench):
    bench.click("try.generate")
    assert bench.tryouts.asked[0].seed is None
    assert bench.tryouts.asked[0].strength == 1.0


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("finetune_strength", "2.5", "Strength must be at most 2."),
        ("finetune_strength", "much", "Strength must be a number."),
        ("seed", "-1", "Seed must be at least 0."),
        ("seed", "4294967296", "Seed must be at most 4294967295."),
    ],
)
def test_what_cannot_be_sent_is_worded_and_not_asked_for(bench, name, text, words):
    bench.find(f"try.field.{name}").lineEdit().setText(text)
    assert bench.says(words)
    assert not bench.find("try.generate").isEnabled()


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_prompt_is_not_asked_for(bench, text):
    bench.write(text)
    assert not bench.find("try.generate").isEnabled()


def test_one_press_is_one_paid_call(bench):
    button = bench.find("try.generate")
    bench.click("try.generate")
    assert not button.isEnabled()
    assert button.text() == "Making the picture…"
    bench.click("try.generate")
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Making the picture…"].trigger()
    bench.screen._ask()
    assert len(bench.tryouts.asked) == 1
    bench.tryouts.make(generated())
    assert button.isEnabled()


@pytest.mark.parametrize(("account", "words", "note"), [
    ("real", "Generate (paid)", "1 paid request, cost not known yet"),
    (PRACTICE_ACCOUNT_ID, "Generate (practice, free)", "Practice: free"),
])
def test_the_button_says_whether_it_is_paid(qtbot, account, words, note):
    bench = Bench(qtbot, ready(account_id=account))
    assert bench.find("try.generate", QAbstractButton).text() == words
    assert bench.says(note)


def test_the_picture_is_shown_with_what_it_cost(bench):
    bench.make(generated("blue"), cost=0.05, remaining=12.3)
    assert bench.find("try.picture").image.pixelColor(0, 0) == QColor("blue")
    assert bench.says("anna · 64\u00a0×\u00a048 · strength 1 · random seed · cost $0.05 · $12.30 left · not saved")  # noqa: RUF001  # the sign for it
    assert bench.says("TOKMAN on the moon")


def test_a_practice_picture_names_no_money(qtbot):
    bench = Bench(qtbot, ready(account_id=PRACTICE_ACCOUNT_ID))
    bench.write("TOKMAN")
    bench.make(generated("blue"), cost=0.05, remaining=12.3)
    assert bench.says("practice, free")
    assert not bench.says("$")


def test_from_the_menu_of_another_place_it_only_comes_forward(bench):
    bench.screen.hide()
    bench.screen.menu_actions()[0][1].trigger()
    assert bench.places == ["try"]
    assert bench.tryouts.asked == []


def test_earlier_pictures_stay_in_the_strip(bench):
    bench.make(generated("blue"))
    bench.write("TOKMAN at sea")
    bench.make(generated("green"))
    strip = bench.find("try.strip", QListView)
    assert strip.model().rowCount() == 2
    assert bench.find("try.picture").image.pixelColor(0, 0) == QColor("green")
    strip.setCurrentIndex(strip.model().index(1, 0))
    assert bench.find("try.picture").image.pixelColor(0, 0) == QColor("blue")
    assert bench.says("TOKMAN on the moon")


def test_the_settings_of_an_earlier_picture_come_back(bench):
    bench.find("try.field.seed").lineEdit().setText("7")
    bench.make()
    bench.write("something else")
    bench.find("try.field.seed").lineEdit().setText("")
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Reuse settings"].trigger()
    bench.click("try.generate")
    assert bench.tryouts.asked[1] == bench.tryouts.asked[0]


def test_several_pictures_are_asked_for_in_turn_with_the_next_seeds(bench):
    bench.find("try.field.seed").lineEdit().setText("4294967295")
    bench.find("try.field.count").lineEdit().setText("3")
    assert bench.says("3 paid requests, cost not known yet")
    assert bench.find("try.generate", QAbstractButton).text() == "Generate 3 (paid)"
    bench.click("try.generate")
    assert len(bench.tryouts.asked) == 1
    assert bench.find("try.generate", QAbstractButton).text() == "Making the picture, 2 to follow…"
    bench.tryouts.make(generated())
    bench.tryouts.make(generated())
    bench.click("try.cancel")  # the last one: now the waiting itself is stopped
    assert bench.tryouts.cancelled == 1
    bench.tryouts.make(generated())
    assert [asked.seed for asked in bench.tryouts.asked] == [4294967295, 0, 1]
    assert not bench.tryouts.busy
    assert bench.find("try.prompt").hasFocus()


def test_stop_lets_the_present_picture_come_and_asks_for_no_other(bench):
    bench.find("try.field.count").lineEdit().setText("8")
    bench.click("try.generate")
    assert bench.find("try.cancel", QAbstractButton).text() == "Stop after this picture"
    bench.click("try.cancel")
    bench.tryouts.make(generated())
    assert (len(bench.tryouts.asked), bench.tryouts.cancelled, bench.tryouts.busy) == (1, 0, False)


@pytest.mark.parametrize(("problem", "lost", "asked"), [
    (ApiProblem.BAD_REQUEST, False, 2), (ApiProblem.NO_CREDITS, False, 1), (ApiProblem.UNANSWERED, True, 1),
])
def test_after_a_lost_answer_or_a_refusal_of_all_nothing_more_is_asked_for(bench, problem, lost, asked):
    bench.find("try.field.count").lineEdit().setText("2")
    bench.click("try.generate")
    end = bench.tryouts.lose if lost else bench.tryouts.fail
    end(ApiError(problem, "It did not work.", may_have_arrived=lost))
    assert len(bench.tryouts.asked) == asked
    assert bench.says("It did not work.")


def test_another_account_gets_none_of_the_pictures_that_follow(bench):
    bench.find("try.field.count").lineEdit().setText("3")
    bench.click("try.generate")
    bench.tryouts.account_id = "other"
    bench.tryouts.make(generated())
    assert len(bench.tryouts.asked) == 1
    assert bench.says("Another account was chosen")


def test_json_of_ones_own_is_checked_shown_sent_and_kept_for_the_model(qtbot):
    bench = Bench(qtbot, ready("anna"), ready("bob"))
    bench.write("TOKMAN")
    bench.click("try.more")
    extra = bench.find("try.field.extra", QPlainTextEdit)
    extra.setPlainText('{"guidance": 2,\n "seed": 3}')
    assert bench.says("Line 2, character 2: “seed” has its own field above.")
    assert extra.extraSelections()[0].cursor.selectedText() == '"'
    assert not bench.find("try.generate").isEnabled()
    extra.setPlainText('{"guidance": 2}')
    sent = bench.find("try.request", QPlainTextEdit).toPlainText()
    assert sent.startswith(f"POST {CALL['inference_api_url']}\n")
    assert '"guidance": 2' in sent
    bench.screen.choose("bob")
    assert extra.toPlainText() == ""
    bench.screen.choose("anna")
    assert extra.toPlainText() == '{"guidance": 2}'
    bench.click("try.generate")
    assert bench.tryouts.asked[0].params()["guidance"] == 2


def test_the_way_and_the_ratio_are_chosen_and_the_settings_come_back(bench):
    bench.click("try.more")
    bench.find("try.field.way.v2", QAbstractButton).setChecked(True)
    bench.find("try.field.sent_as.ratio", QAbstractButton).setChecked(True)
    assert "/v2/anna" in bench.find("try.request", QPlainTextEdit).toPlainText()
    bench.make()
    asked = bench.tryouts.asked[0]
    assert (asked.call[1], asked.params()["aspect_ratio"]) == (True, "1:1")
    bench.find("try.field.way.", QAbstractButton).setChecked(True)
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Reuse settings"].trigger()
    bench.click("try.generate")
    assert bench.tryouts.asked[1].params() | {"seed": None} == asked.params() | {"seed": None}
    assert bench.tryouts.asked[1].call == asked.call


def test_a_field_for_what_must_not_show_only_where_the_model_takes_it(qtbot):
    bench = Bench(qtbot, ready("anna"), ready("q", base_model="QWEN"))
    assert not bench.find("try.field.negative_prompt").isVisible()
    bench.screen.choose("q")
    bench.write("TOKMAN")
    bench.find("try.field.negative_prompt", QPlainTextEdit).setPlainText("rain")
    bench.click("try.generate")
    assert bench.tryouts.asked[0].params()["negative_prompt"] == "rain"


def test_the_call_is_copied_without_a_key(bench):
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Copy request as curl"].trigger()
    words = QGuiApplication.clipboard().text()
    assert CALL["inference_api_url"] in words
    assert "x-api-key: $SEGMIND_API_KEY" in words
    actions["Copy request as Python"].trigger()
    assert 'os.environ["SEGMIND_API_KEY"]' in QGuiApplication.clipboard().text()


def test_a_queued_picture_that_was_lost_can_be_looked_for(qtbot):
    bench = Bench(qtbot, ready())
    lost = make_image("q", ImageState.UNKNOWN, status_url="https://api.segmind.com/v2/requests/q")
    bench.tryouts.load(lost)
    bench.click("try.look")
    assert bench.tryouts.looked_for == ["q"]
    assert not bench.find("try.look").isVisible()
    bench.tryouts.load(make_image("q"))
    bench.tryouts.looked.emit(TryResult(make_image("q"), generated("blue")))
    assert not bench.find("try.lost").isVisible()
    assert bench.find("try.strip", QListView).model().rowCount() == 1


def test_it_fits_beside_the_rail_of_a_small_screen_and_nothing_moves(qtbot):
    bench = Bench(qtbot, ready())
    lost = make_image("q", ImageState.UNKNOWN, status_url="https://api.segmind.com/v2/requests/q")
    bench.tryouts.load(lost, make_image("made", asked_at=1.0))
    assert bench.find("try.look").isVisible()
    assert bench.screen.minimumSizeHint().width() < 840  # of 1024: the theme's controls and the rail take the rest
    strip = bench.find("try.strip", QListView)
    before = strip.mapTo(bench.screen, QPoint()).y()
    strip.setCurrentIndex(strip.model().index(1, 0))
    assert not bench.find("try.lost").isVisible()
    known(bench.screen.layout()).activate()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    assert strip.mapTo(bench.screen, QPoint()).y() == before


def test_an_error_stands_above_the_fields_and_goes_with_the_next_try(bench):
    bench.click("try.generate")
    error = ApiError(ApiProblem.NO_CREDITS, "The account has too few credits.", "Top up.")
    bench.tryouts.fail(error)
    assert bench.says("The account has too few credits.")
    assert bench.find("try.generate").isEnabled()
    bench.click("try.generate")
    assert not bench.says("The account has too few credits.")


def test_waiting_can_be_stopped_and_nobody_is_scolded(bench):
    assert not bench.find("try.cancel").isVisible()
    bench.click("try.generate")
    bench.click("try.cancel")
    assert bench.tryouts.cancelled == 1
    bench.tryouts.lose(CancelledError())
    assert bench.find("try.lost").isVisible()
    assert not bench.find("try.cancel").isVisible()
    assert not bench.find("try.error").isVisible()


@pytest.mark.parametrize(("before", "after"), [
    ("", "TOKMAN "), ("a photo of", "a photo of TOKMAN "), ("a photo of ", "a photo of TOKMAN "),
])
def test_the_trigger_word_is_put_in_with_one_press(bench, before, after):
    bench.write(before)
    prompt = bench.find("try.prompt")
    cursor = prompt.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    prompt.setTextCursor(cursor)
    bench.click("try.trigger")
    assert prompt.toPlainText() == after


def test_a_run_made_elsewhere_has_no_trigger_word(qtbot):
    bench = Bench(qtbot, ready(body={}))
    assert not bench.find("try.trigger").isVisible()


def test_a_run_is_chosen_now_or_as_soon_as_it_is_ready(qtbot):
    bench = Bench(qtbot, ready("anna"), ready("bob"))
    combo = bench.find("try.run", QComboBox)
    bench.screen.choose("bob")
    assert combo.currentText() == "bob"
    bench.screen.choose("carla")
    assert combo.currentText() == "bob"
    bench.runs.put(ready("carla"))
    assert combo.currentText() == "carla"
    bench.runs.put(ready("dora"))
    assert combo.currentText() == "carla"


def test_many_runs_that_change_are_offered_together(qtbot):
    bench = Bench(qtbot, ready("anna"))
    combo, filled = bench.find("try.run", QComboBox), []
    combo.model().rowsRemoved.connect(lambda *_: filled.append(1))
    for part in range(3):
        bench.runs.put(*(ready(f"run-{part}-{number}") for number in range(100)))
    qtbot.waitUntil(lambda: combo.count() == 301)
    assert filled == [1]
    assert bench.find("try.filter.run", QComboBox).count() == 1, "only those of pictures"


def test_runs_that_change_while_try_is_hidden_are_offered_when_it_is_shown(qtbot):
    bench = Bench(qtbot, ready("anna"))
    bench.screen.hide()
    bench.runs.put(ready("bob"))
    bench.screen.show()
    assert bench.find("try.run", QComboBox).count() == 2


def test_a_poll_that_brings_nothing_new_leaves_the_list_alone(qtbot):
    bench = Bench(qtbot, ready("anna"), ready("bob"))
    combo = bench.find("try.run", QComboBox)
    removed = []
    combo.model().rowsRemoved.connect(lambda *_: removed.append(1))
    bench.runs.put(ready("anna", notes="new"))
    assert removed == []


def test_a_picture_is_saved_where_the_person_wants(bench, qtbot, tmp_path):
    bench.settings.update(download_folder=str(tmp_path))
    came = tmp_path / "came.png"
    assert generated("blue").save(str(came))
    bench.make(generated("blue"), came)
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Save picture as…"].trigger()
    dialog = bench.find("try.save_dialog", QFileDialog)
    target = tmp_path / "mine.png"
    dialog.fileSelected.emit(str(target))
    qtbot.waitUntil(lambda: bench.says("Saved as"))
    assert target.read_bytes().endswith(came.read_bytes()[33:])  # before it, its settings
    dialog.close()


def test_a_picture_that_cannot_be_saved_is_said(bench, qtbot, tmp_path):
    bench.make()
    bench.screen._target_chosen(str(tmp_path / "no" / "folder.png"))
    qtbot.waitUntil(lambda: bench.says("The picture could not be saved."))


def test_nothing_can_be_saved_before_there_is_a_picture(bench):
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    assert not actions["Save picture as…"].isEnabled()
    assert not actions["Reuse settings"].isEnabled()
    assert not any(action.isEnabled() for text, action in actions.items() if text.startswith("Generate again"))


def test_the_model_keeps_the_rules_and_few_pixels(qtmodeltester, tmp_path):
    model, count = ResultsModel(), 30
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtmodeltester.check(model)
    for n in range(count):
        path = tmp_path / "kept.png" if n % 2 else None
        model.add(TryResult(make_image(f"p{n}", prompt="a prompt"), generated("red", 10 + n, 400), path))
    assert model.rowCount() == count
    assert model.result(0).image.width() == 10 + count - 1
    assert model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole) == "a prompt"
    assert model.data(model.index(0, 0), Qt.ItemDataRole.EditRole) is None
    held = [row for row in range(1, count) if not model.result(row).image.isNull()]
    assert held == list(range(1, count, 2))  # the others are on the disk
    qtmodeltester.check(model)
    model.set_filter(ResultFilter("another"), ResultOrder.RATING)
    assert model.rowCount() == 0
    model.show_all([make_image("lost", ImageState.UNKNOWN, prompt="another")], TryResult)
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "No answer: another"
    qtmodeltester.check(model)


@pytest.mark.parametrize("size", [(1200, 900), (936, 690)])
def test_the_picture_is_never_blurred_up_and_always_fits(bench, size):
    bench.screen.resize(*size)
    bench.make(generated("red", 2000, 1000))
    view = bench.find("try.picture")
    shown = view.grab().toImage()
    assert shown.pixelColor(shown.width() // 2, shown.height() // 2) == QColor("red")
    assert view._fitted().deviceIndependentSize().width() <= view.width()
    bench.make(generated("red", 50, 50))
    assert view._fitted().width() == 50


def test_every_control_has_a_name(bench):
    bench.make(path=Path("x.png"))
    for widget in bench.screen.findChildren(QAbstractButton):
        if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert widget.text() or widget.accessibleName(), widget.objectName()

"""The budget in the Try place: the price before the press, and the word where a limit would be passed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QWidget

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.settings import Settings
from segmind_studio.ui.forms.numbers import NumberBox
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_try_screen
from tests.fakes.typed import Kind, child

LOST = ApiError(ApiProblem.UNANSWERED, "The service did not answer in time.", may_have_arrived=True)


def ready(run_id="anna", **fields):
    return make_run(run_id, status="AVAILABLE", **{"slug": run_id, "made_here": False, **fields})


def blue():
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    return image


class Bench:
    """A Try place with a prompt, and limits."""

    def __init__(self, qtbot, *images, account_id="real", loaded=True, runs=None, **limits) -> None:
        self.qtbot = qtbot
        self.tryouts = FakeTryouts(images, loaded=loaded, account_id=account_id)
        self.runs = FakeRuns(runs or [ready(account_id=account_id)])
        self.settings = FakeSettings(Settings(**{f"budget_per_{name}": most for name, most in limits.items()}))
        self.budgets = make_budget_service(self.runs, self.settings, None, self.tryouts)
        self.screen = make_try_screen(self.tryouts, self.runs, self.settings, self.budgets)
        hosted(qtbot, self.screen, 1200, 900)
        self.find("try.prompt", QPlainTextEdit).setPlainText("TOKMAN on the moon")

    def find(self, name: str, kind: type[Kind] = QWidget) -> Kind:
        return child(self.screen, kind, name)

    @property
    def fields(self) -> list[QLineEdit]:
        """Return the field for the word, if it is shown."""
        fields = self.screen.findChildren(QLineEdit, "try.budget_confirm")
        return [field for field in fields if field.isVisible()]

    @property
    def field(self) -> QLineEdit:
        """Return the field for the word, which is shown."""
        return self.fields[0]

    @property
    def seed(self) -> QLineEdit:
        """Return the field for the seed."""
        return self.find("try.field.seed", NumberBox).lineEdit()

    @property
    def button(self):
        return self.find("try.generate", QAbstractButton)

    def press(self):
        QTest.mouseClick(self.button, Qt.MouseButton.LeftButton)

    def confirm(self):
        QTest.keyClicks(self.field, "spend")
        self.press()

    def says(self):
        labels = self.screen.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    @property
    def count(self):
        return len(self.tryouts.asked)


def test_the_price_stands_there_before_the_press_with_its_source(qtbot):
    bench = Bench(qtbot, make_image("a", cost=0.06))
    assert bench.find("try.price", QLabel).text() == "1 paid request, about $0.06"
    assert "The cost of your last picture with this model, as stated by Segmind." in bench.says()
    assert "Spent today" not in bench.says()
    bench.press()
    assert bench.count == 1


def test_an_unknown_price_is_named_as_such_and_without_limits_nobody_asks(qtbot):
    bench = Bench(qtbot)
    assert bench.find("try.price", QLabel).text() == "1 paid request, cost not known yet"
    assert bench.fields == []
    bench.press()
    bench.tryouts.make(blue(), cost=0.07)
    assert bench.find("try.price", QLabel).text() == "1 paid request, about $0.07"


def test_another_model_has_another_price(qtbot):
    bench = Bench(qtbot, make_image(cost=0.06), runs=[ready("anna"), ready("bob")])
    bench.screen.choose("bob")
    assert bench.find("try.price", QLabel).text() == "1 paid request, cost not known yet"
    bench.screen.choose("anna")
    assert bench.find("try.price", QLabel).text() == "1 paid request, about $0.06"


def test_within_the_limits_what_was_spent_is_shown(qtbot):
    bench = Bench(qtbot, make_image(cost=0.06), day=1.0)
    assert bench.find("try.spent", QLabel).text() == "Spent today: $0.06 of $1.00\nSpent this month: $0.06"
    assert bench.fields == []


def test_the_limit_for_one_run_is_not_for_pictures(qtbot):
    bench = Bench(qtbot, make_image(cost=0.06), run=0.0)
    assert bench.fields == []
    bench.press()
    assert bench.count == 1


def test_where_a_limit_would_be_passed_the_word_opens_for_one_press(qtbot):
    bench = Bench(qtbot, make_image(cost=0.06), day=0.1)
    assert "With it, you spend about $0.12 today. That is $0.02 above your daily limit of $0.10" in bench.says()
    assert not bench.button.isEnabled()
    bench.screen._ask()  # from the menu
    assert bench.count == 0
    assert bench.field.hasFocus()
    bench.confirm()
    assert bench.count == 1
    bench.tryouts.make(blue(), cost=0.06)
    assert bench.field.text() == ""
    assert not bench.button.isEnabled()
    bench.screen._ask()
    assert bench.count == 1
    bench.confirm()
    assert bench.count == 2


def test_typing_a_prompt_does_not_take_the_word_away(qtbot):
    bench = Bench(qtbot, make_image(cost=0.06), day=0.1)
    QTest.keyClicks(bench.field, "spend")
    bench.find("try.prompt", QPlainTextEdit).setPlainText("TOKMAN at sea")
    assert bench.field.text() == "spend"
    assert bench.button.isEnabled()


def test_enter_behind_the_word_leads_to_the_button_and_presses_nothing(qtbot):
    bench = Bench(qtbot, make_image(cost=0.06), day=0.1)
    bench.field.setFocus()
    QTest.keyClicks(bench.field, "spend")
    QTest.keyClick(bench.field, Qt.Key.Key_Return)
    assert bench.button.hasFocus()
    assert bench.count == 0


def test_what_changed_since_is_looked_at_again_before_it_is_paid(qtbot):
    """The word was typed for what stood there then."""
    bench = Bench(qtbot, make_image(cost=0.06), day=0.1)
    QTest.keyClicks(bench.field, "spend")
    bench.budgets.blockSignals(True)  # as when the day ends: nobody tells
    bench.settings.update(budget_per_day=0.05)
    bench.budgets.blockSignals(False)
    bench.press()
    assert bench.count == 0
    assert "above your daily limit of $0.05" in bench.says()
    bench.confirm()
    assert bench.count == 1


def test_an_unknown_price_is_asked_about_once_in_a_session(qtbot):
    bench = Bench(qtbot, day=10.0)
    assert "The cost is unknown, so you may exceed your limits." in bench.says()
    bench.confirm()
    bench.tryouts.make(blue())  # the service tells no price
    assert bench.fields == []
    for _ in range(3):
        bench.press()
        bench.tryouts.make(blue())
    assert bench.count == 4


def test_a_known_limit_is_asked_about_all_the_same(qtbot):
    bench = Bench(qtbot, day=10.0)
    bench.confirm()
    bench.tryouts.make(blue(), cost=10.0)
    assert "That is $10.00 above your daily limit of $10.00." in bench.says()
    bench.press()
    assert bench.count == 1


def test_before_everything_is_read_it_is_asked_each_time(qtbot):
    bench = Bench(qtbot, make_image(cost=0.06), loaded=False, day=100.0)
    assert "still loading" in bench.says()
    bench.confirm()
    bench.tryouts.make(blue(), cost=0.06)
    assert bench.field.text() == ""  # the same words stand there, and the word is wanted anew
    assert not bench.button.isEnabled()
    bench.tryouts.load(*bench.tryouts.images)
    assert bench.fields == []


def test_practice_is_free_and_never_asked(qtbot):
    bench = Bench(qtbot, account_id=PRACTICE_ACCOUNT_ID, day=0.0, month=0.0)
    assert bench.find("try.price", QLabel).text() == "Practice: free"
    assert bench.fields == []
    bench.press()
    assert bench.count == 1


# -- a lost answer


def test_practice_does_not_say_of_a_lost_answer_that_it_may_be_paid(qtbot):
    bench = Bench(qtbot, account_id=PRACTICE_ACCOUNT_ID)
    bench.press()
    assert "paid" not in bench.find("try.cancel").toolTip()
    bench.tryouts.lose(LOST)
    assert bench.find("try.lost").isVisible()
    assert "paid" not in bench.says()


def test_a_lost_answer_is_a_card_and_not_an_alarm(qtbot):
    bench = Bench(qtbot)
    bench.press()
    bench.tryouts.lose(LOST)
    assert bench.find("try.lost").isVisible()
    assert "It may have been paid. It is not requested again automatically." in bench.says()
    assert "The service did not answer in time." in bench.says()
    assert not bench.find("try.error").isVisible()
    QTest.mouseClick(bench.find("try.copy_lost"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("No answer\nThe service did not answer in time.\nSegmind Studio")
    assert bench.count == 1


def test_generate_again_is_one_more_paid_call_with_the_same_settings(qtbot):
    bench = Bench(qtbot)
    bench.seed.setText("7")
    bench.press()
    bench.tryouts.lose(LOST)
    bench.find("try.prompt", QPlainTextEdit).setPlainText("something else")
    bench.seed.setText("")
    QTest.mouseClick(bench.find("try.again", QAbstractButton), Qt.MouseButton.LeftButton)
    assert bench.count == 2
    assert bench.tryouts.asked[1] == bench.tryouts.asked[0]
    assert not bench.find("try.again").isEnabled()  # while it is made
    bench.tryouts.make(blue(), cost=0.06)
    assert not bench.find("try.lost").isVisible()


def test_generate_again_asks_the_budget_too(qtbot):
    lost = make_image("lost", ImageState.UNKNOWN, prompt="TOKMAN at sea")
    bench = Bench(qtbot, make_image(cost=0.06, asked_at=lost.asked_at - 10), lost, day=0.13)
    QTest.mouseClick(bench.find("try.again", QAbstractButton), Qt.MouseButton.LeftButton)
    assert bench.count == 0
    assert bench.find("try.prompt", QPlainTextEdit).toPlainText() == "TOKMAN at sea"
    assert bench.field.hasFocus()
    bench.confirm()
    assert bench.tryouts.asked[0].prompt == "TOKMAN at sea"


def test_a_model_that_is_gone_is_said(qtbot):
    lost = make_image("lost", ImageState.UNKNOWN, run_id="gone")
    bench = Bench(qtbot, lost)
    QTest.mouseClick(bench.find("try.again", QAbstractButton), Qt.MouseButton.LeftButton)
    assert "The model of this picture is not ready." in bench.says()
    assert bench.count == 0


def test_a_sure_refusal_stands_above_the_fields_and_makes_no_card(qtbot):
    bench = Bench(qtbot)
    bench.press()
    bench.tryouts.fail(ApiError(ApiProblem.NO_CREDITS, "Not enough credits."))
    assert "Not enough credits." in bench.says()
    assert not bench.find("try.lost").isVisible()

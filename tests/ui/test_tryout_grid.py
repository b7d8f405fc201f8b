"""The grid of the Try place: composed, confirmed with its price, filled, walked, continued; sets of prompts."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.picture_grid import GridPlan
from segmind_studio.core.settings import Settings
from segmind_studio.services.images.try_notes import TryNotesService
from segmind_studio.store.try_file import TryFile
from segmind_studio.ui.tryout.gallery import ResultView
from segmind_studio.ui.tryout.grid.setup import GridSetup
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_try_screen
from tests.fakes.typed import Kind, child

PLAN = GridPlan(prompts=("a cat", "a dog"), strengths=(0.5, 1.0), run_ids=("anna",), seeds=(7,))


def picture(colour="blue"):
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def colour(view):
    return "" if view.image.isNull() else view.image.pixelColor(5, 5).name()


class Bench:
    """A Try place on stand-ins, with the real notes on the disk, and the grid open."""

    def __init__(self, qtbot, folder, *images, account_id="real", **limits) -> None:
        self.qtbot = qtbot
        self.tryouts = FakeTryouts(images, account_id=account_id)
        self.runs = FakeRuns([
            make_run(name, account_id=account_id, status="AVAILABLE", slug=name, made_here=False)
            for name in ("anna", "bob")
        ])
        self.runs.loaded = True
        self.settings = FakeSettings(Settings(**{f"budget_per_{name}": most for name, most in limits.items()}))
        self.budgets = make_budget_service(self.runs, self.settings, None, self.tryouts)
        self.notes = TryNotesService(TryFile(folder / "try.json"))
        with qtbot.waitSignal(self.notes.changed, timeout=10_000):
            self.notes.load()
        self.screen = make_try_screen(self.tryouts, self.runs, self.settings, self.budgets, self.notes)
        hosted(qtbot, self.screen, 1300, 900)
        self.find("try.prompt", QPlainTextEdit).setPlainText("a cat")
        actions = {action.text(): action for _menu, action in self.screen.menu_actions()}
        actions["Compare in a grid"].trigger()

    def find(self, name: str, kind: type[Kind] = QWidget) -> Kind:
        return child(self.screen, kind, name)

    def compose(self, prompts="a cat\na dog", strengths="0.5 1", seeds="7"):
        self.find("try.grid.prompts", QPlainTextEdit).setPlainText(prompts)
        self.find("try.grid.strengths", QLineEdit).setText(strengths)
        self.find("try.grid.seeds", QLineEdit).setText(seeds)

    def click(self, name):
        QTest.mouseClick(self.find(name, QAbstractButton), Qt.MouseButton.LeftButton)

    @property
    def table(self):
        return self.find("try.grid.table", QTableView)

    @property
    def start(self):
        return self.find("try.grid.start", QAbstractButton)

    def tally(self):
        return self.find("try.grid.tally", QLabel).text()

    def begin(self):
        """Press the button and confirm."""
        self.click("try.grid.start")
        self.click("try.grid.confirmed")
        self.qtbot.waitUntil(lambda: self.tryouts.busy, timeout=10_000)

    def says(self):
        labels = self.screen.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.fixture
def open_bench(qtbot, tmp_path):
    made = []

    def build(*images, **how):
        made.append(Bench(qtbot, tmp_path, *images, **how))
        return made[-1]

    yield build
    for bench in made:
        bench.notes.ask_stop()
        assert bench.notes.wait_end()


def of_cell(cell, state=ImageState.MADE, **fields):
    made = PLAN.request(cell).generated(f"c{cell}", "real", time.time())
    return replace(made, state=state, ended_at=time.time(), cost=0.06, **fields)


def test_the_number_of_calls_and_the_price_are_confirmed_and_the_cells_fill(open_bench):
    bench = open_bench(of_cell(0))
    bench.compose()
    assert bench.tally() == "1 made · 3 left"
    assert bench.start.text() == "Make 3 pictures…"
    bench.click("try.grid.start")
    assert bench.find("try.grid.price", QLabel).text() == "3 paid requests, about $0.18"
    assert "1 picture of the grid is already made and not requested again." in bench.says()
    assert bench.tryouts.asked == []
    bench.find("try.grid.confirm", QDialog).reject()
    assert bench.tryouts.asked == []
    bench.begin()
    for _turn in range(3):
        assert not bench.start.isEnabled()
        bench.tryouts.make(picture(), cost=0.06)
    asked = [(one.prompt, one.strength, one.seed, one.run_id) for one in bench.tryouts.asked]
    assert asked == [("a cat", 1.0, 7, "anna"), ("a dog", 0.5, 7, "anna"), ("a dog", 1.0, 7, "anna")]
    assert bench.tally() == "4 made"
    assert not bench.start.isEnabled()
    assert bench.notes.value.plans[0].prompts == ("a cat", "a dog")


def test_practice_says_free(open_bench):
    bench = open_bench(account_id=PRACTICE_ACCOUNT_ID, day=0.0)
    bench.compose()
    bench.click("try.grid.start")
    assert bench.find("try.grid.price", QLabel).text() == "Practice: free"
    assert bench.find("try.grid.confirmed", QAbstractButton).text() == "Make 4 (practice, free)"
    bench.click("try.grid.confirmed")
    bench.qtbot.waitUntil(lambda: bench.tryouts.busy, timeout=10_000)


def test_practice_does_not_say_of_a_lost_picture_that_it_may_be_paid(open_bench):
    bench = open_bench(account_id=PRACTICE_ACCOUNT_ID)
    bench.compose()
    bench.begin()
    bench.tryouts.lose(ApiError(ApiProblem.UNANSWERED, "No answer in time.", may_have_arrived=True))
    model = bench.table.model()
    cells = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 1)]
    bench.click("try.grid.retry")
    assert "had no answer" in bench.says()
    assert not any("paid" in words for words in (*cells, bench.says()))


def test_a_limit_wants_the_word_before_the_grid_begins(open_bench):
    bench = open_bench(make_image(cost=0.06), day=0.20)
    bench.compose()
    bench.click("try.grid.start")
    verb = bench.find("try.grid.confirmed", QAbstractButton)
    assert not verb.isEnabled()
    bench.find("try.grid.budget_confirm", QLineEdit).setText("spend")
    assert verb.isEnabled()
    bench.tryouts.put(make_image("p2", cost=0.06))  # it is paid while the question is open
    bench.click("try.grid.confirmed")
    assert (bench.tryouts.asked, verb.isVisible(), verb.isEnabled()) == ([], True, False)
    bench.find("try.grid.budget_confirm", QLineEdit).setText("spend")
    bench.click("try.grid.confirmed")
    bench.qtbot.waitUntil(lambda: bench.tryouts.busy, timeout=10_000)
    for _turn in range(4):
        bench.tryouts.make(picture(), cost=0.06)
    assert len(bench.tryouts.asked) == 4


def test_a_lost_cell_is_marked_and_only_asked_again_by_hand(open_bench):
    bench = open_bench()
    bench.compose()
    bench.begin()
    lost = ApiError(ApiProblem.UNANSWERED, "The service did not answer in time.", may_have_arrived=True)
    bench.tryouts.lose(lost)
    assert bench.tally() == "3 left · 1 without an answer"
    assert bench.start.text() == "Continue: 3 pictures…"
    assert "The service did not answer in time." in bench.says()
    bench.click("try.grid.retry")
    assert "The earlier request had no answer. It may have been paid too." in bench.says()
    bench.click("try.grid.confirmed")
    bench.qtbot.waitUntil(lambda: bench.tryouts.busy, timeout=10_000)
    assert bench.tryouts.asked[1] == bench.tryouts.asked[0]
    bench.tryouts.make(picture())
    assert (bench.tally(), len(bench.tryouts.asked)) == ("1 made · 3 left", 2)


def test_stop_waits_for_the_present_picture_and_an_earlier_grid_is_opened_again(open_bench):
    bench = open_bench()
    bench.compose()
    bench.begin()
    bench.click("try.grid.stop")
    assert not bench.find("try.grid.stop").isEnabled()
    bench.tryouts.make(picture())
    assert (bench.tally(), bench.tryouts.busy) == ("1 made · 3 left", False)
    bench.compose(prompts="a bird")
    assert bench.tally() == "2 left"
    bench.find("try.grid.plans", QComboBox).setCurrentIndex(1)
    assert (bench.tally(), bench.start.text()) == ("1 made · 3 left", "Continue: 3 pictures…")
    assert bench.find("try.grid.prompts", QPlainTextEdit).toPlainText() == "a cat\na dog"


def test_cells_are_walked_and_shown_large_by_keyboard(open_bench, tmp_path):
    bench = open_bench(of_cell(0), of_cell(1))
    for number, name in enumerate(("red", "green")):
        path = tmp_path / f"c{number}.png"
        assert picture(name).save(str(path))
        bench.tryouts.files[f"c{number}"] = path
    bench.compose()
    QAbstractItemModelTester(bench.table.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    zoom = bench.find("try.grid.zoom", ResultView)
    QTest.keyClick(bench.table, Qt.Key.Key_Space)
    assert zoom.isVisible()
    bench.qtbot.waitUntil(lambda: colour(zoom) == "#ff0000", timeout=10_000)
    QTest.keyClick(zoom, Qt.Key.Key_Right)
    bench.qtbot.waitUntil(lambda: colour(zoom) == "#008000", timeout=10_000)
    QTest.keyClick(zoom, Qt.Key.Key_Down)
    assert zoom.accessibleDescription() == "Not requested yet"
    QTest.keyClick(zoom, Qt.Key.Key_Escape)
    assert bench.table.isVisible()
    index = bench.table.currentIndex()
    assert (index.row(), index.column()) == (1, 1)
    words = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert words == "Not requested yet: a dog, anna, strength 1, seed 7"


@pytest.mark.parametrize(("what", "words"), [
    ({"prompts": ""}, "Enter a prompt."), ({"strengths": "3"}, "Enter strengths from 0 to 2."),
    ({"seeds": "x"}, "Enter seeds as whole numbers."),
    ({"seeds": " ".join(map(str, range(60)))}, "240 pictures are too many. A grid has at most 200."),
])
def test_what_is_missing_is_said_and_nothing_can_be_asked_for(open_bench, what, words):
    bench = open_bench()
    bench.compose(**what)
    assert bench.find("try.grid.problem", QLabel).text() == words
    assert not bench.start.isEnabled()


def test_a_decimal_comma_makes_one_strength_where_the_language_writes_it(open_bench, german_figures):
    bench = open_bench()
    bench.compose(strengths="1,2", prompts="a cat")
    plan = child(bench.screen, GridSetup).plan()
    assert plan is not None
    assert plan.strengths == (1.2,)
    bench.compose(strengths="0,8,1")
    assert not bench.start.isEnabled()


def test_sets_of_prompts_are_saved_and_used(open_bench):
    bench = open_bench()
    bench.compose()
    bench.click("try.grid.save_set")
    bench.find("try.grid.name_dialog", QInputDialog).textValueSelected.emit(" Animals ")
    bench.find("try.grid.name_dialog", QInputDialog).close()
    bench.compose(prompts="a bird")
    sets = bench.find("try.grid.sets", QComboBox)
    assert [sets.itemText(row) for row in range(sets.count())] == ["Prompt sets…", "Animals"]
    sets.setCurrentIndex(0)
    sets.setCurrentIndex(1)
    assert bench.tally() == "4 left"
    bench.click("try.grid.drop_set")
    assert bench.notes.value.sets == ()


def test_each_model_makes_columns(open_bench):
    bench = open_bench()
    bench.compose()
    bench.find("try.grid.models", QListWidget).item(1).setCheckState(Qt.CheckState.Checked)
    assert bench.tally() == "8 left"
    model = bench.table.model()
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert heads == ["anna\nstrength 0.5", "anna\nstrength 1", "bob\nstrength 0.5", "bob\nstrength 1"]
    bench.click("try.grid.back")
    assert bench.find("try.prompt").isVisible()


def test_a_draft_has_the_seed_of_the_picture_that_was_just_made(open_bench):
    """So that picture is a cell of it, and is not paid again."""
    made = make_image("p1", prompt="a cat", seed=77)
    others = make_image("p2", prompt="a cat", seed=78, strength=0.5), make_image("p3", prompt="a dog", seed=79)
    bench = open_bench(made, *others)
    assert bench.find("try.grid.seeds", QLineEdit).text() == "77"


def test_a_draft_follows_the_size_that_is_set_in_try(open_bench):
    bench = open_bench()
    bench.compose()
    bench.click("try.grid.back")
    bench.find("try.field.size", QComboBox).setCurrentText("2:3")
    actions = {action.text(): action for _menu, action in bench.screen.menu_actions()}
    actions["Compare in a grid"].trigger()
    assert bench.tally() == "4 left"
    bench.begin()
    asked = bench.tryouts.asked[0]
    assert (asked.width, asked.height, asked.prompt) == (832, 1216, "a cat")
